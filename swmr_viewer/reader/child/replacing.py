"""Whether the files of the open scan are still the ones that were opened; said once, before anything of another scan is read."""

from __future__ import annotations

import time
from collections.abc import Callable

from swmr_viewer.core.files.identity import identity_of_file, replaced_error
from swmr_viewer.core.files.stamps import Change
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import Fault, FileIdentified, FileReplaced

_LOOK_EVERY_S = 0.2
_TELL_SIZE_EVERY_S = 1.0


class ReplacementWatch:
    """PendingInspections at the opened file, at those of keys, and at those that frames were read from.

    Parameters
    ----------
    scan : Scan
        What is open.
    line : EventPipe
        Where messages go.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, scan: Scan, line: EventPipe, clock: Callable[[], float] = time.monotonic) -> None:
        self._scan = scan
        self._line = line
        self._clock = clock
        self._opened = identity_of_file(scan.h5file)
        self._look_at = self._tell_at = clock()
        self._told_size = -1
        self.change = Change.NONE

    @property
    def is_lost(self) -> bool:
        """Whether what is open was written anew in place: nothing of it may be read any more."""
        return self.change is Change.REWRITTEN

    def look(self, *, now: bool = False) -> bool:
        """Look if it is time, or at once; return whether a file was replaced."""
        if now or self._clock() >= self._look_at:
            self._look_at = self._clock() + _LOOK_EVERY_S
            found = self._found()
            if found is not None and found[1].value > self.change.value:
                self._tell(*found)
            self._tell_size()
        return self.change.is_replacement

    def refuse(self, index: int) -> None:
        """Say that a frame that somebody asked for is gone."""
        why = replaced_error(self._opened.stamp.path, self.change).message
        self._line.send(Fault(self._line.generation, f"Frame {index} cannot be shown: {why}", index))

    def _found(self) -> tuple[str, Change] | None:
        files = (one for grabber in self._scan.grabbers.values() for one in grabber.files)
        found = [(one.stamp.path, one.look()) for one in files]
        told = self._scan.follower.replacement
        replaced = [one for one in (*found, *([told] if told is not None else [])) if one[1].is_replacement]
        return max(replaced, key=lambda one: one[1].value, default=None)

    def _tell(self, path: str, change: Change) -> None:
        self.change = change
        error = replaced_error(path, change)
        self._line.send(FileReplaced(self._line.generation, path, error.message, change is Change.REWRITTEN, time.time()))

    def _tell_size(self) -> None:
        """Let the supervisor know what was read, so that another reader goes on with this file only."""
        if self._opened.stamp.size != self._told_size and self._clock() >= self._tell_at and not self.change.is_replacement:
            self._told_size, self._tell_at = self._opened.stamp.size, self._clock() + _TELL_SIZE_EVERY_S
            self._line.send(FileIdentified(self._line.generation, self._opened.stamp))
