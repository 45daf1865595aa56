"""Where a scan's points are on the map: cells in rows and columns for any scan shape, on how many pixels, zoomed and panned (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log10, prod, sqrt

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen

ASPECT = 1.5
"""Width over height that tiled pages aim at."""
STRIP_ASPECT = 4.0
"""Points per line over lines that a folded axis aims at: low and wide, for it says little by its height."""
LEAST_LINE = 2.4
"""Pixels of a line of a folded axis for which it may be higher than a strip."""
GAP_SHARE = 0.08
"""Of a page's shorter side: the gap to the next page."""

Indices = npt.NDArray[np.int64]


@frozen
class MapGrid:
    """Pages of cells: one page holds the two fastest axes, slower axes are tiled in reading order, or one page is there alone.

    One axis alone is folded like lines of text, at a round number of points per line.
    """

    scan_shape: tuple[int, ...]
    page_rows: int
    page_columns: int
    pages_across: int = 1
    pages_down: int = 1
    gap: int = 0
    """Empty cells between pages."""
    page: int | None = None
    """The page that is there alone; None where all of them are tiled."""

    @property
    def start(self) -> int:
        """The first index that has a cell."""
        return 0 if self.page is None else self.page * self.page_size

    @property
    def stop(self) -> int:
        """Behind the last index that has a cell."""
        return self.total if self.page is None else min(self.total, self.start + self.page_size)

    @property
    def rows(self) -> int:
        return self.pages_down * (self.page_rows + self.gap) - self.gap

    @property
    def columns(self) -> int:
        return self.pages_across * (self.page_columns + self.gap) - self.gap

    @property
    def total(self) -> int:
        return prod(self.scan_shape)

    @property
    def page_size(self) -> int:
        return self.page_rows * self.page_columns

    @property
    def n_pages(self) -> int:
        """How many pages have cells."""
        return max(1, ceil((self.stop - self.start) / self.page_size))

    def holds(self, index: int) -> bool:
        """Return whether a flat index has a cell."""
        return self.start <= index < self.stop

    def cell_of(self, index: int) -> tuple[int, int]:
        """Return row and column of a flat index; the row is outside the grid where the index has no cell."""
        page, within = divmod(index - self.start, self.page_size)
        down, across = divmod(page, self.pages_across)
        row, column = divmod(within, self.page_columns)
        return down * (self.page_rows + self.gap) + row, across * (self.page_columns + self.gap) + column

    def index_of(self, row: int, column: int) -> int | None:
        """Return the flat index at a cell, or None between pages and behind the last point."""
        down, row = divmod(row, self.page_rows + self.gap)
        across, column = divmod(column, self.page_columns + self.gap)
        if row >= self.page_rows or column >= self.page_columns or across >= self.pages_across:
            return None
        index = self.start + (down * self.pages_across + across) * self.page_size + row * self.page_columns + column
        return index if self.holds(index) else None

    def rows_of(self, indices: Indices) -> tuple[Indices, Indices]:
        """Return the row of each flat index, and the first row of its page."""
        page, within = np.divmod(indices - self.start, self.page_size)
        first = page // self.pages_across * (self.page_rows + self.gap)
        return first + within // self.page_columns, first


def page_axes(scan_shape: Sequence[int]) -> tuple[int, ...]:
    """Return the axes along which there is a page per point: those before the last two, where axes of one point do not count."""
    return tuple(axis for axis, n in enumerate(scan_shape) if n != 1)[:-2]


def map_grid(scan_shape: tuple[int, ...], page: int | None = None) -> MapGrid:
    """Lay a scan out, or one page of it where it has several."""
    long_axes = [n for n in scan_shape if n != 1]
    if is_folded(scan_shape):
        columns = row_length(scan_shape)
        return MapGrid(scan_shape, ceil(max(1, prod(scan_shape)) / columns), columns)
    rows, columns = long_axes[-2:]
    n_pages = max(1, prod(long_axes[:-2]))
    if n_pages == 1:
        return MapGrid(scan_shape, rows, columns)
    if page is not None:
        return MapGrid(scan_shape, rows, columns, page=min(page, n_pages - 1))
    across = min(n_pages, max(1, round(sqrt(n_pages * ASPECT * rows / columns))))
    gap = max(1, round(GAP_SHARE * min(rows, columns)))
    return MapGrid(scan_shape, rows, columns, across, ceil(n_pages / across), gap)


def row_length(scan_shape: Sequence[int]) -> int:
    """Return how many points a row has: the fastest axis, or where one axis is folded a round number near the wanted aspect."""
    long_axes = [n for n in scan_shape if n != 1]
    if len(long_axes) >= 2:
        return max(1, long_axes[-1])
    total = max(1, prod(scan_shape))
    wanted = sqrt(total * STRIP_ASPECT)
    decade = 10 ** int(log10(wanted)) if wanted >= 1 else 1
    rounds = [step * decade for step in (1, 2, 5, 10)]
    return max(1, min(total, min(rounds, key=lambda length: abs(log10(length / wanted)))))


THICKEST_STRIP = 24
"""Pixels that the few cells of a short axis may have where those of the long axis have a few, or share them."""


MOST_STRETCHED = 2.5
"""Longer over shorter side of a cell."""


MOST_CELL = 64


LEAST_CELL_WITH_LINES = 5


@frozen
class MapLayout:
    """Which cells of the grid are seen, on how many pixels."""

    grid: MapGrid
    top: int
    left: int
    n_rows: int
    n_columns: int
    width: int
    height: int
    """Pixels of the picture."""

    @property
    def rows(self) -> int:
        """All rows of the grid, seen or not."""
        return self.grid.rows

    @property
    def columns(self) -> int:
        """All columns of the grid, seen or not."""
        return self.grid.columns

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell (pixels); below 1 where cells share pixels."""
        return self.width / self.n_columns, self.height / self.n_rows

    @property
    def is_whole(self) -> bool:
        """Whether every cell is seen."""
        return (self.n_rows, self.n_columns) == (self.rows, self.columns)

    def index_at(self, x: float, y: float) -> int | None:
        """Return the scan point drawn at a pixel, or None."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        return self.grid.index_of(self.top + int(y * self.n_rows / self.height), self.left + int(x * self.n_columns / self.width))

    def rect_of(self, index: int) -> tuple[float, float, float, float]:
        """Return left, top, width and height (pixels) of a scan point; outside the picture where it is not seen."""
        row, column = self.grid.cell_of(index)
        width, height = self.cell
        return (column - self.left) * width, (row - self.top) * height, width, height

    def pixel_rows_of(self, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], ...]:
        """Return the half-open ranges of pixel rows that show the cell rows from ``first`` to ``last`` (inclusive)."""
        start = (first - self.top) * self.height // self.n_rows
        stop = -((self.top - last - 1) * self.height // self.n_rows)
        return np.clip(start, 0, self.height), np.clip(stop, 0, self.height)


def map_layout(scan_shape: tuple[int, ...], room_width: int, room_height: int, page: int | None = None) -> MapLayout:
    """Lay the whole scan, or a page of it, out in a room of pixels, and fill it where that leaves cells in shape.

    Cells with lines are whole pixels. One side is at most two and a half times the other; strips of a few cells may be thicker.
    """
    grid = map_grid(scan_shape, page)
    rows, columns = grid.rows, grid.columns
    width, height = max(1.0, room_width / columns), max(1.0, room_height / rows)
    most = _longest(columns, height, room_height), _longest(rows, width, room_width)
    width, height = min(width, most[0], MOST_CELL), min(height, most[1], MOST_CELL)
    width, height = (int(side) if side >= LEAST_CELL_WITH_LINES else side for side in (width, height))
    drawn = [max(1, min(room, round(side * cells))) for room, side, cells in ((room_width, width, columns), (room_height, height, rows))]
    return MapLayout(grid, 0, 0, rows, columns, drawn[0], drawn[1])


def _longest(cells: int, other_side: float, other_room: int) -> float:
    """Return the longest side (pixels) of so many cells that are ``other_side`` long the other way, in a room that is ``other_room``."""
    return max(MOST_STRETCHED * other_side, min(THICKEST_STRIP, other_room / cells))


def natural_height(scan_shape: tuple[int, ...], width: int, page: int | None = None, strip: int = 120) -> int:
    """Return the height (pixels) at which the map of a scan fills this width; more would stay empty.

    One axis alone takes no more than ``strip`` pixels, unless its lines would be too thin.
    """
    height = max(60, map_layout(scan_shape, width, 100 * width, page).height)
    grid = map_grid(scan_shape, page)
    return min(height, max(strip, round(LEAST_LINE * grid.rows))) if is_folded(scan_shape) else height


def is_folded(scan_shape: Sequence[int]) -> bool:
    """Return whether the scan has one axis, which is folded like lines of text."""
    return sum(n != 1 for n in scan_shape) < 2


SCALES = (*(2.0**-n for n in range(24, 0, -1)), 1, 2, 3, 4, 6, 9, 13, 18, 26)
"""Pixels per cell."""

Room = tuple[int, int]
"""Width and height (pixels)."""


def zoomed(layout: MapLayout, room: Room, at: tuple[float, float], steps: int) -> MapLayout:
    """Return the layout some steps in (+) or out (-), with the cell at this pixel kept where it is."""
    fit = map_layout(layout.grid.scan_shape, *room, layout.grid.page)
    now, least = min(layout.cell), min(fit.cell)
    scales = [scale for scale in SCALES if scale > least * 1.01] if steps > 0 or not layout.is_whole else []
    below = [scale for scale in scales if scale < now * 0.99]
    above = [scale for scale in scales if scale > now * 1.01]
    wanted = above[min(steps, len(above)) - 1] if steps > 0 and above else below[steps] if steps < 0 and len(below) >= -steps else None
    if wanted is None:
        return layout if steps > 0 else fit
    return _at_scale(layout, fit, room, at, wanted)


def _at_scale(layout: MapLayout, fit: MapLayout, room: Room, at: tuple[float, float], wanted: float) -> MapLayout:
    width, height = max(wanted, fit.cell[0]), max(wanted, fit.cell[1])
    column, row = layout.left + at[0] / layout.cell[0], layout.top + at[1] / layout.cell[1]
    n_columns, drawn_width = _seen(layout.columns, room[0], width)
    n_rows, drawn_height = _seen(layout.rows, room[1], height)
    bare = replace(layout, top=0, left=0, n_rows=n_rows, n_columns=n_columns, width=drawn_width, height=drawn_height)
    return moved_to(bare, row - at[1] / height, column - at[0] / width)


def moved_to(layout: MapLayout, top: float, left: float) -> MapLayout:
    """Return the layout with this cell in its corner, or the nearest place that keeps it filled."""
    rows, columns = layout.rows - layout.n_rows, layout.columns - layout.n_columns
    return replace(layout, top=min(max(round(top), 0), rows), left=min(max(round(left), 0), columns))


def centred_on(layout: MapLayout, room: Room, index: int, scale: float) -> MapLayout:
    """Return a layout with this point in the middle, at least ``scale`` pixels per cell."""
    row, column = layout.grid.cell_of(index)
    fit = map_layout(layout.grid.scan_shape, *room, layout.grid.page)
    found = _at_scale(layout, fit, room, (0.0, 0.0), scale) if min(layout.cell) < scale else layout
    return moved_to(found, row - found.n_rows / 2, column - found.n_columns / 2)


def resized(layout: MapLayout, room: Room) -> MapLayout:
    """Return the layout in another room: the same corner and size of cells, or the whole scan where that has room now."""
    fit = map_layout(layout.grid.scan_shape, *room, layout.grid.page)
    scale = min(layout.cell)
    return fit if layout.is_whole or min(fit.cell) >= scale else _at_scale(layout, fit, room, (0.0, 0.0), scale)


def turned_to(layout: MapLayout, page: int) -> MapLayout:
    """Return the layout of one page with another in its place: the same part of it, at the same size."""
    return replace(layout, grid=replace(layout.grid, page=page))


def _seen(cells: int, room: int, side: float) -> tuple[int, int]:
    """Return how many cells are seen along one axis, and on how many pixels."""
    seen = max(1, min(cells, int(room / side)))
    return seen, max(1, min(room, round(seen * side)))
