"""The progress map as an indexed picture: states by colour and by pattern, for ten points or ten million.

The work is bounded by the pixels drawn: cells are looked up for each row and column of pixels, and where several cells share
a pixel the least complete one is drawn, so that a single gap stays visible.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, prod, sqrt

import numpy as np
import numpy.typing as npt

LINE, MISSING, PARTLY, COMPLETE, HATCH, HOLLOW, NOWHERE = range(7)
"""Palette entries of the picture; the states 0, 1, 2 are one less than theirs."""

Codes = npt.NDArray[np.uint8]
LEAST_CELL_WITH_LINES = 5
LEAST_CELL_WITH_PATTERN = 6


@dataclass(frozen=True, slots=True)
class MapLayout:
    """Where the scan's points are on the map: rows and columns of cells, and pixels per cell."""

    scan_shape: tuple[int, ...]
    rows: int
    columns: int
    width: int
    height: int
    """Pixels of the picture."""

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell (pixels); below 1 where cells share pixels."""
        return self.width / self.columns, self.height / self.rows

    def index_at(self, x: float, y: float) -> int | None:
        """Return the scan point drawn at a pixel, or None."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        index = int(y * self.rows / self.height) * self.columns + int(x * self.columns / self.width)
        return index if index < prod(self.scan_shape) else None

    def rect_of(self, index: int) -> tuple[float, float, float, float]:
        """Return left, top, width and height (pixels) of a scan point."""
        row, column = divmod(index, self.columns)
        cell_width, cell_height = self.cell
        return column * cell_width, row * cell_height, cell_width, cell_height


def map_layout(scan_shape: tuple[int, ...], room_width: int, room_height: int) -> MapLayout:
    """Lay a scan out in a room of pixels: two axes as they are, one axis folded like lines of text, more axes stacked.

    Cells are whole pixels and at most 26 pixels wide where they fit; their sides differ by half at most.
    """
    rows, columns = _grid(scan_shape, room_width / max(1, room_height))
    width, height = max(1.0, room_width / columns), max(1.0, room_height / rows)
    width, height = min(width, 1.5 * height, 26), min(height, 1.5 * width, 26)
    if room_width >= columns:
        width = int(width)
    if room_height >= rows:
        height = int(height)
    drawn = [max(1, min(room, round(side * cells))) for room, side, cells in ((room_width, width, columns), (room_height, height, rows))]
    return MapLayout(scan_shape, rows, columns, drawn[0], drawn[1])


def natural_height(scan_shape: tuple[int, ...], width: int) -> int:
    """Return the height (pixels) at which the map of a scan fills this width, within reason."""
    rows, columns = _grid(scan_shape, 1.5)
    cell_width = width / columns
    height = rows * min(1.5 * cell_width, 26) if cell_width >= 1 else width
    return round(min(max(height, 60), 1.5 * width))


def _grid(scan_shape: tuple[int, ...], aspect: float) -> tuple[int, int]:
    total = max(1, prod(scan_shape))
    long_axes = [n for n in scan_shape if n != 1]
    if len(long_axes) >= 2:
        return max(1, total // max(1, long_axes[-1])), max(1, long_axes[-1])
    columns = min(total, max(1, ceil(sqrt(total * aspect))))
    return ceil(total / columns), columns


def map_picture(states: Codes, layout: MapLayout) -> Codes:
    """Draw the states (0 missing, 1 partly, 2 complete; flat) as palette entries, (height, width)."""
    cells = np.empty(layout.rows * layout.columns, np.uint8)
    np.add(states, MISSING, out=cells[: states.size])
    cells[states.size :] = NOWHERE
    grid = cells.reshape(layout.rows, layout.columns)
    grid = _least_complete(_least_complete(grid, layout.height, 0), layout.width, 1)
    rows = np.arange(layout.height) * grid.shape[0] // layout.height
    columns = np.arange(layout.width) * grid.shape[1] // layout.width
    picture = grid[np.ix_(rows, columns)]
    cell_width, cell_height = layout.cell
    if min(cell_width, cell_height) >= LEAST_CELL_WITH_PATTERN:
        _draw_patterns(picture, int(cell_width), int(cell_height))
    if min(cell_width, cell_height) >= LEAST_CELL_WITH_LINES:
        picture[_is_line(layout.height, layout.rows)] = LINE
        picture[:, _is_line(layout.width, layout.columns)] = LINE
    return np.ascontiguousarray(picture)


def _least_complete(grid: Codes, pixels: int, axis: int) -> Codes:
    cells = grid.shape[axis]
    if cells <= pixels:
        return grid
    borders = np.arange(pixels + 1) * cells // pixels
    along = np.moveaxis(grid, axis, 0)  # a loop over strips: measured 20 times faster than minimum.reduceat on 10 million cells
    return np.stack([along[start:stop].min(axis=0) for start, stop in pairwise(borders.tolist())], axis=axis)


def _is_line(pixels: int, cells: int) -> npt.NDArray[np.bool_]:
    at = np.arange(pixels + 1) * cells // pixels
    return np.asarray(at[1:] != at[:-1])


def _draw_patterns(picture: Codes, cell_width: int, cell_height: int) -> None:
    """Hatch what is partly set, and hollow out what is missing."""
    y, x = np.ogrid[: picture.shape[0], : picture.shape[1]]
    picture[(picture == PARTLY) & ((x + y) % 4 == 0)] = HATCH
    inside = (x % cell_width > 0) & (x % cell_width < cell_width - 2) & (y % cell_height > 0) & (y % cell_height < cell_height - 2)
    picture[(picture == MISSING) & inside] = HOLLOW
