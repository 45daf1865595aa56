"""A file that is opened again for a second scan: the entry that runs is followed, by its own keys."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.writers import WAIT_S

pytestmark = pytest.mark.live

WRITER = """
import sys, h5py, numpy as np
path, with_keys = sys.argv[1], sys.argv[2] == "keys"

def scan(name, first, n, waits):
    with h5py.File(path, "a", libver="v110", locking=False) as f:
        d = f.create_dataset(f"{name}/data/data", (0, 6, 8), "u2", chunks=(1, 6, 8), maxshape=(None, 6, 8))
        ids = f"{name}/instrument/NDAttributes/NDArrayUniqueId"
        k = f.create_dataset(ids, (0,), "i4", chunks=(16,), maxshape=(None,)) if with_keys else None
        f.swmr_mode = True
        for i in range(n):
            if waits and i == 1:
                print("swmr", flush=True)
                sys.stdin.readline()
            d.resize(i + 1, 0); d[i] = first + i; d.flush()
            if k is not None:
                k.resize(i + 1, 0); k[i] = i + 1; k.flush()

scan("entry", 100, 4, False)
scan("entry2", 200, 3, True)
"""


@pytest.mark.parametrize("with_keys", ["keys", "no keys"])
def test_the_entry_that_runs_is_followed(tmp_path: Path, with_keys: str) -> None:
    path = tmp_path / "scan.h5"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), with_keys], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    command = [sys.executable, "-m", "swmr_viewer", "follow", str(path), "--until", "file_closed", "--order", "scan"]
    with writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        assert writer.stdout.readline() == "swmr\n"
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
            assert follower.stdout is not None
            events = [json.loads(follower.stdout.readline())]
            while events[-1]["event"] != "frame":
                events.append(json.loads(follower.stdout.readline()))
            print(file=writer.stdin, flush=True)
            rest, _ = follower.communicate(timeout=WAIT_S)
    events += [json.loads(line) for line in rest.splitlines()]
    frames = [one for one in events if one["event"] == "frame"]
    assert [one["data"]["/entry2/data/data"]["max"] for one in frames] == [200, 201, 202]
    assert all(set(one["data"]) == {"/entry2/data/data"} for one in frames)
    assert events[-1]["reason"] == "file_closed"
