"""Spectra, further detectors, masks, saturated pixels and alarms: what a plan asks for is in the pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from swmr_viewer.simulator.defects import DEAD, GAP, OVER_RESPONDING, dead_pixels, pixel_mask
from swmr_viewer.simulator.pattern import index_in, make_channel_frame, make_frame, make_side_frame
from swmr_viewer.simulator.plan import DTYPES, ScanPlan, further_plans, saturation_value
from swmr_viewer.simulator.specimen import expected_spectrum

IMAGES = ScanPlan((5, 6), (64, 80))
SPECTRA = ScanPlan((5, 6), (1024,), "uint32")


def is_gap(frame: npt.NDArray[np.generic], plan: ScanPlan) -> npt.NDArray[np.bool_]:
    return np.isnan(frame) if plan.dtype.startswith("float") else np.asarray(frame == plan.sentinel)


@pytest.mark.parametrize("length", [16, 100, 1024])
def test_each_spectrum_carries_its_index(length: int) -> None:
    for dtype in DTYPES:
        check_spectra(dtype, length)


def check_spectra(dtype: str, length: int) -> None:
    plan = replace(SPECTRA, dtype=dtype, frame_shape=(length,))
    frames = [make_frame(plan, index) for index in range(30)]
    assert [index_in(frame) for frame in frames] == list(range(30))
    assert {frame.shape for frame in frames} == {(length,)}
    assert {str(frame.dtype) for frame in frames} == {dtype}
    assert not any(is_gap(frame, plan).any() for frame in frames)
    if length > 16:
        assert len({frame[10:].tobytes() for frame in frames}) == 30


def test_lines_stand_out_and_drift_with_the_scan() -> None:
    first, last = (expected_spectrum(SPECTRA, (0.5, at)) for at in (0.0, 1.0))
    line = slice(500, 700)  # the one that drifts most
    assert first[line].max() > 5 * np.median(first)
    assert np.argmax(last[line]) - np.argmax(first[line]) == round(0.08 * 1024)
    counts = np.mean([make_frame(ScanPlan((400,), (1024,), "uint32", seed=seed), 200)[10:] for seed in range(60)], axis=0)
    expected = expected_spectrum(SPECTRA, (200 / 399,))[10:]
    assert np.abs(counts - expected).max() < 6 * np.sqrt(expected.max() / 60)


def test_further_detectors_are_of_another_size_and_type() -> None:
    plan = replace(IMAGES, n_keys=3, n_detectors=4)
    assert plan.n_channels == 6
    assert plan.lags == (0, 2, 4, 6, 8, 10)
    frames = [make_channel_frame(plan, number, 17) for number in range(6)]
    assert [frame.shape for frame in frames] == [(64, 80), (), (256,), (256, 128), (96, 160), (80, 64)]
    assert [str(frame.dtype) for frame in frames] == ["uint16", "float64", "uint32", "uint32", "uint16", "float32"]
    assert [index_in(frames[number]) for number in (0, 3, 4, 5)] == [17] * 4
    np.testing.assert_array_equal(frames[0], make_frame(IMAGES, 17))
    np.testing.assert_array_equal(frames[2], make_side_frame(plan, 2, 17))
    assert len(further_plans(plan)) == 3


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_mask_tells_what_is_wrong_with_each_pixel(dtype: str) -> None:
    plan = replace(IMAGES, dtype=dtype, mask=True)
    mask, frames = pixel_mask(plan), np.stack([make_frame(plan, index) for index in range(30)])
    assert mask.dtype == np.uint32
    assert set(np.unique(mask).tolist()) == {0, GAP, DEAD, OVER_RESPONDING}
    strip = np.zeros(mask.shape, bool)
    strip[0, :10] = True
    gaps = is_gap(frames[0], plan)
    assert gaps.any()
    np.testing.assert_array_equal((mask == GAP) | (gaps & strip), gaps)
    assert (frames[:, mask == DEAD] == 0).all()
    hot = frames[:, mask == OVER_RESPONDING]
    assert hot.size
    assert (hot == hot.flat[0]).all()
    assert hot.flat[0] == frames[:, mask == 0].max() or hot.flat[0] > frames[:, mask == 0].max()
    unmasked = make_frame(replace(plan, mask=False), 3)
    np.testing.assert_array_equal(frames[3][mask != DEAD], unmasked[mask != DEAD])


@pytest.mark.parametrize("frame_shape", [(4, 4), (16, 20), (64, 80), (300,)])
def test_as_many_pixels_saturate_as_asked(frame_shape: tuple[int, ...]) -> None:
    for dtype in DTYPES:
        check_saturated(dtype, frame_shape)


def check_saturated(dtype: str, frame_shape: tuple[int, ...]) -> None:
    n = int(np.prod(frame_shape)) // 16
    plan = replace(IMAGES, dtype=dtype, frame_shape=frame_shape, saturate=n, mask=len(frame_shape) == 2, alarm=20)
    full = [make_frame(plan, index) == saturation_value(dtype) for index in range(30)]
    assert [int(one.sum()) for one in full] == [n] * 30
    assert [index_in(make_frame(plan, index)) for index in (0, 29)] == [0, 29]
    if len(frame_shape) == 2:
        assert not any((one & (pixel_mask(plan) != 0)).any() for one in full)
    if n > 1:
        assert len({one.tobytes() for one in full}) > 1


@pytest.mark.parametrize("frame_shape", [(64, 80), (300,), ()])
def test_an_alarm_rises_above_everything_before_it(frame_shape: tuple[int, ...]) -> None:
    for dtype in DTYPES:
        check_alarm(dtype, frame_shape)


def check_alarm(dtype: str, frame_shape: tuple[int, ...]) -> None:
    plan = replace(IMAGES, dtype=dtype, frame_shape=frame_shape, alarm=20)

    def total(index: int) -> float:
        frame = make_frame(plan, index)
        assert is_gap(frame, plan).any() == (len(frame_shape) == 2)
        return float(frame[~is_gap(frame, plan)].sum(dtype=np.float64))

    totals = [total(index) for index in range(30)]
    assert min(totals[20:]) > 1.2 * max(totals[:20])
    before = replace(plan, alarm=None)
    np.testing.assert_array_equal(make_frame(plan, 19), make_frame(before, 19))


def test_some_pixels_are_dead_but_never_those_that_carry_the_index() -> None:
    for seed in range(50):
        plan = replace(IMAGES, seed=seed, mask=True)
        assert 4 <= len(dead_pixels(plan)) <= 8
        assert dead_pixels(plan).min() >= 10
        assert index_in(make_frame(plan, 29)) == 29
