"""Frames made small: what is masked stays masked, what is bright stays bright, and odd frames are no error."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from swmr_viewer.analysis import MaskRules, ViewChoice, resolve_view
from swmr_viewer.analysis.preview import LONGEST_SIDE, MOST_POINTS, thumbnail_of

MASKED = np.iinfo(np.uint16).max


def test_its_levels_are_those_of_the_small_copy() -> None:
    frame = np.zeros((2560, 2560), np.uint16)
    frame[::10, ::10] = 40  # one pixel in a hundred: in the frame's own percentiles they are lost
    small = thumbnail_of(frame)
    assert small.array().shape == (LONGEST_SIDE, LONGEST_SIDE)
    assert small.levels == (40.0, 40.0)
    assert (small.minimum, small.maximum) == (0, 40)


def test_masked_pixels_are_no_measurement() -> None:
    frame = np.full((4, 4), MASKED, np.uint16)
    gone = thumbnail_of(frame)
    assert np.isnan(gone.array()).all()
    assert (gone.minimum, gone.maximum, gone.n_masked, gone.levels) == (None, None, 16, (0.0, 1.0))
    frame[1, 2] = 3
    one = thumbnail_of(frame)
    assert (one.minimum, one.maximum, one.n_masked, one.levels) == (3, 3, 15, (3.0, 3.0))


@pytest.mark.parametrize(
    ("frame", "shape"),
    [
        (np.ones((3, 5), bool), (3, 5)),
        (np.full((3, 5), 3 + 4j), (3, 5)),
        (np.zeros((0, 5), np.int16), ()),
        (np.zeros(0), ()),
        (np.ones((2, 2, 2)), (2, 2)),
        (np.ones((2, 0, 2)), ()),
        (np.ones((3, 5, 3), np.uint8), (3, 5)),
        (np.ones(MOST_POINTS + 1), (513,)),
        (np.ones((1, 100_000), np.float64), (1021,)),
        (np.full((3, 3), np.nan), (3, 3)),
        (np.array(np.nan), ()),
    ],
)
def test_any_frame_has_one(frame: np.ndarray, shape: tuple[int, ...]) -> None:
    small = thumbnail_of(frame)
    assert small.pixels_shape == shape
    assert small.shape == frame.shape
    assert pickle.loads(pickle.dumps(small)) == small
    if frame.dtype.kind == "c":
        assert (small.array() == 5).all()


def test_a_scalar_is_told_in_full() -> None:
    assert thumbnail_of(np.array(2**60 + 1)).value == str(2**60 + 1)
    assert thumbnail_of(np.array(0.1, np.float32)).value == "0.1"


def test_colours_are_small_copies_of_the_frames_own() -> None:
    frame = np.zeros((600, 300, 3), np.uint8)
    frame[:300], frame[300:] = (255, 40, 0), (10, 200, 30)
    small = thumbnail_of(frame)
    colors = np.frombuffer(small.colors, np.uint8).reshape(*small.pixels_shape, 3)
    assert small.pixels_shape == (200, 100)
    assert (colors[:100] == (255, 40, 0)).all()
    assert (colors[100:] == (10, 200, 30)).all()
    assert (small.minimum, small.maximum) == (pytest.approx(80), pytest.approx(295 / 3))
    deep = thumbnail_of(frame.astype(np.uint16) * 16)
    assert np.frombuffer(deep.colors, np.uint8).reshape(200, 100, 3)[0, 0].tolist() == [255, 0, 0]
    assert deep.levels == (pytest.approx(1280), pytest.approx(16 * 295 / 3))


def test_a_mask_and_a_place_are_those_of_what_is_shown() -> None:
    frame = np.arange(2 * 4 * 5, dtype=np.uint32).reshape(2, 4, 5)
    bad = np.zeros((4, 5), bool)
    bad[3, 4] = True
    view = resolve_view(frame.shape, frame.dtype, "", ViewChoice((1,)))
    small = thumbnail_of(frame, view, MaskRules(gaps=(20,)), bad)
    assert (small.minimum, small.maximum, small.n_masked) == (21, 38, 2)
    assert np.array_equal(np.isnan(small.array()), bad | (frame[1] == 20))
