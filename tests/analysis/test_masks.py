"""What counts as masked, by type."""

import numpy as np
import pytest

from swmr_viewer.analysis import MaskRules, sentinel_of, valid_mask


@pytest.mark.parametrize(
    ("dtype", "sentinel"),
    [("u2", 65535), (">u2", 65535), ("u4", 4294967295), ("u8", 2**64 - 1), ("i4", 2**31 - 1), ("i8", 2**63 - 1)],
)
def test_the_maximum_of_a_counting_type_is_masked(dtype: str, sentinel: int) -> None:
    assert sentinel_of(dtype) == sentinel
    pixels = np.array([[0, 7], [sentinel, sentinel - 1]], dtype)
    assert valid_mask(pixels).tolist() == [[True, True], [False, True]]


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "?"])
def test_saturated_camera_pixels_are_not_hidden(dtype: str) -> None:
    assert sentinel_of(dtype) is None
    assert valid_mask(np.array([0, 1, -1]).astype(dtype)).all()


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "c8"])
def test_numbers_that_are_not_finite_are_masked(dtype: str) -> None:
    sentinel = sentinel_of(dtype)
    assert sentinel is not None
    assert np.isnan(sentinel)
    assert valid_mask(np.array([1, np.nan, np.inf, -np.inf, -2], dtype)).tolist() == [True, False, False, False, True]


def test_a_scalar_frame_has_a_mask_of_its_shape() -> None:
    assert valid_mask(np.array(5, "u2")).shape == ()
    assert not valid_mask(np.array(65535, "u2"))


@pytest.mark.parametrize("dtype", ["u1", ">u2", ">u4", "i1", ">i2"])
def test_limits_may_lie_beyond_the_type(dtype: str) -> None:
    values = np.arange(6, dtype=dtype).reshape(2, 3)
    assert valid_mask(values, MaskRules(above=1 << 40, below=-(1 << 40))).all()
    assert not valid_mask(values, MaskRules(above=-(1 << 40))).any()
    assert not valid_mask(values, MaskRules(below=1 << 40)).any()
