"""What is typed as an expression, as steps of a calculation: nothing of it is ever run as Python."""

from __future__ import annotations

import re
from math import isfinite

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.frozen import frozen

MOST_CHARACTERS = 1000
MOST_DEPTH = 60
"""How deep things may lie in one another: parentheses count twice, signs and powers once."""

FUNCTIONS = {"abs": 1, "exp": 1, "log": 1, "log10": 1, "max": 2, "min": 2, "sqrt": 1}
"""How many values each function takes."""
NEGATIVE = "negative"

_PART = r"(?:[^\W\d]\w*|`(?:[^`]|``)+`)"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>{_PART}(?:\.{_PART})*)|(?P<sign>\*\*|[-+*/(),]))"
)
_PLAIN = re.compile(r"[^\W\d]\w*")
_SUMS, _PRODUCTS = ("+", "-"), ("*", "/")


class ExpressionError(SwmrViewerError):
    """A text is no expression of quantities; ``position`` is the character, from 0, at which that was found."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@frozen
class Number:
    """A number as it was typed."""

    value: float


@frozen
class Name:
    """A quantity is meant."""

    name: str
    position: int


@frozen
class Operation:
    """The last results, ``n_operands`` of them, become one."""

    sign: str
    """``+ - * / **``, `NEGATIVE`, or a function."""
    n_operands: int


Step = Number | Name | Operation


def quoted(name: str) -> str:
    """Return a quantity's name as it is written in expressions: what is no word stands in backticks, ``roi 1.sum`` as `` `roi 1`.sum ``."""
    parts = name.split(".") if all(name.split(".")) else [name]
    return ".".join(part if _PLAIN.fullmatch(part) else f"`{part.replace('`', '``')}`" for part in parts)


def steps_of(text: str) -> tuple[Step, ...]:
    """Return what is to be calculated, each operation after its operands.

    Raises
    ------
    ExpressionError
        Saying what is wrong with the text, and what to do.
    """
    check_length(text)
    steps = _Parser(text).steps
    if not any(isinstance(step, Name) for step in steps):
        raise ExpressionError("Name at least one quantity: A.sum / 1000, for instance.", 0)
    return tuple(steps)


def check_length(text: str) -> None:
    """Raise an `ExpressionError` where this is too long."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"The expression is longer than {MOST_CHARACTERS} characters: shorten it.", MOST_CHARACTERS)


@frozen
class _Token:
    kind: str
    """``number``, ``name``, ``sign``, ``end``."""
    text: str
    position: int


class _Parser:
    """Goes through a text once; powers bind more than signs before numbers, these more than products, as in Python."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        self.steps: list[Step] = []
        self._token = self._next()
        self._sum()
        if self._token.kind != "end":
            raise self._left_over()

    # ---- tokens

    def _next(self) -> _Token:
        text, at = self._text, self._at
        found = _TOKEN.match(text, at)
        if found is not None:
            self._at = found.end()
            kind = found.lastgroup or "end"
            return _Token(kind, found[kind], found.start(kind))
        rest = text[at:].lstrip()
        if not rest:
            return _Token("end", "", len(text))
        raise _no_token(text, len(text) - len(rest))

    def _take(self) -> _Token:
        taken, self._token = self._token, self._next()
        return taken

    def _takes(self, *signs: str) -> str:
        """Take the token if it is one of these signs; "" where it is not."""
        return self._take().text if self._token.kind == "sign" and self._token.text in signs else ""

    # ---- rules

    def _sum(self) -> None:
        self._depth += 1
        self._check_depth()
        self._product()
        while sign := self._takes(*_SUMS):
            self._product()
            self.steps.append(Operation(sign, 2))
        self._depth -= 1

    def _product(self) -> None:
        self._signed()
        while sign := self._takes(*_PRODUCTS):
            self._signed()
            self.steps.append(Operation(sign, 2))

    def _signed(self) -> None:
        self._depth += 1
        self._check_depth()
        sign = self._takes(*_SUMS)
        if sign:
            self._signed()
        else:
            self._power()
        if sign == "-":
            self.steps.append(Operation(NEGATIVE, 1))
        self._depth -= 1

    def _power(self) -> None:
        self._operand()
        if self._takes("**"):
            self._signed()
            self.steps.append(Operation("**", 2))

    def _operand(self) -> None:
        token = self._token
        if token.kind == "number":
            self.steps.append(Number(_number(self._take())))
        elif token.kind == "name":
            self._take()
            if self._token.text == "(":
                self._function(token)
            else:
                self.steps.append(Name(_unquoted(token.text), token.position))
        elif self._takes("("):
            self._sum()
            self._close()
        else:
            raise self._nothing_here()

    def _function(self, token: _Token) -> None:
        if token.text not in FUNCTIONS:
            raise ExpressionError(f"There is no function {token.text}: use {', '.join(FUNCTIONS)}.", token.position)
        self._take()
        n_wanted, n = FUNCTIONS[token.text], 1
        self._sum()
        while self._takes(","):
            self._sum()
            n += 1
        self._close()
        if n != n_wanted:
            example = f"{token.text}({', '.join(('A.sum', 'B.sum')[:n_wanted])})"
            raise ExpressionError(f"{token.text} takes {('one value', 'two values')[n_wanted - 1]}: {example}.", token.position)
        self.steps.append(Operation(token.text, n))

    def _close(self) -> None:
        if self._token.kind == "end":
            raise ExpressionError("A parenthesis is not closed: add ')'.", self._token.position)
        if not self._takes(")"):
            raise self._left_over()

    # ---- what is wrong

    def _check_depth(self) -> None:
        if self._depth > MOST_DEPTH:
            raise ExpressionError("Too much lies in one another: take away some parentheses or signs.", self._token.position)

    def _left_over(self) -> ExpressionError:
        token = self._token
        if token.text in (")", ","):
            return ExpressionError(f"{token.text!r} {_at(token.position)} has no '(' before it: take it away.", token.position)
        return ExpressionError(
            f"An operator is missing before {token.text!r}: put + - * / or ** there; names with spaces stand in backticks, `roi 1`.sum.",
            token.position,
        )

    def _nothing_here(self) -> ExpressionError:
        token = self._token
        if not self._text.strip():
            return ExpressionError("Type a quantity, or an expression of some such as A.sum / I0.", 0)
        if token.kind == "end":
            return ExpressionError("Something is missing at the end: put a quantity or a number there.", token.position)
        return ExpressionError(
            f"Something is missing before {token.text!r} {_at(token.position)}: put a quantity or a number there.", token.position
        )


def _at(position: int) -> str:
    return f"(character {position + 1})"


def _number(token: _Token) -> float:
    value = float(token.text)
    if not isfinite(value):
        raise ExpressionError(f"The number {token.text[:20]} is too large: use one below 1e308.", token.position)
    return value


def _unquoted(text: str) -> str:
    """Return the name that is meant by a text with parts in backticks."""
    found = re.findall(_PART, text)
    return ".".join(part[1:-1].replace("``", "`") if part.startswith("`") else part for part in found)


def _no_token(text: str, position: int) -> ExpressionError:
    sign = text[position]
    if sign == "`":
        return ExpressionError(f"A backtick {_at(position)} is not closed: write a name between two of them, `roi 1`.sum.", position)
    if sign == "^":
        return ExpressionError(f"'^' {_at(position)} is no operator: powers are written as **, x ** 2.", position)
    if sign == ".":
        return ExpressionError(f"A name is missing beside '.' {_at(position)}: A.sum, for instance.", position)
    return ExpressionError(
        f"{sign!r} {_at(position)} is no part of an expression: use + - * / ** ( ); names with other signs stand in backticks, `mca:roi`.",
        position,
    )
