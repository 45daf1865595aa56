"""The guard itself: what is left behind is found and named."""

from __future__ import annotations

import subprocess
import sys
import threading
from multiprocessing import shared_memory

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.leftovers import end_processes, look_for_leftovers, snapshot

SLEEPER = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_nothing_left_is_nothing() -> None:
    left = look_for_leftovers(snapshot(), grace_s=0)
    assert not left
    assert str(left) == ""


def test_process_is_named_and_ended() -> None:
    before = snapshot()
    with subprocess.Popen(SLEEPER, stdin=subprocess.PIPE) as process:
        left = look_for_leftovers(before, grace_s=0)
        assert str(process.pid) in str(left)
        end_processes(left.processes)
    assert not look_for_leftovers(before)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows whose an orphan is")
def test_orphan_is_found() -> None:
    before = snapshot()
    parent = f"import subprocess; print(subprocess.Popen({SLEEPER!r}, stdout=subprocess.DEVNULL).pid)"
    ended = subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert ended.stdout is not None
    orphan = ended.stdout.readline().strip()
    assert ended.wait(60) == 0
    left = look_for_leftovers(before, grace_s=0)
    assert orphan in str(left)
    end_processes(left.processes)
    assert not look_for_leftovers(before)
    ended.stdout.close()
    ended.stdin.close()


def test_thread_is_named() -> None:
    before, free = snapshot(), threading.Event()
    thread = threading.Thread(target=free.wait, name="forgotten", daemon=True)
    thread.start()
    assert "forgotten (daemon)" in str(look_for_leftovers(before, grace_s=0))
    free.set()
    thread.join()
    assert not look_for_leftovers(before)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lists shared memory")
def test_shared_memory_is_named() -> None:
    before = snapshot()
    block = shared_memory.SharedMemory(create=True, size=64)
    assert block.name.lstrip("/") in str(look_for_leftovers(before, grace_s=0))
    block.close()
    assert block.name.lstrip("/") in str(look_for_leftovers(before, grace_s=0))
    block.unlink()
    assert not look_for_leftovers(before)


def test_qthread_is_named(qtbot: QtBot) -> None:
    before, thread = snapshot(), QThread()
    thread.setObjectName("forgotten")
    thread.start()
    assert "forgotten" in str(look_for_leftovers(before, grace_s=0))
    thread.quit()
    assert thread.wait(10_000)
    assert not look_for_leftovers(before)


def test_hidden_window_is_named(qtbot: QtBot) -> None:
    before, window = snapshot(), QWidget()
    window.setObjectName("forgotten")
    assert "forgotten" in str(look_for_leftovers(before, grace_s=0))
    window.deleteLater()
    assert not look_for_leftovers(before)
