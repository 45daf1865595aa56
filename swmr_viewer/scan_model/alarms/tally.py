"""How many frames have a quantity beyond a level, counted anew only where something changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from swmr_viewer.quantities import BLOCK, QuantityTable
from swmr_viewer.scan_model.alarms.rule import AlarmRule, Watch


class Tally:
    """Counts by blocks of scan points.

    Parameters
    ----------
    rule : AlarmRule
        Which quantity, and which side of which level.
    """

    def __init__(self, rule: AlarmRule) -> None:
        self._rule = rule
        self._table: QuantityTable | None = None
        self._rows: tuple[int, ...] = ()
        self._blocks: dict[int, tuple[int, int, int]] = {}
        """By number: version, how many, and the first."""
        self.n = 0
        self.first: int | None = None

    def look(self, table: QuantityTable, is_time_up: Callable[[], bool]) -> bool:
        """Count what changed, the newest points first, at least one block; return whether all is counted."""
        name = self._rule.quantity
        if table is not self._table or table.scan_shape[1:] != self._rows:
            self._table, self._rows, self._blocks = table, table.scan_shape[1:], {}
        numbers = table.block_numbers(name)
        for gone in self._blocks.keys() - set(numbers):
            del self._blocks[gone]
        is_done = True
        for number in reversed(numbers):
            version = table.version(name, number)
            if number in self._blocks and self._blocks[number][0] == version:
                continue
            if not is_done:
                break
            found = np.flatnonzero(self.is_beyond(table.block(name, number)))
            self._blocks[number] = version, found.size, number * BLOCK + int(found[0]) if found.size else -1
            is_done = not is_time_up()
        else:
            is_done = True
        self.n = sum(n for _, n, _ in self._blocks.values())
        self.first = min((first for _, n, first in self._blocks.values() if n), default=None)
        return is_done

    def is_beyond(self, values: np.ndarray) -> np.ndarray:
        """Return where values are beyond the level; what is not known is nowhere."""
        return values > self._rule.level if self._rule.watch is Watch.ABOVE else values < self._rule.level
