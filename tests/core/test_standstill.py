"""What counts as time in which nobody looked for keys, and what does not."""

from __future__ import annotations

from swmr_viewer.core.standstill import Standstill


def test_polls_that_come_when_they_are_due_stand_still_for_no_time() -> None:
    standstill = Standstill(100.0)
    for now in (100.0, 101.0, 103.5):
        standstill.note_poll(now)
        standstill.note_pause(now + 0.5, 1.0)
    assert standstill.seconds == 0


def test_a_poll_that_is_far_too_late_stood_still_since_it_was_due() -> None:
    standstill = Standstill(100.0)
    standstill.note_pause(100.0, 1.0)
    standstill.note_poll(161.0)
    standstill.note_poll(161.5)
    assert standstill.seconds == 60.0


def test_of_slow_storage_two_seconds_of_each_poll_count_so_that_a_timeout_does_end_a_scan() -> None:
    standstill = Standstill(100.0)
    for now in (105.0, 110.0, 115.0, 120.0):  # each reads for five seconds
        standstill.note_poll(now)
    assert standstill.seconds == 4 * 3.0


def test_it_is_summed_up_anew_when_that_is_wished() -> None:
    standstill = Standstill(100.0)
    standstill.note_poll(200.0)
    standstill.begin(300.0)
    standstill.note_poll(301.0)
    assert standstill.seconds == 0
