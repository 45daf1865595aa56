"""What goes wrong with a scan, at each of its moments: every complete frame is right, none is invented, and the end is told as it was.

``python -m tests.live.killed_writers --writers 200`` kills writers of every layout at random moments.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.conditions import AllKeys, FileClosed, FinishedFlag, Timeout
from swmr_viewer.reader.messages import Ended, Failed, FrameReady, Opened
from tests.core.stepping_writer import SteppingWriter, stepping_writer
from tests.reader.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")]

FRAME = (4, 6)
KEYS = "/keys"
N_COMPLETE = 3
UNTIL = (FinishedFlag(), AllKeys(), FileClosed(), Timeout(1.0))
CREATE = (
    "f = h5py.File(path, 'w', libver='v110'); "
    "d = f.create_dataset('data', (0, *{frame}), 'u4', maxshape=(None, *{frame}), chunks=(1, *{frame})); "
    "k = [f.create_dataset(f'keys/{{n}}', (0,), 'i4', maxshape=(None,), chunks=(8,)) for n in ('one', 'two')]; "
    "flag = f.create_dataset('keys/scan_finished', (1,), 'i4', chunks=(1,))"
)
DATA = "d.resize({index} + 1, 0); d[{index}] = 100 + {index}; d.flush()"
KEY = "k[{key}].resize({index} + 1, 0); k[{key}][{index}] = {index} + 1; k[{key}].flush()"
DIE_IN_A_CHUNK = """
import os, threading

def die_once_it_has_grown(size=os.stat(path).st_size):
    while os.stat(path).st_size < size + 20_000_000:  # a frame has 16 MB
        pass
    os.kill(os.getpid(), 9)

d.resize(40, 0)
threading.Thread(target=die_once_it_has_grown).start()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scan.h5"


@pytest.fixture
def writer(path: Path) -> Iterator[SteppingWriter]:
    with stepping_writer(path) as process:
        yield process


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as made:
        yield made


def begin(writer: SteppingWriter, n: int = N_COMPLETE, frame: tuple[int, int] = FRAME) -> None:
    """Let it create the file, enter SWMR mode, and write so many complete frames."""
    writer.do(CREATE.format(frame=frame))
    writer.go_swmr()
    for index in range(n):
        add(writer, index)


def add(writer: SteppingWriter, index: int, *, keys: tuple[int, ...] = (0, 1)) -> None:
    """Let it write a frame, and these of its keys."""
    writer.do(DATA.format(index=index))
    for key in keys:
        writer.do(KEY.format(key=key, index=index))


def follow(listener: Listener, path: Path, conditions: tuple[Any, ...] = UNTIL) -> None:
    listener.follow(path, KEYS, "/data", looks_on=False, conditions=conditions)


def assert_right(listener: Listener, n: int) -> None:
    """Exactly the frames 0 to n-1 were announced, each once, and what was shown of them is what was written."""
    assert sorted(listener.announced) == list(range(n))
    assert listener.frames
    for event, raw, _ in listener.frames:
        assert event.index < n
        np.testing.assert_array_equal(raw, np.full(raw.shape, 100 + event.index))


def test_killed_before_swmr_mode_it_is_a_sentence_that_names_the_file(writer: SteppingWriter, path: Path, listener: Listener) -> None:
    writer.do(CREATE.format(frame=FRAME) + "; f.flush()")
    writer.die()
    listener.follow(path, KEYS, "/data", wait_s=0.5)
    failed = listener.until_a(Failed, failing=True)
    assert str(path) in failed.message
    assert failed.remedy
    assert not listener.frames


@pytest.mark.parametrize("moment", ["between data and key", "between two keys"])
def test_killed_before_a_frame_is_complete_it_is_never_announced(
    writer: SteppingWriter, path: Path, listener: Listener, moment: str
) -> None:
    begin(writer)
    follow(listener, path)
    listener.until(lambda event: isinstance(event, FrameReady) and event.index == N_COMPLETE - 1)
    add(writer, N_COMPLETE, keys=(0,) if moment == "between two keys" else ())
    writer.die()
    assert listener.until_a(Ended).reason == "timeout"
    assert_right(listener, N_COMPLETE)


def test_killed_in_a_chunk_the_half_of_a_frame_is_never_shown(writer: SteppingWriter, path: Path, listener: Listener) -> None:
    begin(writer, frame=(2048, 2048))
    follow(listener, path)
    listener.until(lambda event: isinstance(event, FrameReady) and event.index == N_COMPLETE - 1)
    writer.do(f"exec({DIE_IN_A_CHUNK!r})")
    assert writer.attempt("[d.__setitem__(index, 100 + index) for index in range(3, 40)]") == ""
    assert listener.until_a(Ended).reason == "timeout"
    assert_right(listener, N_COMPLETE)


def test_killed_before_the_flag_it_is_no_finished_scan(writer: SteppingWriter, path: Path, listener: Listener) -> None:
    begin(writer)
    follow(listener, path)
    listener.until_a(FrameReady)
    writer.die()
    assert listener.until_a(Ended).reason == "timeout"
    assert_right(listener, N_COMPLETE)


def test_keys_that_come_behind_the_flag_are_not_lost(writer: SteppingWriter, path: Path) -> None:
    begin(writer)
    writer.do("flag[0] = 1; flag.flush()")
    now, naps = [0.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds
        naps.append(seconds)
        if len(naps) == 3:
            add(writer, N_COMPLETE)

    with open_swmr(path) as file:
        follower = Follower(file, KEYS, 10.0, ("finished_flag", "timeout"), clock=lambda: now[0], sleep=sleep)
        with FrameGrabber(file, "/data") as grabber:
            values = [np.unique(grabber.grab(index)).tolist() for index in follower]
    assert values == [[100 + index] for index in range(N_COMPLETE + 1)]
    assert follower.reason == "finished_flag"
    assert sum(naps) < 2.0


def test_a_file_that_is_closed_is_over_with_its_flag(writer: SteppingWriter, path: Path) -> None:
    begin(writer)
    writer.do("flag[0] = 1; f.close()")
    with open_swmr(path) as file:
        follower = Follower(file, KEYS, 10.0, "finished_flag", sleep=lambda seconds: pytest.fail("it waited"))
        assert list(follower) == list(range(N_COMPLETE))
    assert follower.reason == "finished_flag"


def test_a_full_disk_costs_the_frames_that_are_not_on_it_and_no_other(writer: SteppingWriter, path: Path, listener: Listener) -> None:
    begin(writer, frame=(256, 256))
    follow(listener, path)
    listener.until_a(FrameReady)
    writer.do("import os, resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)")
    writer.do("resource.setrlimit(resource.RLIMIT_FSIZE, (os.stat(path).st_size + 600_000,) * 2)")
    n = N_COMPLETE
    while writer.attempt(DATA.format(index=n)) == "done" and all(
        writer.attempt(KEY.format(key=key, index=n)) == "done" for key in range(2)
    ):
        n += 1
        assert n < 100, "the disk was never full"
    writer.die()
    assert listener.until_a(Ended).reason == "timeout"
    assert_right(listener, n)


def test_a_clock_that_is_set_back_changes_nothing(
    writer: SteppingWriter, path: Path, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import itertools, sys, time\n"
        "if '--multiprocessing-fork' in sys.orig_argv:\n"
        "    real, calls = time.time, itertools.count()\n"
        "    time.time = lambda: real() - (7200 if next(calls) > 10 else 0)\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{Path.cwd()}")
    begin(writer)
    follow(listener, path)
    listener.until_a(FrameReady)
    writer.do("import os, time")
    for index in range(N_COMPLETE, 12):
        add(writer, index)
        writer.do(f"os.utime(path, (time.time() - {index} * 600,) * 2)")
    listener.until(lambda event: isinstance(event, FrameReady) and event.index == 11)
    writer.do("flag[0] = 1; flag.flush()")
    assert listener.until_a(Ended).reason == "finished_flag"
    assert_right(listener, 12)


@pytest.mark.slow
def test_a_computer_that_slept_ends_no_scan(writer: SteppingWriter, path: Path, listener: Listener) -> None:
    begin(writer)
    timeout_s = 5.0
    follow(listener, path, (FinishedFlag(), Timeout(timeout_s)))
    listener.until(lambda event: isinstance(event, FrameReady) and event.index == N_COMPLETE - 1)
    reader = listener.pid
    os.kill(reader, signal.SIGSTOP)
    threading.Event().wait(2 * timeout_s)  # it is what happens: nothing tells when a sleep is over
    os.kill(reader, signal.SIGCONT)
    add(writer, N_COMPLETE)
    listener.until(lambda event: isinstance(event, FrameReady) and event.index == N_COMPLETE)
    assert not listener.all_of(Ended)
    assert listener.pid == reader, "it was replaced although it is well"
    assert psutil.pid_exists(reader)
    assert len(listener.all_of(Opened)) == 1
    assert listener.until_a(Ended).reason == "timeout"
    assert_right(listener, N_COMPLETE + 1)
