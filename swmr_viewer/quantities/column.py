"""The values of one quantity, in blocks of scan points; what is not known is NaN."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.decimation import MOST_POINTS, Values, curve_points, stretches

BLOCK = 1 << 16
"""Scan points whose values lie together. One array that grows would be copied as it does: that took a second at eight million."""
CELL = 256
"""Points whose lowest and highest value are kept for curves of long scans; a block is a whole number of them."""


class Column(ABC):
    """One float64 per scan point. Those who keep what they took ask ``version`` whether it is still so."""

    def __init__(self) -> None:
        self._cells: dict[int, tuple[int, Values, Values]] = {}

    @property
    @abstractmethod
    def block_numbers(self) -> list[int]:
        """The blocks in which something is known, ascending."""

    @abstractmethod
    def block(self, number: int) -> Values:
        """Return the values of a block, float64 (BLOCK,), which are not to be written to."""

    @abstractmethod
    def version(self, number: int | None = None) -> int:
        """Return a number that grows with each change of a block, or of any block."""

    @property
    def n_known(self) -> int:
        """For how many points there is a value."""
        return sum(int(np.count_nonzero(~np.isnan(self.block(number)))) for number in self.block_numbers)

    def at(self, index: int) -> float | None:
        """Return the value of a point, or None."""
        if index < 0 or index // BLOCK not in self.block_numbers:
            return None
        value = self.block(index // BLOCK)[index % BLOCK]
        return None if np.isnan(value) else float(value)

    def dense(self, size: int) -> Values:
        """Return the values of the first ``size`` points as a new array."""
        return self.part(0, size)

    def part(self, start: int, stop: int) -> Values:
        """Return the values from one point up to another as a new array."""
        values = np.full(max(0, stop - start), np.nan)
        for number in self.block_numbers:
            first, last = max(start, number * BLOCK), min(stop, (number + 1) * BLOCK)
            if first < last:
                values[first - start : last - start] = self.block(number)[first - number * BLOCK : last - number * BLOCK]
        return values

    def curve(self, size: int, most: int = MOST_POINTS) -> tuple[Values, Values]:
        """Return x and y of the first ``size`` points' curve, as `curve_points` does; in long scans stretches are whole cells."""
        if 2 * size <= CELL * most:
            return curve_points(self.dense(size), most)
        n_cells = -(-size // CELL)
        lowest, highest = np.full((2, n_cells), np.nan)
        for number in self.block_numbers:
            part = slice(number * BLOCK // CELL, (number + 1) * BLOCK // CELL)
            for kept, known in zip((lowest, highest), self._cells_of(number), strict=True):
                kept[part] = known[: len(kept[part])]
        starts = np.arange(0, n_cells, -(-2 * n_cells // most))
        return stretches(starts * CELL, size, np.fmin.reduceat(lowest, starts), np.fmax.reduceat(highest, starts))

    def _cells_of(self, number: int) -> tuple[Values, Values]:
        version, kept = self.version(number), self._cells.get(number)
        if kept is None or kept[0] != version:
            cells = self.block(number).reshape(-1, CELL)
            kept = self._cells[number] = version, np.fmin.reduce(cells, axis=1), np.fmax.reduce(cells, axis=1)
        return kept[1:]


class StoredColumn(Column):
    """Values that were told, a few at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: dict[int, Values] = {}
        self._versions: dict[int, int] = {}
        self._version = 0
        self._above: dict[int, tuple[int, int]] = {}
        self._level = np.nan
        self._n_known = 0

    def put(self, indices: IndexArray, values: Values) -> None:
        """Set the values of some points; each index comes once."""
        numbers = indices // BLOCK
        for number in np.unique(numbers).tolist():
            here = numbers == number
            self._put_block(number, indices[here] - number * BLOCK, values[here])

    def _put_block(self, number: int, at: IndexArray, values: Values) -> None:
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = np.full(BLOCK, np.nan)
        self._n_known += int(np.count_nonzero(~np.isnan(values))) - int(np.count_nonzero(~np.isnan(block[at])))
        block[at] = values
        self._version += 1
        self._versions[number] = self._version
        self._above.pop(number, None)

    @property
    def n_known(self) -> int:
        return self._n_known

    @property
    def block_numbers(self) -> list[int]:
        return sorted(self._blocks)

    def block(self, number: int) -> Values:
        block = self._blocks.get(number)
        return np.full(BLOCK, np.nan) if block is None else block

    def version(self, number: int | None = None) -> int:
        return self._version if number is None else self._versions.get(number, 0)

    def above(self, level: float) -> tuple[int, int | None]:
        """Return how many values lie above a level, and the index of the first; only blocks with something new are looked at."""
        if level != self._level:
            self._level, self._above = level, {}
        for number in self._blocks.keys() - self._above.keys():
            found = np.flatnonzero(self._blocks[number] > level)
            self._above[number] = found.size, number * BLOCK + int(found[0]) if found.size else -1
        return sum(n for n, _ in self._above.values()), min((first for n, first in self._above.values() if n), default=None)


class NoColumn(Column):
    """Nothing is known."""

    @property
    def block_numbers(self) -> list[int]:
        return []

    def block(self, number: int) -> Values:
        return np.full(BLOCK, np.nan)

    def version(self, number: int | None = None) -> int:
        return 0
