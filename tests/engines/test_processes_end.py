"""Processes that reduce end with their parent, however that ends, and within a bound when they are told to."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from swmr_viewer.engines import Batch
from swmr_viewer.engines.processes import ProcessEngine
from tests.engines.reductions_here import Endless, Forks
from tests.engines.test_local_engines import expected, frames_of, plan_of, write

WAIT_S = 60.0


@pytest.fixture
def script(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    path = write(tmp_path / "a.h5", frames_of(4))
    command = [sys.executable, "-m", "tests.engines.processes_of_a_script", path, str(tmp_path / "begun")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def has_ended(process: psutil.Process) -> bool:
    """Whether it ended; init may be late in taking its status."""
    try:
        return process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return True


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_they_end_with_a_parent_that_was_killed_and_not_by_ctrl_c(script: subprocess.Popen[str]) -> None:
    assert script.stdin is not None
    assert script.stdout is not None
    children = [psutil.Process(int(pid)) for pid in script.stdout.readline().split()]
    assert len(children) == 2
    for child in children:
        child.send_signal(signal.SIGINT)
    script.stdin.write("again\n")
    script.stdin.flush()
    assert script.stdout.readline() == "0.0\n"
    assert not any(map(has_ended, children))
    script.kill()
    wait_until(lambda: all(map(has_ended, children)))


def test_close_ends_one_that_is_never_through(tmp_path: Path) -> None:
    endless = Endless()
    endless.begun = tmp_path / "begun"
    engine = ProcessEngine(plan_of(write(tmp_path / "a.h5", frames_of(4)), endless), 1)
    futures = [engine.submit(Batch(n, (0,), 1, (4,))) for n in range(3)]
    wait_until(endless.begun.exists)
    (child,) = map(psutil.Process, engine.pids)
    engine.close()
    assert has_ended(child)
    assert all(future.done() for future in futures)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_copy_that_a_reduction_makes_of_its_process_does_not_work_on(tmp_path: Path) -> None:
    frames, reduction = frames_of(5), Forks()
    reduction.told = tmp_path / "pids"
    engine = ProcessEngine(plan_of(write(tmp_path / "a.h5", frames), reduction), 1)
    try:
        result = engine.submit(Batch(0, (0,), 5, (5,))).result(WAIT_S)
        pids = [int(pid) for pid in reduction.told.read_text().split()]
        wait_until(lambda: all(not psutil.pid_exists(pid) or has_ended(psutil.Process(pid)) for pid in pids))
    finally:
        engine.close()
    assert len(pids) == 5  # its copies made none
    np.testing.assert_array_equal(result.outputs["total"], expected(frames)["total"])
