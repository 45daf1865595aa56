"""One measured quantity against the frame index, in blocks: what is new costs, and ten million frames never move (pure numpy)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.gui.curves.curve_axes import Values
from swmr_viewer.gui.curves.index_curve import MOST_POINTS, curve_points, stretches

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
        values = np.full(size, np.nan)
        for number, block in self._blocks.items():
            part = values[number * BLOCK : (number + 1) * BLOCK]
            part[:] = block[: len(part)]
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
