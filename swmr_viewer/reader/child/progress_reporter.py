"""Reports to the parent which keys were set, one message at a time: what comes meanwhile is merged, never queued."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.follower import Follower
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray, Ranges, joined, ranges_of, runs_of
from swmr_viewer.reader.child.event_pipe import EventPipe, Handlers
from swmr_viewer.reader.messages import AcknowledgeProgress, KeysChanged


class ProgressReporter:
    """Merges what the follower found until the parent is ready for it.

    Parameters
    ----------
    follower : Follower
        Where keys come from.
    pipe : EventPipe
        Where messages go.
    """

    def __init__(self, follower: Follower, pipe: EventPipe) -> None:
        self._follower = follower
        self._pipe = pipe
        self._scan_shape = follower.scan_shape
        self._added: list[list[Ranges]] = [[] for _ in follower.key_paths]
        self._completed: list[IndexArray] = []
        self._sends_whole = True
        self._is_acknowledged = True
        self._last_key_came = False
        self.handlers: Handlers = {AcknowledgeProgress: lambda request: self.acknowledge()}

    @property
    def progress(self) -> KeyProgress:
        """The follower's."""
        return self._follower.progress

    @property
    def is_idle(self) -> bool:
        """Whether everything was reported."""
        return not self._sends_whole and not any(self._added)

    def collect(self, came: bool = True) -> tuple[IndexArray, bool]:
        """Take what the follower found.

        Parameters
        ----------
        came : bool
            Whether keys that are found came while they were looked for; otherwise they were there before.

        Returns
        -------
        int64 array
            The indices that became complete by it.
        bool
            Whether indices mean other positions than before: another axis than the first grew.
        """
        changes, before, shape = self._follower.take_changes(), self._scan_shape, self._follower.scan_shape
        self._scan_shape = shape
        if any(starts.size for starts, _ in changes.added):
            self._last_key_came = came
        self._sends_whole |= shape != before
        if self._sends_whole:
            self._added, self._completed = [[] for _ in changes.added], []
        else:
            self._completed.append(changes.completed)
            for parts, ranges in zip(self._added, changes.added, strict=True):
                if ranges[0].size:
                    parts.append(ranges)
        return changes.completed, shape[1:] != before[1:]

    def acknowledge(self) -> None:
        """The parent handled the last message, and is ready for the next."""
        self._is_acknowledged = True

    def announce(self, *, at_once: bool = False) -> None:
        """Send what was not reported yet, if the parent is ready for it or must have it at once."""
        if self.is_idle or not (self._is_acknowledged or at_once):
            return
        progress, follower = self._follower.progress, self._follower
        added = progress.whole() if self._sends_whole else tuple(joined(parts) for parts in self._added)
        completed = ranges_of(progress.complete_mask()) if self._sends_whole else runs_of(np.sort(np.concatenate(self._completed)))
        generation = self._pipe.generation
        self._pipe.send(
            KeysChanged(generation, progress.scan_shape, added, self._sends_whole, follower.last_key_at, self._last_key_came, completed)
        )
        self._added, self._completed = [[] for _ in self._added], []
        self._sends_whole = self._is_acknowledged = False
