"""Where scan points are once an inner axis of the scan grew: their order stays, their indices do not."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved
from swmr_viewer.quantities.column import BLOCK
from swmr_viewer.quantities.compact_block import Places


def as_places(at: IndexArray) -> Places:
    """Return ascending places in a block, as a slice where they are one."""
    low, high = int(at[0]), int(at[-1]) + 1
    return slice(low, high) if high - low == at.size else at


class MovedPoints:
    """The first ``size`` points of a scan, on the shape before and after; looked at block by block.

    Parameters
    ----------
    size : int
        How many points.
    before, after : tuple of int
        Scan shapes; the latter is the larger one.
    """

    def __init__(self, size: int, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self._size, self._before, self._after = size, before, after
        self._found: tuple[int, list[tuple[int, slice, Places]]] = -1, []

    def targets(self, number: int) -> range:
        """Return in which blocks the points of a block are afterwards."""
        first, last = number * BLOCK, min((number + 1) * BLOCK, self._size) - 1
        return range(self._index(first) // BLOCK, self._index(last) // BLOCK + 1) if first <= last else range(0)

    def parts(self, number: int) -> list[tuple[int, slice, Places]]:
        """Return what a block holds afterwards: of which blocks before, which part of each, and where it stands now."""
        if self._found[0] != number:  # all columns are asked for the same block in turn
            self._found = number, self._parts(number)
        return self._found[1]

    def _parts(self, number: int) -> list[tuple[int, slice, Places]]:
        points = range(self._size)
        start, stop = (bisect_left(points, (number + more) * BLOCK, key=self._index) for more in (0, 1))
        found = []
        for source in range(start // BLOCK, -(-stop // BLOCK)):
            first, last = max(start, source * BLOCK), min(stop, (source + 1) * BLOCK)
            if first < last:
                at = moved(np.arange(first, last), self._before, self._after) - number * BLOCK
                found.append((source, slice(first - source * BLOCK, last - source * BLOCK), as_places(at)))
        return found

    def _index(self, index: int) -> int:
        return int(moved(np.array([index]), self._before, self._after)[0])
