"""Commands whose output nobody takes: they end quietly, with a status, and leave nothing behind."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.live.conftest import live_writer
from tests.reader import broken
from tests.reader.test_supervisor_faults import kill_parent

__all__ = ["live_writer"]

pytestmark = [pytest.mark.live, pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell, pipes, signals")]
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
WAIT_S = 60.0
SHARED = Path("/dev/shm")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return broken.write_hanging_frame(tmp_path, n=5, hangs=-1)


def status_and_text(tmp_path: Path, line: str) -> tuple[int, str, str]:
    """Run a line in bash; return the status of the first command in its pipe, what the last one printed, and what was said."""
    told = tmp_path / "status"
    script = f'{line}\necho "${{PIPESTATUS[0]}}" >{shlex.quote(str(told))}'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=WAIT_S, check=False)
    return int(told.read_text()), done.stdout, done.stderr


def command(name: str, *arguments: object) -> str:
    return shlex.join([sys.executable, "-m", "swmr_viewer", name, *map(str, arguments)])


@pytest.mark.parametrize("live", [False, True])
def test_follow_into_head(tmp_path, live_writer, live):
    longer_than_a_pipe = broken.write_hanging_frame(tmp_path, n=2000, hangs=-1)
    following = command("follow", longer_than_a_pipe, "--keys", broken.KEYS, "--data", broken.DATA)
    if live:  # more is to come, and nothing comes
        writer = live_writer()
        writer.step(2)
        following = command("follow", writer.path, "--keys", KEYS, "--data", DATA, "--timeout", "600")
    status, out, words = status_and_text(tmp_path, f"{following} | head -1")
    said = [line for line in words.splitlines() if not line.startswith("storage does not answer")]  # on a busy machine that is so
    assert (status, said) == (141, [])
    assert out.startswith('{"event": "opened"')


@needs_full
@pytest.mark.parametrize("name", ["follow", "inspect"])
def test_a_full_disk_is_one_sentence(tmp_path, scan, name):
    status, _, words = status_and_text(tmp_path, f"{command(name, scan)} > /dev/full")
    assert status == 4
    assert words == "swmr-viewer: Standard output cannot be written: No space left on device. Make room for it, and start again.\n"


@pytest.mark.parametrize("name", ["follow", "inspect"])
def test_a_closed_output_is_quiet(tmp_path, scan, name):
    status, _, words = status_and_text(tmp_path, f"{command(name, scan)} >&-")
    assert words == ""
    assert status == (141 if name == "follow" else 0)


@needs_full
@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
def test_words_that_nobody_can_read_end_nothing(tmp_path, scan, where):
    status, out, _ = status_and_text(tmp_path, f"{command('follow', scan, '--keys', broken.KEYS, '--data', broken.DATA)} {where} | cat")
    assert status == 0
    assert out.splitlines()[-1].startswith('{"event": "ended"')
    status, out, _ = status_and_text(tmp_path, f"{command('follow', tmp_path / 'none.h5')} {where} | cat")
    assert (status, out) == (2, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_nobody_takes_what_it_prints(tmp_path, number):
    path = broken.write_hanging_frame(tmp_path, n=600, hangs=-1)
    words = [sys.executable, "-m", "swmr_viewer", "follow", str(path), "--keys", broken.KEYS, "--data", broken.DATA]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        os.set_blocking(following.stdout.fileno(), False)
        await_full(following)
        following.send_signal(number)
        assert following.wait(WAIT_S) == 128 + number
        assert following.stderr.read() == ""


def await_full(following: subprocess.Popen[str]) -> None:
    """Wait until the pipe takes no more: what waits in it does not grow."""
    import fcntl
    import struct
    import termios

    assert following.stdout is not None
    until, before = time.monotonic() + WAIT_S, -1
    while time.monotonic() < until:
        (waiting,) = struct.unpack("i", fcntl.ioctl(following.stdout, termios.FIONREAD, b"\0" * 4))
        if waiting == before and waiting > 32_768:
            return
        before = waiting
        time.sleep(0.3)
    raise AssertionError(f"{before} bytes wait in the pipe")


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared memory is not to be seen in a folder")
def test_a_window_that_is_killed_leaves_no_memory_and_no_text(tmp_path, live_writer):
    writer = live_writer()
    writer.step(2)
    child, names, words = kill_parent(tmp_path, writer.path, KEYS, DATA, 30.0, "frame")
    assert len(names) == 4
    assert words == ""
    assert not [name for name in names if (SHARED / name).exists()]
    assert not child.is_running()


def test_a_command_that_is_killed_leaves_no_process_and_no_text(live_writer):
    writer = live_writer()
    writer.step(2)
    words = [sys.executable, "-m", "swmr_viewer", "follow", str(writer.path), "--keys", KEYS, "--data", DATA]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        for _ in range(3):
            assert following.stdout.readline()
        children = psutil.Process(following.pid).children(recursive=True)
        following.kill()
        psutil.wait_procs(children, timeout=WAIT_S)
        said = [line for line in following.stderr if not line.startswith("storage does not answer")]  # as a busy machine has it
        assert not said
    assert children
    assert not [child for child in children if child.is_running()]
