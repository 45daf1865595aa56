"""A file has its name once it is whole, on the storage, and reads back as it was written; nobody's file is replaced."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from swmr_viewer.core import new_files
from swmr_viewer.core.new_files import check_written, give_name, write_checked

LONG = bytes(range(256)) * 9000


def test_what_is_written_is_there_and_was_read_back(tmp_path, monkeypatch):
    read: list[Path] = []
    check = check_written

    def note(path: Path, content: bytes) -> None:
        read.append(path)
        check(path, content)

    monkeypatch.setattr(new_files, "check_written", note)
    write_checked(tmp_path / "a", LONG)
    assert (tmp_path / "a").read_bytes() == LONG
    assert read == [tmp_path / "a"]
    write_checked(tmp_path / "empty", b"")
    assert (tmp_path / "empty").read_bytes() == b""


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b[:1_500_000] + b"x" + b[1_500_001:], lambda b: b""])
def test_storage_that_gives_back_something_else_is_told_and_no_file_is_left(tmp_path, monkeypatch, spoil):
    check = check_written

    def wrong(path: Path, content: bytes) -> None:
        path.write_bytes(spoil(content))
        check(path, content)

    monkeypatch.setattr(new_files, "check_written", wrong)
    with pytest.raises(OSError, match="does not read back as it was") as caught:
        write_checked(tmp_path / "a", LONG)
    assert caught.value.errno == errno.EIO
    assert list(tmp_path.glob("a*")) == []


def test_storage_that_takes_it_and_fails_at_the_end_is_told_and_no_file_is_left(tmp_path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_checked(tmp_path / "a", LONG)
    assert list(tmp_path.glob("a*")) == []


def test_a_file_that_is_there_stays(tmp_path):
    (tmp_path / "a").write_text("mine")
    with pytest.raises(FileExistsError):
        write_checked(tmp_path / "a", b"yours")
    (tmp_path / "part").write_text("yours")
    with pytest.raises(FileExistsError):
        give_name(tmp_path / "part", tmp_path / "a")
    assert (tmp_path / "a").read_text() == "mine"
    assert (tmp_path / "part").read_text() == "yours"


def test_a_name_that_cannot_be_given_leaves_no_claim(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    (tmp_path / "part").write_text("yours")
    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        give_name(tmp_path / "part", tmp_path / "a")
    assert not (tmp_path / "a").exists()
