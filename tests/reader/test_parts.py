"""The pure parts: health, ready_times, the newest frame, what is measured, what is resumed, how a slot is laid out."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.reader.child.frame_order import NewestFrame
from swmr_viewer.reader.child.measured_delivery import ReadyTimes, measure
from swmr_viewer.reader.child.reader_slots import slot_layout
from swmr_viewer.reader.messages import (
    Busy,
    DataDescription,
    Ended,
    EveryFrameBegan,
    Fault,
    Follow,
    FollowRequest,
    FrameMeasured,
    Heartbeat,
    Inspected,
    KeysChanged,
    Opened,
    Previewed,
    Resume,
    Resumed,
    SetConditions,
    SetEveryFrame,
    ShowIndex,
    ShowLive,
    Stop,
)
from swmr_viewer.reader.supervision.health import Health
from swmr_viewer.reader.supervision.pending_inspections import PendingInspections
from swmr_viewer.reader.supervision.reader_failures import DEATHS_IN_A_ROW, DEATHS_WHILE_OPENING, SECOND_LOOK_S, ReaderFailures
from swmr_viewer.reader.supervision.resumption import Resumption

OPENED = Opened(1, "f", (3,), ("/k",), (), None, 64)


# ---- health


def test_a_silent_reader_is_told_of_every_second_and_killed_after_the_limit():
    health = Health(stuck_after_s=30.0, now=0.0)
    health.heard(1.0)
    told = [now for now in np.arange(1.0, 31.0, 0.25) if health.judge(float(now)).tell_stuck_s is not None]
    assert told == [float(s) for s in range(3, 31)]
    assert health.judge(31.0).kill
    health.heard(31.5)
    assert not health.judge(32.0).kill
    assert not health.is_told


def test_a_starting_reader_has_time():
    health = Health(stuck_after_s=1.0, now=0.0)
    assert not health.judge(9.0).kill
    assert health.judge(9.5).tell_stuck_s is None
    assert health.judge(10.5).tell_stuck_s == 10.5
    assert health.judge(60.0).kill


@given(st.floats(0.2, 100), st.lists(st.floats(0, 5), max_size=20))
def test_the_next_check_is_when_the_verdict_changes(stuck_after_s, gaps):
    health, now = Health(stuck_after_s, 0.0), 0.0
    for gap in gaps:
        health.heard(now)
        now += gap
        health.judge(now)
        pause_s = health.next_check_s(now)
        quiet = Health(stuck_after_s, 0.0)
        quiet.__dict__.update(health.__dict__)
        verdict = quiet.judge(now + pause_s * 0.999 - 1e-9)
        assert pause_s == 0 or not verdict.kill
        assert health.judge(now + pause_s + 1e-6) != quiet.judge(now) or pause_s == 0


# ---- ready_times


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
    assert len(ready_times._ready) < 110


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


# ---- resumption


def resumption(**options):
    return Resumption(1, FollowRequest("f", conditions=(Timeout(10.0),), **options))


def test_a_new_reader_is_told_what_was_last_asked_for():
    state = resumption()
    state.note_sent(ShowIndex(1, 7))
    state.note_sent(SetConditions(1, (AllKeys(),)))
    state.note_death()
    follow, shown = state.requests()
    assert follow.request.conditions == (AllKeys(),)
    assert shown == ShowIndex(1, 7)
    state.note_sent(ShowLive(1))
    assert state.requests()[1:] == (ShowLive(1),)


def test_a_new_reader_is_asked_for_the_same_point_when_the_scan_grew():
    state = resumption()
    state.note_sent(ShowIndex(1, 4, None, (2, 3)))
    state.note_event(KeysChanged(1, (3, 5), ((np.array([0]), np.array([10])),), True, 0.0))
    state.note_death()
    assert state.requests()[1:] == (ShowIndex(1, 4, None, (2, 3)),)  # the number and what it counts on belong together


def test_delivered_frames_are_not_delivered_again():
    state = resumption(every_frame=True)
    state.note_event(OPENED)
    for index in (0, 2, 1):
        state.note_event(FrameMeasured(1, index, (index,), {}))
    (follow,) = state.requests()
    assert isinstance(follow, Follow)
    assert follow.delivered is not None
    assert follow.delivered.tolist() == [0, 2, 1]


def test_an_end_is_not_announced_twice_and_a_resume_is_not_forgotten():
    state = resumption()
    state.note_event(Ended(1, "timeout", 2, 3))
    assert state.requests()[0].ended_reason == "timeout"
    state.note_sent(Resume(1))
    assert state.requests()[0].ended_reason is None
    state.note_sent(Stop(1))
    assert state.requests()[1:] == (Stop(1),)
    state.note_event(Ended(1, "timeout", 2, 3, still_following=True))
    state.note_event(Resumed(1))
    assert state.requests()[0].ended_reason is None


def busy_with(index: int, position: tuple[int, ...], path: str = "/d") -> Busy:
    return Busy(1, f"reading frame {index} of {path}", index, path, position)


def test_a_frame_that_kills_twice_is_given_up_and_others_are_not_blamed():
    state = resumption()
    state.note_event(OPENED)
    state.note_event(busy_with(4, (4,)))
    assert state.note_death() is None
    state.note_event(busy_with(5, (5,)))
    state.note_event(Heartbeat(1))
    assert state.note_death() is None
    state.note_event(busy_with(4, (4,), "/other"))
    assert state.note_death() is None  # another data set's frame of that number
    state.note_event(busy_with(4, (4,)))
    assert state.note_death() == busy_with(4, (4,))
    assert state.requests()[0].unreadable == (("/d", (4,)),)
    assert not state.is_hopeless


def test_a_frame_is_known_by_its_position_when_its_index_moves():
    state = resumption()
    state.note_event(busy_with(4, (1, 0)))  # on (3, 4)
    assert state.note_death() is None
    state.note_event(busy_with(4, (0, 4)))  # on (3, 6)
    assert state.note_death() is None
    state.note_event(busy_with(6, (1, 0)))
    assert state.note_death() is not None
    assert state.requests()[0].unreadable == (("/d", (1, 0)),)


def test_delivered_frames_move_with_the_scan_shape():
    state = resumption(every_frame=True)
    state.note_event(FrameMeasured(1, 4, (1, 0), {}, (3, 4)))
    state.note_event(FrameMeasured(1, 2, (0, 2), {}, (3, 6)))
    follow = state.requests()[0]
    assert follow.delivered.tolist() == [6, 2]
    assert follow.delivered_shape == (3, 6)


def test_a_fault_of_a_data_set_that_is_not_shown_passes_no_frame():
    state = resumption()
    opened = replace(OPENED, data=(DataDescription("/d", (2,), "<u2"), DataDescription("/other", (2,), "<u2")))
    assert state.news_in(opened) == opened
    state.note_event(opened)
    state.note_sent(SetEveryFrame(1, True))
    state.note_event(EveryFrameBegan(1, np.empty(0, np.int64), (3,)))
    state.note_event(Fault(1, "cannot be measured", 1, "/other"))
    state.note_event(Fault(1, "cannot be read", 2, "/d"))
    every = next(request for request in state.requests() if isinstance(request, SetEveryFrame))
    assert every.passed.tolist() == [2]


# ---- reader_failures

ASKS = Busy(1, "asking the storage for f", asks_storage=True)
OPENS = Busy(1, "opening f")


def hang(reader_failures: ReaderFailures, busy: Busy) -> float:
    """Let a reader hang at this until it is killed, and return the seconds that it cost."""
    silent_s = reader_failures.kill_after_s(busy)
    reader_failures.note(busy, silent_s)
    return silent_s


def test_damage_costs_one_limit_and_a_short_look():
    reader_failures = ReaderFailures(30.0, 0.0)
    lost_s = hang(reader_failures, OPENS)
    assert not reader_failures.is_hopeless
    lost_s += hang(reader_failures, OPENS)
    assert reader_failures.is_hopeless
    assert not reader_failures.is_of_storage
    assert lost_s == 30.0 + SECOND_LOOK_S


def test_frame_after_frame_that_hangs_costs_one_limit():
    reader_failures = ReaderFailures(30.0, 0.0)
    lost_s = sum(hang(reader_failures, busy_with(index, (index,))) for index in (0, 0, 1, 1))
    assert list(reader_failures.unreadable) == [("/d", (0,)), ("/d", (1,))]
    assert lost_s == 30.0 + 3 * SECOND_LOOK_S
    assert reader_failures.is_hopeless


def test_good_frames_in_between_keep_hope_and_the_short_limit():
    reader_failures = ReaderFailures(30.0, 0.0)
    for index in range(20):
        hang(reader_failures, busy_with(index, (index,)))
        reader_failures.note_progress()
    assert not reader_failures.is_hopeless
    assert reader_failures.kill_after_s(OPENS) == SECOND_LOOK_S
    reader_failures.note_long_life()
    assert reader_failures.kill_after_s(OPENS) == 30.0


def test_storage_that_is_away_is_waited_for_and_blames_nothing():
    reader_failures = ReaderFailures(30.0, None)
    hang(reader_failures, busy_with(4, (4,)))
    waited = [hang(reader_failures, ASKS) for _ in range(8)]
    assert waited == [30.0, 60.0, 120.0, 240.0, *[480.0] * 4]  # each process that waits for dead storage stays until it answers
    assert reader_failures.is_of_storage
    assert not reader_failures.is_hopeless
    reader_failures.note_storage_answers()
    assert reader_failures.kill_after_s(OPENS) == 30.0  # what hung before was the storage
    hang(reader_failures, busy_with(4, (4,)))
    assert not reader_failures.unreadable


@pytest.mark.parametrize("first", [OPENS, ASKS])
def test_a_command_waits_for_storage_as_long_as_it_was_told(first: Busy):
    reader_failures = ReaderFailures(30.0, 0.0)
    assert hang(reader_failures, first) + hang(reader_failures, ASKS) == 30.0 + SECOND_LOOK_S
    assert reader_failures.is_hopeless
    assert reader_failures.is_of_storage
    reader_failures = ReaderFailures(30.0, 100.0)
    waited = hang(reader_failures, first)
    while not reader_failures.is_hopeless:
        waited += hang(reader_failures, ASKS)
    assert 100.0 <= waited <= 130.0


def test_what_is_hopeless_is_looked_at_again_more_and_more_seldom():
    reader_failures = ReaderFailures(30.0, None)
    rests = [reader_failures.take_rest_s() for _ in range(6)]
    assert rests == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]
    reader_failures.note_progress()
    assert reader_failures.take_rest_s() == 10.0
    assert ReaderFailures(30.0, 0.0).take_rest_s() is None


def test_a_file_that_kills_every_reader_is_given_up():
    state = resumption()
    for n in range(1, DEATHS_WHILE_OPENING + 1):
        assert not state.is_hopeless
        state.note_event(Busy(1, "opening f"))
        state.note_death()
        assert state.is_hopeless == (n == DEATHS_WHILE_OPENING)
    state = resumption()
    for _ in range(DEATHS_IN_A_ROW):
        assert not state.is_hopeless
        state.note_event(OPENED)
        state.note_death()
    assert state.is_hopeless


def test_a_look_that_kills_twice_is_answered():
    looks = PendingInspections()
    first, second = looks.inspect("a"), looks.preview(FollowRequest("b", data_paths=("/d",)))
    assert looks.note_death(looks.oldest(), "x") is None
    assert looks.requests() == (first, second)
    answer = looks.note_death(looks.oldest(), "x")
    assert isinstance(answer, Inspected)
    assert (answer.request_id, answer.inspection) == (first.request_id, None)
    assert "a cannot be inspected" in answer.message
    assert looks.requests() == (second,)
    assert looks.note_death(looks.oldest(), "y") is None
    answer = looks.note_death(looks.oldest(), "y")
    assert isinstance(answer, Previewed)
    assert (answer.request_id, answer.data_path, answer.thumbnail) == (second.request_id, "/d", None)
    assert "ended the reader 2 times (y)" in answer.message
    assert looks.requests() == ()


def test_without_a_reader_every_look_is_answered():
    looks = PendingInspections()
    asked = (looks.inspect("a"), looks.preview(FollowRequest("b", data_paths=("/d",))))
    answers = looks.give_up("no process")
    assert [type(one) for one in answers] == [Inspected, Previewed]
    assert [(one.request_id, one.message, one.kind) for one in answers] == [(one.request_id, "no process", "ReaderError") for one in asked]
    assert looks.requests() == ()
