"""One plain state at all times, and what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import Ended, Failed, Phase
from swmr_viewer.scan_model.state import Facts, StateKind, is_finished, resolve_state

AT = datetime(2026, 3, 4, 20, 12, 57)
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
        ("finished_flag", 20, 20, "Ended: finished flag at 20:12:57"),
        ("finished_flag", 3, 20, "Ended before it was complete: 3 of 20"),
        ("all_keys", 20, 20, "Ended: all keys set at 20:12:57"),
        ("file_closed", 20, 20, "Ended: file closed at 20:12:57"),
        ("file_closed", 64, 600, "Ended before it was complete: 64 of 600"),
        ("file_closed", 0, 0, "Ended: file closed at 20:12:57"),
        ("frame_count", 20, 20, "Ended: frame count at 20:12:57"),
        ("timeout", 7, 20, "Ended before it was complete: 7 of 20"),
        ("timeout", 20, 20, "Ended: timeout at 20:12:57"),
        ("stopped", 7, 20, "Stopped by you at 20:12:57"),
    ],
)
def test_an_end_is_told_with_its_time_and_first_of_all_that_points_are_missing(reason: str, complete: int, total: int, words: str) -> None:
    state = resolve_state(replace(FOLLOWING, ended=Ended(1, reason, complete, total, at=AT.timestamp()), now=AT))
    assert state.text == words
    if "before it was complete" in words:
        assert f"{complete} of {total} points are complete." in state.detail
        assert "20:12:57" in state.detail
        assert state.shorter[0] == f"Incomplete: {complete} of {total}"


def test_when_it_ended_is_said_only_where_that_is_known() -> None:
    ended = Ended(1, "all_keys", 12, 12, at=AT.timestamp())

    def told(**changes: object) -> str:
        return resolve_state(replace(FOLLOWING, ended=replace(ended, **changes), now=AT)).text  # type: ignore[arg-type]

    assert told() == "Ended: all keys set at 20:12:57"
    assert told(was_over=True) == "Ended: all keys set, last written 20:12:57"
    assert told(was_over=True, at=AT.timestamp() - 40 * 86_400) == "Ended: all keys set, last written 2026-01-23 20:12"
    assert told(was_over=True, at=None) == "Ended: all keys set"
    assert told(at=None) == "Ended: all keys set"


def test_a_pause_counts_on_and_says_that_it_looks() -> None:
    paused = replace(FOLLOWING, ended=Ended(1, "timeout", 1, 2, still_following=True))
    told = [resolve_state(replace(paused, quiet_s=quiet_s)).text for quiet_s in (10.0, 42.0, 300.0, None)]
    assert told == [
        "Paused: no key for 10 s, still looking",
        "Paused: no key for 42 s, still looking",
        "Paused: no key for 5 min, still looking",
        "Paused: no key yet, still looking",
    ]


def test_a_scan_is_said_to_run_only_when_keys_came() -> None:
    assert resolve_state(FOLLOWING).text == "Scan running"
    assert resolve_state(replace(FOLLOWING, key_came=False)).text == "Following: no new key yet"
    assert resolve_state(replace(FOLLOWING, quiet_s=None)).text == "Following: no key yet"


@pytest.mark.parametrize(
    ("reason", "complete", "total", "is_so"),
    [
        ("finished_flag", 3, 20, True),
        ("all_keys", 20, 20, True),
        ("file_closed", 20, 20, True),
        ("file_closed", 19, 20, False),
        ("file_closed", 0, 0, False),
        ("frame_count", 20, 20, False),
        ("timeout", 7, 20, False),
        ("always_true", 7, 20, False),
    ],
)
def test_finished_is_only_what_is_complete_or_flagged(reason: str, complete: int, total: int, is_so: bool) -> None:
    assert is_finished(Ended(1, reason, complete, total)) is is_so
