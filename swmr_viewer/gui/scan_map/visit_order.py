"""In which order a scan comes to its points: line by line, or with axes that turn round at their ends (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from swmr_viewer.core.ranges import IndexArray

Passed = tuple[tuple[int, int], ...]
"""Half-open ranges of flat indices, ascending and disjoint: points that the scan has come past."""


@dataclass(frozen=True, slots=True)
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
        return tuple(one for one in (*below, (index, index + 1), *reversed(above)) if one[0] < one[1])

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
