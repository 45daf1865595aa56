"""The mean of a quantity over selected points, a piece at a time: of ten million it took a turn of a second with each value that came."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities import BLOCK, QuantityTable


class SelectedMean:
    """Sums by blocks; only blocks in which something changed are looked at again.

    Parameters
    ----------
    table : QuantityTable
        What is known.
    name : str
        The quantity, or an expression.
    indices : int64 array (n,)
        The points, ascending, at least one.
    """

    def __init__(self, table: QuantityTable, name: str, indices: IndexArray) -> None:
        self.table, self.name, self.indices = table, name, indices
        first, last = int(indices[0]) // BLOCK, int(indices[-1]) // BLOCK
        edges = np.searchsorted(indices, np.arange(first, last + 2) * BLOCK).tolist()
        self._parts = {first + number: slice(*part) for number, part in enumerate(pairwise(edges)) if part[0] < part[1]}
        self._sums: dict[int, tuple[int, int, float]] = {}

    def work(self, seconds: float) -> bool:
        """Look at values for about so long; return whether all that is known is in ``mean``."""
        until, is_late, column = time.perf_counter() + seconds, False, self.table.column(self.name)
        for number, part in self._parts.items():
            version = column.version(number)
            if self._sums.get(number, (None,))[0] == version:
                continue
            if is_late:
                return False
            at = self.indices[part]
            values = column.part(int(at[0]), int(at[-1]) + 1)[at - at[0]]
            known = values[np.isfinite(values)]
            self._sums[number] = version, known.size, float(known.sum())
            is_late = time.perf_counter() >= until
        return True

    @property
    def mean(self) -> float | None:
        """The mean of the finite values as far as they were looked at, or None."""
        n = sum(n for _, n, _ in self._sums.values())
        return sum(total for *_, total in self._sums.values()) / n if n else None
