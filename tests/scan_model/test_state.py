"""One plain state at all times, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import Ended, Failed, Phase
from swmr_viewer.scan_model.state import Facts, StateKind, resolve_state

FOLLOWING = Facts(True, Phase.FOLLOWING, quiet_s=0.1, rate=10.0)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (Facts(False), StateKind.EMPTY),
        (Facts(True, Phase.WAITING_FOR_FILE), StateKind.WAITING_FOR_FILE),
        (Facts(True, Phase.WAITING_FOR_SWMR), StateKind.WAITING_FOR_SWMR),
        (Facts(True, Phase.WAITING_FOR_KEYS), StateKind.WAITING_FOR_KEYS),
        (FOLLOWING, StateKind.LIVE),
        (replace(FOLLOWING, quiet_s=3.0), StateKind.QUIET),
        (replace(FOLLOWING, quiet_s=3.0, rate=0.5), StateKind.LIVE),  # three seconds are usual for a frame every two
        (replace(FOLLOWING, stuck_s=3.0), StateKind.STORAGE),
        (replace(FOLLOWING, stuck_s=3.0, ended=Ended(1, "timeout", 1, 2)), StateKind.FINISHED),
        (replace(FOLLOWING, ended=Ended(1, "stopped", 1, 2)), StateKind.STOPPED),
        (replace(FOLLOWING, ended=Ended(1, "timeout", 1, 2, still_following=True)), StateKind.LOOKING),
        (replace(FOLLOWING, stuck_s=3.0, ended=Ended(1, "timeout", 1, 2, still_following=True)), StateKind.STORAGE),
        (replace(FOLLOWING, failed=Failed(1, "No.", "Do.", "", FailureKind.PATH)), StateKind.FAILED),
    ],
)
def test_one_plain_state_at_all_times(facts: Facts, kind: StateKind) -> None:
    state = resolve_state(facts)
    assert state.kind is kind
    assert state.text


@pytest.mark.parametrize(
    ("reason", "complete", "total", "words"),
    [
        ("finished_flag", 3, 20, "Finished: flag set"),
        ("all_keys", 20, 20, "Finished: all keys set"),
        ("file_closed", 20, 20, "Finished: file closed"),
        ("file_closed", 19, 20, "Ended: file closed"),
        ("file_closed", 0, 0, "Ended: file closed"),
        ("frame_count", 20, 20, "Ended: frame count"),
        ("timeout", 7, 20, "Ended: timeout"),
        ("always_true", 7, 20, "Ended: all read"),
    ],
)
def test_finished_is_said_only_of_what_is_complete_or_flagged(reason: str, complete: int, total: int, words: str) -> None:
    state = resolve_state(replace(FOLLOWING, ended=Ended(1, reason, complete, total)))
    assert state.text == words
    assert (f"{complete} of {total} points" in state.detail) is (words.startswith("Ended") and complete < total)
