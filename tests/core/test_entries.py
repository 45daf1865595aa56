"""Which keys belong to which data: several scans in one file, and numbers that only look like keys."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, open_swmr
from swmr_viewer.core.discovery import inspect_file, inspect_open
from swmr_viewer.core.discovery.entries import entries_of
from swmr_viewer.core.discovery.walk import walk
from swmr_viewer.core.inspection import Inspection

KEYS, DATA = "instrument/NDAttributes/NDArrayUniqueId", "data/data"


def write_scan(
    file: h5py.File, name: str, n_frames: int, n_set: int, *, grows: bool = False, value: int = 1000, nexus: bool = True
) -> h5py.Group:
    """Write an areaDetector scan into a group; its frames have the values ``value``, ``value`` + 1 ..."""
    entry = file.create_group(name)
    if nexus:
        entry.attrs["NX_class"] = "NXentry"
        entry.create_group("data").attrs.update(NX_class="NXdata", signal="data")
    pixels = np.full((n_frames, 6, 8), value, "u2") + np.arange(n_frames, dtype="u2")[:, None, None]
    entry.create_dataset(DATA, data=pixels, chunks=(1, 6, 8), maxshape=(None, 6, 8) if grows else None)
    keys = np.where(np.arange(n_frames) < n_set, np.arange(n_frames) + 1, 0).astype("i4")
    entry.create_dataset(KEYS, data=keys, chunks=(16,) if grows else None, maxshape=(None,) if grows else None)
    return entry


def followed(path: Path, found: Inspection) -> list[int]:
    """Follow what was found, and return the first pixel of each frame."""
    with open_swmr(path) as file:
        (data,) = found.data_paths
        source = DataSource(file, found.key_paths, data, timeout=0.0, length_paths=found.length_paths)
        return [int(frame_set.frames[data][0, 0]) for frame_set in source]


@pytest.mark.parametrize("lengths", [(6, 6), (6, 9), (9, 6)])
@pytest.mark.parametrize("unfinished", [1, 2])
@pytest.mark.parametrize("nexus", [True, False])
def test_keys_of_one_entry_complete_its_own_frames_only(tmp_path: Path, lengths: tuple[int, int], unfinished: int, nexus: bool) -> None:
    path = tmp_path / "two.h5"
    with h5py.File(path, "w", libver="v110") as file:
        for number, n in enumerate(lengths, start=1):
            write_scan(file, f"entry{number}", n, 3 if number == unfinished else n, value=1000 * number, nexus=nexus)
    found = inspect_file(path)
    assert found.key_paths == (f"/entry{unfinished}/{KEYS}",)
    assert (found.scan_shape, found.entries[0]) == ((lengths[unfinished - 1],), f"/entry{unfinished}")
    assert followed(path, found) == [1000 * unfinished + index for index in range(3)]
    other = f"/entry{3 - unfinished}"
    assert f"{other}/{KEYS}" in [key.node.path for key in found.keys]
    assert any(other in note and "several scans" in note for note in found.notes)


@pytest.mark.parametrize("named", [f"entry1/{KEYS}", f"/entry1/{DATA}"])
def test_what_is_named_decides_which_scan_it_is(tmp_path: Path, named: str) -> None:
    path = tmp_path / "two.h5"
    with h5py.File(path, "w", libver="v110") as file:
        write_scan(file, "entry1", 6, 6)
        write_scan(file, "entry2", 9, 3, value=2000)
        file["entry2/finished"] = 1
    with open_swmr(path) as file:
        found = inspect_open(file, (named,))
    assert (found.key_paths, found.data_paths) == ((f"/entry1/{KEYS}",), (f"/entry1/{DATA}",))
    assert (found.scan_shape, found.finished_path) == ((6,), None)
    assert followed(path, found) == [1000 + index for index in range(6)]


def test_the_last_of_several_that_are_complete_and_the_default_of_a_closed_file(tmp_path: Path) -> None:
    path = tmp_path / "many.h5"
    with h5py.File(path, "w", libver="v110") as file:
        for number in (2, 10, 9):
            write_scan(file, f"scan_{number}", 4, 4, value=100 * number, grows=True)
    assert inspect_file(path).key_paths == (f"/scan_10/{KEYS}",)
    with h5py.File(path, "r+", libver="v110") as file:
        file.attrs["default"] = "scan_2"
        file["scan_2"].attrs["default"] = "data"
    found = inspect_file(path)
    assert found.data_paths == (f"/scan_2/{DATA}",)
    assert followed(path, found) == [200, 201, 202, 203]


def test_without_keys_the_data_are_of_one_entry_too(tmp_path: Path) -> None:
    path = tmp_path / "two.h5"
    with h5py.File(path, "w", libver="v110") as file:
        for number in (1, 2):
            del write_scan(file, f"entry{number}", 4, 4, value=1000 * number, grows=True)[KEYS]
    found = inspect_file(path)
    assert found.data_paths in ((f"/entry1/{DATA}",), (f"/entry2/{DATA}",))
    assert found.length_paths == found.data_paths
    assert len(followed(path, found)) == 4


def test_detectors_of_one_scan_are_no_entries(tmp_path: Path) -> None:
    path = tmp_path / "one.h5"
    with h5py.File(path, "w", libver="v110") as file:
        for name in ("eiger", "mythen"):
            write_scan(file, name, 4, 4, nexus=False)
    with open_swmr(path) as file:
        assert entries_of(walk(file)) == ()
    assert inspect_file(path).key_paths == (f"/eiger/{KEYS}", f"/mythen/{KEYS}")


NO_KEYS = {
    "entry/user01/uid": np.array([1001]),
    "entry/process/key": np.array([1, 2, 3]),
    "entry/instrument/detector/frame_numbers": np.array([10]),
    "frame": np.array([[0, 0], [512, 512]]),
    "entry/sample/unique_id": np.array([[5]]),
}


@pytest.mark.parametrize("name", NO_KEYS)
@pytest.mark.parametrize("grows", [True, False])
def test_a_number_that_belongs_to_something_else_is_no_key(tmp_path: Path, name: str, grows: bool) -> None:
    path, data = tmp_path / "scan.h5", "entry/instrument/detector/data"
    with h5py.File(path, "w", libver="v110") as file:
        pixels = np.arange(10, dtype="u2")[:, None, None] + np.ones((20, 30), "u2")
        file.create_dataset(data, data=pixels, chunks=(1, 20, 30), maxshape=(None, 20, 30) if grows else None)
        file[name] = NO_KEYS[name]
    found = inspect_file(path)
    assert (found.keys, found.key_paths, found.data_paths) == ((), (), (f"/{data}",))
    assert any(f"/{name}" in note and "is no key" in note for note in found.notes)
    assert followed(path, found) == list(range(1, 11))


def test_one_frame_may_have_one_key(tmp_path: Path) -> None:
    path = tmp_path / "one.h5"
    with h5py.File(path, "w", libver="v110") as file:
        write_scan(file, "entry", 1, 1)
    found = inspect_file(path)
    assert found.key_paths == (f"/entry/{KEYS}",)
    assert followed(path, found) == [1000]
