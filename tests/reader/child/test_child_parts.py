"""The pure parts of the reader's process: when frames became ready, the newest frame, what is measured, how a slot is laid out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.reader.child.frame_order import NewestFrame
from swmr_viewer.reader.child.measuring.measured_delivery import ReadyTimes, measure
from swmr_viewer.reader.child.reader_slots import slot_layout

# ---- when frames became ready


def test_ready_times_counts_from_when_a_frame_became_ready():
    ready_times = ReadyTimes()
    ready_times.add(10, 100.0)
    ready_times.add(11, 200.0)
    assert [ready_times.ready_since(n, 0.0) for n in (1, 10, 11)] == [100.0, 100.0, 200.0]
    assert ready_times.ready_since(12, 7.0) == 7.0


def test_ready_times_stays_small():
    ready_times = ReadyTimes()
    for n in range(1, 100_000):
        ready_times.add(n, n * 1e-4)
    assert len(ready_times._ready) < 210  # some as they are, and those that lie 0.1 s apart


# ---- newest


def shown_in(order, n=30, per_poll=1):
    """Feed indices in this order and return the frame shown after each poll."""
    newest, progress, shown = NewestFrame(), KeyProgress(1, (n,)), []
    for at in range(0, len(order), per_poll):
        indices = np.array(order[at : at + per_poll], np.int64)
        progress.add(0, indices, indices + 1)
        newest.add_completed(indices)
        index = next(newest.candidates(progress), None)
        if index is not None:
            newest.mark_shown(index)
            shown.append(index)
    assert newest.is_settled
    return shown


def test_a_raster_shows_every_frame_that_there_is_time_for():
    assert shown_in(list(range(30))) == list(range(30))
    assert shown_in(list(range(30)), per_poll=5) == [4, 9, 14, 19, 24, 29]


def test_a_snake_does_not_stand_still_on_its_way_back():
    order = [*range(10), *reversed(range(10, 20)), *range(20, 30)]
    assert shown_in(order) == order
    # Of the two that open a row backwards the higher one is shown: nothing tells yet which way it goes.
    assert shown_in(order, per_poll=2) == [1, 3, 5, 7, 9, 19, 16, 14, 12, 10, 21, 23, 25, 27, 29]


def test_a_gap_filled_late_does_not_pull_the_view_back():
    assert shown_in([0, 1, 3, 4, 5, 6, 7, 2, 8, 9]) == [0, 1, 3, 4, 5, 6, 7, 8, 9]


def test_a_random_scan_moves_with_what_arrives():
    order = np.random.default_rng(1).permutation(30).tolist()
    shown = shown_in(order)
    assert len(shown) > 20
    assert [i for i in order if i in set(shown)] == shown


def test_while_the_newest_is_late_the_one_before_is_shown():
    newest, progress = NewestFrame(), KeyProgress(1, (10,))
    progress.add(0, np.array([0]), np.array([6]))
    newest.add_completed(np.arange(6))
    assert list(newest.candidates(progress)) == [5, 4, 3]
    newest.mark_shown(4)
    assert list(newest.candidates(progress)) == [5]
    assert not newest.is_settled
    newest.give_up(5)
    assert newest.is_settled
    assert list(newest.candidates(progress)) == []


# ---- measuring


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">u4", "u8", "i1", "i2", ">i8"])
@given(data=st.data())
def test_integers_are_measured_exactly(dtype, data):
    frame = data.draw(hnp.arrays(np.dtype(dtype), hnp.array_shapes(max_dims=2, max_side=6)))
    found, values = measure(frame), [int(v) for v in frame.ravel()]
    assert (found["min"], found["max"], found["sum"]) == (min(values), max(values), sum(values))
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_sum_beyond_64_bits_is_exact():
    top = np.full((3, 5), np.iinfo(np.uint64).max, np.uint64)
    assert measure(top)["sum"] == 15 * (2**64 - 1)
    bottom = np.full(7, np.iinfo(np.int64).min, np.int64)
    assert measure(bottom)["sum"] == -7 * 2**63


def test_what_is_no_number_becomes_null():
    assert measure(np.array([1.0, np.nan])) == {"shape": [2], "dtype": "float64", "min": None, "max": None, "sum": None}
    assert measure(np.array([1.0, np.inf], np.float32))["min"] == 1.0
    assert measure(np.array([1.0, np.inf], np.float32))["max"] is None
    assert measure(np.array(2.5)) == {"shape": [], "dtype": "float64", "min": 2.5, "max": 2.5, "sum": 2.5}
    assert measure(np.array([True, False]))["sum"] == 1
    assert measure(np.zeros((0, 3), np.uint16))["max"] is None


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_complex_numbers_give_extremes_of_their_magnitude_and_both_parts_of_their_sum(dtype):
    frame = np.array([[3 + 4j, 1], [-6 - 8j, 2j]], dtype)
    assert measure(frame) == {"shape": [2, 2], "dtype": frame.dtype.name, "min": 1.0, "max": 10.0, "sum": [-2.0, -2.0]}
    frame[0, 0] = np.nan
    assert measure(frame) == {"shape": [2, 2], "dtype": frame.dtype.name, "min": None, "max": None, "sum": None}
    assert measure(np.zeros((0, 2), dtype))["sum"] == [0.0, 0.0]


def test_small_floats_are_added_in_double_precision():
    assert measure(np.full(100_000, 0.1, np.float16))["sum"] == pytest.approx(100_000 * float(np.float16(0.1)))


# ---- layout


@given(hnp.array_shapes(min_dims=0, max_dims=3, max_side=5000).filter(lambda s: np.prod(s) < 1e8), st.sampled_from(["u1", "<u2", "f8"]))
def test_a_slot_holds_both_and_the_preview_is_aligned(shape, dtype):
    layout = slot_layout(shape, np.dtype(dtype))
    n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
    assert layout.preview_offset >= n_bytes
    assert layout.preview_offset % 64 == 0
    assert layout.preview_factor >= 1
    assert layout.size >= layout.preview_offset + 4 * int(np.prod(layout.preview_shape))
    assert max(layout.preview_shape, default=0) <= 1400 or len(layout.view.axes) < 2
