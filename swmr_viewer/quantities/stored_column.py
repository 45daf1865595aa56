"""A column of values that were told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.column import BLOCK, Column, next_version
from swmr_viewer.quantities.compact_block import CompactBlock, coding_of
from swmr_viewer.quantities.decimation import Values


class StoredColumn(Column):
    """Values that were told, a few at a time; each block of them in as few bytes as lose nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: dict[int, CompactBlock] = {}
        self._versions: dict[int, int] = {}
        self._version = next_version()
        self._above: dict[int, tuple[int, int]] = {}
        self._level = np.nan
        self._n_known = 0
        self._usual = 0
        """The widest coding that was needed: new blocks begin with it."""

    def put(self, indices: IndexArray, values: Values) -> None:
        """Set the values of some points; each index comes once."""
        if not indices.size:
            return
        if (np.diff(indices) < 0).any():
            order = np.argsort(indices)
            indices, values = indices[order], values[order]
        coding = coding_of(values)
        self._usual = max(self._usual, coding)
        self._version = next_version()
        for number, here in _by_block(indices):
            self._put_block(number, indices[here] - number * BLOCK, values[here], coding)

    def _put_block(self, number: int, at: IndexArray, values: Values, coding: int) -> None:
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = CompactBlock(BLOCK, self._usual)
        is_run = int(at[-1]) - int(at[0]) == at.size - 1
        self._n_known += block.put(slice(int(at[0]), int(at[-1]) + 1) if is_run else at, values, coding)
        self._versions[number] = self._version
        self._above.pop(number, None)

    @property
    def n_known(self) -> int:
        return self._n_known

    @property
    def n_bytes(self) -> int:
        """How much memory the values take."""
        return sum(block.n_bytes for block in self._blocks.values())

    @property
    def block_numbers(self) -> list[int]:
        return sorted(self._blocks)

    def block(self, number: int) -> Values:
        return self._part_of_block(number, 0, BLOCK)

    def _part_of_block(self, number: int, start: int, stop: int) -> Values:
        block = self._blocks.get(number)
        return np.full(stop - start, np.nan) if block is None else block.part(start, stop)

    def known_in(self, number: int) -> IndexArray:
        """Return the places in a block of which something is known."""
        block = self._blocks.get(number)
        return np.empty(0, np.int64) if block is None else block.known()

    def version(self, number: int | None = None) -> int:
        return self._version if number is None else self._versions.get(number, 0)

    def above(self, level: float) -> tuple[int, int | None]:
        """Return how many values lie above a level, and the index of the first; only blocks with something new are looked at."""
        if level != self._level:
            self._level, self._above = level, {}
        for number in self._blocks.keys() - self._above.keys():
            found = np.flatnonzero(self.block(number) > level)
            self._above[number] = found.size, number * BLOCK + int(found[0]) if found.size else -1
        return sum(n for n, _ in self._above.values()), min((first for n, first in self._above.values() if n), default=None)


def _by_block(indices: IndexArray) -> Iterator[tuple[int, slice]]:
    """Return the blocks in which ascending indices lie, and which of them lie in each."""
    first, last = int(indices[0]) // BLOCK, int(indices[-1]) // BLOCK
    edges = np.searchsorted(indices, np.arange(first, last + 2) * BLOCK).tolist()
    for number, (start, stop) in enumerate(pairwise(edges), first):
        if start < stop:
            yield number, slice(start, stop)
