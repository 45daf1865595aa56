"""The values of one quantity, in blocks of scan points; what is not known is NaN."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import count
from time import perf_counter

import numpy as np

from swmr_viewer.quantities.decimation import MOST_POINTS, Values, curve_points, stretches

BLOCK = 1 << 16
"""Scan points whose values lie together. One array that grows would be copied as it does: that took a second at eight million."""
CELL = 256
"""Points whose lowest and highest value are kept for curves of long scans; a block is a whole number of them."""

_VERSIONS = count(1)


def next_version() -> int:
    """Return a number above those that any column had: one that takes another's place is never mistaken for it."""
    return next(_VERSIONS)


class Column(ABC):
    """One float64 per scan point. Those who keep what they took ask ``version`` whether it is still so."""

    def __init__(self) -> None:
        self._cells: dict[int, tuple[int, Values, Values]] = {}
        self._counts: dict[int, tuple[int, int]] = {}

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

    def prepare(self) -> bool:
        """Return whether values are there at once; where they are not, they are worked on aside: ask again a little later."""
        return True

    @property
    def n_known(self) -> int:
        """For how many points there is a value."""
        for number in self.block_numbers:
            version = self.version(number)
            if self._counts.get(number, (None, 0))[0] != version:
                self._counts[number] = version, int(np.count_nonzero(~np.isnan(self.block(number))))
        return sum(self._counts[number][1] for number in self.block_numbers)

    def at(self, index: int) -> float | None:
        """Return the value of a point, or None."""
        value = self.part(index, index + 1)[0] if index >= 0 else np.nan
        return None if np.isnan(value) else float(value)

    def dense(self, size: int) -> Values:
        """Return the values of the first ``size`` points as a new array."""
        return self.part(0, size)

    def part(self, start: int, stop: int) -> Values:
        """Return the values from one point (at least 0) up to another as a new array."""
        values = np.full(max(0, stop - start), np.nan)
        for number in range(start // BLOCK, -(-stop // BLOCK)):
            first, last = max(start, number * BLOCK), min(stop, (number + 1) * BLOCK)
            if first < last:
                values[first - start : last - start] = self._part_of_block(number, first - number * BLOCK, last - number * BLOCK)
        return values

    def _part_of_block(self, number: int, start: int, stop: int) -> Values:
        return self.block(number)[start:stop]

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

    def prepare_curve(self, seconds: float) -> bool:
        """Look at the blocks of a long curve for so long, at the most; return whether ``curve`` is at once done now."""
        stop_s = perf_counter() + seconds
        for number in self.block_numbers:
            self._cells_of(number)
            if perf_counter() > stop_s:
                return number == self.block_numbers[-1]
        return True

    def _cells_of(self, number: int) -> tuple[Values, Values]:
        version, kept = self.version(number), self._cells.get(number)
        if kept is None or kept[0] != version:
            cells = self.block(number).reshape(-1, CELL)
            kept = self._cells[number] = version, np.fmin.reduce(cells, axis=1), np.fmax.reduce(cells, axis=1)
        return kept[1:]


class NoColumn(Column):
    """Nothing is known."""

    def __init__(self, version: int = 0) -> None:
        super().__init__()
        self._version = version

    @property
    def block_numbers(self) -> list[int]:
        return []

    def block(self, number: int) -> Values:
        return np.full(BLOCK, np.nan)

    def part(self, start: int, stop: int) -> Values:
        return np.full(max(0, stop - start), np.nan)

    def version(self, number: int | None = None) -> int:
        return self._version
