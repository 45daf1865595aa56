"""Dark and flat frames, and a reference, against plain numpy."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.analysis import compared, corrected, corrected_dtype, corrector_of, preview_shape, write_centred_preview
from swmr_viewer.gui.display.screen_fit import screen_fit

RANDOM = np.random.default_rng(5)
FRAME = RANDOM.integers(100, 4000, (7, 9)).astype("u2")
DARK = RANDOM.uniform(5, 20, (7, 9))
FLAT = DARK + RANDOM.uniform(50, 150, (7, 9))


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "u4", "i8", "f4", "f8"])
def test_dark_and_flat_are_taken_out(dtype: str) -> None:
    frame = (FRAME % 200).astype(dtype)
    light = FLAT - DARK
    found = corrected(frame, DARK, FLAT)
    assert found.dtype == (np.float32 if dtype in ("u1", "u2", "i2", "f4") else np.float64)
    np.testing.assert_allclose(found, (frame - DARK) / light * light.mean(), rtol=2e-6, atol=1e-4)
    np.testing.assert_allclose(corrected(frame, DARK), frame - DARK, rtol=2e-6, atol=1e-4)
    np.testing.assert_allclose(corrected(frame, flat=FLAT), frame / FLAT * FLAT.mean(), rtol=2e-6)
    assert np.array_equal(corrected(frame), frame)


def test_masked_pixels_and_those_without_light_are_masked_and_count_in_no_mean() -> None:
    frame, dark, flat = FRAME.copy(), DARK.copy(), FLAT.copy()
    mask = np.zeros(FRAME.shape, bool)
    mask[0, 1] = True
    frame[0, 0] = 65535
    dark[1, 1] = np.nan
    flat[2, 2] = dark[2, 2]
    flat[3, 3] = dark[3, 3] - 7
    flat[0, 1] = 1e9
    found = corrected(frame, dark, flat, mask)
    bad = np.zeros(FRAME.shape, bool)
    bad[[0, 0, 1, 2, 3], [0, 1, 1, 2, 3]] = True
    assert np.array_equal(np.isnan(found), bad)
    light, counts = np.where(bad, 1.0, flat - dark), np.ones(FRAME.shape, bool)
    counts[[0, 1, 2, 3], [1, 1, 2, 3]] = False
    light[0, 0] = flat[0, 0] - dark[0, 0]
    np.testing.assert_allclose(found[~bad], ((frame - dark) / light * light[counts].mean())[~bad], rtol=2e-6)


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="dark frame has the shape"):
        corrected(FRAME, DARK[:3])
    with pytest.raises(ValueError, match="the flat one"):
        corrector_of(DARK, FLAT[:3])
    with pytest.raises(ValueError, match="reference has the shape"):
        compared(FRAME, DARK[:3], "ratio")


def test_difference_and_ratio_are_signed_and_masked_where_either_is() -> None:
    frame, reference = FRAME.copy(), RANDOM.integers(0, 4000, FRAME.shape).astype("u2")
    frame[0, 0], reference[1, 1], reference[2, 2] = 65535, 65535, 0
    difference, ratio = compared(frame, reference, "difference"), compared(frame, reference, "ratio")
    assert difference.dtype == corrected_dtype("u2")
    assert difference.min() < 0 or np.nanmin(difference) < 0
    either = (frame == 65535) | (reference == 65535)
    assert np.array_equal(np.isnan(difference), either)
    assert np.array_equal(difference[~either], frame[~either].astype(float) - reference[~either])
    assert np.array_equal(np.isnan(ratio), either | (reference == 0))
    valid = ~either & (reference != 0)
    np.testing.assert_allclose(ratio[valid], frame[valid] / reference[valid], rtol=1e-6)
    assert np.array_equal(np.isnan(compared(frame, reference, "reference")), reference == 65535)


def test_differences_of_phases_are_the_nearest() -> None:
    frame, reference = np.array([3.0, -3.0, 1.0, np.nan], "f4"), np.array([-3.0, 3.0, 0.25, 1.0], "f4")
    found = compared(frame, reference, "difference", period=2 * np.pi)
    np.testing.assert_allclose(found, [6 - 2 * np.pi, 2 * np.pi - 6, 0.75, np.nan], rtol=1e-5)
    np.testing.assert_allclose(found[:3], np.angle(np.exp(1j * (frame - reference)))[:3], rtol=1e-5)


@pytest.mark.parametrize("centre", [0.0, 1.0])
def test_a_reduced_difference_has_the_value_that_is_furthest_from_no_change(centre: float) -> None:
    picture = RANDOM.normal(centre, 1.0, (12, 20)).astype("f4")
    picture[0:4, 0:4] = np.nan
    blocks = picture.reshape(3, 4, 5, 4).swapaxes(1, 2).reshape(3, 5, 16)
    at = np.nan_to_num(np.abs(blocks - centre), nan=-1.0).argmax(axis=2)
    wanted = np.take_along_axis(blocks, at[..., None], 2)[..., 0]
    out = np.empty(preview_shape(picture.shape, 4), np.float32)
    write_centred_preview(picture, 4, out, centre)
    np.testing.assert_array_equal(out, wanted)
    np.testing.assert_array_equal(screen_fit(picture, 3, 5, centre), wanted)
