"""A window that is ended in any state leaves no process, no shared memory and no temporary file, and says nothing about it.

The whole table, with the seconds that each takes, is ``python -m tests.reliability.ended_window``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from tests.reliability.ended_window import STATES, WAYS, Ended, Scans, Window, end_windows, every_case, some_cases

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals, makes named pipes")

LEAVES = """
import os, subprocess, sys
open(os.path.join(os.environ["TMPDIR"], "left"), "w").close()
child = subprocess.Popen([sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"], stdout=subprocess.PIPE)
child.stdout.readline()
print("there", flush=True)
sys.stdin.read()
"""


def test_each_state_is_ended_in_each_way_by_the_command_and_in_two_here() -> None:
    assert len(every_case()) == len(set(every_case())) == len(STATES) * len(WAYS) - 1
    assert set(some_cases()) < set(every_case())
    for state in STATES:
        assert len([way for one, way in some_cases() if one == state]) == 2
    assert {way for _, way in some_cases()} == set(WAYS)


def test_a_process_that_outlives_its_window_and_a_temporary_file_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "window"
    folder.mkdir()
    window = Window(Ended("empty", "sigkill"), Scans(tmp_path), folder)
    window._command = [sys.executable, "-c", LEAVES]
    with window:
        window.wait_until_there()
        (child,) = (one for one in window.processes() if one.pid != window.process.pid)
        window.end()
        window.process.wait()
        assert window.processes() == [child]
        assert window.temporary_files() == [str(folder / "temporary" / "left")]
    psutil.wait_procs([child], 30.0)
    assert window.processes() == []


@pytest.mark.slow
@pytest.mark.live
def test_nothing_is_left_of_a_window_in_whatever_state_it_is_ended(tmp_path: Path) -> None:
    found = end_windows(some_cases(), tmp_path)
    assert len(found) == len(some_cases())
    assert [f"{one.state}, {one.way}: {fault}" for one in found for fault in one.faults] == []
