"""Scales, axes, histograms, colours, turning, the last reduction: pure, without a window."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.analysis import LevelStatistics
from swmr_viewer.gui.display.color_maps import COLOR_MAPS, color_table
from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.display.levels_scale import LevelsAxis, LevelScale, Scale, log_ticks_between, scale_for, ticks_text
from swmr_viewer.gui.display.levels_text import mode_text
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.display.screen_fit import screen_fit
from swmr_viewer.gui.display.value_bins import BIN_PX, binned
from swmr_viewer.gui.image.raw_crop import raw_part

ORIENTATIONS = [Orientation(*flags) for flags in product((False, True), repeat=3)]
MEASURED = LevelStatistics(1.0, 900.0, 3.0, 70.0, 5)


@pytest.mark.parametrize("kind", list(Scale))
@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6), most=st.integers(0, 30))
def test_heights_and_ticks_agree_with_values(kind: Scale, low: float, span: float, most: int) -> None:
    scale = scale_for(kind, "f", low, low + span)
    axis = LevelsAxis(*scale.usable(low, low + span), scale, top=10, bottom=400)
    assert axis.y_of(axis.high) < axis.y_of(axis.low)
    assert axis.top <= axis.y_of(axis.high)
    assert axis.y_of(axis.low) <= axis.bottom
    assert axis.y_of(axis.value_at(200)) == pytest.approx(200, abs=1)
    ticks = axis.ticks(most)
    assert len(ticks) <= most + 1 * (most > 0)
    slack = 1e-9 * max(abs(axis.low), abs(axis.high))
    assert all(axis.low - slack <= t <= axis.high + slack for t in ticks)
    assert ticks == sorted(set(ticks))


NEAR = [
    (np.nextafter(1.0, 0.0), 1.0),
    (2.0**62, 2.0**62 + 2000),
    (1.7e18, 1.7e18 + 200),
    (1e10, 1e10 + 2e-6),
    (7.0, 7.0),
    (2.0, 2.0 * (1 + 1e-13)),
    (-3.0, np.nextafter(-3.0, 0.0)),
    (0.0, 5e-324),
    (1e-40, 2e-40),
    (-1.79e308, 1.79e308),
    (1.79e308, 1.79e308),
]


@pytest.mark.parametrize("dtype_kind", ["u", "f"])
@pytest.mark.parametrize("kind", list(Scale))
@pytest.mark.parametrize(("low", "high"), NEAR)
def test_levels_that_64_bits_cannot_tell_apart_are_spread(low: float, high: float, kind: Scale, dtype_kind: str) -> None:
    scale = scale_for(kind, dtype_kind, low, high)
    usable = scale.usable(low, high)
    assert np.isfinite(usable).all()
    axis = LevelsAxis(*usable, scale, top=12, bottom=400)
    heights = np.array([axis.y_of(value) for value in np.linspace(*usable, 5)])
    assert (np.diff(heights) < 0).all()
    assert axis.top <= heights[-1] < heights[0] <= axis.bottom
    for most in (1, 7, 30):
        ticks = axis.ticks(most)
        assert len(ticks) <= most + 1
        assert ticks == sorted(set(ticks))
        assert len(set(ticks_text(ticks, axis.low))) == len(ticks)
    assert binned(np.array([low, high, *usable, np.inf, -np.inf, np.nan]), axis).counts.sum() == 6
    assert not np.isnan([axis.value_at(y) for y in (-1e6, 0.0, 200.0, 1e6)]).any()


@given(low=st.floats(-1e37, 1e37), share=st.floats(0, 1e-6), kind=st.sampled_from(Scale))
def test_however_near_levels_are_each_has_a_height_of_its_own(low: float, share: float, kind: Scale) -> None:
    high = low + abs(low) * share
    scale = scale_for(kind, "f", low, high)
    axis = LevelsAxis(*scale.usable(low, high), scale, top=12, bottom=400)
    assert axis.y_of(axis.low) - axis.y_of(axis.high) > 200
    assert scale.usable(axis.low, axis.high) == (axis.low, axis.high)


def test_ticks_that_read_the_same_are_told_from_the_low_level() -> None:
    assert ticks_text([0.0, 5.0, 10.0], -2.0) == ["0", "5", "10"]
    assert ticks_text([1.7e18, 1.7e18 + 512, 1.7e18 + 1024], 1.7e18) == ["+0", "+512", "+1024"]


def test_ticks_of_a_log_scale_are_decades() -> None:
    assert log_ticks_between(0.5, 65_000, 10) == [1, 10, 100, 1000, 10_000]
    assert log_ticks_between(1, 100, 9) == [1, 2, 5, 10, 20, 50, 100]
    assert log_ticks_between(1, 1e8, 4) == [1, 1e3, 1e6]
    assert log_ticks_between(3, 30, 5) == [10, 20, 30]


def test_none_one_and_many_counts_are_told_apart_on_a_log_scale() -> None:
    scale = scale_for(Scale.LOG, "u", 0, 1000)
    low, high = scale.usable(0, 1000)
    assert (low, high) == (0.5, 1000)
    none, one, many = scale.forward(np.array([0, 1, 1000], np.float32))
    assert none == scale.shade(low)
    assert none < one < many
    assert np.isnan(scale.forward(np.array([np.nan], np.float32))).all()


def test_levels_come_from_where_the_settings_say() -> None:
    settings = DisplaySettings()
    assert settings.levels_for(MEASURED) == (3.0, 70.0)
    assert replace(settings, mode=LevelMode.EXTREMES).levels_for(MEASURED) == (1.0, 900.0)
    assert settings.levels_for(None) is None
    for mode in (LevelMode.FIXED, LevelMode.HELD):
        assert replace(settings, mode=mode, levels=(7.0, 9.0)).levels_for(MEASURED) == (7.0, 9.0)
    assert mode_text(settings) == "0.5 \u2013 99.5 %"
    assert mode_text(replace(settings, percentiles=(0.0, 99.99))) == "0 \u2013 99.99 %"


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_colour_maps_grow_lighter_all_along(name: str) -> None:
    table = color_table(name).astype(float) / 255
    linear = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    assert len(table) == 256
    assert (np.diff(luminance) > -1e-3).all()
    assert luminance[-1] - luminance[0] > 0.5
    np.testing.assert_array_equal(color_table(name, True), color_table(name)[::-1])


@given(
    shape=st.tuples(st.integers(1, 60), st.integers(1, 60)), rows=st.floats(0.5, 80), columns=st.floats(0.5, 80), seed=st.integers(0, 99)
)
def test_no_bright_pixel_is_lost_in_the_last_reduction(shape: tuple[int, int], rows: float, columns: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.random(shape).astype(np.float32)
    y, x = int(rng.integers(shape[0])), int(rng.integers(shape[1]))
    picture[y, x] = 9
    fitted = screen_fit(picture, rows, columns)
    assert fitted.shape[0] <= max(1, rows)
    assert fitted.shape[1] <= max(1, columns)
    at = np.argwhere(fitted == 9)
    assert 1 <= len(at) <= 4
    scaled_place = (at + 0.5) * shape / np.array(fitted.shape)
    assert (np.abs(scaled_place - (y, x)) <= 1.5 * np.ceil(np.array(shape) / fitted.shape) + 1).all()
    assert np.isnan(screen_fit(np.full(shape, np.nan, np.float32), rows, columns)).all()


def test_the_histogram_counts_every_value_once() -> None:
    axis = LevelsAxis(10, 20, LevelScale(), top=0, bottom=300)
    bins = binned(np.array([-5, 10, 15.25, 15.25, 20, 999, np.nan], np.float32), axis)
    assert bins.counts.sum() == 6
    first, last = axis.shades
    expected = {int(np.clip((v - first) / (last - first) * 100, 0, 99)) for v in (-5, 10, 15.25, 20, 999)}
    assert set(np.flatnonzero(bins.counts).tolist()) == expected
    assert bins.counts[-1] == 1
    assert bins.counts[0] == 1


def axis_for(kind: Scale, pixels: np.ndarray) -> LevelsAxis:
    low, high = float(pixels.min()), float(pixels.max())
    scale = scale_for(kind, pixels.dtype.kind, low, high)
    return LevelsAxis(*scale.usable(low, high), scale, top=5, bottom=505)


@pytest.mark.parametrize("dtype", ["u2", "i4", "f4"])
@pytest.mark.parametrize("kind", list(Scale))
@pytest.mark.parametrize("most", [1, 3, 60])
def test_each_whole_number_has_a_bar_of_its_own_that_ends_halfway_to_the_next(most: int, kind: Scale, dtype: str) -> None:
    pixels = np.random.default_rng(most).integers(0, most + 1, 5000).astype(dtype)
    axis = axis_for(kind, pixels)
    bins = binned(pixels, axis)
    assert bins.n_whole is not None
    lengths = bins.lengths()
    for value in range(most + 1):
        inside = np.flatnonzero((bins.edges[1:] <= axis.y_of(value) + 1e-6) & (bins.edges[:-1] > axis.y_of(value)))
        if bins.n_whole[inside[0]] == 1:
            assert bins.counts[inside[0]] == (pixels == value).sum()
        assert lengths[inside[0]] > 0
    between = slice(*np.flatnonzero(lengths)[[0, -1]])
    assert (lengths[between] > 0).all()  # no stripes
    assert bins.counts.sum() == pixels.size
    if kind is Scale.LINEAR and most == 3:
        np.testing.assert_allclose(np.diff(bins.edges)[2:-2], np.diff(bins.edges)[2])


@pytest.mark.parametrize("kind", list(Scale))
@pytest.mark.parametrize(
    "pixels",
    [
        np.arange(65_536, dtype=np.uint16),
        np.arange(-300, 1000, dtype=np.int32),
        np.arange(400, dtype=np.float32) * np.float32(0.37),
        np.arange(0, 130, 2, dtype=np.uint16),
        np.random.default_rng(0).normal(50, 10, 60_000),
        np.full(900, 7, np.uint16),
        np.full(900, 0.3),
    ],
    ids=["all of 16 bits", "negative", "steps of a float", "every second", "normal", "one whole number", "one float"],
)
def test_the_histogram_has_no_stripes(pixels: np.ndarray, kind: Scale) -> None:
    axis = axis_for(kind, pixels)
    bins = binned(pixels, axis)
    lengths = bins.lengths()
    assert bins.counts.sum() == pixels.size
    assert (np.diff(bins.edges) < 0).all()
    assert lengths.max() == 1
    runs = np.flatnonzero(np.diff(np.concatenate(([0], lengths > 0, [0]))) > 0)
    if pixels.size == 65 and kind is not Scale.LINEAR:
        inside = slice(*np.flatnonzero(bins.counts)[[0, -1]])
        assert bins.n_whole is not None
        assert all(bins.n_whole[inside][lengths[inside] == 0] == 1)  # numbers that are apart on the screen, and not there
    else:
        assert len(runs) <= 1 + 8 * (pixels.size == 60_000)  # tails of real noise may have gaps
    if pixels.size == 65_536 and kind is Scale.LINEAR:  # bins with one number more are no longer bars
        assert np.ptp(lengths[lengths > 0][1:-1]) < 0.01


def test_no_bar_is_thinner_than_the_others_by_much() -> None:
    pixels = np.random.default_rng(0).poisson(200, 60_000).astype("u4")
    for kind in Scale:
        heights = -np.diff(binned(pixels, axis_for(kind, pixels)).edges)
        assert heights[1:-1].min() > BIN_PX / 2


def test_turning_four_times_changes_nothing_and_left_undoes_right() -> None:
    for one in ORIENTATIONS:
        assert one.turned_right().turned_right().turned_right().turned_right() == one
        assert one.turned_right().turned_left() == one
        assert one.turned_right().turned_right() == one.mirrored_sideways().mirrored_upside_down()
        assert one.frame_point(*one.frame_point(3.0, 5.0)) == (3.0, 5.0)
    # As numpy turns an array: what was at the top is on the right.
    assert Orientation().turned_right() == Orientation(transposed=True, leftward=True, upward=False)


def test_a_raw_part_is_masked_by_the_rules() -> None:
    from swmr_viewer.analysis import MaskRules

    pixels = np.array([[1, 2, 3], [4, 65_535, 60_000]], np.uint16)
    mask = np.array([[True, False, False], [False, False, False]])
    drawn = raw_part(pixels, 1, MaskRules(above=1000), mask)
    np.testing.assert_array_equal(drawn, np.array([[np.nan, 2, 3], [4, np.nan, np.nan]], np.float32))
    np.testing.assert_array_equal(raw_part(pixels, 1, MaskRules(sentinel=False))[1], [4, 65_535, 60_000])
