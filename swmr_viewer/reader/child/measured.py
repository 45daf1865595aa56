"""Delivers every complete frame in the request's order, measured here: pixels stay in the reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader.child.line import Line
from swmr_viewer.reader.child.measuring import measure
from swmr_viewer.reader.child.patience import PATIENCE_S, Patience
from swmr_viewer.reader.child.reading import grab_at
from swmr_viewer.reader.messages import Busy, Fault, FrameMeasured, ShowIndex, ShowLive

_STEP_S = 0.05
"""Longest time (s) of one step before requests and keys are looked at again."""


class MeasuredDelivery:
    """One ``FrameMeasured`` for each index that the follower hands out.

    Parameters
    ----------
    grabbers : dict of str to FrameGrabber
        The data sets by path.
    follower : Follower
        Hands out indices.
    line : Line
        Where messages go.
    delivered : int64 array, optional
        Indices that an earlier reader delivered.
    unreadable : tuple of int
        Frames not to be touched.
    clock : callable
        Monotonic seconds.
    """

    def __init__(
        self,
        grabbers: dict[str, FrameGrabber],
        follower: Follower,
        line: Line,
        delivered: IndexArray | None = None,
        unreadable: tuple[int, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grabbers = grabbers
        self._follower = follower
        self._line = line
        self._clock = clock
        self._passed_over = {*unreadable, *(delivered.tolist() if delivered is not None else ())}
        self._pending: int | None = None
        self._n_taken = 0
        self._patience = Patience()
        self._buffers: dict[str, npt.NDArray[Any]] = {}
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
        until = self._clock() + _STEP_S
        follower = self._follower
        self._patience.note(max(follower.n_complete, self._n_taken), self._clock())
        while self._clock() < until:
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
            self._line.send(Busy(self._line.generation, f"reading frame {index}", index))
            data = {path: measure(self._read(path, grabber, index)) for path, grabber in self._grabbers.items()}
        except FrameNotWrittenError as error:
            if self._clock() - self._patience.ready_since(self._n_taken, self._clock()) < PATIENCE_S:
                self._line.keep_alive(now=True)
                return False
            self._fault(index, f"{error.message} Its key was set more than {PATIENCE_S:.0f} s ago.")
        except SwmrViewerError as error:
            self._fault(index, str(error))
        else:
            self._line.send(FrameMeasured(self._line.generation, index, position_of(index, self._follower.scan_shape), data))
        return True

    def _fault(self, index: int, message: str) -> None:
        self._line.send(Fault(self._line.generation, message, index))

    def _read(self, path: str, grabber: FrameGrabber, index: int) -> npt.NDArray[Any]:
        """Read into a buffer that is kept: twice as fast as a new array for each frame."""
        kept = self._buffers.get(path)
        if kept is None or kept.shape != grabber.frame_shape:
            self._buffers[path] = kept = np.empty(grabber.frame_shape, grabber.dtype)
        grab_at(grabber, index, self._follower.scan_shape, kept)
        return kept
