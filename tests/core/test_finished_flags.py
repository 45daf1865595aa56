"""Finished flags of every kind: one that is found never stops following; one that is named must be one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import FinishedFlag, Follower, open_swmr
from swmr_viewer.core.conditions import default_conditions
from swmr_viewer.core.errors import PathError, PathNotThereError
from swmr_viewer.core.keys.endings import FlagDataset
from swmr_viewer.reader.child.scans import open_scan
from swmr_viewer.reader.messages import FollowRequest

FLAG = "entry/scan/scan_finished"
NO_FLAGS: dict[str, Callable[[h5py.File, Path], object]] = {
    "string": lambda file, _: file.create_dataset(FLAG, data=np.bytes_(b"no")),
    "text": lambda file, _: file.create_dataset(FLAG, data="false"),
    "compound": lambda file, _: file.create_dataset(FLAG, data=np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")])),
    "group": lambda file, _: file.create_group(FLAG),
}
NOT_THERE: dict[str, Callable[[h5py.File, Path], object]] = {
    "soft": lambda file, _: file.__setitem__(FLAG, h5py.SoftLink("/nowhere")),
    "external": lambda file, _: file.__setitem__(FLAG, h5py.ExternalLink("nowhere.h5", "/finished")),
    "no file": lambda file, folder: ((folder / "text").write_text("words"), file.__setitem__(FLAG, h5py.ExternalLink("text", "/f"))),
}
VALUES: dict[str, tuple[Any, bool]] = {
    "one": (1, True), "float": (0.5, True), "negative": (-1, True), "true": (True, True), "one of many": (np.eye(3), True),
    "zero": (0, False), "nan": (np.nan, False), "false": (False, False), "empty": (h5py.Empty("i4"), False),
    "zeros": (np.zeros(6, "i4"), False), "none": (np.zeros(0, "i4"), False), "nans": (np.full(3, np.nan), False),
}  # fmt: skip


def write(folder: Path, flag: Callable[[h5py.File, Path], object]) -> Path:
    with h5py.File(folder / "scan.h5", "w", libver="v110") as file:
        file["entry/scan/keys/uniqueKeys"] = np.array([1, 2, 0], "i4")
        file.create_dataset("entry/det/data", data=np.ones((3, 4, 5), "u2"), chunks=(1, 4, 5))
        flag(file, folder)
    return folder / "scan.h5"


@pytest.mark.parametrize("kind", [*NO_FLAGS, *NOT_THERE])
@pytest.mark.parametrize("through", ["library", "reader"])
def test_what_is_found_and_cannot_be_a_flag_is_said_once_and_left_alone(tmp_path: Path, kind: str, through: str) -> None:
    path = write(tmp_path, (NO_FLAGS | NOT_THERE)[kind])
    if through == "library":
        with open_swmr(path) as file:
            check_followed(Follower(file, "entry/scan/keys", termination_conditions=default_conditions(0.3)), kind)
    else:
        scan = open_scan(FollowRequest(str(path), conditions=default_conditions(0.3)))
        try:
            check_followed(scan.follower, kind)
        finally:
            scan.close()


def check_followed(follower: Follower, kind: str) -> None:
    assert (list(follower), follower.reason) == ([0, 1], "file_closed")
    faults = follower.take_faults()
    assert [FLAG in fault and "left alone" in fault for fault in faults] == [True] * (kind in NO_FLAGS)
    assert follower.flag_is_set() is False
    assert follower.take_faults() == []


@pytest.mark.parametrize("kind", [*NO_FLAGS, *NOT_THERE])
def test_what_is_named_must_be_a_flag(tmp_path: Path, kind: str) -> None:
    with open_swmr(write(tmp_path, (NO_FLAGS | NOT_THERE)[kind])) as file:
        error = PathError if kind in NO_FLAGS else PathNotThereError
        with pytest.raises(error):
            Follower(file, "entry/scan/keys", finished_path=FLAG)
        with pytest.raises(error):
            Follower(file, "entry/scan/keys", termination_conditions=[FinishedFlag(FLAG), "timeout"])


@pytest.mark.parametrize("kind", VALUES)
def test_what_counts_as_set(tmp_path: Path, kind: str) -> None:
    value, is_set = VALUES[kind]
    with open_swmr(write(tmp_path, lambda file, _: file.create_dataset(FLAG, data=value))) as file:
        follower = Follower(file, "entry/scan/keys", termination_conditions=default_conditions(0.3))
        assert (follower.flag_is_set(), follower.finished_path) == (is_set, FLAG)
        assert (list(follower), follower.reason) == ([0, 1], "finished_flag" if is_set else "file_closed")
        assert follower.take_faults() == []


def test_a_flag_whose_link_leads_nowhere_yet_is_taken_up_when_it_does(tmp_path: Path) -> None:
    now = [0.0]
    with open_swmr(write(tmp_path, NOT_THERE["external"])) as file:
        follower = Follower(file, "entry/scan/keys", 5.0, "finished_flag", clock=lambda: now[0])
        assert (follower.refresh(), follower.check_end()) == (True, None)
        with h5py.File(tmp_path / "nowhere.h5", "w", libver="v110") as other:
            other["finished"] = 1
        now[0] += 1.0
        assert follower.check_end() == "finished_flag"


def test_a_flag_that_cannot_be_read_for_a_while_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_swmr(write(tmp_path, lambda file, _: file.create_dataset(FLAG, data=1))) as file:
        follower = Follower(file, "entry/scan/keys", 5.0, "finished_flag")
        with monkeypatch.context() as patch:
            patch.setattr(FlagDataset, "is_set", fails)
            assert [follower.check_end() for _ in range(3)] == [None] * 3
        assert ["cannot be read: the disk is gone" in fault for fault in follower.take_faults()] == [True]
        assert follower.check_end() == "finished_flag"


def fails(flag: FlagDataset) -> bool:
    raise OSError("the disk is gone")
