"""Without keys: the length and the chunks of a growing data set stand in, and never run ahead of what was written."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from tests.live.writers import WAIT_S

pytestmark = pytest.mark.live

WRITER = """
import sys, h5py, numpy as np
path, frames_per_chunk, rank, n = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
frame = (8, 6)[:rank]
f = h5py.File(path, "w", libver="v110")
d = f.create_dataset("d", (0, *frame), "u2", maxshape=(None, *frame), chunks=(frames_per_chunk, *frame), compression="gzip")
f.swmr_mode = True
print("swmr", flush=True)
for i in range(n):
    sys.stdin.readline()
    d.resize(i + 1, 0)
    d[i] = i + 1
    d.flush()
    print(i, flush=True)
sys.stdin.readline()
f.close()
print("closed", flush=True)
"""


class Steps:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def step(self) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        return self._process.stdout.readline().strip()


@contextmanager
def writing(path: Path, *options: int) -> Iterator[Steps]:
    command = [sys.executable, "-c", WRITER, str(path), *map(str, options)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "swmr\n"
        yield Steps(process)
        process.kill()


def polled(follower: Follower, n_complete: int) -> int:
    """Poll until so many are complete, and a few times more: how many are complete then."""
    end = time.monotonic() + WAIT_S
    while follower.n_complete < n_complete and time.monotonic() < end:
        follower.refresh()
    for _ in range(3):
        follower.refresh()
    return follower.n_complete


@pytest.mark.parametrize(
    ("frames_per_chunk", "rank", "complete_after"),
    [(1, 2, [1, 2, 3, 4, 5, 6, 7]), (3, 2, [0, 0, 0, 3, 3, 3, 6]), (4, 0, [1, 2, 3, 4, 5, 6, 7])],
    ids=["one frame a chunk", "three frames a chunk", "scalars"],
)
def test_frames_count_once_their_chunk_is_whole(tmp_path: Path, frames_per_chunk: int, rank: int, complete_after: list[int]) -> None:
    path = tmp_path / "growing.h5"
    with writing(path, frames_per_chunk, rank, 7) as writer, open_swmr(path) as file:
        follower = Follower(file, (), WAIT_S, ("file_closed", "timeout"), length_paths="d")
        grabber = FrameGrabber(file, "d", scan_rank=1)
        for i, n in enumerate(complete_after):
            assert writer.step() == str(i)
            assert polled(follower, n) == n
        assert writer.step() == "closed"
        seen = [(index, grabber.grab(index)) for index in follower]
    assert follower.reason == "file_closed"
    assert [index for index, _ in seen] == list(range(7))
    for index, frame in seen:
        assert np.all(frame == index + 1)
