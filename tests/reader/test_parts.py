"""The pure parts of supervision: health, what is resumed, readers that fail, inspections that wait for their answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.core.errors import FailureKind
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
    SetLookingOn,
    ShowIndex,
    ShowLive,
    Stop,
)
from swmr_viewer.reader.supervision.health import Health
from swmr_viewer.reader.supervision.pending_inspections import PendingInspections
from swmr_viewer.reader.supervision.reader_failures import DEATHS_IN_A_ROW, DEATHS_WHILE_OPENING, SECOND_TRY_S, ReaderFailures
from swmr_viewer.reader.supervision.resumption import Resumption

OPENED = Opened(1, "f", (3,), ("/k",), (), None, 64)


# ---- health


def test_a_silent_reader_is_told_of_every_second_and_killed_after_the_limit():
    health = Health(stuck_after_s=30.0, now=0.0)
    health.note_sign_of_life(1.0)
    told = [now for now in np.arange(1.0, 31.0, 0.25) if health.check(float(now)).stuck_s is not None]
    assert told == [float(s) for s in range(3, 31)]
    assert health.check(31.0).kill
    health.note_sign_of_life(31.5)
    assert not health.check(32.0).kill
    assert not health.is_reported


def test_a_starting_reader_has_time():
    health = Health(stuck_after_s=1.0, now=0.0)
    assert not health.check(9.0).kill
    assert health.check(9.5).stuck_s is None
    assert health.check(10.5).stuck_s == 10.5
    assert not any(health.check(float(now)).kill for now in np.arange(11.5, 60.0))
    assert health.check(60.0).kill


def test_time_in_which_nobody_listened_is_not_held_against_a_reader():
    health = Health(stuck_after_s=30.0, now=0.0)
    health.note_sign_of_life(1.0)
    assert not health.check(1.5).kill
    assert not health.check(3601.5).kill  # the computer slept
    silent_s = [float(now) for now in np.arange(3602.0, 3640.0, 0.5) if health.check(float(now)).kill]
    assert silent_s[0] == pytest.approx(3630.0, abs=1.0)


@given(st.floats(0.2, 100), st.lists(st.floats(0, 5), max_size=20))
def test_the_next_check_is_when_the_verdict_changes(stuck_after_s, gaps):
    health, now = Health(stuck_after_s, 0.0), 0.0
    for gap in gaps:
        health.note_sign_of_life(now)
        now += gap
        health.check(now)
        pause_s = health.next_check_s(now)
        quiet = Health(stuck_after_s, 0.0)
        quiet.__dict__.update(health.__dict__)
        verdict = quiet.check(now + pause_s * 0.999 - 1e-9)
        assert pause_s == 0 or not verdict.kill
        assert health.check(now + pause_s + 1e-6) != quiet.check(now) or pause_s == 0


def test_a_reader_that_waits_for_a_processor_is_not_stuck():
    starved = [0.0]
    health = Health(10.0, 0.0, lambda: starved[0])
    health.note_sign_of_life(1.0)
    verdicts = []
    for now in np.arange(1.5, 101.0, 0.5):
        starved[0] = 0.9 * (now - 1.0)  # it gets a tenth of one
        verdicts.append((float(now), health.check(float(now))))
    told = [(now, verdict.stuck_s) for now, verdict in verdicts if verdict.stuck_s is not None]
    assert told[0][0] == pytest.approx(21.0, abs=0.5)
    assert told[0][1] == pytest.approx(2.0, abs=0.1)
    assert not any(verdict.kill for _, verdict in verdicts)
    assert health.check(101.5).kill


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
    assert (state.requests()[0].ended_reason, state.requests()[0].ended_still_following) == ("timeout", True)
    state.note_sent(SetLookingOn(1, False))
    assert not state.requests()[0].request.looks_on
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
    assert state.to_forward(opened) == opened
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
    assert lost_s == 30.0 + SECOND_TRY_S


def test_frame_after_frame_that_hangs_costs_one_limit():
    reader_failures = ReaderFailures(30.0, 0.0)
    lost_s = sum(hang(reader_failures, busy_with(index, (index,))) for index in (0, 0, 1, 1))
    assert list(reader_failures.unreadable) == [("/d", (0,)), ("/d", (1,))]
    assert lost_s == 30.0 + 3 * SECOND_TRY_S
    assert reader_failures.is_hopeless


def test_good_frames_in_between_keep_hope_and_the_short_limit():
    reader_failures = ReaderFailures(30.0, 0.0)
    for index in range(20):
        hang(reader_failures, busy_with(index, (index,)))
        reader_failures.note_progress()
    assert not reader_failures.is_hopeless
    assert reader_failures.kill_after_s(OPENS) == SECOND_TRY_S
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
    assert hang(reader_failures, first) + hang(reader_failures, ASKS) == 30.0 + SECOND_TRY_S
    assert reader_failures.is_hopeless
    assert reader_failures.is_of_storage
    reader_failures = ReaderFailures(30.0, 100.0)
    waited = hang(reader_failures, first)
    while not reader_failures.is_hopeless:
        waited += hang(reader_failures, ASKS)
    assert 100.0 <= waited <= 130.0


def test_what_is_hopeless_is_looked_at_again_more_and_more_seldom():
    reader_failures = ReaderFailures(30.0, None)
    pauses = [reader_failures.next_pause_s() for _ in range(6)]
    assert pauses == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]
    reader_failures.note_progress()
    assert reader_failures.next_pause_s() == 10.0
    assert ReaderFailures(30.0, 0.0).next_pause_s() is None


def test_what_was_given_up_has_the_whole_limit_again_after_a_pause():
    reader_failures = ReaderFailures(30.0, None)
    while not reader_failures.is_hopeless:
        hang(reader_failures, OPENS)
    assert reader_failures.next_pause_s() == 10.0
    assert reader_failures.kill_after_s(OPENS) == 30.0  # storage that is only slow opens within it
    hang(reader_failures, OPENS)
    assert reader_failures.is_hopeless


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
    inspections = PendingInspections()
    first, second = inspections.inspect("a"), inspections.preview(FollowRequest("b", data_paths=("/d",)))
    assert inspections.note_death(inspections.oldest(), "x") is None
    assert inspections.requests() == (first, second)
    answer = inspections.note_death(inspections.oldest(), "x")
    assert isinstance(answer, Inspected)
    assert (answer.request_id, answer.inspection) == (first.request_id, None)
    assert "a cannot be inspected" in answer.message
    assert inspections.requests() == (second,)
    assert inspections.note_death(inspections.oldest(), "y") is None
    answer = inspections.note_death(inspections.oldest(), "y")
    assert isinstance(answer, Previewed)
    assert (answer.request_id, answer.data_path, answer.thumbnail) == (second.request_id, "/d", None)
    assert "ended the reader 2 times (y)" in answer.message
    assert inspections.requests() == ()


def test_without_a_reader_every_look_is_answered():
    inspections = PendingInspections()
    asked = (inspections.inspect("a"), inspections.preview(FollowRequest("b", data_paths=("/d",))))
    answers = inspections.give_up("no process")
    assert [type(one) for one in answers] == [Inspected, Previewed]
    assert [(one.request_id, one.message, one.kind) for one in answers] == [
        (one.request_id, "no process", FailureKind.READER) for one in asked
    ]
    assert inspections.requests() == ()
