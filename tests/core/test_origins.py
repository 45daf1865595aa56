"""Where data really come from: every other file that a path leads to, without opening it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import open_swmr
from swmr_viewer.core.data import other_files_of
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.other_files import MOST_TOLD, OtherFiles, joined_files

FRAMES = np.arange(24, dtype="u2").reshape(2, 3, 4)


def mapped(file: h5py.File, path: str, sources: list[tuple[str, str]]) -> None:
    layout = h5py.VirtualLayout((len(sources), 3, 4), "u2")
    for number, (source, inner) in enumerate(sources):
        layout[number] = h5py.VirtualSource(source, inner, FRAMES.shape)[0]
    file.create_virtual_dataset(path, layout)


def linked(file: h5py.File) -> None:
    file["data"] = h5py.ExternalLink("raw/det0.h5", "/data")


def linked_softly(file: h5py.File) -> None:
    file["elsewhere"] = h5py.ExternalLink("raw/det0.h5", "/")
    file["data"] = h5py.SoftLink("elsewhere/data")


def virtual(file: h5py.File) -> None:
    mapped(file, "data", [("raw/det0.h5", "data"), ("raw/det1.h5", "data"), ("raw/not_there.h5", "data")])


def virtual_in_virtual(file: h5py.File) -> None:
    mapped(file, "inner", [("raw/det1.h5", "data")])
    mapped(file, "data", [(".", "inner")])


def virtual_over_a_link(file: h5py.File) -> None:
    file["out"] = h5py.ExternalLink("raw/det1.h5", "/data")
    mapped(file, "data", [(".", "out")])


def raw(file: h5py.File) -> None:
    file.create_dataset("data", FRAMES.shape, "u2", external=[("raw/frames.raw", 0, h5py.h5f.UNLIMITED)])


def numbered(file: h5py.File) -> None:
    for number in range(3):
        file[f"data/data_{number:06}"] = h5py.ExternalLink(f"raw/det{number}.h5", "/data")


def own(file: h5py.File) -> None:
    file["frames"] = FRAMES
    mapped(file, "data", [(".", "frames"), ("scan.h5", "frames")])


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        (linked, ["det0.h5"]),
        (linked_softly, ["det0.h5"]),
        (virtual, ["det0.h5", "det1.h5", "not_there.h5"]),
        (virtual_in_virtual, ["det1.h5"]),
        (virtual_over_a_link, ["det1.h5"]),
        (raw, ["frames.raw"]),
        (numbered, ["det0.h5", "det1.h5", "det2.h5"]),
        (own, []),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_every_other_file_is_told(tmp_path: Path, layout: Callable[[h5py.File], None], names: list[str]) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    for number in range(3):
        with h5py.File(folder / f"det{number}.h5", "w", libver="v110") as file:
            file["data"] = FRAMES
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        layout(file)
    with open_swmr(tmp_path / "scan.h5") as file:
        found = other_files_of(file, "/data")
    assert found == OtherFiles(tuple(str(folder.resolve() / name) for name in names), len(names))
    more = f" and {len(names) - 1} other{'s' if len(names) > 2 else ''}" if len(names) > 1 else ""
    assert found.short_text(str(tmp_path / "scan.h5")) == (f"from {Path('raw') / names[0]}{more}" if names else "")
    told = {node.path: node.files for node in inspect_file(tmp_path / "scan.h5").tree}
    assert layout in (virtual_in_virtual, virtual_over_a_link, numbered) or told["/data"] == found.names


def test_thousands_of_files_are_counted_and_the_first_are_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        mapped(file, "data", [(f"raw/{number}.h5", "data") for number in range(300)])
    with open_swmr(tmp_path / "scan.h5") as file:
        found = other_files_of(file, "/data")
    assert (len(found.names), found.n) == (MOST_TOLD, 300)
    assert found.whole_text().splitlines()[-1] == f"and {300 - MOST_TOLD} more"


def test_several_are_told_as_one() -> None:
    assert joined_files([]) == OtherFiles()
    assert joined_files([OtherFiles(("/a", "/b"), 2), OtherFiles(("/b",), 1)]) == OtherFiles(("/a", "/b"), 2)
