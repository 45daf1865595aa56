"""How far a run is, in words; and what is chosen, as it is kept (pure)."""

from __future__ import annotations

import dataclasses
import json

import pytest

from swmr_viewer.engines import EngineKind
from swmr_viewer.gui.look.settings import from_plain, to_plain
from swmr_viewer.gui.reductions.reduction_choice import MOST_TEXT, ChosenReduction, checked, worth_keeping
from swmr_viewer.gui.reductions.run_state import MOST_TOLD, RunState, duration_text
from swmr_viewer.reducing.messages import (
    FrameFailed,
    Noted,
    Prepared,
    ReduceRequest,
    ReductionChoice,
    ReductionEnded,
    ReductionFailed,
    ReductionProgress,
)

PREPARED = Prepared("radial", "/d", ("/k",), (4, 5), (), "2 threads", "", 0)
PROGRESS = ReductionProgress(5, 1, 12, 20, 3, 12.34, 75.0, 2.5)


def run() -> RunState:
    return RunState(ReduceRequest("/scan.h5", ReductionChoice("radial")), "/d")


def test_progress_says_rate_time_left_and_how_far_behind() -> None:
    state = run()
    assert state.words == "Getting ready \u2026"
    state.note(PREPARED)
    assert state.words == "On 2 threads"
    state.note(PROGRESS)
    assert state.words == "5 of 20 reduced   12/s   75 s left   2.5 s behind"
    assert state.share == pytest.approx(0.3)  # one that failed is over as well
    state.note(dataclasses.replace(PROGRESS, n_reduced=11, lag_s=0.0))
    assert state.words == "11 of 20 reduced   all that is complete"
    state.note(dataclasses.replace(PROGRESS, n_total=None))
    assert state.words.startswith("5 of 12 reduced")


def test_results_that_an_output_had_before_are_told_apart() -> None:
    state = run()
    state.note(dataclasses.replace(PREPARED, n_taken_up=1200))
    state.note(PROGRESS)
    assert "1\u2009200 of them were in the file before" in state.words


@pytest.mark.parametrize(
    ("reason", "is_finished", "words"),
    [
        ("all_keys", True, "Done: 1 frame reduced"),
        ("stopped", False, "Stopped: 1 frame reduced"),
        ("timeout", False, "Done: 1 frame reduced (the scan did not end by itself)"),
        ("file_replaced", False, "Another scan has the name of this file: 1 frame reduced"),
    ],
)
def test_ends_are_told_apart(reason: str, is_finished: bool, words: str) -> None:
    state = run()
    state.note(ReductionEnded(reason, 1, 0, 1, 1, is_finished))
    assert state.is_over
    assert state.words == words


def test_a_failure_is_its_sentence() -> None:
    state = run()
    state.note(ReductionFailed("There is no file.", "Look for it."))
    assert state.words == "There is no file. Look for it."


def test_faults_are_bounded_and_counted() -> None:
    state = run()
    for index in range(3 * MOST_TOLD):
        state.note(FrameFailed(index, (0, index), "no"))
    state.note(Noted("A worker was lost."))
    assert len(state.told) == MOST_TOLD
    assert state.told[-1] == "A worker was lost."


def test_durations_are_short() -> None:
    assert [duration_text(seconds) for seconds in (0.2, 12.4, 89, 300, 9000)] == ["1 s", "12 s", "89 s", "5 min", "2.5 h"]


# ---- what is chosen


def test_what_is_typed_is_kept_for_each_reduction() -> None:
    chosen = ChosenReduction("radial").with_text("bins", "100").with_text("unit", "mm")
    other = dataclasses.replace(chosen, name="statistics").with_text("whole", "no")
    assert other.texts == {"whole": "no"}
    assert dataclasses.replace(other, name="radial").texts == {"bins": "100", "unit": "mm"}
    assert dataclasses.replace(other, name="radial").with_text("bins", "").texts == {"unit": "mm"}
    assert from_plain(ChosenReduction, json.loads(json.dumps(to_plain(other)))) == other


def test_scripts_and_nonsense_are_not_remembered() -> None:
    script = ChosenReduction("/home/me/mine.py:Mine").with_text("n", "1")
    assert worth_keeping(script) == ChosenReduction()
    assert checked(script) == ChosenReduction()
    for wrong in (ChosenReduction("x", n_workers=-1), ChosenReduction("x").with_text("regions", "x" * (MOST_TEXT + 1))):
        with pytest.raises(ValueError, match="ChosenReduction"):
            checked(wrong)


def test_a_scheduler_counts_only_where_dask_is_chosen() -> None:
    chosen = ChosenReduction("radial", scheduler=" tcp://a:1 ", n_workers=3)
    assert (chosen.where.scheduler, chosen.where.n_workers) == ("", 3)
    assert dataclasses.replace(chosen, engine=EngineKind.DASK).where.scheduler == "tcp://a:1"
