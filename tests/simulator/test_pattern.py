"""Frames: the same from the index alone, unlike one another, and with a detector's oddities."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.simulator.pattern import NoIndexError, index_in, make_frame, make_side_frame, side_dtype, side_shape, write_index
from swmr_viewer.simulator.plan import DTYPES, MAX_POINTS, ScanPlan

SMALL = ScanPlan((5, 6), (64, 80))


@pytest.mark.parametrize("frame_shape", [(4, 4), (1, 16), (16, 1), (7, 9), (64, 80), (300, 33)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_each_frame_carries_its_index(dtype: str, frame_shape: tuple[int, int]) -> None:
    plan = replace(SMALL, dtype=dtype, frame_shape=frame_shape)
    for index in (0, 1, 17, 29):
        frame = make_frame(plan, index)
        assert frame.shape == frame_shape
        assert frame.dtype == np.dtype(dtype)
        assert frame.flags.c_contiguous
        assert index_in(frame) == index


@given(index=st.integers(0, MAX_POINTS), dtype=st.sampled_from(DTYPES))
def test_any_index_survives_any_dtype(index: int, dtype: str) -> None:
    frame = np.zeros((4, 5), dtype)
    write_index(frame, index)
    assert index_in(frame) == index
    sentinel = ScanPlan(dtype=dtype).sentinel
    assert not (frame == sentinel).any()
    assert frame.max() < 100


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_pixels_without_an_index_are_refused(dtype: str) -> None:
    nothing = [np.zeros((8, 8), dtype), np.ones((8, 8), dtype) * 200, np.ones((2, 2), dtype)]
    if dtype == "float32":
        nothing.append(np.full((8, 8), np.nan, dtype))
    for pixels in nothing:
        with pytest.raises(NoIndexError):
            index_in(pixels)


def test_a_damaged_index_is_noticed() -> None:
    frame = make_frame(SMALL, 11)
    for pixel in range(10):
        damaged = frame.copy()
        damaged[0, pixel] ^= 1
        with pytest.raises(NoIndexError):
            index_in(damaged)


def test_half_of_another_frame_is_told_by_its_pixels() -> None:
    first, second = make_frame(SMALL, 11), make_frame(SMALL, 12)
    assert not np.array_equal(first[32:], second[32:])


def test_the_same_index_gives_the_same_frame_and_others_differ() -> None:
    frames = [make_frame(SMALL, index) for index in range(30)]
    again = [make_frame(SMALL, index) for index in reversed(range(30))][::-1]
    assert all(np.array_equal(one, other) for one, other in zip(frames, again, strict=True))
    # Beyond the strip that carries the index, too.
    assert len({frame[1:].tobytes() for frame in frames}) == 30
    assert not np.array_equal(make_frame(replace(SMALL, seed=1), 0)[1:], frames[0][1:])


def test_another_process_makes_the_same_frames() -> None:
    program = (
        "from zlib import crc32; from swmr_viewer.simulator.pattern import make_frame; from swmr_viewer.simulator.plan import ScanPlan;"
        "print([crc32(make_frame(ScanPlan((5, 6), (64, 80)), i).tobytes()) for i in (29, 0, 13)])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.strip() == str([crc32(make_frame(SMALL, index).tobytes()) for index in (29, 0, 13)])


@pytest.mark.parametrize("dtype", DTYPES)
def test_gaps_hold_the_sentinel_and_hot_pixels_do_not(dtype: str) -> None:
    plan = replace(SMALL, dtype=dtype, frame_shape=(256, 300))
    frame = make_frame(plan, 14)
    gaps = np.isnan(frame) if dtype.startswith("float") else frame == plan.sentinel
    assert 0.001 < gaps.mean() < 0.1
    assert gaps[:, 10].any()
    assert gaps[10].any()
    counts = frame[~gaps].astype(np.float64)
    hot = counts >= min(1_000_000, float(plan.sentinel) - 2 if not dtype.startswith("float") else 1_000_000)
    assert 1 <= hot.sum() <= 100
    assert counts.min() >= 0
    assert np.median(counts) < 100


def test_a_detector_of_4_million_pixels_has_its_modules() -> None:
    plan = ScanPlan((2,), (2167, 2070), "uint32")
    column = make_frame(plan, 1)[:, 5] == plan.sentinel
    edges = np.flatnonzero(np.diff(column.astype(int)))
    assert edges.tolist() == [513, 550, 1064, 1101, 1615, 1652]


def test_the_picture_moves_with_the_scan() -> None:
    plan = ScanPlan((5, 5), (200, 200))
    mean = np.array([make_frame(plan, index)[make_frame(plan, index) < 60_000].mean() for index in (0, 12, 24)])
    assert mean[1] > 1.5 * mean[0]
    corner, opposite = (make_frame(plan, index).astype(float) for index in (0, 24))
    for frame in (corner, opposite):
        frame[frame > 300] = 0
    moved = np.roll(opposite, (12, 12), (0, 1))
    part = (slice(40, 160),) * 2
    assert np.corrcoef(corner[part].ravel(), moved[part].ravel())[0, 1] > np.corrcoef(corner[part].ravel(), opposite[part].ravel())[0, 1]


def test_noise_is_that_of_counts() -> None:
    """Where rings and air add up, the variance over positions of equal intensity is the mean."""
    plan = ScanPlan((400,), (64, 64))
    dark = np.stack([make_frame(plan, index)[60:64, 40:44] for index in range(0, 400, 2)]).astype(float)
    dark = dark[dark < 50]
    assert 0.5 < dark.var() / dark.mean() < 2.5


@pytest.mark.parametrize("index", [-1, 30])
def test_a_frame_outside_the_scan_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match="outside the scan of 30 points"):
        make_frame(SMALL, index)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_side_detectors_give_scalars_and_spectra(number: int) -> None:
    values = [make_side_frame(SMALL, number, index) for index in range(30)]
    assert all(value.shape == side_shape(number) and value.dtype == side_dtype(number) for value in values)
    assert len({value.tobytes() for value in values}) == 30
    assert np.array_equal(make_side_frame(SMALL, number, 3), values[3])
