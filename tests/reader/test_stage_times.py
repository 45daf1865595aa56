"""What each stage of the last frames took."""

from __future__ import annotations

import pytest

from swmr_viewer.reader.messages import FrameTimes
from swmr_viewer.reader.stage_times import Stage, StageTimes, ms_text


def note(stages: StageTimes, at_s: float, *spans_ms: float) -> None:
    """Note a frame whose key was seen then and whose stages took so long."""
    passed = [at_s]
    for span in spans_ms:
        passed.append(passed[-1] + span / 1000)
    times = FrameTimes(*passed[:4], sent=passed[3])
    stages.note(times, passed[4], passed[5:])


def test_an_account_names_the_median_and_p99_of_each_stage_and_the_slowest_stage() -> None:
    stages = StageTimes()
    for n in range(100):
        note(stages, 5.0 + n, 0.5, 2.0, 0.75, 0.5, 0.25, 3.0 if n % 50 else 70.0)
    account = stages.account()
    assert account.n_frames == 100
    assert [one.stage for one in account.stages] == list(Stage)
    assert [1000 * one.median_s for one in account.stages] == pytest.approx([0.5, 2.0, 0.75, 0.5, 0.25, 3.0])
    assert 1000 * account.stages[-1].p99_s == pytest.approx(70.0)
    assert (1000 * account.median_s, 1000 * account.p99_s) == pytest.approx((7.0, 74.0))
    assert account.slowest is account.stages[-1]
    assert account.slowest_text == "Slowest: painting, 3.0 ms of 7.0"


def test_only_the_last_frames_count() -> None:
    stages = StageTimes(n_kept=3)
    for span in (100.0, 100.0, 1.0, 1.0, 1.0):
        note(stages, 0.0, span, 0.0, 0.0, 0.0)
    account = stages.account()
    assert (account.n_frames, account.stages[0].p99_s) == (3, pytest.approx(0.001))


def test_without_a_window_the_stages_end_where_the_frame_is_handed_over() -> None:
    stages = StageTimes()
    note(stages, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    note(stages, 1.0, 1.0, 2.0, 3.0, 4.0)
    account = stages.account()
    assert (account.n_frames, account.stages[-1].stage) == (1, Stage.SENDING)


def test_without_frames_nothing_is_slow() -> None:
    account = StageTimes().account()
    assert (account.n_frames, account.stages, account.slowest, account.slowest_text) == (0, (), None, "")


def test_a_clock_that_goes_in_steps_gives_no_time_below_none() -> None:
    stages = StageTimes()
    note(stages, 0.0, 1.0, 2.0, -0.5, 0.5)
    assert stages.account().stages[2].median_s == 0.0


@pytest.mark.parametrize(("seconds", "words"), [(0.0, "0.00"), (0.00008, "0.08"), (0.000996, "1.0"), (0.0031, "3.1"), (0.14, "140")])
def test_times_are_told_in_milliseconds(seconds: float, words: str) -> None:
    assert ms_text(seconds) == words
