"""What the reader has measured so far: by column and frame index, and on the scan grid; what is missing is NaN (no Qt)."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.scan import moved
from swmr_viewer.gui.curves import MOST_POINTS, Values, curve_points, stretches


class MeasuredValues:
    """Columns of float64, NaN where a frame was not measured."""

    def __init__(self) -> None:
        self._columns: dict[str, MeasuredColumn] = {}
        self._size = 0
        self.scan_shape: tuple[int, ...] = ()
        """What the indices count on."""

    def take(self, columns: tuple[str, ...], indices: npt.NDArray[np.int64], values: Values) -> None:
        """Take what was measured.

        Parameters
        ----------
        columns : tuple of str
            Names.
        indices : int64 array (n,)
            Frames, each at least 0 and each once.
        values : float64 array (n, len(columns))
            What was measured of each.
        """
        if not indices.size:
            return
        self._size = max(self._size, int(indices.max()) + 1)
        for number, name in enumerate(columns):
            self._columns.setdefault(name, MeasuredColumn()).put(indices, values[:, number])

    def _of(self, name: str) -> MeasuredColumn:
        return self._columns.get(name) or MeasuredColumn()

    def column(self, name: str) -> Values:
        """Return one value per frame index up to the highest measured one, as a new array; empty where nothing is known."""
        return self._of(name).dense(self._size if name in self._columns else 0)

    def part(self, name: str, start: int, stop: int) -> Values:
        """Return the values from one frame index up to another as a new array; NaN where nothing is known."""
        return self._of(name).part(start, stop)

    def curve(self, name: str) -> tuple[Values, Values]:
        """Return x and y of the column's curve, few enough points to draw at once; NaN where nothing is known."""
        return self._of(name).curve(self._size if name in self._columns else 0)

    def block_numbers(self, name: str) -> list[int]:
        """Return which blocks of the column hold values, ascending, for those who take it piece by piece."""
        return self._of(name).block_numbers

    def block(self, name: str, number: int) -> tuple[npt.NDArray[np.int64], Values]:
        """Return the frame indices of a block and its values (NaN where nothing was measured), which are not to be written to."""
        return self._columns[name].block(number)

    def above(self, name: str, level: float) -> tuple[int, int | None]:
        """Return how many of the column's values lie above a level, and the index of the first (None: there is none)."""
        return self._of(name).above(level)

    def at(self, name: str, index: int) -> float | None:
        """Return what was measured at this index, or None."""
        return self._of(name).at(index)

    def n_known(self, name: str) -> int:
        """Return for how many frames there is a value."""
        return self._of(name).n_known

    def move(self, after: tuple[int, ...]) -> None:
        """Take note that another axis of the scan than the first grew: what was measured is at other indices now."""
        known = np.arange(self._size)
        there = moved(known, self.scan_shape, after)
        before, self._columns = self._columns, {}
        self._size, self.scan_shape = int(there[-1]) + 1 if there.size else 0, after
        for name, column in before.items():
            self._columns[name] = MeasuredColumn()
            self._columns[name].put(there, column.dense(known.size))

    def forget(self, names: set[str]) -> None:
        """Forget these columns."""
        for name in names:
            self._columns.pop(name, None)

    def clear(self) -> None:
        """Forget everything."""
        self._columns.clear()
        self._size = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._columns)


BLOCK = 1 << 16
"""Frames whose values lie together. One array that grows would be copied as it does: that took a second at eight million."""
CELL = 256
"""Frames whose lowest and highest value are kept for curves of long scans; a block is a whole number of them."""


class MeasuredColumn:
    """One float64 per frame, NaN where it was not measured."""

    def __init__(self) -> None:
        self._blocks: dict[int, Values] = {}
        self._cells: dict[int, tuple[Values, Values]] = {}
        self._above: dict[int, tuple[int, int]] = {}
        self._level = np.nan
        self.n_known = 0
        """For how many frames there is a value."""

    def put(self, indices: npt.NDArray[np.int64], values: Values) -> None:
        """Set the values of some frames; each index comes once."""
        numbers = indices // BLOCK
        for number in np.unique(numbers).tolist():
            here = numbers == number
            self._put_block(number, indices[here] - number * BLOCK, values[here])

    def at(self, index: int) -> float | None:
        """Return the value of a frame, or None."""
        block = self._blocks.get(index // BLOCK)
        value = block[index % BLOCK] if block is not None and index >= 0 else np.nan
        return None if np.isnan(value) else float(value)

    def dense(self, size: int) -> Values:
        """Return the values of the first ``size`` frames as a new array."""
        return self.part(0, size)

    def part(self, start: int, stop: int) -> Values:
        """Return the values from one frame up to another as a new array."""
        values = np.full(stop - start, np.nan)
        for number, block in self._blocks.items():
            first, last = max(start, number * BLOCK), min(stop, (number + 1) * BLOCK)
            if first < last:
                values[first - start : last - start] = block[first - number * BLOCK : last - number * BLOCK]
        return values

    @property
    def block_numbers(self) -> list[int]:
        """The blocks in which something was measured, ascending."""
        return sorted(self._blocks)

    def block(self, number: int) -> tuple[npt.NDArray[np.int64], Values]:
        """Return the indices of a block and its values, which are not to be written to."""
        return np.arange(number * BLOCK, (number + 1) * BLOCK), self._blocks[number]

    def above(self, level: float) -> tuple[int, int | None]:
        """Return how many values lie above a level, and the index of the first; only blocks with something new are looked at."""
        if level != self._level:
            self._level, self._above = level, {}
        for number in self._blocks.keys() - self._above.keys():
            found = np.flatnonzero(self._blocks[number] > level)
            self._above[number] = found.size, number * BLOCK + int(found[0]) if found.size else -1
        return sum(n for n, _ in self._above.values()), min((first for n, first in self._above.values() if n), default=None)

    def curve(self, size: int, most: int = MOST_POINTS) -> tuple[Values, Values]:
        """Return x and y of the first ``size`` frames' curve, as `curve_points` does; in long scans stretches are whole cells."""
        if 2 * size <= CELL * most:
            return curve_points(self.dense(size), most)
        n_cells = -(-size // CELL)
        lowest, highest = np.full((2, n_cells), np.nan)
        for number in self._blocks:
            part = slice(number * BLOCK // CELL, (number + 1) * BLOCK // CELL)
            for kept, known in zip((lowest, highest), self._cells_of(number), strict=True):
                kept[part] = known[: len(kept[part])]
        starts = np.arange(0, n_cells, -(-2 * n_cells // most))
        return stretches(starts * CELL, size, np.fmin.reduceat(lowest, starts), np.fmax.reduceat(highest, starts))

    def _put_block(self, number: int, at: npt.NDArray[np.int64], values: Values) -> None:
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = np.full(BLOCK, np.nan)
        self.n_known += int(np.count_nonzero(~np.isnan(values))) - int(np.count_nonzero(~np.isnan(block[at])))
        block[at] = values
        self._cells.pop(number, None)
        self._above.pop(number, None)

    def _cells_of(self, number: int) -> tuple[Values, Values]:
        if number not in self._cells:
            cells = self._blocks[number].reshape(-1, CELL)
            self._cells[number] = np.fmin.reduce(cells, axis=1), np.fmax.reduce(cells, axis=1)
        return self._cells[number]


MOST_SIDE = 1000
"""Cells of the picture on a side: about what the screen has for it; up to twice as many while the scan grows."""


class GridPicture:
    """The last axis of the scan to the right, all others downwards; a cell is the largest of its values, NaN where none is known.

    Parameters
    ----------
    scan_shape : tuple of int
        Of two axes or more; with fewer there is nothing to be seen.
    """

    def __init__(self, scan_shape: tuple[int, ...]) -> None:
        self.scan_shape = scan_shape
        total = prod(scan_shape)
        self.columns = scan_shape[-1] if len(scan_shape) > 1 else 0
        self.rows = -(-total // self.columns) if self.columns else 0  # a scan that has not begun has axes of length 0
        self._factors = -(-self.rows // MOST_SIDE) or 1, -(-self.columns // MOST_SIDE) or 1
        self._shape = -(-self.rows // self._factors[0]), -(-self.columns // self._factors[1])
        self._cells = np.full(prod(self._shape), np.nan, np.float32)

    @property
    def picture(self) -> npt.NDArray[np.float32]:
        """The cells, float32 (rows, columns)."""
        return self._cells[: prod(self._shape)].reshape(self._shape)

    def grow(self, scan_shape: tuple[int, ...]) -> bool:
        """Take on a scan shape whose first axis grew; return whether what is there could stay, else another picture is to be filled."""
        rows = -(-prod(scan_shape) // self.columns) if self.columns else 0
        height = -(-rows // self._factors[0])
        if scan_shape[1:] != self.scan_shape[1:] or len(scan_shape) < 2 or height > 2 * MOST_SIDE:
            return False
        self.scan_shape, self.rows, self._shape = scan_shape, rows, (height, self._shape[1])
        missing = prod(self._shape) - self._cells.size
        if missing > 0:
            room = max(missing, self._cells.size)  # twice as much: else each row that comes would copy all others
            self._cells = np.append(self._cells, np.full(room, np.nan, np.float32))
        return True

    def take(self, indices: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> None:
        """Take the values of some frames, by flat index; those outside the scan are left out."""
        inside = (indices >= 0) & (indices < self.rows * self.columns)
        row, column = np.divmod(indices[inside], max(1, self.columns))
        cells = row // self._factors[0] * self._shape[1] + column // self._factors[1]
        np.fmax.at(self._cells, cells, values[inside].astype(np.float32))

    def extremes(self) -> tuple[float, float] | None:
        """Return the lowest and the highest cell, or None where nothing is known."""
        known = self.picture[~np.isnan(self.picture)]
        return (float(known.min()), float(known.max())) if known.size else None
