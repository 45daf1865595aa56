"""The progress map as an indexed picture: states by colour and by pattern, for ten points or ten million.

Any band of its rows can be drawn by itself, so that a key that was set costs a band and not the map. Where several cells share
a pixel the least complete one is drawn, so that a single gap stays visible.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from swmr_viewer.gui.scan_map.map_layout import LEAST_CELL_WITH_LINES, Indices, MapGrid, MapLayout

LINE, MISSING, PARTLY, COMPLETE, HATCH, HOLLOW, NOWHERE = range(7)
"""Palette entries of the picture; the states 0, 1, 2 are one less than theirs."""

Codes = npt.NDArray[np.uint8]
StatesOf = Callable[[int, int], Codes]
"""The states (0 missing, 1 partly, 2 complete) of the flat indices from a start to a stop."""

LEAST_CELL_WITH_PATTERN = 6
PAGES_ONE_BY_ONE = 64
"""Up to this many pages in a row of pages are looked up each by itself; more are looked up whole and cut."""


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


CELLS_PER_BAND = 400_000
"""About a millisecond's work."""


class MapCanvas:
    """The picture of a layout, and which of its rows are out of date.

    Parameters
    ----------
    layout : MapLayout
        What is drawn where; another layout needs another canvas.
    """

    def __init__(self, layout: MapLayout) -> None:
        self.layout = layout
        self.buffer: Codes = np.zeros((layout.height, -(-layout.width // 4) * 4), np.uint8)
        """Palette entries, (height, width rounded up to 4): rows of Qt's indexed images are 4 bytes apart."""
        self._dirty = np.ones(layout.height, np.bool_)
        cells_per_pixel_row = max(1.0, layout.n_rows / layout.height) * layout.columns
        self._band = max(int(CELLS_PER_BAND / cells_per_pixel_row), -(-layout.height // layout.n_rows))

    @property
    def picture(self) -> Codes:
        """Palette entries, (height, width)."""
        return self.buffer[:, : self.layout.width]

    @property
    def is_current(self) -> bool:
        """Whether nothing is left to draw."""
        return not self._dirty.any()

    def mark(self, starts: Indices, stops: Indices) -> None:
        """Note that the points of these half-open ranges changed."""
        if not starts.size:
            return
        first, first_page = self.layout.grid.rows_of(starts)
        last, last_page = self.layout.grid.rows_of(stops - 1)
        turns = starts // self.layout.grid.page_size != (stops - 1) // self.layout.grid.page_size
        first = np.where(turns, first_page, first)
        last = np.where(turns, last_page + self.layout.grid.page_rows - 1, last)
        begin, end = self.layout.pixel_rows_of(first, last)
        if starts.size == 1:  # a key at a time
            self._dirty[int(begin[0]) : int(end[0])] = True
            return
        change = np.zeros(self._dirty.size + 1, np.int64)
        np.add.at(change, begin, 1)
        np.add.at(change, np.maximum(begin, end), -1)
        self._dirty |= np.cumsum(change)[:-1] > 0

    def draw_some(self, states_of: StatesOf, budget_s: float, clock: Callable[[], float] = time.perf_counter) -> tuple[int, int]:
        """Draw rows that are out of date for about ``budget_s`` (s), at least one band; return the range of rows drawn."""
        until, drawn = clock() + budget_s, (self._dirty.size, 0)
        while (first := int(self._dirty.argmax())) < self._dirty.size and self._dirty[first]:
            clean = np.flatnonzero(~self._dirty[first : first + self._band])
            stop = first + (int(clean[0]) if clean.size else self._dirty[first : first + self._band].size)
            self.picture[first:stop] = band_picture(states_of, self.layout, first, stop)
            self._dirty[first:stop] = False
            drawn = min(drawn[0], first), max(drawn[1], stop)
            if clock() >= until:
                break
        return drawn
