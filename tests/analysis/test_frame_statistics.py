"""Statistics of a frame, its regions and its masks against slow, plain computations."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.analysis import MaskRules, Region, examine, marked, region_mask, region_statistics, saturation_of, valid_mask

DTYPES = st.sampled_from(["?", "u1", "u2", ">u2", "u4", "u8", "i2", "i4", "i8", "f4", "f8"]).map(np.dtype)
FRAMES = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=2, max_side=40))
RULES = st.builds(MaskRules, st.booleans(), st.none(), st.none() | st.integers(0, 2**20))


@given(FRAMES, st.integers(0, 2**33))
@example(np.full(3, 6e307), 0)
def test_one_pass_finds_what_plain_numpy_finds(frame, saturation):
    levels, statistics = examine(frame, (1.0, 99.0), saturation)
    valid = valid_mask(frame)
    chosen = frame[valid]
    assert statistics.n_masked == (~valid).sum()
    if not chosen.size:
        assert (levels, statistics.total, statistics.maximum, statistics.hottest_x) == (None, 0, None, None)
        return
    if frame.dtype.kind == "f":
        with np.errstate(over="ignore"):  # of numbers beyond 10^307 the plain sum may be infinite, too
            plain, size = chosen.sum(dtype=np.float64), np.abs(chosen.astype(float)).sum()
        assert statistics.total == pytest.approx(plain, rel=1e-9, abs=1e-9 * size)
    else:
        assert statistics.total == sum(int(one) for one in chosen)
    assert statistics.maximum == levels.maximum == chosen.max().item()
    assert levels.minimum == chosen.min().item()
    at = np.atleast_2d(frame)[statistics.hottest_y, statistics.hottest_x]
    assert at == chosen.max()
    assert statistics.n_saturated == sum(float(one) >= saturation for one in chosen)


def test_long_frames_are_measured_strip_by_strip():
    frame = np.random.default_rng(1).poisson(3, (300, 700)).astype("i4")
    frame[5:290, 100] = np.iinfo("i4").max
    frame[299, 699] = 70000
    _, statistics = examine(frame, None, 65535)
    assert (statistics.hottest_x, statistics.hottest_y, statistics.n_saturated, statistics.n_masked) == (699, 299, 1, 285)
    assert statistics.total == int(frame[valid_mask(frame)].sum(dtype=np.int64))


@given(FRAMES, RULES, st.data())
def test_marked_frames_tell_by_value_what_the_rules_mask(frame, rules, data):
    mask = data.draw(st.none() | hnp.arrays(bool, frame.shape))
    valid = valid_mask(frame, rules, mask)
    found = marked(frame, rules, mask)
    assert np.array_equal(valid_mask(found), valid)
    assert np.array_equal(found[valid].astype(float), frame[valid].astype(float))


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        valid_mask(np.zeros((2, 3)), MaskRules(), np.zeros((3, 2), bool))


@pytest.mark.parametrize(
    ("dtype", "told", "found"), [("u4", None, None), ("u1", None, 255), ("i2", None, 32767), ("f4", None, None), ("u4", 9.0, 9.0)]
)
def test_what_saturates_is_told_by_the_file_or_by_the_type(dtype, told, found):
    assert saturation_of(dtype, told) == found


COORDINATES = st.floats(-5, 25)
POINTS = st.tuples(COORDINATES, COORDINATES)


@given(st.sampled_from(["rectangle", "ellipse", "polygon"]), st.lists(POINTS, min_size=2, max_size=6))
def test_a_region_holds_the_pixels_whose_centres_lie_inside(kind, points):
    points = tuple(points) if kind == "polygon" else tuple(points[:2])
    if kind == "polygon" and len(points) < 3:
        return
    frame = np.arange(20 * 18, dtype=float).reshape(20, 18)
    region = Region("r", kind, points)
    box, inside = region_mask(region, frame.shape)
    held = np.zeros(frame.shape, bool)
    held[box] = True if inside is None else inside
    expected = np.array([[_holds(kind, points, x + 0.5, y + 0.5) for x in range(18)] for y in range(20)])
    assert np.array_equal(held, expected)
    statistics = region_statistics(frame, region)
    assert statistics.n == held.sum()
    if statistics.n:
        assert (statistics.sum, statistics.maximum) == (frame[held].sum(), frame[held].max())
        assert (statistics.mean, statistics.std) == pytest.approx((frame[held].mean(), frame[held].std()))
        y, x = np.nonzero(held)
        if frame[held].sum():
            centre = [np.average(at + 0.5, weights=frame[held]) for at in (x, y)]
            assert [statistics.centre_x, statistics.centre_y] == pytest.approx(centre)
    else:
        assert np.isnan(statistics.mean)


def _holds(kind, points, x, y):
    (x0, y0), (x1, y1) = points[:2]
    if kind == "rectangle":
        return min(x0, x1) <= x < max(x0, x1) and min(y0, y1) <= y < max(y0, y1)
    xs, ys = [one[0] for one in points], [one[1] for one in points]
    if not (min(xs) <= x < max(xs) and min(ys) <= y < max(ys)):
        return False
    if kind == "ellipse":
        width, height = max(abs(x1 - x0) / 2, 1e-9), max(abs(y1 - y0) / 2, 1e-9)
        return ((x - (x0 + x1) / 2) / width) ** 2 + ((y - (y0 + y1) / 2) / height) ** 2 <= 1
    inside = False
    for (xa, ya), (xb, yb) in zip(points, points[1:] + points[:1], strict=True):
        if ya != yb and (ya <= y) != (yb <= y) and x < xa + (y - ya) * ((xb - xa) / (yb - ya)):
            inside = not inside
    return inside


def test_masked_pixels_are_no_part_of_a_region():
    frame = np.array([[1, 65535], [3, 5]], np.uint16)
    whole = Region("all", "rectangle", ((0, 0), (2, 2)))
    assert region_statistics(frame, whole).sum == 9
    assert region_statistics(frame, whole, np.array([[True, False], [False, True]])).sum == 6
    assert region_statistics(frame[0], whole).n == 1
    assert region_statistics(np.array(7), whole).sum == 7
    with pytest.raises(ValueError, match="corners"):
        Region("r", "polygon", ((0, 0), (1, 1)))


@pytest.mark.parametrize("dtype", ["u1", "u4", "i8", "f4", "c8"])
def test_the_centre_of_a_spectrums_span_is_a_channel_and_its_width_a_standard_deviation(dtype: str) -> None:
    counts = np.random.default_rng(4).integers(0, 90, 40).astype(dtype)
    found = region_statistics(counts, Region("A", "rectangle", ((10.0, 0.0), (30.0, 1.0))))
    channels, weights = np.arange(10, 30), np.abs(counts[10:30]).astype(float)
    centre = np.average(channels, weights=weights)
    assert (found.centre_x, found.width) == pytest.approx((centre, np.sqrt(np.average((channels - centre) ** 2, weights=weights))))
    assert np.isnan(found.centre_y)


def test_masked_pixels_pull_no_centre_and_where_nothing_was_counted_there_is_none() -> None:
    frame, whole = np.zeros((30, 40), "u2"), Region("A", "ellipse", ((0.0, 0.0), (40.0, 30.0)))
    assert np.isnan(region_statistics(frame, whole).centre_x)
    frame[10, 20], frame[12, 9] = 7, 65535
    assert (region_statistics(frame, whole).centre_x, region_statistics(frame, whole).centre_y) == (20.5, 10.5)
    large = np.random.default_rng(5).poisson(2, (300, 700)).astype("f8")
    large[::7, ::5] = np.nan
    found, (y, x) = region_statistics(large, Region("A", "rectangle", ((0.0, 0.0), (700.0, 300.0)))), np.nonzero(np.isfinite(large))
    weights = large[y, x]
    assert (found.centre_x, found.centre_y) == pytest.approx([np.average(at + 0.5, weights=weights) for at in (x, y)])
    assert found.std == pytest.approx(weights.std())


def test_a_sum_beyond_the_largest_number_is_infinite_and_no_warning() -> None:
    pixels = np.full((3, 3), 1e308)
    _, statistics = examine(pixels)
    assert statistics is not None
    assert (statistics.total, statistics.maximum) == (np.inf, 1e308)
