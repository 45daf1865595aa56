"""Masks that were drawn, and limits on both sides, against every pixel looked at by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.analysis import MaskRules, MaskShape, drawn_mask, marked, valid_mask

POINT = st.tuples(st.floats(-3, 15), st.floats(-3, 12))
SHAPES = st.lists(st.builds(MaskShape, st.sampled_from(["rectangle", "ellipse"]), st.tuples(POINT, POINT), st.booleans()), max_size=5)


def holds(shape: MaskShape, x: float, y: float) -> bool:
    (xs, ys) = zip(*shape.points, strict=True)
    if shape.kind == "rectangle":
        return min(xs) <= x < max(xs) and min(ys) <= y < max(ys)
    return far_out(shape, x, y) <= 1


def far_out(shape: MaskShape, x: float, y: float) -> float:
    """Return how far from an ellipse's centre a point is; 1: on its edge."""
    (xs, ys) = zip(*shape.points, strict=True)
    half_x, half_y = max((max(xs) - min(xs)) / 2, 1e-9), max((max(ys) - min(ys)) / 2, 1e-9)
    return ((x - sum(xs) / 2) / half_x) ** 2 + ((y - sum(ys) / 2) / half_y) ** 2


def is_on_an_edge(shapes: list[MaskShape], x: float, y: float) -> bool:
    """Whether rounding decides if a point is inside."""
    return any(shape.kind == "ellipse" and abs(far_out(shape, x, y) - 1) < 1e-6 for shape in shapes)


@given(SHAPES, st.booleans())
def test_the_last_shape_over_a_pixel_decides(shapes: list[MaskShape], is_loaded: bool) -> None:
    start = np.random.default_rng(2).random((9, 12)) < 0.3 if is_loaded else None
    found = drawn_mask(shapes, (9, 12), start)
    for row, column in np.ndindex(9, 12):
        over = [shape for shape in shapes if holds(shape, column + 0.5, row + 0.5)]
        wanted = not over[-1].erases if over else bool(start is not None and start[row, column])
        assert found[row, column] == wanted or is_on_an_edge(shapes, column + 0.5, row + 0.5), (row, column)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        drawn_mask((), (3, 4), np.zeros((4, 3), bool))
    with pytest.raises(ValueError, match="2 points"):
        MaskShape("polygon", ((0.0, 0.0), (1.0, 1.0)))


@pytest.mark.parametrize("dtype", ["u2", "i4", "f4", "c8", "u1"])
def test_limits_leave_out_what_is_beyond_them(dtype: str) -> None:
    values = np.arange(12).reshape(3, 4).astype(dtype)
    rules = MaskRules(above=9, below=3)
    valid = (np.abs(values) <= 9) & (np.abs(values) >= 3)
    assert np.array_equal(valid_mask(values, rules), valid)
    assert np.array_equal(valid_mask(marked(values, rules)), valid)


def test_a_key_names_the_whole_mask() -> None:
    shape = MaskShape("rectangle", ((0.0, 0.0), (1.0, 1.0)))
    rules = [
        MaskRules(),
        MaskRules(mask_path="/m"),
        MaskRules(drawn=(shape,)),
        MaskRules(mask_file="m.npy"),
        MaskRules(mask_path="/m", drawn=(shape,)),
    ]
    keys = [one.mask_key for one in rules]
    assert keys[:2] == [None, "/m"]
    assert len(set(keys)) == len(keys)
    assert MaskRules(drawn=(shape,), above=3.0).mask_key == keys[2]
