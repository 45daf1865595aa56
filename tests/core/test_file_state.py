"""The state of a file from its bytes, checked on what real writers leave."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import h5py
import pytest

from swmr_viewer.core import file_state
from swmr_viewer.core.errors import FileAccessError
from swmr_viewer.core.file_state import can_swmr, is_closed_by_writer, read_file_state
from swmr_viewer.core.inspection import FileState
from tests.core.stepping_writer import stepping_writer


@pytest.mark.parametrize("user_block", [0, 512, 2048])
def test_a_writer_goes_from_writing_to_swmr_to_closed(tmp_path: Path, user_block: int) -> None:
    path = tmp_path / "scan.h5"
    with stepping_writer(path) as writer:
        assert read_file_state(path) is FileState.MISSING
        writer.create(userblock_size=user_block)
        assert read_file_state(path) is FileState.WRITING
        writer.go_swmr()
        assert read_file_state(path) is FileState.SWMR
        assert not is_closed_by_writer(path)
        writer.close()
        assert read_file_state(path) is FileState.CLOSED
        assert is_closed_by_writer(path)
        assert can_swmr(path)


@pytest.mark.parametrize(("goes_swmr", "left"), [(False, FileState.WRITING), (True, FileState.SWMR)])
def test_a_writer_that_dies_leaves_its_state(tmp_path: Path, goes_swmr: bool, left: FileState) -> None:
    path = tmp_path / "scan.h5"
    with stepping_writer(path) as writer:
        writer.create()
        if goes_swmr:
            writer.go_swmr()
        writer.die()
    assert read_file_state(path) is left
    assert not is_closed_by_writer(path)


def test_version_0_never_says_who_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "old.h5"
    with stepping_writer(path) as writer:
        writer.create(libver=None)
        assert read_file_state(path) is FileState.NO_SWMR
        writer.close()
    assert read_file_state(path) is FileState.NO_SWMR
    assert not is_closed_by_writer(path)
    assert not can_swmr(path)


def test_version_2_says_who_writes_it_and_has_no_swmr(tmp_path: Path) -> None:
    path = tmp_path / "v2.h5"
    with stepping_writer(path) as writer:
        writer.create(libver="v108")
        assert read_file_state(path) is FileState.WRITING
        writer.close()
    assert read_file_state(path) is FileState.CLOSED
    assert not can_swmr(path)


def test_what_is_not_hdf5(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not HDF5 " * 500)
    assert read_file_state(text) is FileState.NOT_HDF5
    assert read_file_state(tmp_path) is FileState.NOT_HDF5
    assert read_file_state(text / "below") is FileState.MISSING


@pytest.mark.parametrize("length", [0, 4, 9, 12, 30, 47])
def test_half_a_superblock_may_still_become_one(tmp_path: Path, length: int) -> None:
    whole = tmp_path / "whole.h5"
    with h5py.File(whole, "w", libver=("v110", "v110")):
        pass
    half = tmp_path / "half.h5"
    half.write_bytes(whole.read_bytes()[:length])
    assert read_file_state(half) is FileState.EMPTY
    assert read_file_state(whole) is FileState.CLOSED


def test_zeros_may_still_become_a_file(tmp_path: Path) -> None:
    path = tmp_path / "zeros.h5"
    path.write_bytes(bytes(4096))
    assert read_file_state(path) is FileState.EMPTY


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in the file system")
def test_a_pipe_does_not_keep_it_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.h5"
    os.mkfifo(pipe)
    assert read_file_state(pipe) is FileState.NOT_HDF5
    assert read_file_state(os.devnull) is FileState.NOT_HDF5


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "secret.h5"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(FileAccessError, match=r"secret\.h5 cannot be read"):
        read_file_state(path)


def test_an_open_that_is_denied_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.h5"
    path.write_bytes(b"x")

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(file_state.os, "open", denied)
    with pytest.raises(FileAccessError, match=r"secret\.h5 cannot be read: Permission denied"):
        read_file_state(path)
    assert not is_closed_by_writer(path)


def test_a_file_that_vanishes_between_two_looks_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gone.h5"
    path.write_bytes(b"x")

    def vanished(*_: object) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(file_state.os, "open", vanished)
    assert read_file_state(path) is FileState.MISSING


def test_a_path_that_cannot_be_one_is_an_error() -> None:
    with pytest.raises(FileAccessError, match="is not a path"):
        read_file_state("a\0b")
