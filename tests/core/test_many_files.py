"""More source files than a process may open: old ones are closed, and where that does not help it is said as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.live.writers import WAIT_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits the process by resource.setrlimit")

N, FRAME = 150, (4, 5)
SCRIPT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))
from swmr_viewer import Follower, FrameGrabber, SwmrViewerError, open_swmr
with open_swmr(sys.argv[1]) as file:
    try:
        follower = Follower(file, (), 1.0, ("all_keys", "file_closed", "timeout"), length_paths="data")
        with FrameGrabber(file, "data", scan_rank=1) as grabber:
            for index in follower:
                assert grabber.grab(index).max() == index + 1
                print(index)
            assert grabber.grab(0).max() == 1
            print(follower.reason)
    except SwmrViewerError as error:
        print(error)
"""


def make(folder: Path, kind: str) -> Path:
    for number in range(N):
        with h5py.File(folder / f"{number:06}.h5", "w", libver="v110") as file:
            file.create_dataset("d", data=np.full((1, *FRAME), number + 1, "u2"), chunks=(1, *FRAME))
    with h5py.File(folder / "master.h5", "w", libver="v110") as file:
        layout = h5py.VirtualLayout((N, *FRAME), "u2")
        for number in range(N):
            if kind == "links":
                file[f"data/data_{number:06}"] = h5py.ExternalLink(f"{number:06}.h5", "/d")
            else:
                layout[number : number + 1] = h5py.VirtualSource(f"{number:06}.h5", "d", (1, *FRAME))[0:1]
        if kind == "virtual":
            file.create_virtual_dataset("data", layout, fillvalue=0)
    return folder / "master.h5"


def follow(path: Path) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def test_old_sources_of_a_virtual_data_set_are_closed_to_make_room(tmp_path: Path) -> None:
    assert follow(make(tmp_path, "virtual")) == [*map(str, range(N)), "all_keys"]


def test_links_that_cannot_be_opened_are_not_said_to_lead_nowhere(tmp_path: Path) -> None:
    *_, last = follow(make(tmp_path, "links"))
    assert "too many files are open" in last
    assert "ulimit -n" in last
