"""A column of values that are calculated from others."""

from __future__ import annotations

from collections.abc import Callable

from swmr_viewer.quantities.column import BLOCK, Column
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.expressions import Expression


class ExpressionColumn(Column):
    """Values that are calculated as they are asked for, and stored nowhere.

    Parameters
    ----------
    expression : Expression
        What is calculated.
    column_of : callable
        Returns the column of a quantity by now; one without values where there is none.
    """

    def __init__(self, expression: Expression, column_of: Callable[[str], Column]) -> None:
        super().__init__()
        self._expression, self._column_of = expression, column_of

    @property
    def block_numbers(self) -> list[int]:
        first, *others = (self._column_of(name).block_numbers for name in self._expression.names)
        return sorted(set(first).intersection(*others))

    def prepare(self) -> bool:
        return all(self._column_of(name).prepare() for name in self._expression.names)

    def block(self, number: int) -> Values:
        return self.part(number * BLOCK, (number + 1) * BLOCK)

    def part(self, start: int, stop: int) -> Values:
        return self._expression.values(lambda name: self._column_of(name).part(start, stop))

    def version(self, number: int | None = None) -> int:
        return sum(self._column_of(name).version(number) for name in self._expression.names)
