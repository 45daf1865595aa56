"""Tells the parent which keys were set, one message at a time: what comes meanwhile is merged, never queued."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.follower import Follower
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray, Ranges, joined, ranges_of, runs_of
from swmr_viewer.reader.child.event_pipe import EventPipe, Handlers
from swmr_viewer.reader.messages import AcknowledgeProgress, KeysChanged


class ProgressReporter:
    """Keeps a mirror of the keys, and what of it the parent has not been told.

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
        self.progress = KeyProgress(len(follower.key_paths), follower.scan_shape)
        self._pending: list[list[Ranges]] = [[] for _ in follower.key_paths]
        self._completed: list[IndexArray] = []
        self._whole = True
        self._has_credit = True
        self._last_key_came = False
        self.handlers: Handlers = {AcknowledgeProgress: lambda request: self.acknowledge()}

    @property
    def is_idle(self) -> bool:
        """Whether the parent was told everything."""
        return not self._whole and not any(self._pending)

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
        before = self.progress.scan_shape
        shape = self._follower.scan_shape
        reshaped = shape != self.progress.scan_shape
        taken = self._follower.take_added()
        if any(starts.size for starts, _ in taken):
            self._last_key_came = came
        if reshaped:
            self.progress.grow(shape)
            self._whole = True
        completed = np.concatenate([self.progress.add(key, *ranges) for key, ranges in enumerate(taken)])
        if self._whole:
            self._pending, self._completed = [[] for _ in taken], []
        else:
            self._completed.append(completed)
            for parts, ranges in zip(self._pending, taken, strict=True):
                if ranges[0].size:
                    parts.append(ranges)
        return completed, shape[1:] != before[1:]

    def acknowledge(self) -> None:
        """Take note that the parent handled the last message."""
        self._has_credit = True

    def announce(self, *, at_once: bool = False) -> None:
        """Send what the parent does not know yet, if it is ready for it or must know it at once."""
        if self.is_idle or not (self._has_credit or at_once):
            return
        added = self.progress.whole() if self._whole else tuple(joined(parts) for parts in self._pending)
        completed = ranges_of(self.progress.complete_mask()) if self._whole else runs_of(np.sort(np.concatenate(self._completed)))
        at_s, came = self._follower.last_key_at, self._last_key_came
        self._pipe.send(KeysChanged(self._pipe.generation, self.progress.scan_shape, added, self._whole, at_s, came, completed))
        self._pending, self._completed = [[] for _ in self._pending], []
        self._whole = self._has_credit = False
