"""``swmr-viewer doctor``: the real command on real files, its words, its JSON and its status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.commands.checks import Finding, Level, file_checks
from swmr_viewer.commands.doctor import finding_text, summary
from tests.live.conftest import live_writer
from tests.reader import broken

__all__ = ["live_writer"]

KEYS, DATA = "/entry/diamond_scan/keys/detector", "/entry/detector/data"


def doctor(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swmr_viewer", "doctor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment})


def told(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    assert done.stderr == ""
    return {one["name"]: one for one in json.loads(done.stdout)["findings"]}


@pytest.mark.live
def test_a_file_that_is_written_is_described_and_who_writes_it(live_writer):
    writer = live_writer()
    writer.step(2)
    done = doctor(writer.path, "--json")
    found = told(done)
    assert [one for one in found.values() if one["level"] == "problem"] == []
    assert done.returncode == 0
    assert found["file"]["found"].startswith("Open for SWMR writing, changed ")
    assert found["keys"]["found"] == f"{KEYS}."
    assert found["data"]["found"] == f"{DATA}."
    assert found["first frame"]["found"] == f"Frame 0 of {DATA} can be read."
    assert found["locks"]["level"] == "ok"
    assert {"program", "Qt", "HDF5", "filters", "memory", "open files", "file system", "shared memory", "log"} <= set(found)
    if sys.platform.startswith("linux"):
        assert "(writes)" in found["opened by"]["found"]
    writer.step(1)


def test_a_computer_without_a_display_and_a_forced_lock_is_told_in_words():
    done = doctor(QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="", HDF5_USE_FILE_LOCKING="TRUE")
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("warning  HDF5_USE_FILE_LOCKING: It is TRUE"))
    assert lines[at + 1] == "         -> Unset HDF5_USE_FILE_LOCKING, or set it to FALSE."
    assert "ok       locks: The reader takes none: no writer is held up." in lines
    if sys.platform.startswith("linux"):
        assert any(line.startswith("warning  display: There is no display") for line in lines)
    assert done.returncode == (1 if any(line.startswith("problem") for line in lines) else 0)


def test_a_file_that_is_missing_or_is_none_is_a_problem(tmp_path):
    rubbish = tmp_path / "rubbish.h5"
    rubbish.write_bytes(b"no" * 500)
    for path, words in ((tmp_path / "none.h5", f"There is no file {tmp_path / 'none.h5'}."), (rubbish, f"{rubbish} is not an HDF5 file.")):
        done = doctor(path, "--json")
        found = told(done)
        assert (done.returncode, found["file"]["level"], found["file"]["found"]) == (1, "problem", words)
        assert found["file"]["remedy"]
        assert "keys" not in found


def test_a_filter_that_is_not_installed_is_a_problem_with_its_name(tmp_path):
    path = tmp_path / "odd.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file["keys"] = np.arange(1, 4)
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((1, 8, 8))
        properties.set_filter(32021, h5py.h5z.FLAG_OPTIONAL, ())  # registered, and not among those that hdf5plugin brings
        h5py.h5d.create(file.id, b"data", h5py.h5t.NATIVE_UINT16, h5py.h5s.create_simple((3, 8, 8)), properties)
    done = doctor(path, "--json")
    found = told(done)
    assert done.returncode == 1
    assert found["filters of the file"]["level"] == "problem"
    assert "32021" in found["filters of the file"]["found"]
    assert "/data" in found["filters of the file"]["found"]


def test_files_that_a_file_needs_and_that_are_missing_are_named(tmp_path):
    path = tmp_path / "master.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file["keys"] = np.arange(1, 4)
        layout = h5py.VirtualLayout((3, 8, 8), "u2")
        layout[:] = h5py.VirtualSource("gone.h5", "data", (3, 8, 8))
        file.create_virtual_dataset("data", layout)
        file["late"] = h5py.ExternalLink("also_gone.h5", "/data")
    done = doctor(path, "--json")
    assert done.stderr == ""
    findings = json.loads(done.stdout)["findings"]
    notes = [one["found"] for one in findings if one["name"] == "content"]
    assert any("/data" in note and "1 of its files not there yet" in note for note in notes)
    assert any("Links that lead nowhere (yet): /late." in note for note in notes)
    assert {one["level"] for one in findings if one["name"] == "content"} == {"warning"}


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_what_is_no_path_is_bad_input(path, capsys):
    from swmr_viewer import cli

    assert cli.main(["doctor", path]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "is not a path" in err


def test_names_are_plain_text_on_one_line():
    told = finding_text(Finding(Level.PROBLEM, "file", "There is no file a\x1b[31m\nb.", "Look\tfor it."))
    assert told == "problem  file: There is no file a\\x1b[31m\\nb.\n         -> Look\\tfor it."


def test_the_last_line_counts():
    bad, odd = Finding(Level.PROBLEM, "a", "A."), Finding(Level.WARNING, "b", "B.")
    assert summary([bad, odd, odd]) == "\n1 problem and 2 warnings."
    assert summary([Finding(Level.OK, "c", "C.")]) == "\nNothing is wrong."


def test_a_folder_with_an_odd_name_reaches_the_answer(tmp_path):
    folder = tmp_path / "caf\u00e9 & <b>"
    folder.mkdir()
    found = told(doctor(Path(folder, "none.h5"), "--json"))
    assert "caf\u00e9 & <b>" in found["file"]["found"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a pipe with a name")
def test_a_file_that_hangs_its_reader_costs_the_reader_and_not_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(file_checks, "STUCK_AFTER_S", 3.0)
    found, frame_bytes = file_checks.content(str(broken.write_hanging_frame(tmp_path, n=3, hangs=0)))
    (frame,) = (one for one in found if one.name == "first frame")
    assert frame.level is Level.PROBLEM
    assert "ended the reader 2 times" in frame.found
    assert frame_bytes is not None


def test_a_numpy_that_does_not_load_is_a_finding_and_no_traceback(tmp_path):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text("raise ImportError('numpy is broken')")
    done = doctor(tmp_path / "scan.h5", "--json", PYTHONPATH=os.pathsep.join([str(tmp_path), os.getcwd()]))
    found = told(done)
    assert done.returncode == 1
    assert found["HDF5"]["level"] == "problem"
    assert "numpy is broken" in found["HDF5"]["found"]
    assert {"memory", "file system", "shared memory"} <= set(found)
    assert "file" not in found
