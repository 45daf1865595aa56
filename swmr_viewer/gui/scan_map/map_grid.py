"""Where a scan's points are on the map: cells in rows and columns, for any scan shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10, prod, sqrt

import numpy as np
import numpy.typing as npt

ASPECT = 1.5
"""Width over height that folded axes and tiled pages aim at."""
GAP_SHARE = 0.08
"""Of a page's shorter side: the gap to the next page."""

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
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
    if len(long_axes) < 2:
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
    wanted = sqrt(total * ASPECT)
    decade = 10 ** int(log10(wanted)) if wanted >= 1 else 1
    rounds = [step * decade for step in (1, 2, 5, 10)]
    return max(1, min(total, min(rounds, key=lambda one: abs(log10(one / wanted)))))
