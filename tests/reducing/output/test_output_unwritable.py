"""What ends an output in the middle: storage that is full, a folder or a file that is gone. Said in a sentence, and gone on with later."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.files import open_swmr
from tests.reducing.output.outputs import done_positions, make_scan, output_of, results

SHAPE = (40, 50)
FULL_AT_ONCE = """
import resource, sys
from pathlib import Path
from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.files import open_swmr
from tests.reducing.output.outputs import output_of

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    output_of(Path(sys.argv[1]), Path(sys.argv[2]))
except ExportError as error:
    print(error)
print("end")
"""
FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.files import open_swmr
from tests.reducing.output.outputs import output_of, results

output = output_of(Path(sys.argv[1]), Path(sys.argv[2]), (40, 50), flush_s=float(sys.argv[4]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    for row in range(40):
        output.write((row, 0), results((row, 0), 50), np.ones(50, bool))
    output.finish()
except ExportError as error:
    print(error)
    for again in (lambda: output.write((39, 0), results((39, 0), 50), np.ones(50, bool)), output.flush_if_due, output.close, output.close):
        try:
            again()
        except ExportError as once_more:
            assert str(once_more) == str(error)
print("end")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
@pytest.mark.parametrize(("size", "flush_s", "least"), [(400_000, 0, 100), (1_300_000, 100, 0)])
def test_full_storage_is_told_and_what_fitted_is_kept(tmp_path: Path, size: int, flush_s: float, least: int) -> None:
    scan, out = make_scan(tmp_path / "scan.h5", SHAPE), tmp_path / "out.h5"
    command = [sys.executable, "-c", FULL, str(scan), str(out), str(size), str(flush_s)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"{out} cannot be written: File too large." in ended.stdout
    assert ended.stdout.endswith("end\n")
    kept = len(done_positions(out))
    assert kept >= least
    output = output_of(scan, out, SHAPE)
    assert output.n_done == kept
    for row in range(SHAPE[0]):
        output.write((row, 0), results((row, 0), 50), np.ones(50, bool))
    output.finish()
    assert len(done_positions(out)) == 2000


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
@pytest.mark.parametrize("size", [10, 3000])
def test_storage_that_is_full_from_the_start_is_told_and_nothing_is_left(tmp_path: Path, size: int) -> None:
    scan, out = make_scan(tmp_path / "scan.h5"), tmp_path / "out.h5"
    command = [sys.executable, "-c", FULL_AT_ONCE, str(scan), str(out), str(size)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "cannot be written: File too large." in ended.stdout
    assert ended.stdout.endswith("end\n")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["scan.h5"]


def _delete(out: Path) -> None:
    out.unlink()


def _delete_folder(out: Path) -> None:
    shutil.rmtree(out.parent)


def _replace(out: Path) -> None:
    other = out.with_name("other")
    other.write_text("another program's")
    other.replace(out)


def _empty(out: Path) -> None:
    os.truncate(out, 0)


def _write_anew(out: Path) -> None:
    with out.open("r+b") as file:
        file.write(b"another program's")
        file.truncate()


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open stays there")
@pytest.mark.parametrize("spoil", [_delete, _delete_folder, _replace, _empty, _write_anew])
def test_an_output_that_is_gone_is_told(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    scan, out = make_scan(tmp_path / "scan.h5"), tmp_path / "results" / "out.h5"
    out.parent.mkdir()
    output = output_of(scan, out)
    output.write((0, 0), results((0, 0), 4), np.ones(4, bool))
    spoil(out)
    with pytest.raises(ExportError, match="was deleted, moved or replaced"):
        output.flush()
    with pytest.raises(ExportError, match="was deleted, moved or replaced"):
        output.write((1, 0), results((1, 0), 4), np.ones(4, bool))
    output.close()
    output._source.close()
    if spoil in (_replace, _write_anew):
        assert out.read_text() == "another program's"
    if spoil is not _delete_folder:
        assert [path.name for path in out.parent.iterdir()] == ([] if spoil is _delete else ["out.h5"])


@pytest.mark.skipif(sys.platform == "win32", reason="HDF5's descriptors are not Python's there")
def test_an_output_that_the_storage_does_not_take_in_the_end_is_not_said_to_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, out = make_scan(tmp_path / "scan.h5", (1, 50)), tmp_path / "out.h5"
    output = output_of(scan, out, (1, 50))
    output.write((0, 0), results((0, 0), 50), np.ones(50, bool))

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(ExportError, match=f"cannot be written: {os.strerror(errno.EIO)}"):
            output.finish()
    again = output_of(scan, out, (1, 50))
    assert again.n_done == 50
    assert not again._is_flagged
    again.finish()
    with open_swmr(out) as file:
        assert file["entry/scan_finished"][0] == 1
