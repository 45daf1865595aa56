"""Where scan points are drawn on a map: as cells of a grid, at their true positions, or along a line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import prod, sqrt

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.quantities.decimation import Values

MOST_SPREAD = 0.5
"""Read-back positions of a column spread no further than this share of the step: then points are cells of a grid."""
REACH = 1.25
"""How far around a point its value is drawn, in steps."""
FARTHEST = 1e150
"""No motor is further away: such a number, or an infinite one, means that the position is not known."""
BLOCKS_FOR_STEPS = 8
"""So many blocks of points tell how far apart neighbours are."""


@frozen
class Page:
    """The part of a scan that a map shows: rows and columns are its last two axes of more than one point.

    A scan of one axis is one row.
    """

    rows: int
    columns: int
    start: int = 0
    """The index of the first point; the others follow in C order."""

    @property
    def stop(self) -> int:
        """Behind the last index."""
        return self.start + self.rows * self.columns

    @property
    def is_line(self) -> bool:
        """Whether there are no rows to speak of."""
        return self.rows == 1


def page_of(scan_shape: tuple[int, ...], number: int = 0) -> Page:
    """Return a page of a scan; ``number`` counts the pages of scans of three axes or more in C order."""
    long_axes = [n for n in scan_shape if n != 1]
    if len(long_axes) < 2:
        return Page(1, prod(scan_shape))
    rows, columns = long_axes[-2:]
    last = max(0, prod(long_axes[:-2]) - 1)
    return Page(rows, columns, min(number, last) * rows * columns)


class Side:
    """One side of a grid: where its cells are.

    Parameters
    ----------
    centres : float64 array (n,)
        All finite, rising or falling.
    is_index : bool
        The cells are counted, and not where a motor was.
    """

    def __init__(self, centres: Values, *, is_index: bool = False, step: float = 1.0) -> None:
        self.centres = centres
        self.is_index = is_index
        self._step = step

    def __len__(self) -> int:
        return len(self.centres)

    @cached_property
    def edges(self) -> Values:
        """Where cells begin, and the last one ends: midway between centres, float64 (n + 1,)."""
        centres = self.centres
        first = centres[1] - centres[0] if len(centres) > 1 else self._step
        last = centres[-1] - centres[-2] if len(centres) > 1 else self._step
        return np.array([centres[0] - first / 2, *((centres[1:] + centres[:-1]) / 2), centres[-1] + last / 2])

    def cells(self, places: Values) -> npt.NDArray[np.int64]:
        """Return the cell at each place; -1 where there is none."""
        edges = self.edges
        falls = edges[-1] < edges[0]
        found = (np.searchsorted(-edges, -places, "right") if falls else np.searchsorted(edges, places, "right")) - 1
        return np.where((found >= 0) & (found < len(self)), found, -1).astype(np.int64)


@frozen(eq=False)
class GridPlacing:
    """The points are cells."""

    page: Page
    x: Side
    y: Side

    @property
    def area(self) -> tuple[float, float, float, float]:
        """Left, right, bottom, top."""
        x, y = self.x.edges, self.y.edges
        return float(x.min()), float(x.max()), float(y.min()), float(y.max())


@frozen
class PointPlacing:
    """The points are where they were; every place around shows the nearest one."""

    page: Page
    reach: tuple[float, float]
    """How far from a point its value is drawn, along x and y."""
    area: tuple[float, float, float, float]
    """Left, right, bottom, top."""


Placing = GridPlacing | PointPlacing


class Extent:
    """How far positions reach in each column and each row of a page; told block by block, a block as often as it changes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.x_low, self.x_high = np.full((2, page.columns), np.nan)
        self.y_low, self.y_high = np.full((2, page.rows), np.nan)
        self.area: tuple[float, ...] = (np.nan,) * 4
        self._x_steps: list[float] = []
        self._y_steps: list[float] = []

    def take(self, start: int, x: Values, y: Values) -> None:
        """Take the positions of the points from ``start`` on (float64, NaN where they are not known), all of this page."""
        x, y = (np.where(np.abs(places) < FARTHEST, places, np.nan) for places in (x, y))
        for row, column, part_x, part_y in _rows_within(start - self.page.start, self.page.columns, x, y):
            columns, rows = slice(column, column + part_x.shape[1]), slice(row, row + part_x.shape[0])
            self.x_low[columns] = np.fmin(self.x_low[columns], np.fmin.reduce(part_x, axis=0))
            self.x_high[columns] = np.fmax(self.x_high[columns], np.fmax.reduce(part_x, axis=0))
            self.y_low[rows] = np.fmin(self.y_low[rows], np.fmin.reduce(part_y, axis=1))
            self.y_high[rows] = np.fmax(self.y_high[rows], np.fmax.reduce(part_y, axis=1))
            if part_x.shape[0] > 1 and len(self._x_steps) < BLOCKS_FOR_STEPS:
                self._x_steps.append(max(_step(part_x, 0), _step(part_x, 1)))
                self._y_steps.append(max(_step(part_y, 0), _step(part_y, 1)))
        folds = (np.fmin, x), (np.fmax, x), (np.fmin, y), (np.fmax, y)
        self.area = tuple(float(fold(before, fold.reduce(places))) for before, (fold, places) in zip(self.area, folds, strict=True))

    @property
    def steps(self) -> tuple[float, float]:
        """The usual distance from a point to its neighbours, along x and along y; 0 where that is not known."""
        return (float(np.median(self._x_steps)), float(np.median(self._y_steps))) if self._x_steps else (0.0, 0.0)


def _rows_within(at: int, columns: int, *arrays: Values) -> Iterator[tuple[int, int, Values, Values]]:
    """Cut what lies from a cell on into whole rows, and what is before and behind them; row, column and parts (rows, columns) each."""
    done, size = 0, arrays[0].size
    while done < size:
        row, column = divmod(at + done, columns)
        n_rows = (size - done) // columns if column == 0 else 0
        length = n_rows * columns or min(columns - column, size - done)
        x, y = (array[done : done + length].reshape(max(1, n_rows), -1) for array in arrays)
        yield row, column, x, y
        done += length


def _step(places: Values, axis: int) -> float:
    steps = np.abs(np.diff(places, axis=axis))
    steps = steps[np.isfinite(steps)]
    return float(np.median(steps)) if steps.size else 0.0


def place_grid(extent: Extent, *, has_x: bool = True, has_y: bool = True) -> Placing | None:
    """Decide how the points of a page of rows and columns are drawn.

    Parameters
    ----------
    extent : Extent
        Where they were.
    has_x, has_y : bool
        Whether there are positions; without, columns and rows are counted.

    Returns
    -------
    Placing or None
        None while no position is known of which there are some.
    """
    page = extent.page
    x = side_of(extent.x_low, extent.x_high) if has_x else counted(page.columns)
    y = side_of(extent.y_low, extent.y_high) if has_y else counted(page.rows)
    nothing = any(has and not np.isfinite(low).any() for has, low in ((has_x, extent.x_low), (has_y, extent.y_low)))
    if nothing:
        return None
    if x is not None and y is not None:
        return GridPlacing(page, x, y)
    if not (has_x and has_y):
        return GridPlacing(page, x or counted(page.columns), y or counted(page.rows))
    return point_placing(page, extent.area, extent.steps)


def counted(length: int) -> Side:
    """Return a side whose cells are counted from 0."""
    return Side(np.arange(max(1, length), dtype=np.float64), is_index=True)


def side_of(low: Values, high: Values) -> Side | None:
    """Return the side of a grid whose positions reach from ``low`` to ``high`` in each row or column; None where they make none.

    What is not known yet goes on in the usual step.
    """
    middles, spread = (low + high) / 2, high - low
    known = np.flatnonzero(np.isfinite(middles))
    if not known.size:
        return None
    if known.size == 1:
        if len(middles) == 1:
            return Side(middles, step=_round_step(middles[0]))
        return Side(middles[known[0]] + (np.arange(len(middles)) - known[0]) * _round_step(middles[known[0]]))
    steps = np.diff(middles[known]) / np.diff(known)
    step = float(np.median(steps))
    if not ((steps > 0).all() or (steps < 0).all()):
        is_still = not steps.any() and not spread[known].any()
        return counted(len(middles)) if is_still else None
    if spread[known].max() > MOST_SPREAD * np.abs(steps).min():
        return None
    places = np.arange(len(middles))
    centres = np.interp(places, known, middles[known])
    before, behind = places < known[0], places > known[-1]
    centres[before] = middles[known[0]] + (places[before] - known[0]) * step
    centres[behind] = middles[known[-1]] + (places[behind] - known[-1]) * step
    return Side(centres)


def _round_step(place: float) -> float:
    """Return some step where none is known, large enough to be told apart from the place."""
    return max(1.0, abs(place) * 1e-6)


def point_placing(page: Page, area: tuple[float, ...], steps: tuple[float, float]) -> PointPlacing | None:
    """Return the placing of points within an area whose neighbours are so far apart; None where there is no area."""
    left, right, bottom, top = area
    if not np.isfinite(area).all():
        return None
    x = steps[0] or (right - left) or _round_step(left)
    y = steps[1] or (top - bottom) or _round_step(bottom)
    reach = (REACH * x, REACH * y)
    return PointPlacing(page, reach, (left - x, right + x, bottom - y, top + y))


def steps_of_line(area: tuple[float, ...], n_points: int, *, is_one_unit: bool) -> tuple[float, float]:
    """Return how far from one another points are that fill an area, in whatever order.

    Parameters
    ----------
    area : tuple of float
        Left, right, bottom and top of all points.
    n_points : int
        How many there are.
    is_one_unit : bool
        Distances along x and y can be compared.
    """
    wide, high, n = area[1] - area[0], area[3] - area[2], max(1, n_points)
    if is_one_unit and wide > 0 and high > 0:
        return (sqrt(wide * high / n),) * 2
    return wide / sqrt(n), high / sqrt(n)


def is_within(x: Values, y: Values, polygon: Values) -> npt.NDArray[np.bool_]:
    """Return which points (float64 (n,)) are within a polygon (float64 (m, 2)), by the even-odd rule; NaN is not."""
    (left, bottom), (right, top) = polygon.min(axis=0), polygon.max(axis=0)
    inside = np.zeros(x.size, np.bool_)
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    x, y = x[near], y[near]
    odd = np.zeros(near.size, np.bool_)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    inside[near] = odd
    return inside
