"""What of a frame is shown: axes of 1 dropped, a place on each further axis, one number of complex and coloured pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.analysis import Part, ViewChoice, resolve_view

Shape = tuple[int, ...]
VOLUME = np.arange(2 * 3 * 4 * 5, dtype=np.uint32).reshape(2, 3, 4, 5)


@pytest.mark.parametrize(
    ("shape", "shown", "further"),
    [
        ((60, 80), (60, 80), ()),
        ((1, 60, 80), (60, 80), ()),
        ((60, 1, 80), (60, 80), ()),
        ((2, 60, 80), (60, 80), (0,)),
        ((2, 1, 5, 60, 80), (60, 80), (0, 2)),
        ((1, 80), (80,), ()),
        ((80, 1, 1), (80,), ()),
        ((80,), (80,), ()),
        ((1,), (1,), ()),
        ((1, 1), (), ()),
        ((), (), ()),
        ((2, 0, 80), (0, 80), (0,)),
    ],
)
def test_axes_of_one_are_dropped_and_the_last_two_are_the_picture(shape: Shape, shown: Shape, further: Shape) -> None:
    view = resolve_view(shape, np.dtype("u4"))
    frame = np.arange(np.prod(shape, dtype=int), dtype="u4").reshape(shape)
    assert (view.shown_shape, view.further) == (shown, further)
    assert view.shown(frame).shape == shown
    assert np.array_equal(view.shown(frame), frame[(0,) * len(further)].reshape(shown) if further in ((), (0,)) else frame[0, 0, 0])


def test_a_row_that_the_file_calls_an_image_stays_one() -> None:
    assert resolve_view((1, 80), np.dtype("u4"), "image").shown_shape == (1, 80)
    assert resolve_view((1, 1), np.dtype("u4"), "image").shown_shape == (1, 1)
    assert resolve_view((1, 60, 80), np.dtype("u4"), "image").shown_shape == (60, 80)


@pytest.mark.parametrize(("places", "expected"), [((), (0, 0)), ((1,), (1, 0)), ((1, 2), (1, 2)), ((9, 9, 9), (1, 2)), ((0, 1), (0, 1))])
def test_a_place_is_chosen_on_each_further_axis_and_never_beyond_it(places: Shape, expected: Shape) -> None:
    view = resolve_view(VOLUME.shape, VOLUME.dtype, choice=ViewChoice(places))
    assert view.places == expected
    assert np.array_equal(view.shown(VOLUME), VOLUME[expected])
    assert np.shares_memory(view.shown(VOLUME), VOLUME)


@pytest.mark.parametrize("dtype", ["c8", "c16", ">c8"])
def test_complex_numbers_show_their_magnitude_or_another_part(dtype: str) -> None:
    frame = (np.arange(12).reshape(3, 4) * np.exp(1j * np.arange(12).reshape(3, 4))).astype(dtype)
    parts = ("", "magnitude", "phase", "real part", "imaginary part")
    values_of = (np.abs(frame), np.abs(frame), np.angle(frame), frame.real, frame.imag)
    for part, values in zip(parts, values_of, strict=True):
        view = resolve_view(frame.shape, frame.dtype, choice=ViewChoice(part=part))
        shown = view.shown(frame)
        assert shown.dtype.kind == "f"
        assert shown.dtype.itemsize == frame.dtype.itemsize // 2
        np.testing.assert_allclose(shown, values, rtol=1e-6)
        out = np.empty(view.shown_shape, view.shown_dtype(frame.dtype))
        if view.is_computed:
            assert view.shown(frame, out) is out
    assert resolve_view((3, 4), np.dtype(dtype), choice=ViewChoice(part="red")).part is Part.MAGNITUDE
    assert resolve_view((3, 4), np.dtype("f4"), choice=ViewChoice(part="phase")).part is Part.VALUE


COLORS = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)


@pytest.mark.parametrize("told", ["", "image", "rgb-image", "rgba-image"])
@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 0, 1)])
def test_colours_of_8_bits_are_known_by_their_axis_of_three_wherever_it_is(order: Shape, told: str) -> None:
    frame = COLORS.transpose(order)
    view = resolve_view(frame.shape, frame.dtype, told)
    assert view.part is Part.COLOR
    np.testing.assert_array_equal(view.picked(frame), COLORS)
    np.testing.assert_allclose(view.shown(frame), COLORS.mean(axis=-1), rtol=1e-6)
    for number, part in enumerate(("red", "green", "blue")):
        np.testing.assert_array_equal(resolve_view(frame.shape, frame.dtype, told, ViewChoice(part=part)).shown(frame), COLORS[..., number])


@pytest.mark.parametrize(
    ("shape", "dtype", "told", "axis"),
    [
        ((60, 80, 4), "u1", "", 2),
        ((60, 80, 3), "u2", "", 2),
        ((3, 60, 80), "u2", "", None),
        ((3, 60, 80), "u4", "", None),
        ((3, 60, 80), "u2", "rgb-image", 0),
        ((60, 80, 3), "f4", "rgb-image", 2),
        ((60, 80, 3), "f4", "", None),
        ((4, 60, 80), "u1", "", None),
        ((5, 3, 60, 80), "u1", "", 1),
        ((60, 80, 3), "u1", "spectrum", None),
        ((80, 3), "u1", "", None),
        ((60, 80, 7), "u1", "rgb-image", None),
    ],
)
def test_three_of_something_are_colours_only_where_that_is_likely_or_told(shape: Shape, dtype: str, told: str, axis: int | None) -> None:
    view = resolve_view(shape, np.dtype(dtype), told)
    assert view.color_axis == axis
    assert len(view.axes) == 2


@given(hnp.array_shapes(min_dims=0, max_dims=5, max_side=4), st.sampled_from(["u1", "u2", "c8", "f4"]), st.sampled_from(["", "image"]))
def test_every_frame_is_shown_as_an_image_a_spectrum_or_a_scalar(shape: Shape, dtype: str, told: str) -> None:
    view = resolve_view(shape, np.dtype(dtype), told)
    frame = np.ones(shape, dtype)
    shown = view.shown(frame)
    assert shown.ndim <= 2
    assert shown.shape == view.shown_shape
    assert shown.dtype.kind != "c"
    assert view.picked(frame).shape[: shown.ndim] == shown.shape
