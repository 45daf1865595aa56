"""A file that is read without others: whatever would bring in data of another file is refused, and no other file is even opened."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, FrameGrabber, open_swmr
from swmr_viewer.core.data import SharedSources
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.errors import ExternalDataError, FailureKind
from swmr_viewer.core.files import open_object
from swmr_viewer.core.nexus import NexusFile, read_facts
from swmr_viewer.core.positions import MotorPositions
from swmr_viewer.core.scalars import FollowedScan, ScalarFinder
from tests.opened_files import opened_in

FRAMES = np.arange(24, dtype="u2").reshape(2, 3, 4)
Hostile = Callable[[h5py.File, str], str]
"""Puts into a file something that reads another one, and returns its path."""


def mapped(file: h5py.File, path: str, source: str, inner: str, shape: tuple[int, ...] = FRAMES.shape) -> str:
    layout = h5py.VirtualLayout(shape, "u2")
    layout[:] = h5py.VirtualSource(source, inner, shape)
    file.create_virtual_dataset(path, layout)
    return path


def external_link(file: h5py.File, other: str) -> str:
    file["/entry/out"] = h5py.ExternalLink(other, "/data")
    return "/entry/out"


def below_an_external_link(file: h5py.File, other: str) -> str:
    file["/entry/det"] = h5py.ExternalLink(other, "/group")
    return "/entry/det/data"


def soft_link_to_an_external_one(file: h5py.File, other: str) -> str:
    file["/entry/out"] = h5py.ExternalLink(other, "/data")
    file["/entry/soft"] = h5py.SoftLink("out")
    file["/softer"] = h5py.SoftLink("/entry/soft")
    return "/softer"


def soft_link_through_an_external_group(file: h5py.File, other: str) -> str:
    file["/out"] = h5py.ExternalLink(other, "/group")
    file["/entry/soft"] = h5py.SoftLink("/out/data")
    return "/entry/soft"


def back_through_itself(file: h5py.File, other: str) -> str:
    file["/out"] = h5py.ExternalLink(other, "/data")
    file["/entry/own"] = h5py.ExternalLink(Path(file.filename).name, "/out")
    return "/entry/own"


def virtual_source(file: h5py.File, other: str) -> str:
    return mapped(file, "/entry/virtual", other, "data")


def numbered_virtual_sources(file: h5py.File, other: str) -> str:
    return numbered(file, f"{other[:-1]}%b", "data")  # other.h5 is the sixth of them


def numbered_sources_within(file: h5py.File, other: str) -> str:
    file["/part0"], file["/part5"] = FRAMES[:1], h5py.ExternalLink(other, "/data")
    return numbered(file, ".", "part%b")


def numbered(file: h5py.File, source: str, inner: str) -> str:
    space = h5py.h5s.create_simple((1, 3, 4), (h5py.h5s.UNLIMITED, 3, 4))
    space.select_hyperslab((0, 0, 0), (h5py.h5s.UNLIMITED, 1, 1), (1, 1, 1), (1, 3, 4))
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.VIRTUAL)
    properties.set_virtual(space, source.encode(), inner.encode(), h5py.h5s.create_simple((1, 3, 4)))
    h5py.h5d.create(file.id, b"/entry/numbered", h5py.h5t.NATIVE_UINT16, space, properties)
    return "/entry/numbered"


def virtual_source_behind_a_link(file: h5py.File, other: str) -> str:
    file["/out"] = h5py.ExternalLink(other, "/data")
    return mapped(file, "/entry/virtual", ".", "out")


def nested_virtual_source(file: h5py.File, other: str) -> str:
    mapped(file, "/inner", other, "data")
    return mapped(file, "/entry/virtual", Path(file.filename).name, "inner")


def raw_data_outside(file: h5py.File, other: str) -> str:
    file.create_dataset("/entry/raw", FRAMES.shape, "u2", external=[(other, 0, h5py.h5f.UNLIMITED)])
    return "/entry/raw"


def virtual_source_with_raw_data_outside(file: h5py.File, other: str) -> str:
    file.create_dataset("/raw", FRAMES.shape, "u2", external=[(other, 0, h5py.h5f.UNLIMITED)])
    return mapped(file, "/entry/virtual", ".", "raw")


HOSTILE: tuple[Hostile, ...] = (
    external_link,
    below_an_external_link,
    soft_link_to_an_external_one,
    soft_link_through_an_external_group,
    back_through_itself,
    virtual_source,
    numbered_virtual_sources,
    numbered_sources_within,
    virtual_source_behind_a_link,
    nested_virtual_source,
    raw_data_outside,
    virtual_source_with_raw_data_outside,
)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A file with data that are nobody's business."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with h5py.File(folder / "other.h5", "w", libver="v110") as file:
        file["data"] = FRAMES
        file["group/data"] = FRAMES
        file["keys"] = np.arange(1, 3)
    return folder / "other.h5"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A scan that is all in one file."""
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["/entry/data"] = FRAMES
        file["/entry/keys/uid"] = np.arange(1, 3)
    return tmp_path / "scan.h5"


def added(path: Path, hostile: Hostile, other: Path) -> str:
    with h5py.File(path, "a", libver="v110") as file:
        return hostile(file, str(other))


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__)
def test_what_leads_to_another_file_is_read_unless_it_is_refused(path: Path, other: Path, hostile: Hostile) -> None:
    named = added(path, hostile, other)
    with open_swmr(path, external=False) as file:
        with pytest.raises(ExternalDataError, match="data of other files are not read") as caught:
            open_object(file, named)
        assert named in caught.value.message
        assert str(path) in caught.value.message
        assert "--no-external" in caught.value.remedy
        assert caught.value.kind is FailureKind.EXTERNAL_DATA
        assert not caught.value.retryable
        with pytest.raises(ExternalDataError):
            FrameGrabber(file, named)
        with pytest.raises(ExternalDataError):
            Follower(file, named)
        assert NexusFile(file).at(named) is None
        assert not NexusFile(file).is_broken_link(named)
    if "numbered" not in hostile.__name__ and "raw" not in hostile.__name__:
        with open_swmr(path) as file:
            assert (np.asarray(FrameGrabber(file, named).grab(1)) == FRAMES[1]).all()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel which files are opened")
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__)
def test_a_file_that_is_refused_is_not_even_opened(path: Path, other: Path, hostile: Hostile) -> None:
    named = added(path, hostile, other)
    with opened_in(other.parent) as opened:
        found = inspect_file(path, external=False)
        with open_swmr(path, external=False) as file, pytest.raises(ExternalDataError):
            open_object(file, named)
        read_all_beside(path)
    assert opened == []
    assert found.data_paths == ("/entry/data",)
    with opened_in(other.parent) as opened:
        other.read_bytes()
    assert opened == ["other.h5"]


def read_all_beside(path: Path) -> None:
    """Read what is read beside frames: facts, positions, scalars."""
    with open_swmr(path, external=False) as file:
        read_facts(file, "/entry/data", 1, (3, 4))
        sources = SharedSources()
        MotorPositions(file, "/entry/data", 1, sources=sources)
        finder = ScalarFinder(file, lambda: FollowedScan((2,), False, (("/entry/data", 1),)), sources=sources)
        finder.begin()
        while not finder.look(0.001):
            pass
        sources.close()


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__)
def test_an_inspection_without_other_files_says_what_it_leaves_out_and_why(path: Path, other: Path, hostile: Hostile) -> None:
    added(path, hostile, other)
    found = inspect_file(path, external=False)
    refused = [node for node in found.tree if node.kind == "refused"]
    assert refused
    assert all(node.note for node in refused)
    assert any("other.h" in node.note for node in refused)
    (note,) = [note for note in found.notes if note.startswith("Data of other files are not read here")]
    assert refused[0].path in note
    assert [node for node in inspect_file(path).tree if node.kind == "refused"] == []


def test_keys_in_another_file_are_refused_in_a_group_of_keys_as_well(path: Path, other: Path) -> None:
    with h5py.File(path, "a") as file:
        file["/entry/keys/out"] = h5py.ExternalLink(str(other), "/keys")
    with open_swmr(path, external=False) as file, pytest.raises(ExternalDataError, match="/entry/keys/out"):
        Follower(file, "/entry/keys")


def test_a_finished_flag_and_a_scan_shape_in_another_file_are_left_alone(path: Path, other: Path) -> None:
    with h5py.File(other, "a") as file:
        file["flag"], file["shape"] = np.ones(1, "i4"), np.array([1, 2])
    with h5py.File(path, "a") as file:
        file["/entry/keys/scan_finished"] = h5py.ExternalLink(str(other), "/flag")
        file["/entry/keys/scan_shape"] = h5py.ExternalLink(str(other), "/shape")
    with open_swmr(path, external=False) as file, closing(Follower(file, "/entry/keys/uid", timeout=0)) as follower:
        assert follower.scan_shape == (2,)
        assert list(follower) == [0, 1]
        assert any("is left alone" in fault for fault in follower.take_faults())
    with open_swmr(path) as file, closing(Follower(file, "/entry/keys/uid", timeout=0)) as follower:
        assert follower.scan_shape == (1, 2)


def test_a_scan_that_is_all_in_one_file_is_read_as_ever(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file["/entry/soft"] = h5py.SoftLink("data")
        file["/entry/own"] = h5py.ExternalLink(path.name, "/entry/data")
        mapped(file, "/entry/virtual", ".", "/entry/data")
        mapped(file, "/entry/by_name", path.name, "/entry/data")
        mapped(file, "/entry/nested", ".", "/entry/virtual")
    for named in ("soft", "own", "virtual", "by_name", "nested"):
        with open_swmr(path, external=False) as file:
            source = DataSource(file, "/entry/keys", {"frames": f"/entry/{named}"}, timeout=0)
            assert [frames["frames"].tolist() for frames in source] == FRAMES.tolist(), named
            source.close()


def test_one_file_is_read_without_others_while_another_one_is_read_with_them(path: Path, other: Path, tmp_path: Path) -> None:
    added(path, external_link, other)
    trusted = tmp_path / "trusted.h5"
    with h5py.File(trusted, "w", libver="v110") as file:
        file["out"] = h5py.ExternalLink(str(other), "/data")
    with open_swmr(path, external=False) as closed, open_swmr(trusted) as open_one:
        assert open_object(open_one, "/out") is not None
        with pytest.raises(ExternalDataError):
            open_object(closed, "/entry/out")


def test_a_name_that_leads_to_the_file_in_one_folder_and_to_another_file_in_the_next_is_refused(
    path: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with h5py.File(path, "a", libver="v110") as file:
        mapped(file, "/entry/virtual", path.name, "/entry/data")
    monkeypatch.chdir(other.parent)
    other.rename(other.parent / path.name)
    with open_swmr(path, external=False) as file, pytest.raises(ExternalDataError):
        open_object(file, "/entry/virtual")


def test_the_open_file_stays_refused_whatever_else_of_it_is_opened(path: Path, other: Path) -> None:
    named = added(path, external_link, other)
    with open_swmr(path, external=False) as file:
        dataset: Any = open_object(file, "/entry/data")
        with pytest.raises(ExternalDataError):
            open_object(dataset.file, named)
