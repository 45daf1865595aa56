"""Opening: it waits for the writer, hurts nobody, and every failure is a sentence with a remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.errors import (
    FileAccessError,
    FileBrokenError,
    FileDamagedError,
    FileNotThereError,
    FileVersionError,
    FilterMissingError,
    InterruptedWriterError,
    NotHdf5Error,
    NotSwmrError,
    NotSwmrYetError,
    SwmrViewerError,
)
from swmr_viewer.core.files.opening import explain, open_swmr
from tests.core.stepping_writer import SteppingWriter, stepping_writer


class Script:
    """A clock that moves when somebody sleeps, and a list of things that happen meanwhile."""

    def __init__(self, *events: Callable[[], None]) -> None:
        self.now_s = 0.0
        self._events = list(events)

    def clock(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now_s += seconds
        if self._events:
            self._events.pop(0)()


def closed_file(path: Path, libver: str | None = "v110") -> Path:
    with h5py.File(path, "w", libver=libver and (libver, libver)) as h5file:
        h5file.create_dataset("d", data=np.arange(12, dtype="i4").reshape(3, 4), maxshape=(None, 4), chunks=(1, 4))
    return path


def refused(path: Path, kind: type[SwmrViewerError], **options: bool) -> SwmrViewerError:
    """What opening says; it must be of this kind, name the path, and have a remedy."""
    with pytest.raises(kind) as caught:
        open_swmr(path, **options)
    assert type(caught.value) is kind
    assert str(path) in caught.value.message
    assert caught.value.remedy.endswith((".", ")", str(path)))
    return caught.value


def grow(writer: SteppingWriter, length: int) -> None:
    writer.do(f"d.resize({length}, 0); d[{length - 1}] = {length}; d.flush()")


def test_it_waits_for_the_file_and_for_swmr_and_then_sees_what_comes(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with stepping_writer(path) as writer:
        script = Script(lambda: None, writer.create, lambda: None, writer.go_swmr)
        with open_swmr(path, wait_s=None, clock=script.clock, sleep=script.sleep) as h5file:
            assert h5file.swmr_mode
            grow(writer, 2)
            h5file["d"].refresh()
            assert h5file["d"][:, 0].tolist() == [0, 2]
            writer.close()
            h5file["d"].refresh()
            assert h5file["d"].shape == (2, 4)


def test_the_wait_has_the_bound_that_was_asked_for(tmp_path: Path) -> None:
    path, script = tmp_path / "never.h5", Script()
    with pytest.raises(FileNotThereError) as caught:
        open_swmr(path, wait_s=3.0, clock=script.clock, sleep=script.sleep)
    assert caught.value.retryable
    assert script.now_s == pytest.approx(3.0)


def test_what_waiting_cannot_mend_is_not_waited_for(tmp_path: Path) -> None:
    path, script = tmp_path / "notes.txt", Script()
    path.write_text("not HDF5")
    with pytest.raises(NotHdf5Error):
        open_swmr(path, wait_s=None, clock=script.clock, sleep=script.sleep)
    assert script.now_s == 0


@pytest.mark.parametrize("closes", [False, True])
def test_a_reader_never_stands_in_a_writers_way(tmp_path: Path, closes: bool) -> None:
    """A lock would make the next writer fail after it has cut the file to nothing."""
    path = tmp_path / "scan.h5"
    with stepping_writer(path) as writer:
        writer.create()
        writer.go_swmr()
        grow(writer, 1)
        if closes:
            writer.close()
        with open_swmr(path) as h5file:
            assert h5file["d"].shape == (1, 4)
            if not closes:
                writer.die()
            with stepping_writer(path) as following:
                following.create()
                following.go_swmr()
                grow(following, 5)
                following.close()
    with open_swmr(path) as h5file:
        assert h5file["d"].shape == (5, 4)


def test_a_closed_file_goes_on_when_its_writer_comes_back(tmp_path: Path) -> None:
    path = closed_file(tmp_path / "scan.h5")
    with open_swmr(path) as h5file, stepping_writer(path) as writer:
        before = h5file["d"]
        assert before.shape == (3, 4)
        writer.do("f = h5py.File(path, 'a', libver=('v110', 'v110')); d = f['d']")
        writer.go_swmr()
        grow(writer, 4)
        before.refresh()
        assert before[3].tolist() == [4] * 4


def test_a_closed_master_reads_what_its_sources_write(tmp_path: Path) -> None:
    source, master = tmp_path / "source.h5", tmp_path / "master.h5"
    with stepping_writer(source) as writer:
        writer.create()
        grow(writer, 1)
        writer.go_swmr()
        layout = h5py.VirtualLayout((1, 4), "i4")
        layout[:] = h5py.VirtualSource("source.h5", "d", (1, 4))
        with h5py.File(master, "w", libver=("v110", "v110")) as h5file:
            h5file.create_virtual_dataset("v", layout, fillvalue=-1)
            h5file["e"] = h5py.ExternalLink("source.h5", "/d")
        with open_swmr(master) as h5file:
            assert h5file["v"][:].tolist() == [[1] * 4]
            assert h5file["e"].shape == (1, 4)


def test_not_there_yet(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.h5", FileNotThereError).retryable


def test_just_created(tmp_path: Path) -> None:
    path = tmp_path / "empty.h5"
    path.touch()
    assert refused(path, NotSwmrYetError).retryable


def test_half_a_superblock_does_not_hang_it(tmp_path: Path) -> None:
    whole, half = closed_file(tmp_path / "whole.h5"), tmp_path / "half.h5"
    half.write_bytes(whole.read_bytes()[:30])
    assert refused(half, NotSwmrYetError).retryable


def test_not_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not HDF5")
    assert not refused(path, NotHdf5Error).retryable
    assert "folder" in refused(tmp_path, NotHdf5Error).message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in the file system")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.h5")
    assert "pipe" in refused(tmp_path / "pipe.h5", NotHdf5Error).message


def test_open_for_writing_cannot_be_told_from_interrupted_so_both_are_said(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with stepping_writer(path) as writer:
        writer.create()
        alive = refused(path, NotSwmrYetError)
        writer.die()
    dead = refused(path, NotSwmrYetError)
    assert str(alive) == str(dead)
    assert alive.retryable
    assert "died" in alive.message
    assert f"h5clear --status {path}" in alive.remedy


def test_a_writer_that_has_done_nothing_for_hours_is_taken_for_dead(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with stepping_writer(path) as writer:
        writer.create()
        writer.die()
    long_ago_s = path.stat().st_mtime - 3 * 3600
    os.utime(path, (long_ago_s, long_ago_s))
    error = refused(path, InterruptedWriterError)
    assert "3 h" in error.message
    assert not error.retryable
    assert f"h5clear --status {path}" in error.remedy


def test_killed_in_swmr_mode_still_reads(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with stepping_writer(path) as writer:
        writer.create()
        writer.go_swmr()
        grow(writer, 3)
        writer.die()
    with open_swmr(path, live=True) as h5file:
        assert h5file["d"][2].tolist() == [3] * 4


@pytest.mark.parametrize("libver", [None, "v108"])
def test_a_finished_file_without_swmr_opens_unless_it_is_to_be_live(tmp_path: Path, libver: str | None) -> None:
    path = closed_file(tmp_path / "old.h5", libver)
    with open_swmr(path) as h5file:
        assert h5file["d"][2, 3] == 11
    assert "no SWMR mode" in refused(path, NotSwmrError, live=True).message


def test_a_file_without_swmr_that_is_being_written_says_so(tmp_path: Path) -> None:
    path = tmp_path / "v2.h5"
    with stepping_writer(path) as writer:
        writer.create(libver="v108")
        assert "without SWMR" in refused(path, NotSwmrError).message


def test_an_old_file_that_is_short_may_be_being_written(tmp_path: Path) -> None:
    whole, short = closed_file(tmp_path / "old.h5", None), tmp_path / "short.h5"
    short.write_bytes(whole.read_bytes()[:-40])
    assert "a writer without SWMR" in refused(short, NotSwmrError).message


def test_a_file_cut_short(tmp_path: Path) -> None:
    whole, short = closed_file(tmp_path / "whole.h5"), tmp_path / "short.h5"
    short.write_bytes(whole.read_bytes()[:300])
    assert "cut short" in refused(short, FileBrokenError).message


def test_a_damaged_superblock(tmp_path: Path) -> None:
    path = closed_file(tmp_path / "damaged.h5")
    content = bytearray(path.read_bytes())
    content[30] ^= 0xFF
    path.write_bytes(content)
    refused(path, FileDamagedError)


def test_a_newer_version(tmp_path: Path) -> None:
    path = closed_file(tmp_path / "newer.h5")
    content = bytearray(path.read_bytes())
    content[8] = 9
    path.write_bytes(content)
    assert "newer HDF5" in refused(path, FileVersionError).message


def test_a_newer_layout_is_explained(tmp_path: Path) -> None:
    error = OSError("Unable to synchronously open object (bad version number for layout message)")
    assert isinstance(explain(error, tmp_path / "x.h5"), FileVersionError)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Can't synchronously read data (can't open directory (/usr/lib/plugin). Please verify)", FilterMissingError),
        ("Can't synchronously read data (required filter 'blosc3' is not registered)", FilterMissingError),
        ("Unable to synchronously open file (unable to lock file, errno = 11)", NotSwmrYetError),
        ("Unable to synchronously open file (file is not already open for SWMR writing)", NotSwmrYetError),
        ("Unable to synchronously open file (file locking flag values don't match)", FileAccessError),
        ("[Errno 24] Unable to open file (unable to open file: Too many open files)", FileAccessError),
        ("[Errno 13] Unable to synchronously open file (unable to open file: errno = 13, Permission denied)", FileAccessError),
        ("Can't synchronously read data (inflate() failed)", FileBrokenError),
    ],
)
def test_what_hdf5_says_becomes_a_sentence(tmp_path: Path, said: str, kind: type[SwmrViewerError]) -> None:
    path = closed_file(tmp_path / "scan.h5")
    error = explain(OSError(said), path)
    assert type(error) is kind
    assert str(path) in error.message
    assert error.remedy


def test_an_explained_error_stays_as_it_is(tmp_path: Path) -> None:
    error = NotHdf5Error("x", "y")
    assert explain(error, tmp_path) is error


def test_another_handle_of_another_kind_is_explained(tmp_path: Path) -> None:
    path = closed_file(tmp_path / "scan.h5")
    with h5py.File(path, "r", locking=False):
        refused(path, FileAccessError)


_TRY_TO_LOCK = "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
_OPEN = (
    "{first}\n"
    "import sys, subprocess\n"
    "from swmr_viewer.core.files.opening import open_swmr\n"
    "with open_swmr(sys.argv[1]):\n"
    "    sys.exit(subprocess.run([sys.executable, '-c', sys.argv[2], sys.argv[1]], stderr=subprocess.DEVNULL).returncode)\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="needs flock to look for locks")
@pytest.mark.parametrize("told", ["TRUE", "BEST_EFFORT", "FALSE", None])
@pytest.mark.parametrize("first", ["import os", "from swmr_viewer import Follower"])
def test_the_environment_cannot_make_it_lock(tmp_path: Path, told: str | None, first: str) -> None:
    path = closed_file(tmp_path / "scan.h5")
    ended = run_python(_OPEN.format(first=first), path, told)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs flock to look for locks")
def test_where_it_is_too_late_it_warns(tmp_path: Path) -> None:
    path = closed_file(tmp_path / "scan.h5")
    ended = run_python(_OPEN.format(first="import h5py"), path, "TRUE")
    assert ended.returncode == 1
    assert "UserWarning: HDF5_USE_FILE_LOCKING makes HDF5 lock" in ended.stderr


def run_python(script: str, path: Path, told: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "HDF5_USE_FILE_LOCKING"}
    environment |= {"HDF5_USE_FILE_LOCKING": told} if told else {}
    return subprocess.run(
        [sys.executable, "-c", script, str(path), _TRY_TO_LOCK], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
