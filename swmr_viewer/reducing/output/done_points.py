"""Which points of a scan have a result: one byte for each point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.ranges import ranges_of

Shape = tuple[int, ...]
Mask = npt.NDArray[np.bool_]


class DonePoints:
    """Points that are done, on a scan that may grow along any axis.

    Parameters
    ----------
    done : bool ndarray
        Of the scan's shape: what is done already.
    """

    def __init__(self, done: Mask) -> None:
        self._room = done.astype(np.bool_)
        self.shape: Shape = done.shape
        self.n = int(np.count_nonzero(done))
        """How many are done."""

    def grow(self, shape: Shape) -> None:
        """Make the scan at least so large; what is there stays at its position."""
        self.shape = tuple(map(max, self.shape, shape))
        if any(n > room for n, room in zip(self.shape, self._room.shape, strict=True)):
            # Half as much again: a scan that grows point by point is not copied for each.
            there = self._room.shape
            room = tuple(have if n <= have else n + n // 2 for n, have in zip(self.shape, there, strict=True))
            larger = np.zeros(room, np.bool_)
            larger[tuple(map(slice, there))] = self._room
            self._room = larger

    def undone(self, first: Shape, n: int, among: Mask | None = None) -> Iterator[tuple[int, int]]:
        """Yield the runs that are not done, of ``n`` points along the last axis, as offsets (start, stop).

        Parameters
        ----------
        first : tuple of int
            The position of the first of these points.
        n : int
            How many they are; what lies outside the scan is not done.
        among : bool ndarray (n,), optional
            Only these count.
        """
        open_points = np.ones(n, np.bool_)
        if all(at < length for at, length in zip(first, self.shape, strict=True)):
            known = self._room[first[:-1]][first[-1] : min(first[-1] + n, self.shape[-1])]
            open_points[: known.size] = ~known
        if among is not None:
            open_points &= among
        starts, stops = ranges_of(open_points)
        yield from zip(starts.tolist(), stops.tolist(), strict=True)

    def add(self, first: Shape, start: int, stop: int) -> None:
        """Take note that points which were not done are, given as offsets behind a position in the scan."""
        self._room[first[:-1]][first[-1] + start : first[-1] + stop] = True
        self.n += stop - start
