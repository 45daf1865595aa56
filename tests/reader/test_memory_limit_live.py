"""A file that asks for more memory than its reader may take costs it a sentence, and neither the reader nor the machine."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import h5py
import numpy as np
import psutil
import pytest

from swmr_viewer.core.memory_limit import VARIABLE
from swmr_viewer.reader.messages import Failed, Fault, FrameReady, ReaderReplaced, ShowIndex
from swmr_viewer.reducing.messages import FrameFailed, ReduceRequest, ReductionChoice, ReductionEnded, ReductionFailed
from swmr_viewer.reducing.process import ReductionProcess
from tests.reader.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds processes to it")]

LIMIT = 300 << 20
SIDE = 18_000
"""A chunk of so many rows and columns of one byte has more than the limit."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scan of two frames beside data that ask for 324 MB, and for a terabyte."""
    monkeypatch.setenv(VARIABLE, f"{LIMIT >> 20}M")
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["keys"], file["data"] = np.arange(1, 3), np.ones((2, 3, 4), "u2")
        file.create_dataset("large", (2, SIDE, SIDE), "u1", chunks=(1, 100, SIDE))
        file.create_dataset("huge", (2, 1 << 20, 1 << 20), "u1", chunks=(1, 1, 1 << 20))
        file.create_dataset("pixel_mask", (1 << 20, 1 << 20), "u1", chunks=(1, 1 << 20))
    return tmp_path / "scan.h5"


@pytest.mark.parametrize(("data", "size"), [("/large", "0 GB"), ("/huge", "1,100 GB")])
def test_frames_that_are_too_large_are_refused_with_the_size_that_is_allowed(path: Path, data: str, size: str) -> None:
    with Listener() as listener:
        listener.follow(path, "/keys", data)
        failed = listener.until_a(Failed, failing=True)
        assert size in failed.message
        assert "more than can be shown" in failed.message
        assert "up to 0.16 GB" in failed.remedy
        assert not listener.all_of(ReaderReplaced)


def test_a_frame_whose_chunk_is_too_large_is_passed_over_and_the_reader_lives(path: Path) -> None:
    with h5py.File(path, "a") as file:
        bomb = file.create_dataset("bomb", (2, 3, 4), "u1", maxshape=(2, None, None), chunks=(1, SIDE, SIDE), compression="gzip")
        chunk = zlib.compress(bytes(SIDE * SIDE), 1)
        for number in range(2):
            bomb.id.write_direct_chunk((number, 0, 0), chunk)
    with Listener() as listener:
        listener.follow(path, "/keys", data_paths=("/bomb", "/data"))
        assert "memory" in listener.until_a(Fault).message
        assert psutil.Process(listener.pid).rlimit(psutil.RLIMIT_DATA)[0] == LIMIT
        first = listener.pid
        listener.supervisor.send(ShowIndex(listener.generation, 0, "/data", (2,)))
        assert listener.until_a(FrameReady).data_path == "/data"
        assert listener.pid == first


def test_a_reduction_is_held_to_it_as_well(path: Path) -> None:
    process = ReductionProcess()
    try:
        process.start(ReduceRequest(str(path), ReductionChoice("statistics"), data_path="/huge", key_paths=("/keys",)))
        events: list[object] = []
        while not any(isinstance(event, ReductionEnded | ReductionFailed) for event in events):
            events += process.wait(60.0)
        failed = [event for event in events if isinstance(event, FrameFailed)]
        assert {event.index for event in failed} == {0, 1}
        assert all("Unable to allocate" in event.message for event in failed)
        assert process.pid is not None
        assert psutil.Process(process.pid).rlimit(psutil.RLIMIT_DATA)[0] == LIMIT
    finally:
        process.close()
