"""Readers that die or hang: replaced where they were, nothing lost, nothing twice, nobody left."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from swmr_viewer.core.conditions import AllKeys, FileClosed, Timeout
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import (
    Busy,
    Ended,
    Failed,
    Fault,
    FrameMeasured,
    FrameReady,
    Inspected,
    KeysChanged,
    Opened,
    ReaderRecovered,
    ReaderReplaced,
    ReaderStuck,
    Resume,
    SetConditions,
    ShowIndex,
)
from swmr_viewer.reader.supervision import slots
from tests.reader import broken
from tests.reader.listening import STUCK_S, WAIT_S, Listener

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals, makes named pipes"),
]

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
UNTIL = (FileClosed(), Timeout(60.0))


def test_a_killed_reader_is_replaced_and_nothing_is_lost_or_doubled(live_writer):
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(5)
        listener.until(lambda e: isinstance(e, FrameReady) and e.index == 4)
        first = listener.pid
        os.kill(first, signal.SIGKILL)
        assert "SIGKILL" in listener.until_a(ReaderReplaced).why
        assert listener.pid != first
        assert listener.until_a(KeysChanged).whole
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert sorted(listener.announced) == list(range(12))
        assert listener.frames[-1][0].index == 11
        for event, raw, _ in listener.frames:
            assert np.array_equal(raw, writer.expected(event.index))
        assert not psutil.pid_exists(first)


def test_a_slot_that_the_window_holds_stays_its_own(live_writer):
    writer = live_writer()
    with Listener(releases=False, n_slots=2) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(2)
        held = listener.until_a(FrameReady)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        writer.step(3)
        other = listener.until_a(FrameReady)
        raw, preview = listener.supervisor.pixels(held)
        assert np.array_equal(raw, writer.expected(held.index))
        assert other.slot != held.slot
        del raw, preview
        listener._releases = True
        listener.supervisor.release(held)
        listener.supervisor.release(other)
        writer.finish()
        listener.until_a(Ended)
        assert listener.frames[-1][0].index == 11


def test_each_frame_is_measured_once_although_readers_die(live_writer):
    writer = live_writer(order="random")
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL, every_frame=True, order="arrival")
        for n in (4, 8):
            writer.step(4)
            listener.until(lambda e, n=n: len(listener.all_of(FrameMeasured)) == n)
            os.kill(listener.pid, signal.SIGKILL)
            listener.until_a(ReaderReplaced)
        writer.finish()
        listener.until_a(Ended)
        assert sorted(event.index for event in listener.all_of(FrameMeasured)) == list(range(12))
        assert len(listener.all_of(ReaderReplaced)) == 2
        assert len(listener.all_of(Opened)) == 1


def test_what_was_asked_for_outlives_the_reader(live_writer):
    writer = live_writer()
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(60.0),))
        writer.step(6)
        listener.until(lambda e: isinstance(e, FrameReady) and e.index == 5)
        listener.supervisor.send(ShowIndex(generation, 2))
        listener.until(lambda e: isinstance(e, FrameReady) and e.index == 2)
        listener.supervisor.send(SetConditions(generation, (Timeout(0.1),)))
        listener.until_a(Ended)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        assert listener.until_a(FrameReady).index == 2  # still pinned
        assert len(listener.all_of(Ended)) == 1  # ended once
        listener.supervisor.send(SetConditions(generation, (AllKeys(),)))
        listener.supervisor.send(Resume(generation))
        writer.finish()
        assert listener.until_a(Ended).reason == "all_keys"
        assert listener.frames[-1][0].index == 2


def stop_reader(listener: Listener) -> None:
    """Stop the reader, and return once it is told of."""
    os.kill(listener.pid, signal.SIGSTOP)
    listener.until_a(ReaderStuck)


def test_a_stopped_reader_is_told_of_and_replaced(live_writer):
    writer = live_writer()
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(3)
        listener.until(lambda e: isinstance(e, FrameReady) and e.index == 2)
        first = listener.pid
        os.kill(first, signal.SIGSTOP)
        stuck = listener.until_a(ReaderStuck)
        assert stuck.seconds >= 0.7
        assert "did not answer" in listener.until_a(ReaderReplaced).why
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert sorted(listener.announced) == list(range(12))
        assert not psutil.pid_exists(first)


def test_a_stopped_reader_is_replaced_at_once_when_that_is_asked_for(live_writer):
    writer = live_writer()
    with Listener(stuck_after_s=3600.0) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(3)
        listener.until(lambda e: isinstance(e, FrameReady) and e.index == 2)
        stop_reader(listener)
        listener.supervisor.replace_reader()
        assert "did not answer" in listener.until_a(ReaderReplaced).why
        well = listener.pid
        listener.supervisor.replace_reader()
        assert "asked for" in listener.until(lambda e: isinstance(e, ReaderReplaced) and "did not" not in e.why).why
        assert well != listener.pid
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert sorted(listener.announced) == list(range(12))


def test_another_file_is_not_kept_waiting_by_a_reader_that_does_not_answer(live_writer, tmp_path):
    writer = live_writer()
    other = broken.write_hanging_frame(tmp_path, n=4, hangs=-1)
    with Listener(stuck_after_s=3600.0) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.until_a(Opened)
        stop_reader(listener)
        listener.follow(other, broken.KEYS, broken.DATA, conditions=(AllKeys(),))
        assert listener.until_a(Ended).complete == 4
        assert not listener.all_of(Failed)


def test_a_limit_that_is_changed_holds_for_the_reader_that_runs(live_writer):
    writer = live_writer()
    with Listener(stuck_after_s=3600.0) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.until_a(Opened)
        stop_reader(listener)
        listener.supervisor.set_stuck_after(STUCK_S)
        assert "did not answer" in listener.until_a(ReaderReplaced).why
        writer.finish()
        assert listener.until_a(Ended).complete == 12


def test_a_reader_that_goes_on_is_not_replaced(live_writer):
    writer = live_writer()
    with Listener(stuck_after_s=30.0) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.until_a(KeysChanged)
        stop_reader(listener)
        os.kill(listener.pid, signal.SIGCONT)
        listener.until_a(ReaderRecovered)
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert not listener.all_of(ReaderReplaced)


def test_a_reader_that_cannot_even_be_killed_holds_up_nobody(live_writer, monkeypatch):
    """A process that waits for dead storage in the kernel outlives SIGKILL until the storage answers."""
    writer = live_writer()
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.until_a(KeysChanged)
        reader, immortal = listener.supervisor._current.process, listener.pid
        assert reader is not None
        monkeypatch.setattr(reader._process, "kill", lambda: None)
        os.kill(immortal, signal.SIGSTOP)
        listener.until_a(ReaderReplaced)
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert psutil.Process(immortal).status() == psutil.STATUS_STOPPED
        assert reader._process not in multiprocessing.active_children()
        os.kill(immortal, signal.SIGKILL)
        os.waitpid(immortal, 0)
        reader._outbox.join(WAIT_S)


def test_no_room_for_frames_is_a_failure_with_a_remedy(live_writer, monkeypatch):
    def no_room(_size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    writer = live_writer()
    monkeypatch.setattr(slots, "create_block", no_room)
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        failed = listener.until_a(Failed, failing=True)
        assert "no room for 2 frames" in failed.message
        assert "/dev/shm" in failed.remedy
        n_events = len(listener.events)
        writer.finish()
        listener.supervisor.inspect(str(writer.path))
        listener.until_a(Inspected)
        assert [type(event) for event in listener.events[n_events:]] == [Inspected]


def test_requests_to_a_stuck_reader_never_block(live_writer):
    writer = live_writer()
    with Listener(stuck_after_s=30.0) as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(3)
        listener.until_a(FrameReady)
        os.kill(listener.pid, signal.SIGSTOP)
        for n in range(20_000):
            listener.supervisor.send(ShowIndex(generation, n % 3))
            listener.supervisor.send(SetConditions(generation, UNTIL))
        os.kill(listener.pid, signal.SIGCONT)
        listener.until(lambda e: isinstance(e, FrameReady) and not e.live)
        os.kill(listener.pid, signal.SIGSTOP)  # closing does not wait for it either


def test_a_frame_that_hangs_twice_is_passed_over(tmp_path):
    path = broken.write_hanging_frame(tmp_path, n=5, hangs=2)
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=(AllKeys(),), every_frame=True)
        listener.until_a(Ended)
        measured = listener.all_of(FrameMeasured)
        assert [event.index for event in measured] == [0, 1, 3, 4]
        assert [event.data[broken.DATA]["max"] for event in measured] == [1, 2, 4, 5]
        (fault,) = listener.all_of(Fault)
        assert fault.index == 2
        assert "Frame 2" in fault.message
        assert len(listener.all_of(ReaderReplaced)) == 2


def test_a_frame_that_kills_the_reader_twice_is_passed_over_by_the_live_view(tmp_path):
    path = broken.write_hanging_frame(tmp_path, n=4, hangs=3)
    with Listener() as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=(AllKeys(),))
        for _ in range(2):
            listener.until(lambda e: isinstance(e, Busy) and e.index == 3)
            os.kill(listener.pid, signal.SIGKILL)
            listener.until_a(ReaderReplaced)
        listener.until_a(Ended)
        assert [fault.index for fault in listener.all_of(Fault)] == [3]
        assert sorted(listener.announced) == [0, 1, 2, 3]


def test_a_file_that_hangs_at_opening_fails_with_text(tmp_path):
    path = broken.write_hanging_opening(tmp_path)
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        failed = listener.until_a(Failed, failing=True)
        assert str(path) in failed.message
        assert failed.remedy
        assert failed.kind == FailureKind.READER
        good = tmp_path / "good"
        good.mkdir()
        listener.follow(broken.write_hanging_frame(good, n=3, hangs=-1), broken.KEYS, broken.DATA, conditions=(AllKeys(),))
        assert listener.until_a(Ended).complete == 3


def test_an_inspection_that_hangs_is_answered(tmp_path):
    path = tmp_path / "pipe.h5"
    os.mkfifo(path)
    with Listener(stuck_after_s=STUCK_S) as listener:
        number = listener.supervisor.inspect(str(path))
        answer = listener.until_a(Inspected)
        assert (answer.request_id, answer.inspection) == (number, None)
        assert str(path) in answer.message


def test_rubbish_is_refused_with_text(tmp_path):
    path = tmp_path / "rubbish.h5"
    path.write_bytes(os.urandom(5000))
    with Listener() as listener:
        listener.follow(path, KEYS, DATA, conditions=UNTIL)
        assert listener.until_a(Failed, failing=True).kind == FailureKind.NOT_HDF5


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_file_without_its_tail_costs_no_more_than_readers(live_writer, tmp_path, cut):
    writer = live_writer()
    writer.finish()
    whole = writer.path.read_bytes()
    path = tmp_path / "cut.h5"
    path.write_bytes(whole[: int(cut * len(whole))])
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, KEYS, DATA, conditions=UNTIL, wait_s=0.0)
        listener.until(lambda e: isinstance(e, (Failed, Ended)), failing=True)


PARENT = """
import sys
from swmr_viewer.reader.supervision import process
from swmr_viewer.reader.messages import FollowRequest, FrameReady, Busy, ReaderStuck
from swmr_viewer.reader.supervision import Supervisor

if __name__ == "__main__":
    process._BEYOND_STUCK_S = 0.0
    supervisor = Supervisor(stuck_after_s=float(sys.argv[4]))
    supervisor.follow(FollowRequest(sys.argv[1], (sys.argv[2],), (sys.argv[3],)))
    is_so = {
        "frame": lambda event: isinstance(event, FrameReady),
        "busy": lambda event: isinstance(event, Busy),
        "opening": lambda event: isinstance(event, ReaderStuck) and event.doing.startswith("opening"),
    }[sys.argv[5]]
    while not any(map(is_so, supervisor.wait(None))):
        pass
    print(supervisor._current.process.pid, *supervisor._slots.names, flush=True)
    supervisor.wait(None)
    sys.stdin.read()
"""


def kill_parent(
    tmp_path: Path, path: Path, keys: str, data: str, stuck_after_s: float, until: str
) -> tuple[psutil.Process, list[str], str]:
    """Start a supervisor in a process of its own, kill that, and return the orphan, the names of its slots, and what was said."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, script, path, keys, data, str(stuck_after_s), until]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, *names = parent.stdout.readline().split()
        child = psutil.Process(int(pid))
        parent.kill()
        parent.stdout.close()
        child.wait(WAIT_S)  # before its errors are read: the tracker of shared memory holds them open until the orphan is gone
        assert parent.stderr is not None
        words = parent.stderr.read()
    return child, names, words


def test_an_orphan_ends_and_takes_its_shared_memory_along(live_writer, tmp_path):
    writer = live_writer()
    writer.step(2)
    child, names, _ = kill_parent(tmp_path, writer.path, KEYS, DATA, 30.0, "frame")
    assert not child.is_running()
    assert len(names) == 4
    if Path("/dev/shm").is_dir():
        assert not [name for name in names if (Path("/dev/shm") / name).exists()]


def test_an_orphan_that_hangs_in_hdf5_ends_as_well(tmp_path):
    path = broken.write_hanging_opening(tmp_path)
    child, *_ = kill_parent(tmp_path, path, broken.KEYS, broken.DATA, 2.0, "busy")
    assert not child.is_running()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the watchdog ends it")
def test_an_orphan_that_hangs_in_hdf5_ends_at_once_where_the_kernel_tells_it(tmp_path):
    """HDF5 keeps Python's lock while it opens a file: no thread of the reader could notice. Its watchdog would need an hour here."""
    path = broken.write_hanging_opening(tmp_path)
    child, *_ = kill_parent(tmp_path, path, broken.KEYS, broken.DATA, 3600.0, "opening")
    assert not child.is_running()


def test_the_reader_ignores_an_interrupt_and_writes_nothing_to_standard_output(live_writer):
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        os.kill(listener.pid, signal.SIGINT)
        listener.until_a(Opened)
        os.kill(listener.pid, signal.SIGINT)
        writer.finish()
        listener.until_a(Ended)
        assert not listener.all_of(ReaderReplaced)
        if sys.platform.startswith("linux"):
            out, err = (os.readlink(f"/proc/{listener.pid}/fd/{n}") for n in (1, 2))
            assert out == err
