"""A column of values that follow from the indices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.column import BLOCK, Column, next_version
from swmr_viewer.quantities.decimation import Values


class ComputedColumn(Column):
    """Values that follow from the indices, and are stored nowhere.

    Parameters
    ----------
    size : callable
        Returns how many points the scan has by now.
    compute : callable
        Returns the float64 values of an array of flat indices, all below ``size()``.
    version : callable
        Returns a number that grows where ``compute`` answers otherwise than before.
    prepare : callable
        Returns whether ``compute`` answers at once; where it does not, it is worked on that.
    """

    def __init__(
        self,
        size: Callable[[], int],
        compute: Callable[[IndexArray], Values],
        version: Callable[[], int],
        prepare: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__()
        self._size, self._compute, self._version, self._prepare = size, compute, version, prepare
        self._versions: dict[int | None, tuple[tuple[int, int], int]] = {}

    def prepare(self) -> bool:
        return self._prepare()

    @property
    def block_numbers(self) -> list[int]:
        return list(range(-(-self._size() // BLOCK)))

    def block(self, number: int) -> Values:
        values = np.full(BLOCK, np.nan)
        indices = np.arange(number * BLOCK, min(self._size(), (number + 1) * BLOCK))
        values[: indices.size] = self._compute(indices)
        return values

    def version(self, number: int | None = None) -> int:
        size = self._size() if number is None else max(0, min(BLOCK, self._size() - number * BLOCK))
        told, kept = (self._version(), size), self._versions.get(number)
        if kept is None or kept[0] != told:
            self._versions[number] = kept = told, next_version()
        return kept[1]

    def part(self, start: int, stop: int) -> Values:
        values = np.full(max(0, stop - start), np.nan)
        indices = np.arange(max(0, start), min(self._size(), stop))
        if indices.size:
            values[indices[0] - start : indices[-1] + 1 - start] = self._compute(indices)
        return values
