"""Files that a file names, by links or in virtual data sets, are found where HDF5 itself finds them, symbolic links included."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, open_swmr
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.files.places import BY_LINKS, BY_MAPPINGS, folders_of, found_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="makes symbolic links")

PLACES = ("beside the link", "in the working folder", "beside the file", "where the environment says")
SOME = [some for n in range(1, 5) for some in combinations(PLACES, n)]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    found = {place: tmp_path / place.replace(" ", "_") for place in PLACES}
    for folder in found.values():
        folder.mkdir()
    monkeypatch.chdir(found["in the working folder"])
    return found


def write_detector(path: Path, value: int) -> None:
    with h5py.File(path, "w", libver="v110") as file:
        file["data"] = np.full((3, 4, 5), value, "u2") + np.arange(3, dtype="u2")[:, None, None]
        file["uid"] = np.arange(1, 4)


def write_master(folders: dict[str, Path], kind: str, name: str = "det.h5") -> Path:
    """Write a master, and return the symbolic link to it."""
    real, link = folders["beside the file"] / "real_name.h5", folders["beside the link"] / "scan.h5"
    with h5py.File(real, "w", libver="v110") as file:
        for path, inner, shape, dtype in (("entry/data", "data", (3, 4, 5), "u2"), ("entry/keys/det", "uid", (3,), "i8")):
            if kind == "external":
                file[path] = h5py.ExternalLink(name, f"/{inner}")
            else:
                layout = h5py.VirtualLayout(shape, dtype)
                layout[:] = h5py.VirtualSource(name, inner, shape)
                file.create_virtual_dataset(path, layout)
    link.symlink_to(real)
    return link


@pytest.mark.parametrize("there", SOME, ids=", ".join)
@pytest.mark.parametrize("kind", ["external", "virtual"])
@pytest.mark.parametrize("name", ["det.h5", "/no/such/folder/det.h5"])
def test_it_is_where_hdf5_finds_it(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, kind: str, there: tuple[str, ...], name: str
) -> None:
    for place in there:
        write_detector(folders[place] / "det.h5", 100 * (1 + PLACES.index(place)))
    link = write_master(folders, kind, name)
    prefix = BY_LINKS if kind == "external" else BY_MAPPINGS
    monkeypatch.setenv(prefix, str(folders["where the environment says"]))
    mine = found_file(name, folders_of(str(link), prefix))
    monkeypatch.delenv(prefix)
    assert mine.parent == next(folders[place] for place in (PLACES[3], *PLACES[:3]) if place in there)
    if there == (PLACES[3],):
        return  # HDF5 reads the folder of mappings once, when it is loaded: what it does with it cannot be seen here
    with h5py.File(link, "r", locking=False) as file:
        expected = [int(frame[0, 0]) for frame in file["entry/data"][()]]
    with h5py.File(found_file(name, folders_of(str(link), prefix)), "r", locking=False) as file:
        assert [int(frame[0, 0]) for frame in file["data"][()]] == expected
    found = inspect_file(link)
    assert (found.key_paths, found.data_paths) == (("/entry/keys/det",), ("/entry/data",))
    assert not any("not there yet" in node.note for node in found.tree)
    with open_swmr(link) as file:
        source = DataSource(file, found.key_paths, found.data_paths[0], timeout=0.0)
        assert [int(one.frames["/entry/data"][0, 0]) for one in source] == expected
    assert min(expected) >= 100


@pytest.mark.parametrize("kind", ["external", "virtual"])
def test_what_is_nowhere_is_told_as_missing(folders: dict[str, Path], kind: str) -> None:
    found = inspect_file(write_master(folders, kind))
    notes = [node.note for node in found.tree if node.path == "/entry/data"]
    assert ["no such file yet" in note or "not there yet" in note for note in notes] == [True]
