"""Whether a path still leads to the file that was opened: what tells it, and what does not."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import open_swmr
from swmr_viewer.core.data.source_files import SourceFiles
from swmr_viewer.core.data.virtual import open_source
from swmr_viewer.core.errors import FileReplacedError
from swmr_viewer.core.file_state import Change, FileStamp
from swmr_viewer.core.files.identity import FileIdentity, change_at_path, identity_of_file
from swmr_viewer.core.files.links import open_object

NO_RENAME = pytest.mark.skipif(os.name == "nt", reason="an open file is neither renamed nor removed there")


def write(path: Path, n: int = 1000) -> Path:
    with h5py.File(path, "w", libver="v110", locking=False) as file:
        file["data"] = np.arange(n)
    return path


def stamp_of(path: Path) -> FileStamp:
    found = os.stat(path)
    return FileStamp(str(path), found.st_dev, found.st_ino, found.st_size)


def test_a_file_that_grows_and_is_written_to_is_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "scan.h5")
    with open_swmr(path) as file:
        identity = identity_of_file(file)
        assert identity.look() is Change.NONE
        with path.open("ab") as longer:
            longer.write(bytes(5000))
        assert identity.look() is Change.NONE
        assert identity.stamp.size == path.stat().st_size


def test_a_thread_that_looks_takes_no_size_for_less_that_another_one_saw_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "scan.h5")
    identity = FileIdentity(stamp_of(path))
    real_stat, has_looked, others = os.stat, threading.Event(), []

    def look_too() -> None:
        identity.look()
        has_looked.set()

    def stat_and_grow(name: str, **options: bool) -> os.stat_result:
        found = real_stat(name, **options)
        if name == str(path) and not others:
            with path.open("ab") as longer:
                longer.write(bytes(1 << 17))
            others.append(threading.Thread(target=look_too))
            others[0].start()
            has_looked.wait(0.2)  # for as long as it is let
        return found

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat_and_grow)
        found = identity.look()
        others[0].join()
    assert found is Change.NONE
    assert identity.look() is Change.NONE
    assert identity.stamp.size == real_stat(path).st_size


def test_one_identity_for_each_file_whatever_led_there(tmp_path: Path) -> None:
    other = write(tmp_path / "detector.h5")
    with h5py.File(tmp_path / "scan.nxs", "w", libver="v110") as file:
        file["here"] = [1]
        file["there"] = h5py.ExternalLink("detector.h5", "/data")
    with open_swmr(tmp_path / "scan.nxs") as file:
        here, there = open_object(file, "/here"), open_object(file, "/there")
        assert isinstance(here, h5py.Dataset)
        assert isinstance(there, h5py.Dataset)
        assert identity_of_file(here) is identity_of_file(file)
        assert identity_of_file(there).stamp.inode == other.stat().st_ino


@NO_RENAME
def test_what_is_open_is_known_although_its_name_was_used_again_before_anybody_looked(tmp_path: Path) -> None:
    path = write(tmp_path / "scan.h5")
    with open_swmr(path) as file:
        os.replace(write(tmp_path / "next.h5", 3000), path)
        assert identity_of_file(file).look() is Change.OTHER


@NO_RENAME
def test_gone_is_no_replacement_and_may_come_back(tmp_path: Path) -> None:
    path = write(tmp_path / "scan.h5")
    identity = FileIdentity(stamp_of(path))
    os.rename(path, tmp_path / "away.h5")
    assert identity.look() is Change.GONE
    os.rename(tmp_path / "away.h5", path)
    assert identity.look() is Change.NONE


@pytest.mark.parametrize("n_bytes", [0, 30], ids=["empty", "half a superblock"])
def test_cut_to_nothing_is_written_anew_and_stays_so(tmp_path: Path, n_bytes: int) -> None:
    path = write(tmp_path / "scan.h5")
    identity = FileIdentity(stamp_of(path))
    os.truncate(path, n_bytes)
    assert identity.look() is Change.REWRITTEN
    with path.open("ab") as longer:
        longer.truncate(1 << 20)
    assert identity.look() is Change.REWRITTEN
    with pytest.raises(FileReplacedError, match="written anew in place"):
        identity.refuse_mixture()


@pytest.mark.parametrize(("given_back", "change"), [(4096, Change.NONE), (1 << 20, Change.REWRITTEN)])
def test_what_hdf5_gives_back_when_it_closes_a_file_is_no_replacement(tmp_path: Path, given_back: int, change: Change) -> None:
    path = write(tmp_path / "scan.h5")
    stamp = stamp_of(path)
    larger = FileStamp(stamp.path, stamp.device, stamp.inode, stamp.size + given_back)
    assert change_at_path(larger) is change


def test_a_file_system_that_numbers_files_anew_does_not_end_a_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "scan.h5")
    identity = FileIdentity(stamp_of(path))
    assert identity.look() is Change.NONE
    found = list(os.stat(path))
    found[1] += 77
    real = os.stat(path)
    renumbered = os.stat_result(found, {"st_mtime_ns": real.st_mtime_ns, "st_atime_ns": 0, "st_ctime_ns": 0})
    monkeypatch.setattr(os, "stat", lambda *_args, **_options: renumbered)
    assert identity.look() is Change.NONE
    assert identity.stamp.inode == found[1]


@NO_RENAME
def test_a_source_that_was_closed_is_opened_again_only_if_it_is_the_same(tmp_path: Path) -> None:
    write(tmp_path / "part.h5")
    with h5py.File(write(tmp_path / "master.h5"), "r") as home:
        files = SourceFiles(home, open_source)
        assert files.source("part.h5", "/data").shape == (1000,)
        files._files.pop("part.h5").close()
        assert files.source("part.h5", "/data").shape == (1000,)
        files._files.pop("part.h5").close()
        os.replace(write(tmp_path / "next.h5", 3000), tmp_path / "part.h5")
        with pytest.raises(FileReplacedError, match=r"part\.h5 was replaced"):
            files.source("part.h5", "/data")
        files.close()
