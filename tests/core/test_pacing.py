"""How long to wait before a poll: by the kernel's word, by the beat of the keys, and by neither."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.pacing import Pace
from swmr_viewer.core.waiting import pause_after


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def detected(pace: Pace, clock: Clock, key_times: list[float]) -> tuple[list[float], int]:
    """Poll as the pace says where nobody tells; return how late each key was found (s) and how many polls it took."""
    late, n_polls, last = [], 0, clock.now
    pending = [clock.now + at for at in key_times]
    while pending:
        found = [at for at in pending if at <= clock.now]
        pace.note_poll(bool(found), None)
        late += [clock.now - at for at in found]
        pending = pending[len(found) :]
        last = clock.now if found else last
        n_polls += 1
        clock.now += pace.pause(clock.now - last, False).most_s + 0.0002
    return late, n_polls


@pytest.mark.parametrize("period_s", [0.25, 0.05, 0.01])
def test_steady_keys_are_found_at_their_beat_with_fewer_polls(period_s: float) -> None:
    jitter = np.random.default_rng(1).uniform(-0.0005, 0.0005, 200)
    times = (np.arange(1, 201) * period_s + jitter).tolist()
    clock = Clock()
    late, n_polls = detected(Pace(clock), clock, times)
    assert np.median(late[10:]) < 0.0006
    assert max(late[10:]) < 0.0015
    assert n_polls / 200 < max(14, 1.6 * period_s / 0.02)


def test_keys_without_a_beat_are_found_as_ever() -> None:
    times = np.cumsum(np.random.default_rng(2).exponential(0.1, 100)).tolist()
    clock = Clock()
    late, _ = detected(Pace(clock), clock, times)
    assert max(late) < 0.021


def test_a_beat_that_fails_is_not_waited_for() -> None:
    clock = Clock()
    pace = Pace(clock)
    detected(pace, clock, [0.1 * n for n in range(1, 12)])
    assert pace.pause(0.05, False).most_s == pytest.approx(0.02)
    for quiet_s in (0.15, 0.5, 1.0, 5.0):
        assert pace.pause(quiet_s, False).most_s == pause_after(quiet_s)


def told(pace: Pace, clock: Clock, *, found: bool = True, told: bool = True) -> None:
    clock.now += 0.5
    pace.note_poll(found, told)


def test_where_writes_are_told_of_polls_are_seldom() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.pause(5.0, True) == (0.0, 0.1)
    told(pace, clock)
    assert pace.pause(0.0, True) == (0.0, 0.05)
    clock.now += 1.0
    assert pace.pause(1.0, True) == (0.0, 0.25)


def test_keys_that_nobody_told_of_are_polled_for_until_all_of_many_are_told_of() -> None:
    clock = Clock()
    pace = Pace(clock)
    told(pace, clock)
    told(pace, clock, told=False)
    told(pace, clock, told=False)
    assert pace.pause(0.1, True).most_s < 0.02
    for _ in range(20):
        assert pace.pause(0.1, True).most_s < 0.021
        told(pace, clock)
    assert pace.pause(0.1, True).most_s == 0.05


def test_a_writer_that_writes_no_keys_is_polled_for_no_more_than_one_of_whose_writes_nobody_tells() -> None:
    clock = Clock()
    pace, began = Pace(clock), clock.now
    n_polls = 0
    while clock.now < began + 1.0:
        pace.note_poll(False, True)
        n_polls += 1
        clock.now += pace.pause(clock.now - began, True).least_s + 0.00001
    assert 100 < n_polls < 200


def test_a_writer_at_full_speed_is_polled_for_a_thousand_times_a_second_at_most() -> None:
    clock = Clock()
    pace, n_polls, end = Pace(clock), 0, clock.now + 1.0
    while clock.now < end:
        pace.note_poll(True, True)
        n_polls += 1
        clock.now += pace.pause(0.0, True).least_s + 0.00001
    assert 900 < n_polls < 1020


def test_polls_that_followed_one_another_at_once_are_not_paid_for_by_a_pause() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(10_000):  # keys come faster than they are polled for: nobody waits between polls
        clock.now += 0.0001
        pace.note_poll(True, True)
    pause = pace.pause(0.0, True)
    assert pause.least_s <= pause_after(0.0)
    assert pause.least_s <= pause.most_s
