"""The iterator wakes when a key is written, and when it is stopped: with pauses so long that nothing else would wake it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from swmr_viewer import AllKeys, Follower, Timeout, open_swmr
from swmr_viewer.core import key_wait, pacing
from swmr_viewer.core.file_wakeup import is_local
from tests.core.stepping_writer import SteppingWriter, stepping_writer
from tests.live.writers import WAIT_S

pytestmark = pytest.mark.live


@pytest.fixture
def writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SteppingWriter]:
    if not sys.platform.startswith("linux") or not is_local(str(tmp_path)):
        pytest.skip("the kernel does not tell of writes here")
    for name in ("_AFTERMATH_PAUSE_S", "_UNPROVEN_PAUSE_S", "_QUIET_PAUSE_S"):
        monkeypatch.setattr(pacing, name, 10 * WAIT_S)
    with stepping_writer(tmp_path / "scan.h5") as writer:
        writer.do("f = h5py.File(path, 'w', libver='v110')")
        writer.do("k = f.create_dataset('keys/k', (5,), 'i4', chunks=(5,))")
        writer.do("f.swmr_mode = True")
        yield writer


def test_each_key_wakes_the_iterator(tmp_path: Path, writer: SteppingWriter) -> None:
    before = set(os.listdir("/proc/self/fd"))
    waits = threading.Semaphore(0)

    def write() -> None:
        for index in range(5):
            waits.acquire(timeout=WAIT_S)
            writer.do(f"k[{index}] = 1; k.flush()")

    thread = threading.Thread(target=write)
    thread.start()
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys", termination_conditions=(AllKeys(), Timeout(WAIT_S)))
        assert follower.wait_descriptor is not None
        found = []
        waits.release()
        for index in follower:
            found.append(index)
            waits.release()
        assert (found, follower.reason) == (list(range(5)), "all_keys")
    thread.join()
    assert set(os.listdir("/proc/self/fd")) <= before


def test_a_stop_from_another_thread_ends_the_wait(tmp_path: Path, writer: SteppingWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = threading.Event()
    wait_readable = key_wait.wait_readable

    def noted(descriptors: list[int], timeout_s: float) -> list[int]:
        if timeout_s > WAIT_S:
            waits.set()
        return wait_readable(descriptors, timeout_s)

    monkeypatch.setattr(key_wait, "wait_readable", noted)
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys", termination_conditions="all_keys")
        thread = threading.Thread(target=lambda: (waits.wait(WAIT_S), follower.stop()))
        thread.start()
        assert (list(follower), follower.reason) == ([], "stopped")
        thread.join()
        assert waits.is_set()
