"""Delivers every complete frame in the request's order, measured here: pixels stay in the reader."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import exact_sum
from swmr_viewer.core.errors import FileReplacedError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved, moved_index, position_of
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S, FrameReader, late_text
from swmr_viewer.reader.messages import Follow, FrameMeasured, FrameTimes

_STEP_S = 0.05
"""Longest time (s) of one step before requests and keys are polled again."""
_SAME_MOMENT_S = 0.1
_EXACT = 100
"""So many moments are kept as they are; of a longer queue, those that lie further apart."""


class ReadyTimes:
    """When frames became ready, by how many were ready at which time."""

    def __init__(self) -> None:
        self._ready: deque[tuple[int, float]] = deque()

    def add(self, n_ready: int, now: float) -> None:
        if self._ready and self._ready[-1][0] >= n_ready:
            return
        if len(self._ready) > _EXACT and now - self._ready[-1][1] < _SAME_MOMENT_S:
            now = self._ready.pop()[1]
        self._ready.append((n_ready, now))

    def ready_since(self, number: int, otherwise: float) -> float:
        """Return when the ``number``-th frame (from 1, never falling from call to call) became ready."""
        while self._ready and self._ready[0][0] < number:
            self._ready.popleft()
        return self._ready[0][1] if self._ready else otherwise


class MeasuredDelivery:
    """One ``FrameMeasured`` for each index that the follower hands out, but those that an earlier reader delivered."""

    handlers: Handlers = {}  # noqa: RUF012 - nothing is shown in this mode

    def __init__(self, frames: FrameReader, follow: Follow, is_ending: Callable[[], bool] = lambda: False) -> None:
        self._frames = frames
        self._follower = frames.scan.follower
        delivered, shape = follow.delivered, self._follower.scan_shape
        self._delivered = set() if delivered is None else set(moved(delivered, follow.delivered_shape or shape, shape).tolist())
        self._pending: int | None = None
        self._faulty: set[str] = set()
        """Data sets of which a fault was reported at the pending index."""
        self._n_taken = 0
        self._ready_times = ReadyTimes()
        self._is_ending = is_ending
        self._ending_since: float | None = None
        self._added_at = float("-inf")
        self._done_without: set[str] = set()
        self._abandoned = False
        self.is_idle = True
        self.has_work = False

    def add_completed(self, indices: IndexArray, reshaped: bool, came: bool = True) -> None:
        self.is_idle = self.is_idle and not indices.size  # the follower itself hands out which

    def add_data(self, path: str) -> None:
        """Measure frames of this data set from now on: they may lag their keys from here."""
        self._added_at = self._frames.clock()
        self._done_without.discard(path)

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self._delivered = set(moved(np.array(sorted(self._delivered), np.int64), before, after).tolist())
        if self._pending is not None:
            self._pending = moved_index(self._pending, before, after)

    def abandon(self) -> None:
        self._abandoned = self.is_idle = True
        self.has_work = False

    def step(self) -> None:
        if self._abandoned:
            return
        until = self._frames.clock() + _STEP_S
        follower = self._follower
        self._ready_times.add(max(follower.n_complete, self._n_taken), self._frames.clock())
        while self._frames.clock() < until:
            index = self._next()
            self.is_idle = self.has_work = index is None
            if index is None or not self._deliver(index):
                self.has_work = False
                return
            self._pending = None
        self.has_work = True

    def _next(self) -> int | None:
        while self._pending is None:
            index = self._follower.next_ready()
            if index is None:
                return None
            self._n_taken += 1
            if index not in self._delivered:
                self._pending, self._faulty = index, set()
        return self._pending

    def _deliver(self, index: int) -> bool:
        """Measure one frame of each data set, and return whether it is dealt with; what one lacks the others still have."""
        if self._waits_for_data(index):
            return False
        shape, pipe = self._follower.scan_shape, self._frames.pipe
        data: dict[str, dict[str, Any]] = {}
        clock = self._frames.clock
        began, measuring_s = clock(), 0.0
        for path in self._frames.grabbers:
            if path in self._faulty or index in self._frames.unreadable(path):
                continue
            try:
                frame, read = self._read(path, index), clock()
                data[path] = measure(frame)
                measuring_s += clock() - read
            except FrameNotWrittenError as error:
                if self._may_wait():
                    pipe.keep_alive(now=True)
                    return False
                self._report(path, index, late_text(error))
            except FileReplacedError:  # reported by whoever watches the files, and nothing more is read
                return False
            except SwmrViewerError as error:
                self._report(path, index, str(error))
        if data or not self._frames.grabbers:
            now = clock()
            times = FrameTimes(self._ready_since, began, now - measuring_s, now, now)
            pipe.send(FrameMeasured(pipe.generation, index, position_of(index, shape), data, shape, times))
        return True

    def _report(self, path: str, index: int, message: str) -> None:
        self._faulty.add(path)
        self._frames.pipe.report_fault(message, index, path)

    @property
    def _ready_since(self) -> float:
        return self._ready_times.ready_since(self._n_taken, self._frames.clock())

    def _waits_for_data(self, index: int) -> bool:
        """Whether frames wait for a data set that is not there yet: as long as for a frame that lags its key.

        With none there at all nothing but its number could be reported of a frame, so they wait until the scan's end.
        """
        awaited = [path for path in self._frames.scan.late.paths if path not in self._done_without]
        if not awaited:
            return False
        now, since = self._frames.clock(), self._ready_since
        if not self._frames.grabbers:
            if not self._is_ending():
                return True
            since = self._ending_since = self._ending_since or now
        if now - since < FRAME_TIMEOUT_S:
            self._frames.pipe.keep_alive(now=True)
            return True
        self._done_without.update(awaited)
        names = ", ".join(awaited)
        self._frames.pipe.report_fault(f"From frame {index} on nothing is told of {names}, not there yet, until it comes.")
        return False

    def _read(self, path: str, index: int) -> npt.NDArray[Any]:
        return self._frames.patiently(partial(self._frames.read, path, index, "reading"), path, index, self._may_lag_since)

    def _may_lag_since(self) -> float:
        return max(self._ready_since, self._added_at)

    def _may_wait(self) -> bool:
        return self._frames.clock() - self._may_lag_since() < FRAME_TIMEOUT_S


def measure(frame: npt.NDArray[Any]) -> dict[str, Any]:
    """Return ``shape``, ``dtype``, ``min``, ``max`` and ``sum`` of a frame.

    Parameters
    ----------
    frame : ndarray
        Of any shape; integers and booleans give exact Python ints, floats give floats (added up in float64). Complex numbers
        give the extremes of their magnitude, and a sum as [real part, imaginary part].

    Returns
    -------
    dict
        What is no number (NaN, infinite, an empty frame's extremes) is None.
    """
    described = {"shape": [int(n) for n in frame.shape], "dtype": frame.dtype.name}
    if frame.dtype.kind == "b":
        frame = frame.view(np.uint8)
    if frame.dtype.kind in "iu":
        return described | _measure_integers(frame)
    if frame.dtype.kind == "f":
        return described | _measure_floats(frame)
    if frame.dtype.kind == "c":
        return described | _measure_complex(frame)
    return described | {"min": None, "max": None, "sum": None}


def _measure_integers(frame: npt.NDArray[Any]) -> dict[str, int | None]:
    if not frame.size:
        return {"min": None, "max": None, "sum": 0}
    return {"min": int(frame.min()), "max": int(frame.max()), "sum": exact_sum(frame)}


def _measure_floats(frame: npt.NDArray[Any]) -> dict[str, float | None]:
    if not frame.size:
        return {"min": None, "max": None, "sum": 0.0}
    with np.errstate(all="ignore"):
        values = {"min": float(frame.min()), "max": float(frame.max()), "sum": float(frame.sum(dtype=np.float64))}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def _measure_complex(frame: npt.NDArray[Any]) -> dict[str, Any]:
    real, imaginary = (_measure_floats(part)["sum"] for part in (frame.real, frame.imag))
    magnitudes = _measure_floats(np.abs(frame))
    return magnitudes | {"sum": None if real is None or imaginary is None else [real, imaginary]}
