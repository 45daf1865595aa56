"""Metadata with a wrong checksum: an error that says so, soon, where HDF5 alone would retry for good."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import FrameGrabber, open_swmr
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.errors import FileDamagedError, FrameNotWrittenError
from swmr_viewer.core.files import opening
from swmr_viewer.core.files.links import open_object
from swmr_viewer.core.follower import Follower

N = 12


def killed_file(folder: Path) -> tuple[Path, dict[str, int]]:
    """Write a file as a killed writer leaves it, and return where some of its metadata lie."""
    path = folder / "scan.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset("/entry/data", (0, 8, 6), np.uint16, maxshape=(None, 8, 6), chunks=(1, 8, 6))
        file.create_dataset("/entry/keys", (0,), np.int32, maxshape=(None,), chunks=(4,))
        file.swmr_mode = True
        for index in range(N):
            for name, value in (("/entry/data", index + 1), ("/entry/keys", index + 1)):
                file[name].resize(index + 1, 0)
                file[name][index] = value
                file[name].flush()
        content = path.read_bytes()
        at = {name: h5py.h5o.get_info(file[name].id).addr for name in ("/entry", "/entry/data", "/entry/keys")}
    path.write_bytes(content)
    at["index of chunks"] = content.index(b"EAIB")  # extensible array, the data set's comes first
    return path, at


def change(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x5A
    path.write_bytes(content)


def test_the_attempts_can_be_limited_here():
    assert opening.driver() is not None


@pytest.mark.parametrize("where", ["/entry", "/entry/data"])
def test_an_object_that_cannot_be_read_is_damaged_and_not_missing(tmp_path, where):
    path, at = killed_file(tmp_path)
    change(path, at[where] + 12)
    with open_swmr(path) as file:
        for _ in range(2):
            with pytest.raises(FileDamagedError, match="wrong checksum") as raised:
                open_object(file, "/entry/data")
            assert str(path) in str(raised.value)
        if where == "/entry/data":
            assert open_object(file, "/entry/keys") is not None


def test_a_frame_whose_place_cannot_be_read_may_come_later(tmp_path):
    path, at = killed_file(tmp_path)
    change(path, at["index of chunks"] + 10)
    with open_swmr(path) as file:
        assert list(Follower(file, "/entry/keys", 0.0)) == list(range(N))
        with pytest.raises(FrameNotWrittenError, match="checksum"):
            FrameGrabber(file, "/entry/data").grab(3)


def test_a_hundred_looks_at_damage_are_over_soon(tmp_path):
    """HDF5's own attempts would need longer for one of them than anybody waits."""
    path, at = killed_file(tmp_path)
    change(path, at["index of chunks"] + 10)
    with open_swmr(path) as file:
        grabber = FrameGrabber(file, "/entry/data")
        for _ in range(100):
            with pytest.raises(FrameNotWrittenError):
                grabber.grab(3)


def test_a_linked_file_is_read_with_the_same_limit(tmp_path):
    path, at = killed_file(tmp_path)
    change(path, at["/entry/data"] + 12)
    master = tmp_path / "master.h5"
    with h5py.File(master, "w", libver="v110") as file:
        file["data"] = h5py.ExternalLink(path.name, "/entry/data")
    with open_swmr(master) as file, pytest.raises(KeyError, match="checksum"):
        file["/data"]


@pytest.mark.parametrize("where", ["/entry", "/entry/data", "/entry/keys"])
def test_an_inspection_calls_what_is_damaged_so_and_no_link(tmp_path, where):
    path, at = killed_file(tmp_path)
    change(path, at[where] + 12)
    found = inspect_file(path)
    (damaged,) = (one for one in found.tree if one.path == where)
    assert (damaged.kind, damaged.note) == ("unreadable", "damaged: its metadata have a wrong checksum")
    assert f"A part of the file cannot be read: {where} (damaged: its metadata have a wrong checksum)." in found.notes
    assert not any("lead nowhere" in note for note in found.notes)


@pytest.mark.parametrize("kind", ["soft", "external"])
def test_a_link_to_what_is_damaged_leads_somewhere(tmp_path, kind):
    path, at = killed_file(tmp_path)
    change(path, at["/entry/keys"] + 12)
    master = tmp_path / "master.h5"
    with h5py.File(master, "w", libver="v110") as file:
        file["entry/uid"] = h5py.ExternalLink(path.name, "/entry/keys")
        file["entry/soft"] = h5py.SoftLink("/entry/uid")
        file["entry/late"] = h5py.ExternalLink("late.h5", "/entry/keys")
    found = {one.path: one for one in inspect_file(master).tree}
    link = found["/entry/uid" if kind == "external" else "/entry/soft"]
    assert (link.kind, link.note.startswith(f"{kind} link to "), "damaged: its metadata" in link.note) == ("unreadable", True, True)
    assert found["/entry/late"].kind == "broken link"


def test_a_key_dataset_behind_a_link_is_not_forgotten_because_it_is_damaged(tmp_path):
    path, at = killed_file(tmp_path)
    change(path, at["/entry/keys"] + 12)
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        file["entry/keys/uid"] = h5py.ExternalLink(path.name, "/entry/keys")
        file.create_dataset("entry/keys/other", data=np.arange(N, dtype="i4"))
    found = inspect_file(tmp_path / "master.h5")
    assert set(found.key_paths) == {"/entry/keys/uid", "/entry/keys/other"}
    assert any("/entry/keys/uid cannot be read" in note for note in found.notes)
