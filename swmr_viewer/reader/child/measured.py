"""Delivers every complete frame in the request's order, measured here: pixels stay in the reader."""

from __future__ import annotations

from swmr_viewer.core.errors import FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader.child.frame_reading import FrameReading
from swmr_viewer.reader.child.measuring import measure
from swmr_viewer.reader.child.patience import PATIENCE_S, Patience
from swmr_viewer.reader.messages import FrameMeasured, ShowIndex, ShowLive

_STEP_S = 0.05
"""Longest time (s) of one step before requests and keys are looked at again."""


class MeasuredDelivery:
    """One ``FrameMeasured`` for each index that the follower hands out.

    Parameters
    ----------
    frames : FrameReading
        Reads them.
    follower : Follower
        Hands out indices.
    delivered : int64 array, optional
        Indices that an earlier reader delivered.
    """

    def __init__(self, frames: FrameReading, follower: Follower, delivered: IndexArray | None = None) -> None:
        self._frames = frames
        self._follower = follower
        self._passed_over = {*frames.unreadable, *(delivered.tolist() if delivered is not None else ())}
        self._pending: int | None = None
        self._n_taken = 0
        self._patience = Patience()
        self._abandoned = False
        self.is_idle = True
        self.is_pressed = False

    def note_completed(self, indices: IndexArray, reshaped: bool) -> None:
        """Take note of when frames became ready (the follower itself says which)."""
        self.is_idle = self.is_idle and not indices.size

    def show(self, request: ShowIndex | ShowLive) -> None:
        """Nothing is shown in this mode."""

    def abandon(self) -> None:
        """Deliver nothing more."""
        self._abandoned = self.is_idle = True
        self.is_pressed = False

    def step(self) -> None:
        """Measure frames for a short while."""
        if self._abandoned:
            return
        until = self._frames.clock() + _STEP_S
        follower = self._follower
        self._patience.note(max(follower.n_complete, self._n_taken), self._frames.clock())
        while self._frames.clock() < until:
            index = self._next()
            self.is_idle = self.is_pressed = index is None
            if index is None or not self._deliver(index):
                self.is_pressed = False
                return
            self._pending = None
        self.is_pressed = True

    def _next(self) -> int | None:
        while self._pending is None:
            index = self._follower.next_ready()
            if index is None:
                return None
            self._n_taken += 1
            if index not in self._passed_over:
                self._pending = index
        return self._pending

    def _deliver(self, index: int) -> bool:
        """Measure one frame, and return whether it is dealt with."""
        try:
            shape = self._follower.scan_shape
            data = {path: measure(self._frames.read(path, index, shape, "reading")) for path in self._frames.grabbers}
        except FrameNotWrittenError as error:
            if self._frames.clock() - self._patience.ready_since(self._n_taken, self._frames.clock()) < PATIENCE_S:
                self._frames.line.keep_alive(now=True)
                return False
            self._frames.tell_fault(f"{error.message} Its key was set more than {PATIENCE_S:.0f} s ago.", index)
        except SwmrViewerError as error:
            self._frames.tell_fault(str(error), index)
        else:
            self._frames.line.send(FrameMeasured(self._frames.line.generation, index, position_of(index, self._follower.scan_shape), data))
        return True
