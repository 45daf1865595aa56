"""Profiles, scales and geometry against plain computations and textbook values."""

from math import inf, pi, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.analysis import MaskRules, Scaling, line_profile, place_of, scaled, unscaled, valid_mask
from swmr_viewer.analysis.accumulating import Accumulator, combined_dtype
from swmr_viewer.core.pixel_geometry import PixelGeometry


def test_a_profile_along_a_row_is_the_row():
    frame = np.arange(12, dtype=np.uint16).reshape(3, 4)
    frame[1, 2] = 65535
    distance, mean = line_profile(frame, (0.5, 1.5), (3.5, 1.5))
    assert distance.tolist() == [0, 1, 2, 3]
    assert np.array_equal(mean, [4, 5, np.nan, 7], equal_nan=True)
    assert np.array_equal(line_profile(frame, (0.5, 1.5), (3.5, 1.5), 3)[1], [4, 5, 6, 7])


def test_a_profile_leaves_out_what_mask_and_limit_leave_out():
    frame = np.arange(12, dtype=np.uint16).reshape(3, 4)
    frame[1, 3] = 65535
    bad = np.zeros(frame.shape, bool)
    bad[1, 1] = bad[0, 0] = True
    line = ((0.5, 1.5), (3.5, 1.5))
    nan = np.nan
    assert np.array_equal(line_profile(frame, *line, pixel_mask=bad)[1], [4, nan, 6, nan], equal_nan=True)
    assert np.array_equal(line_profile(frame, *line, 3, pixel_mask=bad)[1], [6, 5, 6, 7], equal_nan=True)
    assert np.array_equal(line_profile(frame, *line, rules=MaskRules(above=5), pixel_mask=bad)[1], [4, nan, nan, nan], equal_nan=True)
    assert np.array_equal(line_profile(frame, *line, rules=MaskRules(sentinel=False))[1], [4, 5, 6, 65535])
    with pytest.raises(ValueError, match="does not fit"):
        line_profile(frame, *line, pixel_mask=bad[:2])


def test_a_profile_outside_the_image_is_missing_there():
    _, mean = line_profile(np.ones((2, 2)), (-1.5, 0.5), (1.5, 0.5))
    assert np.array_equal(mean, [np.nan, np.nan, 1, 1], equal_nan=True)
    assert line_profile(np.ones((2, 2)), (1, 1), (1, 1))[0].tolist() == [0]
    with pytest.raises(ValueError, match="image"):
        line_profile(np.ones(4), (0, 0), (1, 1))


@pytest.mark.parametrize("name", ["linear", "sqrt", "log", "symlog"])
def test_scales_rise_and_can_be_undone(name):
    values = np.concatenate((-np.geomspace(1e6, 1e-3, 50), [0.0], np.geomspace(1e-3, 1e6, 50)))
    scale = Scaling(name, 0.5)
    there = scaled(values, scale)
    assert (np.diff(there) >= 0).all()
    kept = values if name != "log" else np.maximum(values, 0.5)
    assert unscaled(there, scale) == pytest.approx(kept, rel=1e-9)
    assert scaled(values.astype(np.float32), scale).dtype == np.float32
    assert np.isnan(scaled(np.array([np.nan]), scale)).all()
    with pytest.raises(ValueError, match="threshold"):
        Scaling(name, 0)


def test_bragg_and_the_detector_plane_give_the_d_spacing():
    geometry = PixelGeometry((100.0, 50.0), 0.2, 1e-10, (75e-6, 150e-6))
    place = place_of(103.0, 52.0, geometry)
    radius = sqrt((3 * 75e-6) ** 2 + (2 * 150e-6) ** 2)
    assert place.radius_px == pytest.approx(sqrt(13))
    assert place.radius_m == pytest.approx(radius)
    two_theta = np.arctan(radius / 0.2)
    assert place.d_m == pytest.approx(1e-10 / (2 * sin(two_theta / 2)))
    assert place.q_per_m == pytest.approx(4 * pi / 1e-10 * sin(two_theta / 2))
    assert place_of(100.0, 50.0, geometry).d_m == inf
    assert place_of(1.0, 1.0, PixelGeometry()) is None
    assert place_of(1.0, 1.0, PixelGeometry((0.0, 0.0))).radius_m is None


@given(
    hnp.arrays(st.sampled_from(["u1", "u2", "i4", "u8", "f4"]), (6, 2, 3)),
    st.sampled_from(["sum", "mean", "maximum"]),
    st.lists(st.integers(0, 5), max_size=4),
)
def test_frames_added_up_and_taken_out_again_are_those_left(frames, how, removed):
    combined = Accumulator(how, (2, 3), frames.dtype)
    for frame in frames:
        combined.add(frame)
    left = list(range(6))
    for index in dict.fromkeys(removed):
        if combined.can_remove:
            combined.remove(frames[index])
            left.remove(index)
    out = np.empty((2, 3), combined_dtype(how, frames.dtype))
    combined.write_into(out)
    assert combined.n == len(left)
    for at in np.ndindex(2, 3):
        values = [frames[index][at] for index in left if valid_mask(frames[index])[at]]
        if not values:
            assert not valid_mask(out)[at] or valid_mask(frames[0]).all()
            continue
        if frames.dtype.kind == "f":
            with np.errstate(all="ignore"):
                wide = np.array(values, np.float64)
                expected = {"sum": wide.sum(), "mean": wide.mean(), "maximum": wide.max()}[how]
                assert out[at] == pytest.approx(expected, rel=1e-6, abs=1e-6 * np.abs(wide).sum())
            continue
        whole = [int(one) for one in values]
        exact = {"sum": sum(whole), "mean": sum(whole) / len(whole), "maximum": max(whole)}[how]
        if abs(sum(whole)) < 2**62:
            assert out[at] == pytest.approx(exact, rel=1e-12) if how == "mean" else int(out[at]) == exact
