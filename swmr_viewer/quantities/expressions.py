"""Expressions of quantities: ``A.sum / I0``, ``log(I0 / It)``; read by rules of their own, and calculated by numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

import numpy as np

from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.expression_text import (
    NEGATIVE,
    ExpressionError,
    Name,
    Number,
    Operation,
    Step,
    check_length,
    quoted,
    steps_of,
)
from swmr_viewer.quantities.units import Unit, parsed, times, to_power, written

_CALCULATED: Mapping[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power, NEGATIVE: np.negative,
    "abs": np.abs, "exp": np.exp, "log": np.log, "log10": np.log10, "max": np.maximum, "min": np.minimum, "sqrt": np.sqrt,
}  # fmt: skip
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, NEGATIVE: 3, "**": 4}
_MOST_COMPARED = 500
"""Names that may be meant, of which there are thousands with hundreds of regions: that took a second for each letter typed."""
_ALONE = 5
"""Numbers, names and functions are written without parentheses round them."""


@dataclass(frozen=True)
class Expression:
    """A calculation from quantities, value by value; `expression` makes them from texts."""

    steps: tuple[Step, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The quantities that it is made of, each once."""
        return tuple(dict.fromkeys(step.name for step in self.steps if isinstance(step, Name)))

    @property
    def only_name(self) -> str | None:
        """The quantity that this is, where there is nothing to calculate."""
        return self.steps[0].name if len(self.steps) == 1 and isinstance(self.steps[0], Name) else None

    @cached_property
    def text(self) -> str:
        """How it is written, always in one way: ``A.sum / I0``."""
        return str(_folded(self.steps, _written_number, lambda name: (quoted(name), _ALONE), _written)[0])

    def values(self, of: Callable[[str], Values]) -> Values:
        """Return the values.

        Parameters
        ----------
        of : callable
            Returns the float64 values of a quantity, all arrays of one shape.

        Returns
        -------
        float64 array
            A new one. NaN where a value is missing, and where there is no finite result: a division by zero, the logarithm of a
            negative number, an overflow.
        """
        with np.errstate(all="ignore"):
            return np.array(_folded(self.steps, np.float64, of, _finite), np.float64)

    def unit(self, of: Callable[[str], str]) -> str:
        """Return the unit, where it is plain; "" for ratios, and where units are unknown or are added to others.

        Parameters
        ----------
        of : callable
            Returns the unit of a quantity.
        """
        with np.errstate(all="ignore"):
            return written(_folded(self.steps, lambda value: ({}, value), lambda name: (parsed(of(name)), None), _unit)[0])

    def check(self, known: Iterable[str]) -> None:
        """Raise an `ExpressionError` where one of its quantities is not among these."""
        known = tuple(known)
        for step in self.steps:
            if isinstance(step, Name) and step.name not in known:
                raise ExpressionError(no_such_quantity(step.name, known), step.position)

    def why_not(self, known: Iterable[str]) -> str:
        """Return which of its quantities is not among these, as a sentence; "" where all are there."""
        try:
            self.check(known)
        except ExpressionError as error:
            return str(error)
        return ""


@lru_cache(maxsize=256)
def expression(text: str) -> Expression:
    """Return the expression that a text means.

    Raises
    ------
    ExpressionError
        Saying what is wrong with the text, and what to do.
    """
    found = Expression(steps_of(text))
    check_length(found.text)  # it is kept and read again as it is written
    return found


def no_such_quantity(name: str, known: Iterable[str]) -> str:
    """Return a sentence that says so, and which one may be meant."""
    names = list(islice(known, _MOST_COMPARED))
    lowered = {each.lower(): each for each in reversed(names)}
    near = get_close_matches(name.lower(), lowered, 1, cutoff=0.5)
    hint = f"did you mean {quoted(lowered[near[0]])}?" if near else "choose one from the list." if names else "the file has none yet."
    return f"There is no quantity {quoted(name)}; {hint}"


def _folded(steps: tuple[Step, ...], number: Callable[[float], Any], named: Callable[[str], Any], joined: Callable[..., Any]) -> Any:
    """Go through the steps: what numbers and names give is joined by the operations."""
    results: list[Any] = []
    for step in steps:
        if isinstance(step, Number):
            results.append(number(step.value))
        elif isinstance(step, Name):
            results.append(named(step.name))
        else:
            operands = results[-step.n_operands :]
            del results[-step.n_operands :]
            results.append(joined(step, *operands))
    return results[0]


def _finite(operation: Operation, *operands: Any) -> Any:
    """Return the result, NaN where it is not finite, so that 1 / (1 / 0) is none either; numpy has 1 for the power 0 of NaN."""
    found = _CALCULATED[operation.sign](*operands)
    has_result = np.isfinite(found)
    if operation.sign == "**":
        has_result &= ~np.isnan(operands[0]) & ~np.isnan(operands[1])
    return np.where(has_result, found, np.nan)


def _written_number(value: float) -> tuple[str, int]:
    return repr(value).removesuffix(".0"), _ALONE


def _written(operation: Operation, *operands: tuple[str, int]) -> tuple[str, int]:
    """Return how an operation is written, with parentheses where they are needed, and how much it binds."""
    sign = operation.sign
    if sign not in _BINDS:
        return f"{sign}({', '.join(text for text, _ in operands)})", _ALONE
    binds = _BINDS[sign]
    if sign == NEGATIVE:
        return f"-{_enclosed(operands[0], binds)}", binds
    first, second = (binds + 1, _BINDS[NEGATIVE]) if sign == "**" else (binds, binds + 1)
    return f"{_enclosed(operands[0], first)} {sign} {_enclosed(operands[1], second)}", binds


def _enclosed(operand: tuple[str, int], least: int) -> str:
    text, binds = operand
    return text if binds >= least else f"({text})"


_Measure = tuple[Unit | None, float | None]
"""A unit, and the value of what is the same number at each point: it takes the unit of what it is added to."""


def _unit(operation: Operation, *operands: _Measure) -> _Measure:
    units, numbers = [unit for unit, _ in operands], [number for _, number in operands]
    if None not in numbers:
        return {}, float(_finite(operation, *map(np.float64, numbers)))
    match operation.sign:
        case "+" | "-" | "max" | "min":
            first, *others = [unit for unit, number in operands if number is None]
            return first if all(unit == first for unit in others) else None, None
        case "*" | "/":
            return times(units[0], units[1], 1 if operation.sign == "*" else -1), None
        case "**" | "sqrt":
            power = 0.5 if operation.sign == "sqrt" else numbers[1]
            return to_power(units[0], power) if power is not None else None, None
        case "exp" | "log" | "log10":
            return {} if units[0] == {} else None, None
        case _:
            return units[0], None
