"""How long the scan will still take, from the rate at which frames became complete lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from PySide6.QtCore import QObject

from swmr_viewer.core.conditions import Condition, FrameCount
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import StateKind

WINDOW_S = 30.0
LEAST_ARRIVALS = 8
"""Kept also where they lie further back: slow scans."""


class Arrivals:
    """When how many frames were complete, over recent time."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, at_s: float, n_complete: int) -> None:
        """Note that ``n_complete`` frames were complete at ``at_s``."""
        if self._marks and n_complete <= self._marks[-1][1]:
            return
        self._marks.append((at_s, n_complete))
        while len(self._marks) > LEAST_ARRIVALS and at_s - self._marks[0][0] > WINDOW_S:
            self._marks.popleft()

    def per_second(self, now_s: float) -> float | None:
        """Return the rate; a pause longer than usual lowers it. None before two arrivals."""
        if len(self._marks) < 2:
            return None
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        usual_s = (last_s - first_s) / (len(self._marks) - 1)
        spread_s = max(last_s, now_s - usual_s) - first_s
        return (last - first) / spread_s if spread_s > 0 else None


def frames_wanted(total: int, conditions: Sequence[Condition], grows: bool) -> int | None:
    """Return at how many complete frames it ends: the scan's size or the count that was set; None where nobody knows."""
    counts = [condition.count for condition in conditions if isinstance(condition, FrameCount)]
    known = counts if grows else [total, *counts]
    return min(known) if known else None


def left_text(seconds: float) -> str:
    """Return an estimate in words, no finer than it is: ``18 s left``."""
    if seconds < 99.5:
        return f"{max(1, round(seconds))} s left"
    if seconds < 99.5 * 60:
        return f"{round(seconds / 60)} min left"
    return f"{seconds / 3600:.1f} h left"


class TimeLeft(QObject):
    """Watches a session; a scan whose shape grows while it is written has no known end."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._arrivals = Arrivals()
        self._shape: tuple[int, ...] | None = None
        self._grows = False
        session.request_changed.connect(self._forget)
        session.progress_settled.connect(self._note)

    @property
    def seconds(self) -> float | None:
        """Seconds until the last frame at the recent rate; None where that is not known, or nothing comes."""
        session = self._session
        progress, age = session.scan.progress, session.scan.key_age_s
        if progress is None or age is None or session.scan.last_key_at_s is None or session.scan.state.kind is not StateKind.LIVE:
            return None
        rate = self._arrivals.per_second(session.scan.last_key_at_s + age)
        wanted = frames_wanted(progress.total, session.scan.conditions, self._grows)
        if not rate or wanted is None:
            return None
        return max(0, wanted - progress.n_complete) / rate

    def words(self) -> str:
        """Return the estimate in words, or nothing."""
        seconds = self.seconds
        return left_text(seconds) if seconds else ""

    def _forget(self) -> None:
        self._arrivals, self._shape, self._grows = Arrivals(), None, False

    def _note(self) -> None:
        progress, at_s = self._session.scan.progress, self._session.scan.last_key_at_s
        if progress is None or at_s is None:
            return
        self._grows = self._grows or (self._shape is not None and progress.scan_shape != self._shape)
        self._shape = progress.scan_shape
        self._arrivals.note(at_s, progress.n_complete)


MOST_PASSED_OVER = 0.25
"""Share of the points come past that an orderly scan may pass over."""
MOST_LATE = 0.25
"""Share of the frames seen to arrive that may be points passed over before."""
ALLOWED = 1
"""Points beyond the shares: the first one of a scan may be lost, or late."""


@dataclass(slots=True)
class _Tally:
    """What arrived so far, seen as if the scan had this order."""

    order: VisitOrder
    passed: Passed = ()
    n_in_order: int = 0
    n_late: int = 0

    @property
    def n_passed_over(self) -> int:
        """Points that were passed over, whether they came later or not."""
        return n_points(self.passed) - self.n_in_order

    def note(self, completed: IndexArray) -> None:
        late = n_within(completed, self.passed)
        self.n_late += late
        self.n_in_order += completed.size - late
        if late < completed.size:
            self.passed = self.order.passed(self.order.last_of(completed))


class Arrival:
    """Takes note of what becomes complete, and tells which points the scan has come past."""

    def __init__(self) -> None:
        self._scan_shape: tuple[int, ...] | None = None
        self._tallies: list[_Tally] = []
        self._n_arrived = 0

    def note(self, completed: IndexArray, progress: KeyProgress) -> None:
        """Take note of frames that became complete.

        Parameters
        ----------
        completed : int64 array
            Flat indices on ``progress.scan_shape``, ascending.
        progress : KeyProgress
            What is complete by now, with these; where another axis than the first grew, all of it is looked at anew.
        """
        if progress.scan_shape != self._scan_shape and not self._lengthen(progress.scan_shape):
            self._scan_shape, self._n_arrived = progress.scan_shape, 0
            self._tallies = [_Tally(order) for order in visit_orders(progress.scan_shape)]
            completed = np.flatnonzero(progress.complete_mask())
        elif self._tallies and self._tallies[0].passed:
            self._n_arrived += completed.size
        if completed.size:
            for tally in self._tallies:
                tally.note(completed)

    def _lengthen(self, scan_shape: tuple[int, ...]) -> bool:
        """Take on a scan shape whose first axis alone grew, if it is one: indices, and the way through them, stay as they were."""
        before, orders = self._scan_shape, visit_orders(scan_shape)
        if before is None or scan_shape[1:] != before[1:] or 1 in (scan_shape[0], before[0]):
            return False
        self._scan_shape = scan_shape
        self._tallies = [replace(tally, order=order) for tally, order in zip(self._tallies, orders, strict=True)]
        return True

    @property
    def passed(self) -> Passed | None:
        """The points that the scan has come past, those on its way alone; None while it goes in no order that is known."""
        if not self._tallies:
            return ()
        best = min(self._tallies, key=lambda tally: tally.n_passed_over)
        is_orderly = (
            best.n_passed_over <= ALLOWED + MOST_PASSED_OVER * n_points(best.passed)
            and best.n_late <= ALLOWED + MOST_LATE * self._n_arrived
        )
        return best.passed if is_orderly else None


Passed = tuple[tuple[int, int], ...]
"""Half-open ranges of flat indices, ascending and disjoint: points that the scan has come past."""


@frozen
class VisitOrder:
    """Each axis runs from its start to its end, but for the fastest ``n_turning`` of them, which run to and fro."""

    scan_shape: tuple[int, ...]
    n_turning: int = 0
    """0 is a raster scan, whose visits are the indices; with more it is a snake."""

    def passed(self, index: int) -> Passed:
        """Return what is visited once this point is, with the point itself: at most two ranges more than there are axes."""
        below, above = [], []
        start, stride, n_runs = 0, prod(self.scan_shape), 0
        for axis, length in enumerate(self.scan_shape):
            stride //= length
            at = (index - start) // stride
            here, runs_back = start + at * stride, self._runs_back(axis, n_runs)
            if runs_back:
                above.append((here + stride, start + length * stride))
            else:
                below.append((start, here))
            n_runs = n_runs * length + (length - 1 - at if runs_back else at)
            start = here
        return tuple((start, stop) for start, stop in (*below, (index, index + 1), *reversed(above)) if start < stop)

    def last_of(self, indices: IndexArray) -> int:
        """Return which of these points (ascending, at least one) is visited last."""
        start, stride, n_runs = 0, prod(self.scan_shape), 0
        for axis, length in enumerate(self.scan_shape):
            stride //= length
            runs_back = self._runs_back(axis, n_runs)
            at = (int(indices[0 if runs_back else -1]) - start) // stride
            n_runs = n_runs * length + (length - 1 - at if runs_back else at)
            start += at * stride
            low, high = np.searchsorted(indices, [start, start + stride])
            indices = indices[low:high]
        return start

    def _runs_back(self, axis: int, n_runs: int) -> bool:
        return axis >= len(self.scan_shape) - self.n_turning and n_runs % 2 == 1


def visit_orders(scan_shape: tuple[int, ...]) -> list[VisitOrder]:
    """Return the orders that a scan of this shape may have, the raster first."""
    long_axes = tuple(n for n in scan_shape if n != 1)
    return [VisitOrder(long_axes, n_turning) for n_turning in range(max(1, len(long_axes)))]


def n_points(passed: Passed) -> int:
    """Return how many points there are in these ranges."""
    return sum(stop - start for start, stop in passed)


def n_within(indices: IndexArray, passed: Passed) -> int:
    """Return how many of these indices (ascending) are in the ranges."""
    edges = np.searchsorted(indices, np.array(passed, np.int64).reshape(-1, 2))
    return int((edges[:, 1] - edges[:, 0]).sum())
