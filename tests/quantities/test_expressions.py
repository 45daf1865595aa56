"""Expressions of quantities: their values are Python's, their texts come back, and what is no expression says what to do."""

from __future__ import annotations

import contextlib
import math
import operator
import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.quantities import ExpressionError, expression
from swmr_viewer.quantities.expression_text import MOST_CHARACTERS, MOST_DEPTH, quoted

_VALUES = {"I0": 7.0, "A.sum": 120.5, "t": -0.25, "zero": 0.0, "gone": math.nan, "mca:roi": 3.0, "roi 1.sum": 11.0}
_UNITS = {"A.sum": "counts", "B.sum": "count", "I0": "counts", "t": "s", "x": "mm", "y": "mm", "v": "mm/s", "b": "1 / s", "a": "arb. units"}


def _evaluated(text: str) -> float:
    return float(expression(text).values(lambda name: np.full(3, _VALUES[name]))[1])


_PYTHONS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": math.pow, "max": max, "min": min,
    "abs": abs, "exp": math.exp, "log": math.log, "log10": math.log10, "sqrt": math.sqrt, "negative": operator.neg,
}  # fmt: skip


def _by_python(sign: str, *values: float) -> float:
    try:
        found = math.nan if any(map(math.isnan, values)) else _PYTHONS[sign](*values)
    except (ArithmeticError, ValueError):
        return math.nan
    return found if math.isfinite(found) else math.nan


_atoms = st.one_of(
    st.sampled_from([(quoted(name), value) for name, value in _VALUES.items()]),
    st.floats(0, 1e6).map(lambda value: (repr(value), value)),
    st.integers(0, 99).map(lambda value: (str(value), float(value))),
)
"""Texts and what they are."""


def _compound(inner):
    two = st.tuples(st.sampled_from(["+", "-", " * ", "/", "**"]), inner, inner).map(
        lambda it: (f"({it[1][0]}){it[0]}({it[2][0]})", _by_python(it[0].strip(), it[1][1], it[2][1]))
    )
    one = st.tuples(st.sampled_from(["abs", "exp", "log", "log10", "sqrt", "negative"]), inner).map(
        lambda it: (f"{it[0].replace('negative', '-')}({it[1][0]})", _by_python(it[0], it[1][1]))
    )
    of_two = st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
        lambda it: (f"{it[0]}({it[1][0]}, {it[2][0]})", _by_python(it[0], it[1][1], it[2][1]))
    )
    return st.one_of(two, one, of_two)


@given(st.recursive(_atoms, _compound, max_leaves=8))
def test_it_is_what_python_calculates_and_its_text_means_the_same(made) -> None:
    found = expression(f"({made[0]}) + t")
    assert _evaluated(found.text) == pytest.approx(_by_python("+", made[1], _VALUES["t"]), rel=1e-9, nan_ok=True)
    again = expression(found.text)
    assert (again.text, again.names) == (found.text, found.names)
    assert [str(step).split("position")[0] for step in again.steps] == [str(step).split("position")[0] for step in found.steps]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-t ** 2", -0.0625), ("2 ** -1 * I0", 3.5), ("2 ** 3 ** 2 + zero", 512.0), ("I0 - 1 - 2", 4.0), ("I0 / 2 / 7", 0.5), ("+I0", 7.0),
        ("`mca:roi` + `roi 1`.sum", 14.0), ("`roi 1.sum`*2", 22.0), (".5e1*I0", 35.0), ("max(min(I0, 3), zero)", 3.0), ("I0--1", 8.0),
        ("I0 / zero", math.nan), ("1 / (1 / zero)", math.nan), ("log(t)", math.nan), ("exp(1000 * I0)", math.nan), ("gone * 0", math.nan),
        ("max(gone, I0)", math.nan), ("sqrt(t)", math.nan), ("1e308 * I0", math.nan), ("9**9**9 * I0", math.nan), ("zero ** -1", math.nan),
    ],
)  # fmt: skip
def test_its_rules_are_those_of_python_and_what_has_no_result_is_missing(text, value) -> None:
    assert _evaluated(text) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("A.sum", "counts"), ("A.sum / B.sum", ""), ("(A.sum - B.sum) / t", "counts/s"), ("A.sum - 100", "counts"),
        ("100 * A.sum / t", "counts/s"),
        ("A.sum + x", ""), ("x * y", "mm^2"), ("sqrt(x * y)", "mm"), ("sqrt(x)", ""), ("x ** 3", "mm^3"), ("x ** -1", "1/mm"),
        ("x ** I0", ""),
        ("x ** (6 / 3)", "mm^2"), ("v * t", "mm"), ("x * log(A.sum / I0)", "mm"), ("x * log(A.sum)", ""), ("A.sum / unknown", ""),
        ("1 / t", "1/s"),
        ("max(x, 0)", "mm"), ("abs(-x)", "mm"), ("b * A.sum", "counts/s"), ("a / t / t", "arb. units/s^2"), ("x + unknown", ""),
        ("x - (1 + 2)", "mm"),
    ],
)  # fmt: skip
def test_its_unit_is_told_where_it_is_plain(text, unit) -> None:
    assert expression(text).unit(lambda name: _UNITS.get(name, "")) == unit


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "Type a quantity"), ("A.sum /", 7, "missing at the end"), ("A.sum I0", 6, "operator is missing before 'I0'"),
        ("(I0", 3, "add ')'"),
        ("I0)", 2, "no '('"), ("I0 ^ 2", 3, "written as **"), ("sin(I0)", 0, "no function sin: use abs, exp"),
        ("min(I0)", 0, "min takes two values"),
        ("log(I0, 2)", 0, "log takes one value"), ("3 + 4", 0, "at least one quantity"), ("mca:roi", 3, "`mca:roi`"),
        ("`mca:roi", 0, "not closed"),
        ("A.", 1, "missing beside '.'"), ("* I0", 0, "missing before '*'"), ("1e999 * I0", 0, "too large"),
        ("I0 if I0 else t", 3, "operator"),
        ("x" * (MOST_CHARACTERS + 1), MOST_CHARACTERS, "longer than"), ("+".join(["I0"] * 330), MOST_CHARACTERS, "longer than"),
        ("(" * 400 + "I0", MOST_DEPTH // 2, "in one another"),
        ("-" * 900 + "I0", 59, "in one another"),
        ("2**" * 300 + "I0", 177, "in one another"), ("I0.__class__(1)", 0, "no function"), ("I0[0]", 2, "no part"),
        ("'a' * 9", 0, "no part"), ("I0; t", 2, "no part"),
        ("lambda: I0", 6, "no part"), ("__import__('os')", 0, "no function"), ("I0\0", 2, "no part"),
        ("2theta * I0", 1, "operator is missing"), ("I0 == t", 3, "no part"),
    ],
)  # fmt: skip
def test_what_is_no_expression_says_where_and_what_to_do(text, position, words) -> None:
    with pytest.raises(ExpressionError, match=re.escape(words)) as raised:
        expression(text)
    assert raised.value.position == position


@given(st.text(alphabet="ab.sumI0`+-*/()^,:1e9 \n\u00b5\u0663", max_size=60) | st.text(max_size=60))
def test_whatever_is_typed_is_an_expression_or_says_why_not(text) -> None:
    with contextlib.suppress(ExpressionError):
        found = expression(text)
        assert found.values(lambda _: np.ones(2)).shape == (2,)
        assert expression(found.text).text == found.text
        assert isinstance(found.unit(lambda _: "mm"), str)


@given(st.text(min_size=1, max_size=20))
def test_any_name_can_be_written(name) -> None:
    assert expression(f"{quoted(name)} * 1").names == (name,)


def test_a_missing_quantity_is_named_with_the_one_that_may_be_meant() -> None:
    found = expression("A.sum / I1")
    assert found.why_not(["A.sum", "I0", "t"]) == "There is no quantity I1; did you mean I0?"
    assert found.why_not(["A.sum", "I1"]) == ""
    assert expression("`roi 2`.sum").why_not(["roi 1.sum"]) == "There is no quantity `roi 2`.sum; did you mean `roi 1`.sum?"


def test_a_long_chain_is_calculated_at_once() -> None:
    started_s = time.process_time()
    found = expression("+".join(["I0"] * 199))
    assert found.values(lambda _: np.full(3, 2.0)).tolist() == [398.0] * 3
    assert found.text == " + ".join(["I0"] * 199)
    assert time.process_time() - started_s < 0.5
