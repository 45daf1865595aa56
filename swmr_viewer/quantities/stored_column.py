"""A column of values that were told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.column import BLOCK, Column, next_version
from swmr_viewer.quantities.compact_block import CODINGS, CompactBlock, Places, coding_of
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.moved_points import MovedPoints, as_places


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
                yield number, slice(start, stop), as_places(indices[start:stop] - number * BLOCK)


class StoredColumn(Column):
    """Values that were told, a few at a time; each block of them in as few bytes as lose nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: dict[int, CompactBlock] = {}
        self._versions: dict[int, int] = {}
        self._version = next_version()
        self._n_known = 0
        self._usual = 0
        """The widest coding that was needed: what comes is kept in it."""
        self._source: tuple[MovedPoints, StoredColumn] | None = None
        self._unmoved: set[int] = set()
        """Blocks whose values still stand in the source, at their places before an inner axis grew."""

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
            self.settle(number)
            block = self._blocks.get(number)
            if block is None:
                block = self._blocks[number] = CompactBlock(BLOCK, coding)
            self._n_known += block.put(at, values[here], coding, kept[here])
            self._versions[number] = self._version

    # ---- an inner axis of the scan grew

    def moved(self, points: MovedPoints) -> StoredColumn:
        """Return a column of the same values at their places now, which takes them from this one; this one is not to be used any more.

        Each block is moved when it is asked for, or by ``settle``: of ten million points all take 0.1 s.
        """
        for number in sorted(self._unmoved):
            self.settle(number)
        column = StoredColumn()
        column._source = points, self
        column._unmoved = {target for number in self._blocks for target in points.targets(number)}
        column._versions = dict.fromkeys(column._unmoved, column._version)
        column._n_known, column._usual = self._n_known, self._usual
        return column

    @property
    def unmoved(self) -> set[int]:
        """Which blocks are still to be moved."""
        return self._unmoved

    def settle(self, number: int) -> None:
        """Move a block, where that is still to be done; its values and its version stay."""
        if number not in self._unmoved or self._source is None:
            return
        self._unmoved.discard(number)
        points, column = self._source
        for source, there, at in points.parts(number):
            before = column._blocks.get(source)
            if before is None:
                continue
            block = self._blocks.get(number)
            if block is None:
                block = self._blocks[number] = CompactBlock(BLOCK, before.coding)
            block.put_from(at, before, there)
            if self._unmoved.isdisjoint(points.targets(source)):
                del column._blocks[source]
        if not self._unmoved:
            self._source = None

    @property
    def n_known(self) -> int:
        return self._n_known

    @property
    def n_bytes(self) -> int:
        """How much memory the values take."""
        return sum(block.n_bytes for block in self._blocks.values()) + (self._source[1].n_bytes if self._source is not None else 0)

    @property
    def block_numbers(self) -> list[int]:
        return sorted(self._blocks.keys() | self._unmoved)

    def block(self, number: int) -> Values:
        return self._part_of_block(number, 0, BLOCK)

    def _part_of_block(self, number: int, start: int, stop: int) -> Values:
        self.settle(number)
        block = self._blocks.get(number)
        return np.full(stop - start, np.nan) if block is None else block.part(start, stop)

    def version(self, number: int | None = None) -> int:
        return self._version if number is None else self._versions.get(number, 0)
