"""The process that reduces: events, orders, deaths, its end. The processes are real, the job is scripted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from swmr_viewer.reducing.messages import (
    Described,
    FrameFailed,
    Noted,
    Prepared,
    Reduced,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ReductionProgress,
    ShownReduced,
)
from swmr_viewer.reducing.process import ReductionProcess
from tests.reducing.process.scripted_jobs import DeafJob, NoisyJob, ScriptedJob, request_for

WAIT_S = 60.0
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


class Listened(ReductionProcess):
    """Keeps what came and was not looked at."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.left: list[ReductionEvent] = []


@pytest.fixture
def process() -> Iterator[Listened]:
    one = Listened(make_job=ScriptedJob, stuck_after_s=2.0)
    yield one
    one.close(0.0)


def until(process: Listened, *kinds: type) -> list[ReductionEvent]:
    """Return what comes, up to the first event of these kinds; what came with it waits for the next call."""
    events: list[ReductionEvent] = []
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        process.left += [] if process.left else process.wait(1.0)
        while process.left:
            events.append(process.left.pop(0))
            if isinstance(events[-1], kinds):
                return events
    raise AssertionError(f"no {kinds} among {events}")


def indices(events: list[ReductionEvent]) -> list[int]:
    return [int(index) for event in events if isinstance(event, Reduced) for index in event.indices]


def test_a_run_from_its_beginning_to_its_end_and_another(process: Listened) -> None:
    assert process.pid is None
    for n in (5, 3):
        process.start(request_for({"n": n, "fails": 1}))
        events = until(process, ReductionEnded)
        assert isinstance(events[0], Prepared)
        assert indices(events) == list(range(n))
        assert [event.index for event in events if isinstance(event, FrameFailed)] == [1]
        assert events[-1] == ReductionEnded("all_keys", n, 0, n, n, True)
        assert not process.is_running
    assert process.pid is not None


def test_it_is_stopped_and_shows_what_is_asked_for(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"waits": True, "folder": str(tmp_path)}))
    process.show(2, (4,))
    shown = until(process, ShownReduced)[-1]
    assert isinstance(shown, ShownReduced)
    assert (shown.index, shown.outputs["number"]) == (2, 2.0)
    until(process, ReductionProgress)
    process.stop()
    ended = until(process, ReductionEnded)[-1]
    assert isinstance(ended, ReductionEnded)
    assert (ended.reason, ended.is_finished) == ("stopped", False)


def test_one_that_is_stopped_before_it_began_ends(process: Listened) -> None:
    process.start(request_for({"waits": True}))
    process.stop()
    assert isinstance(until(process, ReductionEnded)[-1], ReductionEnded)


def test_a_job_that_raises_is_a_failure_with_a_traceback(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"raises": 1, "folder": str(tmp_path)}))
    failed = until(process, ReductionFailed, ReductionEnded)[-1]
    assert isinstance(failed, ReductionFailed)
    assert "ValueError: a frame that raises" in failed.message
    assert "Traceback" in failed.details
    assert (tmp_path / "closed").exists()


def test_a_job_that_ends_without_a_word_is_a_failure(process: Listened) -> None:
    process.start(request_for({"silent_end": True}))
    assert isinstance(until(process, ReductionFailed, ReductionEnded)[-1], ReductionFailed)


@POSIX
def test_a_process_that_dies_is_started_again_and_goes_on(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"n": 6, "dies_at": 3, "folder": str(tmp_path)}))
    events = until(process, ReductionEnded, ReductionFailed)
    notes = [event.message for event in events if isinstance(event, Noted)]
    assert len(notes) == 1
    assert "SIGKILL" in notes[0]
    assert [event.n_taken_up for event in events if isinstance(event, Prepared)][-1] == 3  # what the first one said may be lost with it
    assert indices(events)[-3:] == [3, 4, 5]
    assert events[-1] == ReductionEnded("all_keys", 6, 0, 6, 6, True)


@POSIX
def test_one_that_dies_again_and_again_is_given_up(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"n": 6, "dies_at": 2, "dies_again": True, "folder": str(tmp_path)}))
    failed = until(process, ReductionFailed, ReductionEnded)[-1]
    assert isinstance(failed, ReductionFailed)
    assert "/scan.h5 was gone 3 times" in failed.message
    assert "SIGKILL" in failed.message
    assert not process.is_running
    assert len(list(tmp_path.glob("death2-*"))) <= 5  # two that got further, and three that did not
    process.start(request_for({"n": 2}))
    assert isinstance(until(process, ReductionEnded)[-1], ReductionEnded)


@POSIX
def test_one_that_does_not_answer_is_told_and_replaced(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"n": 4, "hangs_at": 2, "folder": str(tmp_path)}))
    events = until(process, ReductionEnded, ReductionFailed)
    notes = [event.message for event in events if isinstance(event, Noted)]
    assert any("does not answer since" in note for note in notes)
    assert any("was ended" in note for note in notes)
    assert events[-1] == ReductionEnded("all_keys", 4, 0, 4, 4, True)


@POSIX
def test_one_that_is_gone_while_it_stops_has_stopped(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"n": 4, "hangs_at": 2, "folder": str(tmp_path)}))
    while not list(tmp_path.glob("death2-*")):
        process.wait(0.02)
    process.stop()
    ended = until(process, ReductionEnded, ReductionFailed)[-1]
    assert isinstance(ended, ReductionEnded)
    assert ended.reason == "stopped"


def test_a_run_is_replaced_by_the_next_one(process: Listened) -> None:
    process.start(request_for({"n": 9, "waits": True}))
    until(process, Prepared)
    process.left.clear()
    process.start(request_for({"n": 2}))
    events = until(process, ReductionEnded)
    assert events[-1] == ReductionEnded("all_keys", 2, 0, 2, 2, True)
    assert indices(events) == [0, 1]


def test_a_parent_that_does_not_listen_holds_up_nothing(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"n": 200, "n_values": 1_000_000, "folder": str(tmp_path)}))
    until(process, Prepared)
    deadline = time.monotonic() + WAIT_S
    while not (tmp_path / "closed").exists():  # nobody reads the 200 MB meanwhile
        assert time.monotonic() < deadline
        time.sleep(0.02)
    events = until(process, ReductionEnded)
    assert indices(events)[-1] == 199
    assert any("were not fetched in time" in event.message for event in events if isinstance(event, Noted))


def test_reductions_are_described_while_something_runs(process: Listened) -> None:
    process.describe("statistics")
    process.start(request_for({"waits": True}))
    process.describe("radial", "statistics")
    found = [until(process, Described)[-1] for _ in range(2)]
    assert {event.name for event in found if isinstance(event, Described)} == {"statistics", "radial"}
    until(process, ReductionProgress)


def test_a_reduction_that_is_not_there_is_described_in_a_sentence(process: Listened) -> None:
    process.describe("no_such_reduction")
    described = until(process, Described)[-1]
    assert isinstance(described, Described)
    assert (described.name, described.info) == ("no_such_reduction", None)
    assert described.fault


def test_a_script_that_hangs_as_it_is_loaded_holds_up_no_other(tmp_path: Path) -> None:
    script, other = tmp_path / "hangs.py", tmp_path / "other.py"
    script.write_text("from threading import Event\nEvent().wait()\n")
    other.write_text("Nothing = 1\n")
    process = Listened(make_job=ScriptedJob, loaded_within_s=3.0)
    try:
        process.describe(f"{script}:Hangs")
        process.describe("statistics")
        known = until(process, Described)[-1]
        assert isinstance(known, Described)
        assert known.info is not None
        process.describe(f"{other}:Nothing")
        refused, given_up = until(process, Described)[-1], until(process, Described)[-1]
        assert isinstance(refused, Described)
        assert "is no reduction" in refused.fault
        assert isinstance(given_up, Described)
        assert (given_up.name, given_up.info) == (f"{script}:Hangs", None)
        assert "hangs" in given_up.fault
        assert process.pid is None  # the thread that hangs went with its process
        process.describe("radial")
        assert until(process, Described)[-1].info is not None  # type: ignore[union-attr]
    finally:
        process.close(0.0)


def test_a_run_that_does_not_stop_is_ended() -> None:
    process = Listened(make_job=DeafJob, stopped_within_s=1.0)
    try:
        process.start(request_for({}))
        until(process, ReductionProgress)
        process.stop()
        ended = until(process, ReductionEnded)[-1]
        assert isinstance(ended, ReductionEnded)
        assert (ended.reason, ended.n_reduced) == ("stopped", 3)
        assert not process.is_running
        process.describe("statistics")
        until(process, Described)  # by another process
    finally:
        process.close(0.0)


def test_wait_is_woken_and_returns_after_its_time(process: Listened) -> None:
    assert process.wait(0.0) == []
    threading.Timer(0.05, process.wake).start()
    assert process.wait(WAIT_S) == []
    threading.Timer(0.05, process.close).start()
    assert process.wait(None) == []
    assert process.wait(None) == []


@POSIX
def test_closing_ends_a_process_that_does_not_listen(capfd: pytest.CaptureFixture[str]) -> None:
    process = Listened(make_job=NoisyJob)
    process.start(request_for({}, nice=7))
    until(process, Prepared)
    note = until(process, Noted)[-1]
    assert note == Noted("nice 7")
    pid = process.pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)  # Ctrl-C is the parent's
    child = psutil.Process(pid)
    began = time.monotonic()
    process.close(0.1)
    assert time.monotonic() - began < WAIT_S
    assert not child.is_running()
    assert capfd.readouterr().out == ""


PARENT = """
import sys, time
from swmr_viewer.reducing.process import ReductionProcess
from tests.reducing.process.scripted_jobs import ScriptedJob, request_for
from swmr_viewer.reducing.messages import ReductionProgress
if __name__ == "__main__":
    process = ReductionProcess(make_job=ScriptedJob)
    process.start(request_for({"waits": True}))
    while not any(isinstance(event, ReductionProgress) for event in process.wait(1.0)):
        pass
    print(process.pid, sorted({"h5py", "PySide6", "dask", "pyFAI"} & set(sys.modules)), flush=True)
    time.sleep(600)
"""


@POSIX
def test_a_parent_that_is_killed_leaves_no_process_and_has_no_hdf5(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=root) as parent:
        assert parent.stdout is not None
        pid, loaded = parent.stdout.readline().split(maxsplit=1)
        assert loaded.strip() == "[]"
        child = psutil.Process(int(pid))
        parent.kill()
        psutil.wait_procs([child], timeout=WAIT_S)
        assert not child.is_running()


@POSIX
def test_a_polite_kill_ends_it_cleanly(process: Listened, tmp_path: Path) -> None:
    process.start(request_for({"waits": True, "folder": str(tmp_path)}))
    until(process, ReductionProgress)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGTERM)
    ended = until(process, ReductionEnded)[-1]
    assert isinstance(ended, ReductionEnded)
    assert ended.reason == "stopped"
    assert (tmp_path / "closed").exists()
