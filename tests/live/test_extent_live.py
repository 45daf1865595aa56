"""What generous limits, absurd shapes and keys of other lengths cost and say, in the processes that people start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil
import pytest

from swmr_viewer import DataSource, FileClosed, open_swmr
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.reader.messages import Ended, Fault, FrameReady, Opened
from tests.live.scripted_writer import ScriptedWriter, value_at
from tests.live.writers import WAIT_S
from tests.reader.listening import Listener

pytestmark = pytest.mark.live

BILLION = 10**9


def test_a_limit_of_a_billion_costs_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with ScriptedWriter() as writer, Listener() as listener:
        writer.new(path, 3, (0,), (16,), limit=BILLION)
        for number in range(5):
            writer.frame((number,))
        for key in range(3):
            writer.key(key, [(number,) for number in range(5)])
        listener.follow(path, "keys", "data", conditions=(FileClosed(),))
        opened = listener.until_a(Opened)
        listener.until(lambda event: isinstance(event, FrameReady) and event.index == 4)
        writer.frame((5,))
        for key in range(3):
            writer.key(key, [(5,)])
        newest = listener.until(lambda event: isinstance(event, FrameReady) and event.index == 5)
        memory = psutil.Process(listener.pid).memory_info().rss
        writer.close()
        ended = listener.until_a(Ended)
    assert opened.scan_shape == (5,)
    assert isinstance(newest, FrameReady)
    assert {int(pixels[0, 0]) for event, pixels, _ in listener.frames if event.index == 5} == {value_at((5,))}
    assert (ended.reason, ended.complete, ended.total) == ("file_closed", 6, 6)
    assert memory < 400e6


def test_the_mirror_of_a_large_scan_costs_what_is_written() -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    progress = KeyProgress(3, (10_000, 10_000))
    for key in range(3):
        progress.add(key, np.array([0]), np.array([1000]))
    assert (progress.n_complete, progress.newest, progress.frontier) == (1000, 999, 1000)
    assert process.memory_info().rss - before < 100e6


def fixed(path: Path, shape: tuple[int, ...], frame: tuple[int, ...] = (4, 5), told: Any = None) -> Path:
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset("keys/k", shape, "i4", chunks=(1000,) * len(shape))
        file.create_dataset("data", (*shape, *frame), "u2", chunks=(*(1 for _ in shape), *(min(n, 100) for n in frame)))
        if told is not None:
            file["scan_shape"] = told
    return path


@pytest.mark.parametrize(
    ("shape", "frame", "said"),
    [
        ((2**60,), (4, 5), "/keys/k has 1,152,921,504,606,846,976 points"),
        ((10**10,), (4, 5), "/keys/k has 10,000,000,000 points"),
        ((10**5, 10**5), (4, 5), "(100000 x 100000)"),
        ((1000,), (10**6, 10**6), "have 1000000 x 1000000 values of uint16"),
    ],
)
def test_the_command_refuses_what_is_absurd(tmp_path: Path, shape: tuple[int, ...], frame: tuple[int, ...], said: str) -> None:
    command = [sys.executable, "-m", "swmr_viewer", "follow", str(fixed(tmp_path / "scan.h5", shape, frame)), "--timeout", "0"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)
    told = " ".join(run.stderr.split())
    assert said in told
    assert "Name another" in told
    assert "Traceback" not in told
    assert "fault of the program" not in told
    assert run.returncode not in (0, None)


def test_a_huge_frame_beside_a_sound_one_costs_that_one_nothing(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file["keys/k"] = np.arange(1, 4)
        for name, frame in {"sound": (4, 5), "huge": (10**6, 10**6)}.items():
            group = file.create_group(name)
            group.attrs.update(NX_class="NXdata", signal="data")
            group.create_dataset("data", (3, *frame), "u2", chunks=(1, *(min(n, 100) for n in frame)))
        file["sound/data"][:] = 7
    with Listener() as listener:
        listener.follow(path)
        listener.until_a(Ended)
    assert {event.data_path for event, _, _ in listener.frames} == {"/sound/data"}
    assert any("1000000 x 1000000" in fault.message for fault in listener.all_of(Fault))


@pytest.mark.parametrize("limit", [None, 50, BILLION])
def test_keys_that_end_at_other_lengths_say_why_when_the_file_is_closed(tmp_path: Path, limit: int | None) -> None:
    path = tmp_path / "scan.h5"
    with ScriptedWriter() as writer:
        writer.new(path, 3, (0,), (4,), limit=limit)
        with open_swmr(path) as file:
            source = DataSource(file, "keys", "data", WAIT_S, ("file_closed", "timeout"))
            for number in range(8):
                writer.frame((number,))
                for key in range(3 if number < 5 else 2):
                    writer.key(key, [(number,)])
            first = [next(source) for _ in range(5)]
            assert source.take_faults() == []
            writer.close()
            assert list(source) == []
    assert [int(one.frames["data"][0, 0]) for one in first] == [value_at((number,)) for number in range(5)]
    assert source.reason == "file_closed"
    (fault,) = source.take_faults()
    assert "different lengths: keys/k2 has 5, keys/k0 has 8" in fault


def test_a_wrong_scan_shape_is_said_by_the_command_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file["scan/keys/k"] = np.arange(1, 21).reshape(4, 5)
        file["scan/scan_shape"] = [5, 4]
        file["data"] = np.arange(20)[:, None, None].repeat(6, 1).repeat(7, 2).reshape(4, 5, 6, 7)
    command = [sys.executable, "-m", "swmr_viewer", "follow", str(path), "--timeout", "0"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=True)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    frames = [one for one in events if one["event"] == "frame"]
    assert [one["data"]["/data"]["max"] for one in frames] == list(range(20))
    assert frames[-1]["position"] == [3, 4]
    assert any(one["event"] == "fault" and "5 x 4" in one["message"] for one in events)
