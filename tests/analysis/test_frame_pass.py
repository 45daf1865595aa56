"""One pass over the pieces of a frame, in any order and on several threads, against the frame as a whole and against plain computations."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.analysis import FramePass, MaskRules, examine, marked, preview_shape, valid_mask, write_preview
from swmr_viewer.analysis.frame_pass import STRIP_BYTES
from swmr_viewer.decoding import share

DTYPES = ["?", "u1", "u2", ">u2", "u4", ">u4", "u8", "i1", "i2", "i4", "i8", ">i8", "f2", "f4", ">f4", "f8", "c8"]
GAPS = MaskRules(gaps=(3, -2))
BOUNDS = MaskRules(above=900, below=-900)


def values_of(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    """Ordinary values, with the extremes of the type far more often than chance would have them."""
    if dtype.kind in "fc":
        return st.floats(-1000, 1000, width=16) | st.sampled_from([math.nan, math.inf, -math.inf])
    if dtype.kind == "b":
        return st.booleans()
    return hnp.from_dtype(dtype) | st.sampled_from([int(np.iinfo(dtype).max), int(np.iinfo(dtype).min)])


@st.composite
def frames(draw: st.DrawFn) -> np.ndarray:
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    return draw(hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=12), elements=values_of(dtype)))


@st.composite
def pieces_of(draw: st.DrawFn, size: int) -> list[tuple[int, int]]:
    """Ranges that cover a frame once, some of them left out, in any order."""
    cuts = sorted({0, size, *draw(st.lists(st.integers(0, size), max_size=8))})
    pieces = [piece for piece in pairwise(cuts) if draw(st.integers(0, 5))]
    return draw(st.permutations(pieces))


@given(
    st.data(), frames(), st.integers(1, 5), st.sampled_from([MaskRules(), GAPS, BOUNDS]), st.booleans(), st.none() | st.integers(0, 2000)
)
def test_pieces_in_any_order_give_what_the_whole_frame_gives(data, frame, factor, rules, has_mask, saturation):
    factor = factor if frame.ndim in (1, 2) else 1
    mask = data.draw(hnp.arrays(bool, frame.shape)) if has_mask else None
    if not FramePass.can_measure(frame.dtype, rules, mask):
        with pytest.raises(ValueError, match="cannot be masked"):
            FramePass(frame, rules=rules, pixel_mask=mask)
        return
    out, whole = np.full((2, *preview_shape(frame.shape, factor)), -77, np.float32)
    one = FramePass(frame, factor, out, saturation=saturation, rules=rules, pixel_mask=mask)
    pieces = data.draw(pieces_of(frame.size))
    for start, stop in pieces:
        one.note(start, stop)
    assert len(pieces) == 0 or sum(stop - start for start, stop in pieces) < frame.size or not one._missing()
    found = one.finish((1.0, 99.0))
    shown = marked(frame, rules, mask)
    assert found == examine(shown, (1.0, 99.0), saturation)
    write_preview(shown, factor, whole)
    np.testing.assert_array_equal(out, whole)


@given(frames())
@example(np.full((300, 700), 2**64 - 2, "u8"))
@example(np.full((300, 700), -(2**63), "i8"))
@example(np.full((300, 700), 2**31 - 2, "i4"))
@example(np.r_[np.full(70000, 2**31 - 1, "i4"), np.full(70000, -(2**31), "i4")])
@example(np.r_[np.full(70000, 2**32 - 1, "u4"), np.full(7, 3, "u4")])
def test_sums_and_extremes_are_those_that_plain_numbers_give(frame):
    levels, statistics = FramePass(frame).finish((0.0, 100.0))
    pixels = np.abs(frame) if frame.dtype.kind == "c" else frame
    chosen = pixels[valid_mask(pixels)].tolist()
    assert statistics.n_masked == frame.size - len(chosen)
    if not chosen:
        assert (levels, statistics.total, statistics.maximum) == (None, 0, None)
        return
    assert levels is not None
    total = sum(chosen) if frame.dtype.kind in "iub" else pytest.approx(math.fsum(chosen), abs=1e-9 * math.fsum(map(abs, chosen)))
    assert (statistics.total, levels.minimum, statistics.maximum) == (total, min(chosen), max(chosen))
    first = int(np.flatnonzero((pixels == max(chosen)) & valid_mask(pixels))[0])
    columns, rows = (*frame.shape[::-1], 1, 1)[:2]
    assert (statistics.hottest_x, statistics.hottest_y) == (first % columns, first // columns % rows)


@pytest.mark.parametrize("dtype", ["u2", "u4", "i4", "f4"])
def test_a_large_frame_is_the_same_on_several_threads(dtype):
    rng = np.random.default_rng(3)
    frame = rng.poisson(20, (1201, 999)).astype(dtype)
    frame[::7, ::5] = np.nan if dtype == "f4" else np.iinfo(dtype).max
    frame[1001, 7] = frame[1003, 7] = 777
    factor, step = 4, 30_011
    out, whole = np.full((2, *preview_shape(frame.shape, factor)), -77, np.float32)
    starts = list(range(0, frame.size, step))
    random.Random(3).shuffle(starts)
    one = FramePass(frame, factor, out, saturation=30)
    share([lambda start=start: one.note(start, min(start + step, frame.size)) for start in starts[:-3]], 3)
    found = one.finish(share=share)
    assert found == examine(frame, saturation=30, factor=factor, out=whole) == examine(frame, saturation=30, share=share)
    assert found[1].hottest_y == 1001
    np.testing.assert_array_equal(out, whole)


def test_what_was_noted_of_a_frame_that_is_written_anew_is_forgotten():
    frame = np.zeros((100, 100), "u2")
    one = FramePass(frame)
    one.note(0, 5_050)
    frame[...] = 5
    one.restart()
    one.note(0, 4_000)
    assert one.finish()[1].total == 5 * frame.size


def test_each_pixel_is_measured_once():
    frame = np.ones((64, STRIP_BYTES // 32), "u4")
    one = FramePass(frame, 2, np.empty((32, frame.shape[1] // 2), np.float32))
    for start in range(0, frame.size // 2, 10_007):
        one.note(start, min(start + 10_007, frame.size // 2))
    assert one.finish()[1].total == frame.size
