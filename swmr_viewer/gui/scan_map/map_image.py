"""The progress map as an indexed picture: states by colour and by pattern, for ten points or ten million.

Any band of its rows can be drawn by itself, so that a key that was set costs a band and not the map. Where several cells share
a pixel the least complete one is drawn, so that a single gap stays visible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from swmr_viewer.gui.scan_map.map_grid import MapGrid, map_grid

LINE, MISSING, PARTLY, COMPLETE, HATCH, HOLLOW, NOWHERE = range(7)
"""Palette entries of the picture; the states 0, 1, 2 are one less than theirs."""

Codes = npt.NDArray[np.uint8]
StatesOf = Callable[[int, int], Codes]
"""The states (0 missing, 1 partly, 2 complete) of the flat indices from a start to a stop."""

LEAST_CELL_WITH_LINES = 5
LEAST_CELL_WITH_PATTERN = 6
MOST_CELL = 64
MOST_STRETCHED = 2.5
"""Longer over shorter side of a cell."""
THICKEST_STRIP = 24
"""Pixels that the few cells of a short axis may have where those of the long axis have a few, or share them."""
PAGES_ONE_BY_ONE = 64
"""Up to this many pages in a row of pages are looked up each by itself; more are looked up whole and cut."""


@dataclass(frozen=True, slots=True)
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


def natural_height(scan_shape: tuple[int, ...], width: int, page: int | None = None) -> int:
    """Return the height (pixels) at which the map of a scan fills this width; more would stay empty."""
    return max(60, map_layout(scan_shape, width, 100 * width, page).height)


def map_picture(states: Codes, layout: MapLayout) -> Codes:
    """Draw the states of all points (flat) as palette entries, (height, width)."""
    return band_picture(lambda start, stop: states[start:stop], layout, 0, layout.height)


def band_picture(states_of: StatesOf, layout: MapLayout, first: int, stop: int) -> Codes:
    """Draw the pixel rows from ``first`` to ``stop`` as palette entries, (stop - first, width)."""
    row_edges = layout.top + _edges(layout.height, layout.n_rows)[first : stop + 1]
    column_edges = layout.left + _edges(layout.width, layout.n_columns)
    last = max(int(row_edges[-1]), int(row_edges[-2]) + 1)
    cells = _cells(states_of, layout.grid, int(row_edges[0]), last)
    picture = _least_complete(_least_complete(cells, row_edges - row_edges[0], 0), column_edges, 1)
    _draw_patterns(picture, layout, first)
    return np.ascontiguousarray(picture)


def _edges(pixels: int, cells: int) -> npt.NDArray[np.int64]:
    """Return the first cell of each pixel, and behind them how many cells there are."""
    return np.arange(pixels + 1) * cells // pixels


def _cells(states_of: StatesOf, grid: MapGrid, first: int, stop: int) -> Codes:
    """Return the palette entries of whole rows of cells, (stop - first, columns)."""
    found = np.full((stop - first, grid.columns), NOWHERE, np.uint8)
    pitch = grid.page_rows + grid.gap
    for down in range(first // pitch, (stop - 1) // pitch + 1):
        low, high = max(first, down * pitch), min(stop, down * pitch + grid.page_rows)
        if low < high:
            _fill_pages(found[low - first : high - first], states_of, grid, down, (low - down * pitch, high - down * pitch))
    return found


def _fill_pages(target: Codes, states_of: StatesOf, grid: MapGrid, down: int, rows: tuple[int, int]) -> None:
    """Fill the rows of one row of pages."""
    first_page = down * grid.pages_across
    pages = range(first_page, min(first_page + grid.pages_across, grid.n_pages))
    stop_row = rows[1]
    whole = None
    if len(pages) > PAGES_ONE_BY_ONE:
        whole = _padded(states_of, grid, grid.start + pages[0] * grid.page_size, len(pages) * grid.page_size).reshape(len(pages), -1)
    for across, page in enumerate(pages):
        left = across * (grid.page_columns + grid.gap)
        at, n_cells = rows[0] * grid.page_columns, (stop_row - rows[0]) * grid.page_columns
        cells = (
            _padded(states_of, grid, grid.start + page * grid.page_size + at, n_cells)
            if whole is None
            else whole[across, at : at + n_cells]
        )
        target[:, left : left + grid.page_columns] = cells.reshape(-1, grid.page_columns)


def _padded(states_of: StatesOf, grid: MapGrid, start: int, n_cells: int) -> Codes:
    states = states_of(min(start, grid.stop), min(start + n_cells, grid.stop))
    cells = np.full(n_cells, NOWHERE, np.uint8)
    np.add(states, MISSING, out=cells[: states.size])
    return cells


def _least_complete(cells: Codes, edges: npt.NDArray[np.int64], axis: int) -> Codes:
    """Return one value per pixel: the least of the cells from its edge to the next, at least one cell."""
    if np.all(edges[1:] - edges[:-1] <= 1):
        return cells.take(edges[:-1], axis)
    along = np.moveaxis(cells, axis, 0)  # a loop over strips: measured 20 times faster than minimum.reduceat on 10 million cells
    strips = [along[start : max(stop, start + 1)].min(axis=0) for start, stop in pairwise(edges.tolist())]
    return np.stack(strips, axis=axis)


def _draw_patterns(picture: Codes, layout: MapLayout, first: int) -> None:
    """Hatch what is partly set, hollow out what is missing, and part the cells by lines, where cells are large enough."""
    width, height = layout.cell
    stop = first + picture.shape[0]
    if min(width, height) >= LEAST_CELL_WITH_PATTERN:
        y, x = np.arange(first, stop)[:, None], np.arange(layout.width)[None]
        picture[(picture == PARTLY) & ((x + y) % 4 == 0)] = HATCH
        at_x, at_y = x % int(width), y % int(height)
        picture[(picture == MISSING) & (at_x > 0) & (at_x < int(width) - 2) & (at_y > 0) & (at_y < int(height) - 2)] = HOLLOW
    if min(width, height) >= LEAST_CELL_WITH_LINES:
        rows, columns = _edges(layout.height, layout.n_rows), _edges(layout.width, layout.n_columns)
        picture[(rows[1:] != rows[:-1])[first:stop]] = LINE
        picture[:, columns[1:] != columns[:-1]] = LINE
