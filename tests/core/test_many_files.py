"""More source files than a process may open: old ones are closed, and where that does not help it is said as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.data import sequence
from swmr_viewer.core.errors import FileReplacedError
from tests.live.writers import WAIT_S

needs_limit = pytest.mark.skipif(sys.platform == "win32", reason="limits the process by resource.setrlimit")

FRAME = (2, 3)
KINDS = ("virtual", "links", "keys")
"""A virtual data set and a group of links (Dectris), both without keys; virtual data with virtual keys."""
LIMITED = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
"""
FOLLOW = (
    LIMITED
    + """
from swmr_viewer import Follower, FrameGrabber, SwmrViewerError, open_swmr
with open_swmr(sys.argv[1]) as file:
    keys = [path for path in ("keys",) if path in file]
    try:
        follower = Follower(file, keys, 1.0, ("all_keys", "file_closed", "timeout"), length_paths=() if keys else "data")
        with FrameGrabber(file, "data", scan_rank=1) as grabber:
            for index in follower:
                assert (grabber.grab(index) == index + 1).all()
                print(index)
            assert grabber.grab(0).max() == 1
            print(follower.reason)
    except SwmrViewerError as error:
        print(error)
"""
)
COMMAND = (
    LIMITED
    + """
import os
os.execv(sys.executable, [sys.executable, "-m", "swmr_viewer", *sys.argv[1:]])
"""
)


def make(folder: Path, kind: str, n: int) -> Path:
    for number in range(n):
        with h5py.File(folder / f"{number:06}.h5", "w", libver="v110") as file:
            file.create_dataset("d", data=np.full((1, *FRAME), number + 1, "u2"), chunks=(1, *FRAME), maxshape=(None, *FRAME))
            file.create_dataset("k", data=[number + 1], dtype="i4", chunks=(1,))
    with h5py.File(folder / "master.h5", "w", libver="v110") as file:
        layout, keys = h5py.VirtualLayout((n, *FRAME), "u2"), h5py.VirtualLayout((n,), "i4")
        for number in range(n):
            if kind == "links":
                file[f"data/data_{number:06}"] = h5py.ExternalLink(f"{number:06}.h5", "/d")
            else:
                layout[number : number + 1] = h5py.VirtualSource(f"{number:06}.h5", "d", (1, *FRAME))[0:1]
                keys[number : number + 1] = h5py.VirtualSource(f"{number:06}.h5", "k", (1,))[0:1]
        if kind != "links":
            file.create_virtual_dataset("data", layout, fillvalue=0)
        if kind == "keys":
            file.create_virtual_dataset("keys", keys, fillvalue=0)
    return folder / "master.h5"


def run(script: str, limit: int, *arguments: object) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", script, str(limit), *map(str, arguments)], capture_output=True, text=True, timeout=2 * WAIT_S, check=False
    )
    assert "Error" not in ran.stderr
    return ran.stdout.splitlines()


@needs_limit
@pytest.mark.parametrize("kind", KINDS)
def test_old_sources_are_closed_to_make_room(tmp_path: Path, kind: str) -> None:
    *indices, reason = run(FOLLOW, 80, make(tmp_path, kind, 150))
    assert indices == [*map(str, range(150))]
    assert reason in ("all_keys", "file_closed")


@needs_limit
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_more_sources_than_handles_by_the_command(tmp_path: Path, kind: str) -> None:
    """As `test_old_sources_are_closed_to_make_room`, by the command. With the 1024 handles of most systems it takes ten times as long."""
    n = 400
    path = make(tmp_path, kind, n)
    named = ["--keys", "/keys"] if kind == "keys" else []
    told = [json.loads(line) for line in run(COMMAND, 350, "follow", path, "--data", "/data", "--wait", "120", *named)]
    frames = [one for one in told if one["event"] == "frame"]
    assert [one["index"] for one in frames] == [*range(n)]
    assert all(one["data"]["/data"]["min"] == one["data"]["/data"]["max"] == one["index"] + 1 for one in frames)
    assert told[-1]["complete"] == n


@needs_limit
def test_links_that_cannot_be_opened_are_not_said_to_lead_nowhere(tmp_path: Path) -> None:
    path = make(tmp_path, "links", 150)
    with ExitStack() as writers:  # what is still written to stays open
        for number in range(150):
            writers.enter_context(h5py.File(tmp_path / f"{number:06}.h5", "r+", libver="v110")).swmr_mode = True
        *_, last = run(FOLLOW, 80, path)
    assert "too many files are open" in last
    assert "ulimit -n" in last


def test_a_closed_part_is_opened_again_only_if_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "most_open_files", lambda: 8)
    path = make(tmp_path, "links", 20)
    with open_swmr(path) as file, FrameGrabber(file, "data") as grabber:
        assert [int(grabber.grab(index).max()) for index in range(20)] == [*range(1, 21)]
        assert len(grabber.files) == 21
        assert [int(grabber.grab(index).max()) for index in range(20)] == [*range(1, 21)]
        assert len(grabber.files) == 21
        os.replace(tmp_path / "000019.h5", tmp_path / "000003.h5")
        with pytest.raises(FileReplacedError, match=r"000003\.h5 was replaced"):
            grabber.grab(3)
        with h5py.File(tmp_path / "000004.h5", "w", libver="v110") as other:
            other.create_dataset("d", (0, *FRAME), "u2", chunks=(1, *FRAME), maxshape=(None, *FRAME), track_times=True)
            other["more"] = np.ones(1000)
        with pytest.raises(FileReplacedError, match=r"000004\.h5 was replaced"):
            grabber.grab(4)
        assert grabber.grab(5).max() == 6


def test_files_that_are_known_to_be_complete_are_not_opened_again_by_polls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "most_open_files", lambda: 8)
    opened: list[str] = []
    really = sequence.open_object
    monkeypatch.setattr(sequence, "open_object", lambda file, path: opened.append(path) or really(file, path))
    with open_swmr(make(tmp_path, "links", 40)) as file:
        follower = Follower(file, (), termination_conditions="file_closed", length_paths="data")
        assert [*follower] == [*range(40)]
        n_opened = len(opened)
        assert n_opened >= 2 * 40 - 8  # counted, then looked into
        for _ in range(200):
            assert not follower.refresh()
        assert len(opened) == n_opened


def test_the_last_part_grows_on_although_its_file_was_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "most_open_files", lambda: 8)
    path = make(tmp_path, "links", 20)
    append = (
        "import h5py, sys; f = h5py.File(sys.argv[1], 'r+', libver='v110', locking=False); f.swmr_mode = True; "
        "f['d'].resize(3, 0); f['d'][1:] = 7; f.close()"
    )
    with open_swmr(path) as file, FrameGrabber(file, "data") as grabber:
        assert [int(grabber.grab(index).max()) for index in range(20)] == [*range(1, 21)]
        assert grabber.scan_shape == (20,)
        subprocess.run([sys.executable, "-c", append, str(tmp_path / "000019.h5")], check=True, timeout=WAIT_S)
        assert grabber.grab(21).max() == 7
        assert grabber.scan_shape == (22,)
        assert [int(grabber.grab(index).max()) for index in range(20)] == [*range(1, 21)]
