"""A file without keys is followed by its length, and that is said."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.core.conditions import FileClosed, Timeout
from swmr_viewer.reader.child.scans import open_scan
from swmr_viewer.reader.messages import FollowRequest


def test_the_length_stands_in_and_a_fault_says_so(tmp_path: Path) -> None:
    path = tmp_path / "no-keys.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset("entry/data/data", data=np.ones((5, 8, 9)), maxshape=(None, 8, 9), chunks=(1, 8, 9))
    scan = open_scan(FollowRequest(str(path), conditions=(FileClosed(), Timeout(1))))
    try:
        assert list(scan.follower) == list(range(5))
        assert scan.follower.reason == "file_closed"
        assert [*scan.grabbers] == ["/entry/data/data"]
        assert any("There are no keys" in fault and "/entry/data/data" in fault for fault in scan.faults)
    finally:
        scan.close()
