"""The picture of points at their true positions, a pixel for each pixel of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.column import BLOCK
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.map_picture import Fates, PointValues
from swmr_viewer.quantities.nearest_points import NearestPoints, View
from swmr_viewer.quantities.placing import REACH, PointPlacing, is_within
from swmr_viewer.quantities.table import QuantityTable


class PointPicture:
    """Points at their true positions; each pixel shows the nearest one.

    Parameters
    ----------
    placing : PointPlacing
        How far points reach.
    view : View
        What is seen of them.
    points : PointValues
        What is drawn.
    table : QuantityTable
        What is known.
    where : tuple of str
        The quantities that say where the points are, along x and y.
    """

    def __init__(self, placing: PointPlacing, view: View, points: PointValues, table: QuantityTable, where: tuple[str, str]) -> None:
        self.placing, self.view = placing, view
        self._points, self._table, self._where = points, table, where
        self._nearest = NearestPoints(view, placing.reach)
        self._placed: dict[int, tuple[int, int]] = {}
        self._indices = np.full(view.width * view.height, -1, np.int64)
        self._order = np.empty(0, np.int64)
        self._sorted = np.empty(0, np.int64)
        self._values = np.full(self._indices.size, np.nan)
        self._fates = np.zeros(self._indices.size, np.uint8)
        self._stale = set(self._blocks)

    @property
    def _blocks(self) -> range:
        return range(self.placing.page.start // BLOCK, -(-self.placing.page.stop // BLOCK))

    @property
    def is_current(self) -> bool:
        """Whether all that is known is in the picture."""
        return not self._stale and not any(True for _ in self._unplaced())

    def _unplaced(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield the blocks whose points are to be placed, and the versions of their positions."""
        x, y = (self._table.column(name) for name in self._where)
        known = set(x.block_numbers) & set(y.block_numbers)
        versions = ((number, (x.version(number), y.version(number))) for number in self._blocks if number in known)
        return ((number, found) for number, found in versions if self._placed.get(number) != found)

    def mark(self, start: int, stop: int) -> None:
        """Take note that the points from one flat index up to another changed."""
        self._stale.update(number for number in range(start // BLOCK, -(-stop // BLOCK)) if number in self._blocks)

    def work(self) -> Iterator[None]:
        """Bring the picture up to date, in pieces."""
        unplaced = list(self._unplaced())
        for number, versions in unplaced:
            self._placed[number] = versions
            start, stop = self._part(number)
            places = (self._table.part(name, start, stop) for name in self._where)
            yield from self._nearest.put(np.arange(start, stop), *places)
            yield
        if unplaced:
            self._find_points()
            yield
        while self._stale:
            self._fill(self._stale.pop())
            yield

    def _part(self, number: int) -> tuple[int, int]:
        page = self.placing.page
        return max(page.start, number * BLOCK), min(page.stop, (number + 1) * BLOCK)

    def _find_points(self) -> None:
        """Know which pixels show which points, by the points."""
        indices = self._nearest.indices.ravel()
        moved = np.flatnonzero(np.bincount(indices[(indices != self._indices) & (indices >= 0)] // BLOCK))
        self._indices = indices
        self._order = np.argsort(indices, kind="stable")
        self._sorted = indices[self._order]
        self._stale.update(int(number) for number in moved if number in self._blocks)

    def _fill(self, number: int) -> None:
        start, stop = self._part(number)
        first, last = np.searchsorted(self._sorted, [start, stop])
        if first == last:
            return
        values, fates = self._points.part(start, stop)
        pixels, shown = self._order[first:last], self._sorted[first:last] - start
        self._values[pixels], self._fates[pixels] = values[shown], fates[shown]

    @property
    def _shape(self) -> tuple[int, int]:
        return self.view.height, self.view.width

    @property
    def values(self) -> Values:
        """float64 (height, width), NaN where nothing is known."""
        return self._values.reshape(self._shape)

    @property
    def fates(self) -> Fates:
        """`Fate` of each pixel, uint8 (height, width)."""
        return self._fates.reshape(self._shape)

    def known_values(self) -> Values:
        """Return the values that the levels go by, 1-D: each point that is seen once."""
        first = np.flatnonzero(np.diff(self._sorted, prepend=-1))
        values: Values = self._values[self._order[first]]
        values = values[np.isfinite(values)]
        return values

    def place_of(self, index: int) -> tuple[float, float, float, float] | None:
        """Return left, right, bottom and top of what a point may take, or None where it is not known."""
        page = self.placing.page
        x, y = (self._table.at(name, index) for name in self._where)
        if not page.start <= index < page.stop or x is None or y is None or not isfinite(x + y):
            return None
        wide, high = (reach / REACH / 2 for reach in self.placing.reach)
        return x - wide, x + wide, y - high, y + high

    def within(self, polygon: Values) -> Iterator[IndexArray]:
        """Yield the points whose positions are within a polygon, ascending, a piece at a time (corners: float64 (n, 2))."""
        for number in self._blocks:
            start, stop = self._part(number)
            x, y = (self._table.part(name, start, stop) for name in self._where)
            yield start + np.flatnonzero(is_within(x, y, polygon))

    def index_at(self, x: float, y: float) -> int | None:
        """Return the point at a place of the map, or None."""
        view = self.view
        column = int(np.floor((x - view.left) / (view.right - view.left) * view.width))
        row = int(np.floor((y - view.bottom) / (view.top - view.bottom) * view.height))
        if not (0 <= column < view.width and 0 <= row < view.height):
            return None
        index = int(self._indices[row * view.width + column])
        return None if index < 0 else index
