"""The demo as people start it: a real writer beside a real window, and nothing left of either."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from swmr_viewer.commands import demo
from swmr_viewer.core.file_state import read_file_state
from swmr_viewer.core.inspection import FileState

pytestmark = pytest.mark.live

LIMIT_S = 120.0


def wait_until(happened: Callable[[], object], process: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let every process of the test put its temporary files here."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture
def endless(temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a demo that lasts longer than any test, its window off screen and open."""
    command = [sys.executable, "-m", "swmr_viewer", "demo", "--seconds", "3600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no polite kill")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_demo_leaves_nothing(endless: subprocess.Popen[str], temporary: Path, number: signal.Signals) -> None:
    wait_until(lambda: list(temporary.glob("swmr-viewer-demo-*/demo.h5")), endless)
    wait_until(lambda: len(descendants(endless)) >= 2, endless)  # the writer and the reader
    family = descendants(endless)
    endless.send_signal(number)
    _, words = endless.communicate(timeout=LIMIT_S)
    assert endless.returncode in (0, 128 + number)
    assert words == ""
    gone, alive = psutil.wait_procs(family, timeout=LIMIT_S)
    assert (len(gone), alive) == (len(family), [])
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends no process in this way")
def test_killed_demo_takes_its_writer_along(endless: subprocess.Popen[str], temporary: Path) -> None:
    wait_until(lambda: list(temporary.glob("swmr-viewer-demo-*/demo.h5")), endless)
    writers = [one for one in descendants(endless) if "--end-with-input" in one.cmdline()]
    assert len(writers) == 1
    endless.kill()
    assert psutil.wait_procs(writers, timeout=LIMIT_S) == (writers, [])


def test_writer_that_fails_is_told(tmp_path: Path) -> None:
    path = tmp_path / "no such folder" / "demo.h5"
    with pytest.raises(demo.DemoError, match=r"The simulated writer failed: .*no such folder"), demo.writer(path, 1.0) as process:
        process.wait(LIMIT_S)


def test_writer_ends_with_the_window(tmp_path: Path) -> None:
    path = tmp_path / "demo.h5"
    with demo.writer(path, 3600.0) as process:
        wait_until(path.exists, process)
    assert process.poll() is not None
    assert read_file_state(path) in (FileState.CLOSED, FileState.EMPTY)  # closed properly, or not begun


def test_broken_window_ends_the_writer_too(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), demo.writer(tmp_path / "demo.h5", 3600.0) as process:
        _ = 1 / 0
    assert process.poll() is not None
