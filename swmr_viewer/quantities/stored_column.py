"""A column of values that were told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.column import BLOCK, Column, next_version
from swmr_viewer.quantities.compact_block import CODINGS, CompactBlock, Places, coding_of
from swmr_viewer.quantities.decimation import Values


class PointsByBlock:
    """Some points, sorted into blocks once for all columns of which something is told of them.

    Parameters
    ----------
    indices : int64 array
        Flat indices, each once.
    """

    def __init__(self, indices: IndexArray) -> None:
        self.order: IndexArray | None = None
        """How values are sorted; None: they are."""
        if (np.diff(indices) < 0).any():
            self.order = np.argsort(indices)
            indices = indices[self.order]
        self.blocks = list(self._in_blocks(indices)) if indices.size else []
        """Number of each block, which of the sorted points lie in it, and where."""

    @staticmethod
    def _in_blocks(indices: IndexArray) -> Iterator[tuple[int, slice, Places]]:
        first, last = int(indices[0]) // BLOCK, int(indices[-1]) // BLOCK
        edges = np.searchsorted(indices, np.arange(first, last + 2) * BLOCK).tolist()
        for number, (start, stop) in enumerate(pairwise(edges), first):
            if start < stop:
                at = indices[start:stop] - number * BLOCK
                low, high = int(at[0]), int(at[-1]) + 1
                yield number, slice(start, stop), slice(low, high) if high - low == at.size else at


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
        """The widest coding that was needed: what comes is kept in it."""

    def put(self, indices: IndexArray, values: Values) -> None:
        """Set the values of some points; each index comes once."""
        self.put_at(PointsByBlock(indices), values)

    def put_at(self, points: PointsByBlock, values: Values) -> None:
        """Set the values of some points, in the order in which these were given."""
        if not points.blocks:
            return
        values = values if points.order is None else values[points.order]
        self._usual = coding = coding_of(values, self._usual)
        self._version = next_version()
        kept = CODINGS[coding].kept_as(values)
        for number, here, at in points.blocks:
            block = self._blocks.get(number)
            if block is None:
                block = self._blocks[number] = CompactBlock(BLOCK, coding)
            self._n_known += block.put(at, values[here], coding, kept[here])
            self._versions[number] = self._version
            self._above.pop(number, None)

    def put_block(self, points: PointsByBlock, column: StoredColumn, number: int) -> None:
        """Set what another column has in a block, from its first point on, as it is kept there: these points ascend, and are new here."""
        source = column._blocks.get(number)
        if source is None:
            return
        self._usual = max(self._usual, source.coding)
        self._version = next_version()
        for target, here, at in points.blocks:
            block = self._blocks.get(target)
            if block is None:
                block = self._blocks[target] = CompactBlock(BLOCK, source.coding)
            self._n_known += block.put_from(at, source, here)
            self._versions[target] = self._version

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
