"""Sends which keys were set."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.follower import Follower
from swmr_viewer.core.keys import KeyChanges
from swmr_viewer.core.ranges import IndexArray, Ranges, joined, ranges_of, runs_of
from swmr_viewer.reader.child.event_pipe import EventPipe, Handlers
from swmr_viewer.reader.messages import AcknowledgeProgress, KeysChanged


class ProgressReporter:
    """Merges what the follower found until the parent is ready for the next message."""

    def __init__(self, follower: Follower, pipe: EventPipe) -> None:
        self._follower = follower
        self._pipe = pipe
        self._scan_shape = follower.scan_shape
        self._added: list[list[Ranges]] = [[] for _ in follower.key_paths]
        self._completed: list[IndexArray] = []
        self._sends_whole = True
        self._is_acknowledged = True
        self._last_key_came = False
        self.handlers: Handlers = {AcknowledgeProgress: self._acknowledge}

    @property
    def is_idle(self) -> bool:
        """Whether everything was reported."""
        return not self._sends_whole and not any(self._added)

    def add(self, changes: KeyChanges, came: bool = True) -> None:
        """Add what changed; ``came``: keys came while they were looked for, otherwise they were there before."""
        shape = self._follower.scan_shape
        if any(starts.size for starts, _ in changes.added):
            self._last_key_came = came
        self._sends_whole |= shape != self._scan_shape
        self._scan_shape = shape
        if self._sends_whole:
            self._added, self._completed = [[] for _ in changes.added], []
            return
        self._completed.append(changes.completed)
        for parts, ranges in zip(self._added, changes.added, strict=True):
            if ranges[0].size:
                parts.append(ranges)

    def _acknowledge(self, request: AcknowledgeProgress) -> None:
        self._is_acknowledged = True

    def report(self, *, at_once: bool = False) -> None:
        """Send what was not reported yet, if the parent is ready for it or must have it at once."""
        if self.is_idle or not (self._is_acknowledged or at_once):
            return
        progress, whole = self._follower.progress, self._sends_whole
        added = progress.whole() if whole else tuple(joined(parts) for parts in self._added)
        completed = ranges_of(progress.complete_mask()) if whole else runs_of(np.sort(np.concatenate(self._completed)))
        at_s, came = self._follower.last_key_at, self._last_key_came
        self._pipe.send(KeysChanged(self._pipe.generation, progress.scan_shape, added, whole, at_s, came, completed))
        self._added, self._completed = [[] for _ in self._added], []
        self._sends_whole = self._is_acknowledged = False
