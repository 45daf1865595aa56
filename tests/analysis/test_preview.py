"""Block maxima against a slow, plain computation."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.analysis import MOST_BINS, preview_factor, preview_shape, sentinel_of, spectrum_factor, valid_mask, write_preview
from swmr_viewer.analysis.masks import Pixels
from swmr_viewer.analysis.preview import Preview

DTYPES = st.sampled_from(["?", "u1", "u2", ">u2", "u4", ">u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]).map(np.dtype)


def preview_of(pixels: Pixels, factor: int) -> Preview:
    out = np.full(preview_shape(pixels.shape, factor), -77, np.float32)
    write_preview(pixels, factor, out)
    return out


def plain_preview(pixels: Pixels, factor: int) -> Preview:
    out = np.full(preview_shape(pixels.shape, factor), np.nan, np.float32)
    for row, column in np.ndindex(out.shape):
        block = pixels[row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
        valid = block[valid_mask(block)]
        if valid.size:
            out[row, column] = valid.max()
    return out


def elements_of(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    """Ordinary values, with the extremes of the type far more often than chance would have them."""
    if dtype.kind == "f":
        return st.floats(-1000, 1000, width=16) | st.sampled_from([np.nan, np.inf, -np.inf])
    if dtype.kind == "b":
        return st.booleans()
    return hnp.from_dtype(dtype) | st.sampled_from([int(np.iinfo(dtype).max), int(np.iinfo(dtype).min)])


@given(st.data(), DTYPES, st.integers(1, 5))
def test_each_preview_pixel_is_the_maximum_of_its_unmasked_block(data: st.DataObject, dtype: np.dtype[Any], factor: int) -> None:
    pixels: Pixels = data.draw(hnp.arrays(dtype, hnp.array_shapes(min_dims=2, max_dims=2, max_side=13), elements=elements_of(dtype)))
    np.testing.assert_array_equal(preview_of(pixels, factor), plain_preview(pixels, factor))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.int32, np.float32])
@pytest.mark.parametrize("at", [(0, 0), (4370, 4149), (4370, 0), (2222, 3333), (0, 4149)])
def test_a_single_bright_pixel_in_16_million_survives(dtype: type, at: tuple[int, int]) -> None:
    pixels: Pixels = np.zeros((4371, 4150), dtype)
    pixels[at] = 200
    factor = preview_factor(pixels.shape)
    preview = preview_of(pixels, factor)
    assert preview[at[0] // factor, at[1] // factor] == 200
    assert np.count_nonzero(preview) == 1


def test_gaps_show_as_nan_where_they_fill_a_block() -> None:
    pixels = np.full((3000, 2000), 5, np.uint32)
    pixels[600:630] = 2**32 - 1
    preview = preview_of(pixels, 3)
    assert np.isnan(preview[200:210]).all()
    assert np.count_nonzero(np.isnan(preview)) == 10 * preview.shape[1]
    assert (preview[~np.isnan(preview)] == 5).all()


def test_large_frames_agree_with_reshaping() -> None:
    pixels = np.random.default_rng(2).integers(0, 60000, (2100, 2800)).astype(np.uint16)
    expected = pixels.reshape(1050, 2, 1400, 2).max(axis=(1, 3))
    np.testing.assert_array_equal(preview_of(pixels, 2), expected)


@pytest.mark.parametrize(
    ("shape", "factor"),
    [((4371, 4150), 4), ((2167, 2070), 2), ((1400, 20), 1), ((20, 1401), 2), ((5000,), 1), ((), 1), ((0, 0), 1), ((3, 4000, 9), 1)],
)
def test_the_factor_brings_images_below_the_largest_side(shape: tuple[int, ...], factor: int) -> None:
    assert preview_factor(shape) == factor
    assert len(shape) != 2 or max(preview_shape(shape, factor)) <= 1400


@pytest.mark.parametrize("shape", [(), (1,), (70000,), (0,), (2, 3, 4), (0, 5)])
def test_frames_that_are_not_images_keep_their_shape(shape: tuple[int, ...]) -> None:
    pixels: Pixels = np.arange(int(np.prod(shape)), dtype=np.uint16).reshape(shape)
    expected = pixels.astype(np.float32)
    expected[pixels == 65535] = np.nan
    np.testing.assert_array_equal(preview_of(pixels, 1), expected)


def test_complex_numbers_show_their_magnitude() -> None:
    assert preview_of(np.array([[3 + 4j, 0]]), 2).tolist() == [[5]]


def test_a_float64_too_large_for_the_screen_is_masked() -> None:
    assert np.isnan(preview_of(np.array([[1e300]]), 1)).all()


def test_the_frame_itself_is_not_touched() -> None:
    pixels = np.array([[1, 65535], [3, 4]], np.uint16)
    pixels.flags.writeable = False
    assert preview_of(pixels, 2).tolist() == [[4]]


def test_a_buffer_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        write_preview(np.zeros((4, 4)), 2, np.empty((2, 3), np.float32))
    with pytest.raises(ValueError, match="does not fit"):
        write_preview(np.zeros((4, 4)), 2, np.empty((2, 2), np.float64))
    with pytest.raises(ValueError, match="Only images"):
        write_preview(np.zeros((2, 2, 2)), 2, np.empty((1, 1, 1), np.float32))


@pytest.mark.parametrize("n", [1, 16, 1024, 1025, 2048, 5000, 1_000_003])
@pytest.mark.parametrize("dtype", ["uint16", "uint8", "int32", "float64"])
def test_a_spectrum_is_reduced_to_the_largest_of_neighbouring_channels(n: int, dtype: str) -> None:
    factor = spectrum_factor(n)
    spectrum = np.random.default_rng(n).integers(0, 200, n).astype(dtype)
    if dtype in ("uint16", "int32"):
        spectrum[::3] = sentinel_of(dtype)
    bins = preview_of(spectrum, factor)
    assert len(bins) <= MOST_BINS < factor * MOST_BINS + 1
    values = np.where(valid_mask(spectrum), spectrum, np.nan).astype(float)
    np.testing.assert_array_equal(bins, np.fmax.reduceat(values, np.arange(0, n, factor)).astype(np.float32))


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_what_no_detector_writes_is_drawn_without_a_warning(factor: int) -> None:
    """A damaged frame may hold NaN of the kind that raises a signal."""
    pixels = np.zeros((6, 12), np.float64)
    pixels.view(np.uint64)[0:3, 0:3] = 0x7FF0000000000001
    pixels.view(np.uint64)[3:6, 6:9] = 0xFFF0000000000001
    found = preview_of(pixels, factor)
    assert np.isnan(found[0, 0])
    assert np.isnan(found[-1, 6 // factor])
    assert (found[0, -1], found[-1, -1]) == (0, 0)
