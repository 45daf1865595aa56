"""The picture of a map, a pixel for each pixel of the screen: values, and what became of the points that have none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.nearest_points import View
from swmr_viewer.quantities.placing import GridPlacing, Side, is_within
from swmr_viewer.quantities.table import QuantityTable


class Fate(IntEnum):
    """What there is at a place of the map; where several points share a pixel, the largest counts."""

    NOWHERE = 0
    """No point."""
    TO_COME = 1
    UNMEASURED = 2
    """The frame is complete, its value is not known."""
    MISSING = 3
    """The frame is lost, or the scan ended before it."""
    KNOWN = 4


Fates = npt.NDArray[np.uint8]
FatesOf = Callable[[int, int], Fates]
"""What became of the points from one flat index up to another: TO_COME, MISSING, or UNMEASURED for every frame that is complete."""

PIECE = 1 << 17
"""Points that are looked at in one piece: a few milliseconds."""


class PointValues:
    """The values of one quantity with the fates of its points.

    Parameters
    ----------
    table : QuantityTable
        What is known.
    name : str
        The quantity, or an expression.
    fates_of : callable
        What became of each point.
    """

    def __init__(self, table: QuantityTable, name: str, fates_of: FatesOf) -> None:
        self._table, self._name = table, name
        self._fates_of = fates_of

    def part(self, start: int, stop: int) -> tuple[Values, Fates]:
        """Return values (NaN unless known and finite) and fates of the points from one index up to another."""
        values = self._table.part(self._name, start, stop)
        known = np.isfinite(values)
        values[~known] = np.nan
        return values, np.where(known, np.uint8(Fate.KNOWN), self._fates_of(start, stop))


class GridPicture:
    """A grid of cells; where several share a pixel, the largest value is drawn.

    Parameters
    ----------
    placing : GridPlacing
        Where the cells are.
    view : View
        What is seen of them.
    points : PointValues
        What is drawn.
    """

    def __init__(self, placing: GridPlacing, view: View, points: PointValues) -> None:
        self.placing, self.view = placing, view
        self._points = points
        self._x, self._y = _Axis(placing.x, view.x), _Axis(placing.y, view.y)
        shape = self._y.n, self._x.n
        self._values = np.full(shape, np.nan)
        self._fates = np.zeros(shape, np.uint8)
        self._stale = np.ones(shape[0], np.bool_)

    @property
    def is_current(self) -> bool:
        """Whether all that is known is in the picture."""
        return not (self._stale.any() and self._x.n)

    def mark(self, start: int, stop: int) -> None:
        """Take note that the points from one flat index up to another changed."""
        page = self.placing.page
        first, last = max(start, page.start) - page.start, min(stop, page.stop) - 1 - page.start
        if first <= last:
            low, high = (self._y.number(at // page.columns) for at in (first, last))
            self._stale[max(0, low) : high + 1] = True

    def work(self) -> Iterator[None]:
        """Bring the picture up to date, in pieces."""
        at_a_time = max(1, PIECE // max(1, self.placing.page.columns * self._y.factor))
        while not self.is_current:
            first = int(self._stale.argmax())
            fresh = np.flatnonzero(~self._stale[first : first + at_a_time])
            stop = first + (int(fresh[0]) if fresh.size else min(at_a_time, self._stale.size - first))
            self._fill(first, stop)
            self._stale[first:stop] = False
            yield

    def _fill(self, first: int, stop: int) -> None:
        page, x, y = self.placing.page, self._x, self._y
        top, bottom = y.start + first * y.factor, min(y.start + stop * y.factor, page.rows)
        values, fates = self._points.part(page.start + top * page.columns, page.start + bottom * page.columns)
        shape = bottom - top, page.columns
        columns = slice(x.start, min(x.start + x.n * x.factor, page.columns))
        values, fates = values.reshape(shape)[:, columns], fates.reshape(shape)[:, columns]
        shape = stop - first, x.n
        self._values[first:stop] = _largest(values, shape, (y.factor, x.factor), np.nan)
        self._fates[first:stop] = _largest(fates, shape, (y.factor, x.factor), 0)

    @property
    def values(self) -> Values:
        """float64 (height, width), NaN where nothing is known."""
        return self._spread(self._values, np.nan)

    @property
    def fates(self) -> Fates:
        """`Fate` of each pixel, uint8 (height, width)."""
        return self._spread(self._fates, Fate.NOWHERE)

    def _spread(self, cells: npt.NDArray[Any], nothing: float) -> npt.NDArray[Any]:
        picture = np.full((self.view.height, self.view.width), nothing, cells.dtype)
        rows, columns = (axis.numbers >= 0 for axis in (self._y, self._x))
        picture[np.ix_(rows, columns)] = cells[np.ix_(self._y.numbers[rows], self._x.numbers[columns])]
        return picture

    def known_values(self) -> Values:
        """Return the values that the levels go by, 1-D: each cell that is seen once."""
        known: Values = self._values[np.isfinite(self._values)]
        return known

    def place_of(self, index: int) -> tuple[float, float, float, float] | None:
        """Return left, right, bottom and top of a point's cell, or None where it is on another page."""
        page = self.placing.page
        if not page.start <= index < page.stop:
            return None
        row, column = divmod(index - page.start, page.columns)
        (x0, x1), (y0, y1) = (sorted(side.edges[at : at + 2].tolist()) for side, at in ((self.placing.x, column), (self.placing.y, row)))
        return x0, x1, y0, y1

    def within(self, polygon: Values) -> Iterator[IndexArray]:
        """Yield the points whose cells have their middles within a polygon, ascending, a piece at a time (corners: float64 (n, 2))."""
        page, x, y = self.placing.page, self.placing.x.centres, self.placing.y.centres
        columns = np.flatnonzero((x >= polygon[:, 0].min()) & (x <= polygon[:, 0].max()))
        rows = np.flatnonzero((y >= polygon[:, 1].min()) & (y <= polygon[:, 1].max()))
        for row in rows.tolist():
            inside = columns[is_within(x[columns], np.full(columns.size, y[row]), polygon)]
            yield page.start + row * page.columns + inside

    def index_at(self, x: float, y: float) -> int | None:
        """Return the point at a place of the map, or None."""
        column, row = (int(side.cells(np.array([at]))[0]) for side, at in ((self.placing.x, x), (self.placing.y, y)))
        return self.placing.page.start + row * self.placing.page.columns + column if min(row, column) >= 0 else None


class _Axis:
    """Which cells of one side the pixels show: numbers of reduced cells, of which each stands for ``factor`` cells."""

    def __init__(self, side: Side, places: Values) -> None:
        cells = side.cells(places)
        seen = cells[cells >= 0]
        low, high = (int(seen.min()), int(seen.max()) + 1) if seen.size else (0, 0)
        self.factor = -(-(high - low) // max(1, seen.size)) or 1
        self.start = low // self.factor * self.factor
        self.n = -(-(high - self.start) // self.factor)
        self.numbers = np.where(cells >= 0, (cells - self.start) // self.factor, -1)

    def number(self, cell: int) -> int:
        return (cell - self.start) // self.factor


def _largest(cells: npt.NDArray[Any], shape: tuple[int, int], factors: tuple[int, int], nothing: float) -> npt.NDArray[Any]:
    """Return the largest of each ``factors`` cells, NaN left out."""
    if factors == (1, 1):
        return cells
    whole = np.full((shape[0] * factors[0], shape[1] * factors[1]), nothing, cells.dtype)
    whole[: cells.shape[0], : cells.shape[1]] = cells
    parts = whole.reshape(shape[0], factors[0], shape[1], factors[1])
    largest = parts[:, 0, :, 0].copy()
    for down in range(factors[0]):  # a loop over strips: many times faster than a reduction over short axes
        for across in range(factors[1]):
            np.fmax(largest, parts[:, down, :, across], out=largest)
    return largest
