"""The map's picture kept up to date piece by piece: only rows that changed are drawn, a few milliseconds at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from swmr_viewer.gui.scan_map.map_image import Codes, MapLayout, StatesOf, band_picture

Indices = npt.NDArray[np.int64]
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
