"""What a reduction declares, and what it returns: what cannot be written is refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.core.errors import ShapeError
from swmr_viewer.reductions import (
    FrameDescription,
    Output,
    OutputAxis,
    Reduction,
    ReductionError,
    as_arrays,
    checked_outputs,
    prepare_reduction,
)

Q = OutputAxis("q", np.linspace(0, 1, 5), "1/angstrom")
FIVE = Output("five", (5,), axes=(Q,))


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ((), r"odd declares no outputs\. Let prepare set self\.outputs"),
        (None, "declares no outputs"),
        (("sum",), "declares no outputs"),
        ((Output("a/b"),), r"The output a/b of odd cannot be written: a name is a letter"),
        ((Output("1st"),), "a name is a letter"),
        ((Output(""),), "a name is a letter"),
        ((Output("a" * 200),), "a name is a letter"),
        ((Output("a", (0,)),), r"its shape is \(0,\), and neither that of a number"),
        ((Output("a", (-1,)),), "its shape is"),
        ((Output("a", (2, 2, 2)),), "its shape is"),
        ((Output("a", [3]),), "its shape is"),  # type: ignore[arg-type]
        ((Output("a", (2.0,)),), "its shape is"),  # type: ignore[arg-type]
        ((Output("a", (100_000, 100_000)),), "more than 1 GB for each frame"),
        ((Output("a", (10**200, 10**200)),), "more than 1 GB for each frame"),
        ((Output("a", dtype="f9"),), "there is no type 'f9'"),
        ((Output("a", dtype="O"),), "its type is object"),
        ((Output("a", dtype="c8"),), "its type is complex64"),
        ((Output("a", dtype="S5"),), "its type is"),
        ((Output("a", unit=3),), "its unit or words are no text"),  # type: ignore[arg-type]
        ((Output("a", (5, 5), axes=(Q,)),), "it has 1 axes for 2 of its shape"),
        ((Output("a", (4,), axes=(Q,)),), "its axis q has 5 values of float64, and not 4 of float64"),
        ((Output("a", (5,), axes=(OutputAxis("q", np.arange(5)),)),), "5 values of int64"),  # type: ignore[arg-type]
        ((Output("a", (5,), axes=(OutputAxis("", Q.values),)),), "an axis has no name or unit"),
        ((Output("a", (5,), axes=(None,)),), "an axis has no name or unit"),  # type: ignore[arg-type]
        ((Output("a"), Output("a")), r"Two outputs or axes of odd are called a\."),
        ((Output("q"), FIVE), "Two outputs or axes of odd are called q"),
        ((FIVE, Output("b", (5,), axes=(OutputAxis("q", Q.values * 2, Q.unit),))), "are called q"),
    ],
)
def test_what_cannot_be_written_is_refused(outputs: Any, words: str) -> None:
    with pytest.raises(ReductionError, match=words):
        checked_outputs(outputs, "odd")


def test_outputs_may_share_an_axis() -> None:
    same = OutputAxis("q", Q.values.copy(), Q.unit)
    outputs = [FIVE, Output("other", (5,), axes=(same,)), Output("n", dtype="u4"), Output("cake", (5, 5), "", "<f4", (Q, same))]
    assert checked_outputs(outputs, "sound") == tuple(outputs)


class Prepared(Reduction):
    name = "prepared"
    does: Callable[[Any], None]

    def prepare(self, description: FrameDescription) -> None:
        type(self).does(self)

    def __call__(self, frame: Any, mask: Any) -> Any:
        return {}


def raises(error: Exception) -> Callable[[Any], None]:
    def does(reduction: Any) -> None:
        raise error

    return does


@pytest.mark.parametrize(
    ("does", "words"),
    [
        (raises(ValueError("no")), r"^prepared cannot be prepared: ValueError: no\.$"),
        (raises(ReductionError("It needs a distance.")), r"^It needs a distance\.$"),
        (raises(ShapeError("Odd shape.", "Mend it.")), r"^Odd shape\. Mend it\.$"),
        (lambda reduction: None, "prepared declares no outputs"),
    ],
)
def test_a_reduction_that_cannot_be_prepared(monkeypatch: pytest.MonkeyPatch, does: Callable[[Any], None], words: str) -> None:
    monkeypatch.setattr(Prepared, "does", staticmethod(does), raising=False)
    with pytest.raises(ReductionError, match=words):
        prepare_reduction(Prepared(), FrameDescription((3,), "<u2"))


def test_parameters_that_are_none_are_refused_where_it_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Prepared, "does", staticmethod(lambda reduction: None), raising=False)
    with pytest.raises(ReductionError, match="int is no frozen dataclass"):
        prepare_reduction(Prepared(3), FrameDescription((3,), "<u2"))


DECLARED = (Output("mean"), Output("n", dtype="u2"), Output("row", (3,), dtype="f4"))


def test_what_is_returned_has_the_types_and_shapes_declared() -> None:
    found = as_arrays({"mean": 3, "n": np.int64(7), "row": [1, 2, 3]}, DECLARED)
    assert {name: (value.dtype, value.tolist()) for name, value in found.items()} == {
        "mean": (np.dtype("f8"), 3.0),
        "n": (np.dtype("u2"), 7),
        "row": (np.dtype("f4"), [1.0, 2.0, 3.0]),
    }
    row = np.zeros(3, np.float32)
    assert as_arrays({"mean": None, "n": 5.0, "row": row}, DECLARED)["row"] is row
    assert np.isnan(as_arrays({"mean": None, "n": 5.0, "row": row}, DECLARED)["mean"])


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (None, "It returned NoneType and no mapping"),
        ([1.0], "It returned list and no mapping"),
        ({}, r"It returned no mean, n, row\."),
        ({"mean": 1, "n": 1}, r"It returned no row\."),
        ({"mean": 1, "n": 1, "rows": [1, 2, 3]}, r"It returned no row\."),
        ({"mean": 1, "n": 1, "row": [1, 2, 3], "more": 1}, "It returned more, which it did not declare"),
        ({"mean": [1], "n": 1, "row": [1, 2, 3]}, r"Its mean has the shape \(1,\), and \(\) was declared"),
        ({"mean": 1, "n": 1, "row": [1, 2]}, r"Its row has the shape \(2,\), and \(3,\) was declared"),
        ({"mean": 1, "n": 1, "row": [1, [2], 3]}, "Its row is no array"),
        ({"mean": 1, "n": -1, "row": [1, 2, 3]}, "Its n holds what uint16 cannot: -1 to -1"),
        ({"mean": 1, "n": 70_000, "row": [1, 2, 3]}, "Its n holds what uint16 cannot"),
        ({"mean": 1, "n": 0.5, "row": [1, 2, 3]}, "Its n holds what uint16 cannot"),
        ({"mean": 1, "n": np.nan, "row": [1, 2, 3]}, "Its n holds what uint16 cannot"),
        ({"mean": 1, "n": None, "row": [1, 2, 3]}, "Its n holds what uint16 cannot"),
        ({"mean": "high", "n": 1, "row": [1, 2, 3]}, "Its mean is of type <U4, and float64 was declared"),
        ({"mean": 1j, "n": 1, "row": [1, 2, 3]}, "Its mean is of type complex128"),
        ({"mean": object(), "n": 1, "row": [1, 2, 3]}, "Its mean is of type object"),
        ({"mean": 1, "n": 2**70, "row": [1, 2, 3]}, "Its n is of type object"),
    ],
)
def test_what_was_not_declared_is_refused(outputs: Any, words: str) -> None:
    with pytest.raises(ReductionError, match=words):
        as_arrays(outputs, DECLARED)


def test_what_numpy_masks_is_nan_and_not_what_lies_below() -> None:
    found = as_arrays({"mean": np.ma.masked, "n": np.ma.masked_equal(7, 3), "row": np.ma.masked_equal([1, 2, 3], 2)}, DECLARED)
    assert np.isnan(found["mean"])
    assert (found["n"], found["row"][::2].tolist(), np.isnan(found["row"][1])) == (7, [1, 3], True)
    with pytest.raises(ReductionError, match="Its n holds what uint16 cannot"):
        as_arrays({"mean": 1, "n": np.ma.masked, "row": [1, 2, 3]}, DECLARED)


INTEGERS = st.sampled_from(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])


@given(INTEGERS, st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=True))
def test_integers_are_exact_or_refused(dtype: str, value: float) -> None:
    try:
        (found,) = as_arrays({"n": value}, (Output("n", dtype=dtype),)).values()
    except ReductionError:
        assert not fits(value, dtype)
    else:
        assert fits(value, dtype)
        assert int(found) == value


def fits(value: float, dtype: str) -> bool:
    limits = np.iinfo(dtype)
    return value == value and abs(value) != np.inf and value == int(value) and limits.min <= int(value) <= limits.max
