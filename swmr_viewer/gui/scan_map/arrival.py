"""How a scan goes, from the order in which its frames become complete: as a raster, as a snake, or in no order (pure).

In each order that a scan may have, some points are passed over: a later one was complete before them. The order that
passes over the fewest is taken for the scan's own. A point that it passed over is lost, or late: a gap. A point that it
has not come to yet is none, whatever its index. Where even this order passes over many points, or many come after all,
the scan has no order that is known, and nobody can tell what is lost before its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.gui.scan_map.visit_order import Passed, VisitOrder, n_points, n_within, visit_orders

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
        best = min(self._tallies, key=lambda one: one.n_passed_over)
        is_orderly = (
            best.n_passed_over <= ALLOWED + MOST_PASSED_OVER * n_points(best.passed)
            and best.n_late <= ALLOWED + MOST_LATE * self._n_arrived
        )
        return best.passed if is_orderly else None
