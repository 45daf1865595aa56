"""Levels against a slow, plain computation."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.analysis import examine, valid_mask
from swmr_viewer.analysis.percentiles import MAX_SAMPLES, subsample

DTYPES = st.sampled_from(["?", "u1", "u2", ">u2", "u4", "u8", "i2", "i4", "i8", "f4", "f8"]).map(np.dtype)


@given(st.data(), DTYPES)
def test_small_frames_are_measured_exactly(data: st.DataObject, dtype: np.dtype[np.generic]) -> None:
    pixels = data.draw(hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=2, max_side=9)))
    valid = pixels[valid_mask(pixels)]
    statistics = examine(pixels)[0]
    if not valid.size:
        assert statistics is None
        return
    assert statistics is not None
    assert statistics.n_masked == pixels.size - valid.size
    assert (statistics.minimum, statistics.maximum) == (valid.min().item(), valid.max().item())
    assert statistics.minimum <= statistics.low <= statistics.high <= statistics.maximum


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.int32, np.float32])
def test_a_large_frame_with_gaps_and_one_hot_pixel(dtype: npt.DTypeLike) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.poisson(40, (1500, 1400)).astype(dtype)
    gap = np.nan if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    pixels[700:720] = gap
    pixels[3, 5] = 9001
    statistics = examine(pixels)[0]
    assert statistics is not None
    assert statistics.n_masked == 20 * 1400
    assert statistics.maximum == 9001
    low, high = np.percentile(pixels[valid_mask(pixels)], (0.5, 99.5))
    assert abs(statistics.low - low) <= 1
    assert abs(statistics.high - high) <= 1


def test_a_frame_that_is_masked_everywhere_has_no_levels() -> None:
    assert examine(np.full((300, 400), 65535, np.uint16))[0] is None
    assert examine(np.full(70000, np.nan, np.float32))[0] is None


def test_infinities_are_left_out() -> None:
    statistics = examine(np.array([[1.0, np.inf], [-np.inf, 3.0]]))[0]
    assert statistics is not None
    assert (statistics.minimum, statistics.maximum, statistics.n_masked) == (1.0, 3.0, 2)


def test_only_unmasked_pixels_between_the_samples() -> None:
    """The subsample meets masked pixels alone: the exact extremes stand in for the percentiles."""
    pixels = np.full((1000, 1000), 65535, np.uint16)
    pixels[1, 1], pixels[1, 3] = 10, 20
    statistics = examine(pixels)[0]
    assert statistics is not None
    assert (statistics.low, statistics.high, statistics.n_masked) == (10, 20, 1000 * 1000 - 2)


@pytest.mark.parametrize("shape", [(3, 2_000_000), (2_000_000, 3), (3_000_000,)])
def test_long_thin_frames_are_sampled_too(shape: tuple[int, ...]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint32).reshape(shape)
    sample = subsample(pixels)
    assert MAX_SAMPLES / 2 <= sample.size <= MAX_SAMPLES
    statistics = examine(pixels)[0]
    assert statistics is not None
    assert statistics.low == pytest.approx(0.005 * pixels.size, rel=0.05)


def test_complex_frames_are_measured_by_magnitude() -> None:
    statistics = examine(np.array([3 + 4j, 0], np.complex64))[0]
    assert statistics is not None
    assert (statistics.minimum, statistics.maximum) == (0, 5)


def test_levels_lie_between_the_exact_extremes_where_float64_rounds_past_them() -> None:
    statistics = examine(np.full(3, 2**53 + 1, np.uint64))[0]
    assert statistics is not None
    assert statistics.minimum == statistics.low == statistics.high == statistics.maximum == 2**53 + 1
