"""What each check of ``swmr-viewer doctor`` says when its fact is a bad one: the facts are made up, the judgement is real."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import namedtuple
from pathlib import Path

import pytest

from swmr_viewer.commands import system_libraries
from swmr_viewer.commands.checks import Finding, Level, file_checks, hdf5_checks, machine_checks, storage_checks, window_checks
from swmr_viewer.commands.checks.finding import ok, within_time
from swmr_viewer.commands.checks.openers import openers_of
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.inspection import FileState, Inspection, TreeNode
from swmr_viewer.program_log import log_folder
from swmr_viewer.reader.messages import Previewed

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what Linux alone tells")
PROBED = {"h5py": "3.16", "hdf5": "2.0", "hdf5plugin": "7.1", "filters": {"bshuf": True, "zfp": True}, "wrong": [], "takes_locks": False}
MOUNTS = (
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "40 27 0:50 / /dls rw,relatime - nfs4 server:/dls rw,vers=4.1",
    "41 27 0:51 / /gpfs rw,relatime - gpfs gpfs rw",
    "42 27 0:52 / /mnt/with\\040blank rw - cifs //server/share rw",
    "43 27 0:53 / /odd rw - fuse.something x rw",
)


def one(findings: object, name: str) -> Finding:
    (found,) = (finding for finding in findings if finding.name == name)
    return found


# ---- bounded


def test_a_look_that_does_not_return_is_a_problem_after_its_time():
    release = threading.Event()
    try:
        (found,) = within_time("file", lambda: ok("file", str(release.wait(60))), limit_s=0.05)
        assert (found.level, found.found) == (Level.PROBLEM, "It does not answer within 0.05 s.")
    finally:
        release.set()
        for thread in threading.enumerate():
            if thread.name == "check of file":
                thread.join()


def test_a_look_that_fails_is_a_warning_and_ends_nothing():
    (found,) = within_time("odd", lambda: ok("odd", str(1 // 0)))
    assert found.level is Level.WARNING
    assert "ZeroDivisionError" in found.found


# ---- the window


@linux
@pytest.mark.parametrize(("display", "level"), [(":0", Level.PROBLEM), ("", Level.WARNING)])
def test_a_missing_library_is_named_with_its_package(monkeypatch, display, level):
    monkeypatch.setenv("DISPLAY", display)
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(system_libraries, "can_load", lambda library: library != "libEGL.so.1")
    found = window_checks.qt_libraries()
    assert (found.level, found.found) == (level, "Not installed: libEGL.so.1.")
    assert "libegl1" in found.remedy


@linux
def test_a_library_that_only_x11_needs_is_a_warning(monkeypatch):
    monkeypatch.setattr(system_libraries, "can_load", lambda library: library != "libxcb-cursor.so.0")
    found = window_checks.qt_libraries()
    assert found.level is Level.WARNING
    assert "libxcb-cursor0" in found.remedy


@linux
def test_no_font_is_a_problem(monkeypatch, tmp_path):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(system_libraries, "_FONT_FOLDERS", (str(tmp_path),))
    found = window_checks.fonts()
    assert found.level is Level.PROBLEM
    assert "fonts-dejavu-core" in found.remedy


def test_a_display_that_does_not_open_is_a_problem(monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have a display")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":4711")
    assert window_checks.display().level is Level.PROBLEM


def test_qt_that_is_not_installed_is_a_problem(monkeypatch):
    monkeypatch.setattr(window_checks, "_QT", ("no-such-distribution",))
    found = one(window_checks.qt(), "Qt")
    assert (found.level, found.remedy) == (Level.PROBLEM, "Run: pip install PySide6-Essentials")


# ---- HDF5


def test_a_sound_hdf5_has_nothing_to_say_against_it():
    assert {found.level for found in hdf5_checks.judged(PROBED)} == {Level.OK}


def test_a_filter_that_is_not_there_is_a_warning_and_a_wrong_one_a_problem():
    lost = one(hdf5_checks.judged({**PROBED, "filters": {"bshuf": True, "zfp": False}}), "filters")
    assert lost.level is Level.WARNING
    assert lost.found.startswith("Not to be had: zfp.")
    wrong = one(hdf5_checks.judged({**PROBED, "wrong": ["bshuf"]}), "filters")
    assert wrong.level is Level.PROBLEM
    assert "bshuf" in wrong.found


def test_a_reader_that_takes_locks_is_a_problem():
    assert one(hdf5_checks.judged({**PROBED, "takes_locks": True}), "locks").level is Level.PROBLEM


@pytest.mark.parametrize(
    ("code", "words"),
    [("import no_such_h5py", "No module named 'no_such_h5py'"), ("import os; os.abort()", "the process ended with status")],
)
def test_an_hdf5_that_cannot_be_loaded_is_a_problem_that_says_why(code, words):
    (found,) = hdf5_checks.hdf5(code)
    assert found.level is Level.PROBLEM
    assert words in found.found


def test_an_hdf5_that_does_not_load_in_time_is_a_problem(monkeypatch):
    def late(*_, timeout, **__):
        raise subprocess.TimeoutExpired("python", timeout)

    monkeypatch.setattr(subprocess, "run", late)
    (found,) = hdf5_checks.hdf5()
    assert (found.level, found.found) == (Level.PROBLEM, "It was not loaded within 30 s.")


@pytest.mark.parametrize(
    ("value", "level"),
    [("TRUE", Level.WARNING), ("1", Level.WARNING), ("best_effort", Level.WARNING), ("FALSE", Level.OK), (None, Level.OK)],
)
def test_a_variable_that_forces_locks_is_a_warning(value, level):
    variables = {} if value is None else {"HDF5_USE_FILE_LOCKING": value}
    assert one(hdf5_checks.environment(variables), "HDF5_USE_FILE_LOCKING").level is level


def test_a_plugin_path_that_leads_nowhere_is_a_warning(tmp_path):
    paths = os.pathsep.join([str(tmp_path), str(tmp_path / "gone")])
    found = one(hdf5_checks.environment({"HDF5_PLUGIN_PATH": paths}), "HDF5_PLUGIN_PATH")
    assert (found.level, found.found) == (Level.WARNING, f"There is no folder {tmp_path / 'gone'}.")
    assert one(hdf5_checks.environment({"HDF5_PLUGIN_PATH": str(tmp_path)}), "HDF5_PLUGIN_PATH").level is Level.OK


# ---- storage


@linux
@pytest.mark.parametrize(
    ("path", "level", "words"),
    [
        ("/home/scan.h5", Level.OK, "ext4, on this computer"),
        ("/dls/i22/scan.h5", Level.WARNING, "nfs4, over a network"),
        ("/gpfs/scan.h5", Level.OK, "gpfs, over a network: nothing tells"),
        ("/mnt/with blank/scan.h5", Level.WARNING, "cifs"),
        ("/odd/scan.h5", Level.OK, "fuse.something: nothing is known of it"),
    ],
)
def test_a_network_file_system_is_named(path, level, words):
    found = storage_checks.file_system(path, MOUNTS)
    assert found.level is level
    assert words in found.found


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_do_not_tell_of_their_storage(system, tmp_path):
    assert storage_checks.file_system("C:/scan.h5", system=system).level is Level.OK
    assert one(storage_checks.notification(system, tmp_path), "inotify").found.startswith("This system has none")


@linux
def test_too_few_watches_and_none_to_be_had_are_warnings(monkeypatch, tmp_path):
    (tmp_path / "max_user_instances").write_text("4\n")
    (tmp_path / "max_user_watches").write_text("100\n")

    def used_up():
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(storage_checks, "FileWakeup", used_up)
    tried, limits = storage_checks.notification(limits=tmp_path)
    assert tried.level is limits.level is Level.WARNING
    assert one(storage_checks.notification(limits=tmp_path / "none"), "inotify limits").found == "This system does not tell."
    assert "Too many open files" in tried.found
    assert "sysctl" in limits.remedy


def test_a_folder_for_temporary_files_that_takes_none_is_a_problem(monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    found = storage_checks.temporary_folder()
    assert (found.level, found.found) == (Level.PROBLEM, "None can be written: No space left on device.")


# ---- the computer


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free", "level"), [(64 << 20, Level.PROBLEM), (200 << 20, Level.WARNING), (1 << 30, Level.OK)])
def test_little_shared_memory_is_told_with_how_to_have_more(monkeypatch, tmp_path, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(1 << 30, 0, free))
    found = machine_checks.shared_memory(folder=tmp_path)
    assert found.level is level
    assert ("--shm-size" in found.remedy) == (level is not Level.OK)


def test_shared_memory_is_judged_by_the_frames_of_the_file(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(64 << 20, 0, 64 << 20))
    assert machine_checks.shared_memory(1 << 20, tmp_path).level is Level.OK
    assert machine_checks.shared_memory(1 << 30, tmp_path).level is Level.PROBLEM


def test_no_shared_memory_at_all_is_a_problem(monkeypatch):
    def none(size):
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(machine_checks, "create_block", none)
    found = machine_checks.shared_memory()
    assert (found.level, found.found) == (Level.PROBLEM, "None can be had: Permission denied.")


def test_little_memory_and_few_open_files_are_warnings(tmp_path):
    told = tmp_path / "meminfo"
    told.write_text("MemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:     200000 kB\n")
    assert machine_checks.memory(told).level is Level.WARNING
    assert machine_checks.memory(told).found == "205 MB of 16.4 GB may be used."
    assert machine_checks.memory(tmp_path / "none").found == "This system does not tell."
    assert machine_checks.open_files(256).level is Level.WARNING
    assert machine_checks.open_files(4096).level is Level.OK


def test_a_package_that_is_missing_is_a_problem():
    lines = ["numpy>=2.0", "no-such-one[x]>=1; sys_platform == 'linux'", "nor-this; sys_platform == 'win32'", "lmfit>=1; extra == 'fit'"]
    found = machine_checks.packages([*lines, "nobody.has_this"])
    assert found.level is Level.PROBLEM
    assert "nobody.has_this" in found.remedy
    assert ("no-such-one" in found.found) == sys.platform.startswith("linux")
    assert machine_checks.packages(lines[:1]).level is Level.OK
    assert machine_checks.packages().level is Level.OK


def test_an_extra_that_is_not_installed_is_told_with_how_to_install_it(monkeypatch):
    monkeypatch.setattr(machine_checks, "_EXTRAS", {"no-such-distribution": "fit"})
    (found,) = machine_checks.extras()
    assert found.level is Level.OK
    assert found.found.endswith("for what it does: pip install 'swmr-viewer[fit]'")


def test_a_log_that_cannot_be_written_is_a_warning(tmp_path):
    (tmp_path / "file").write_text("")
    name = {"win32": "LOCALAPPDATA", "darwin": "HOME"}.get(sys.platform, "XDG_STATE_HOME")
    found = machine_checks.log({name: str(tmp_path / "file"), "HOME": str(tmp_path / "file")})
    assert found.level is Level.WARNING
    assert str(tmp_path / "file") in found.found


def test_the_log_is_in_the_platforms_place():
    home = {"HOME": "/home/ann", "USERPROFILE": "/home/ann"}
    assert log_folder("linux", home) == Path("/home/ann/.local/state/swmr_viewer")
    assert log_folder("linux", {**home, "XDG_STATE_HOME": "relative"}) == Path("/home/ann/.local/state/swmr_viewer")
    assert log_folder("linux", {**home, "XDG_STATE_HOME": os.path.abspath("/state")}) == Path(os.path.abspath("/state"), "swmr_viewer")
    assert log_folder("darwin", home) == Path("/home/ann/Library/Logs/swmr_viewer")
    assert log_folder("win32", {**home, "LOCALAPPDATA": "/local"}) == Path("/local/swmr_viewer/Logs")
    assert log_folder("win32", home) == Path("/home/ann/AppData/Local/swmr_viewer/Logs")


# ---- the file


@pytest.mark.parametrize(
    ("state", "age_s", "level", "words"),
    [
        (FileState.MISSING, None, Level.PROBLEM, "There is no file"),
        (FileState.NOT_HDF5, 1.0, Level.PROBLEM, "is not an HDF5 file"),
        (FileState.EMPTY, 1.0, Level.WARNING, "It is empty"),
        (FileState.NO_SWMR, 1.0, Level.WARNING, "no SWMR mode"),
        (FileState.WRITING, 7200.0, Level.WARNING, "changed 2 h ago: nothing can be read yet"),
        (FileState.SWMR, 5.0, Level.OK, "Open for SWMR writing, changed 5 s ago."),
        (FileState.SWMR, 300.0, Level.WARNING, "changed 5 min ago: its writer waits, or was killed"),
        (FileState.CLOSED, 10 * 86400.0, Level.OK, "Closed, changed 10 days ago."),
    ],
)
def test_each_state_of_a_file_has_its_words(state, age_s, level, words):
    found = file_checks.state_judged("/scan.h5", state, age_s)
    assert found.level is level
    assert words in found.found
    assert bool(found.remedy) == (level is not Level.OK)


def test_a_folder_is_told_from_a_file(tmp_path):
    assert file_checks.state_judged(str(tmp_path), FileState.NOT_HDF5, 1.0).found == f"{tmp_path} is a folder, not an HDF5 file."


def test_a_file_without_keys_or_data_or_with_damage_is_told():
    lost = TreeNode("/entry/bad", "unreadable", note="damaged: its metadata have a wrong checksum")
    found = list(
        file_checks.content_judged(
            Inspection(
                "scan.h5",
                FileState.SWMR,
                (lost,),
                notes=("A part of the file cannot be read: /entry/bad (damaged).", "Links that lead nowhere (yet): /a."),
            )
        )
    )
    assert [(one.name, one.level) for one in found] == [
        ("keys", Level.WARNING),
        ("data", Level.PROBLEM),
        ("content", Level.PROBLEM),
        ("content", Level.WARNING),
    ]


def test_missing_filters_are_a_problem_where_they_are_needed():
    data = TreeNode("/data", "dataset", (3, 8, 8), dtype="uint16", filters=("odd (missing)",), note="needs the filter odd")
    notes = ("/data needs the filter odd.",)
    needed = Inspection("scan.h5", FileState.CLOSED, (data,), data_paths=("/data",), key_paths=("/keys",), notes=notes)
    assert [one.level for one in file_checks.content_judged(needed)] == [Level.OK, Level.OK, Level.PROBLEM]
    beside = Inspection("scan.h5", FileState.CLOSED, (data,), data_paths=("/other",), key_paths=("/keys",), notes=notes)
    assert [one.level for one in file_checks.content_judged(beside)] == [Level.OK, Level.OK, Level.WARNING]


@pytest.mark.parametrize(
    ("kind", "level"),
    [(None, Level.OK), (FailureKind.FRAME_NOT_WRITTEN, Level.WARNING), (FailureKind.FRAME_UNREADABLE, Level.PROBLEM)],
)
def test_a_frame_that_cannot_be_read_is_a_problem_and_one_that_is_not_there_yet_is_none(kind, level):
    answer = Previewed(1, "/data", None, 0, message="No frame is complete yet.", remedy="Wait.", kind=kind)
    assert file_checks.frame_judged(answer).level is level
    assert file_checks.frame_judged(None).level is Level.PROBLEM


def test_the_largest_frame_of_what_is_shown_is_counted():
    nodes = (TreeNode("/a", "dataset", (3, 4, 8, 8), dtype="uint16"), TreeNode("/b", "dataset", (3, 4, 90), dtype="compound (x)"))
    found = Inspection("scan.h5", FileState.SWMR, nodes, scan_shape=(3, 4), data_paths=("/a", "/b"))
    assert file_checks.largest_frame(found) == 128
    assert file_checks.largest_frame(Inspection("scan.h5", FileState.SWMR)) is None


@linux
def test_who_has_a_file_open_is_told_and_whether_it_writes(tmp_path):
    path = tmp_path / "scan.h5"
    with open(path, "wb"):
        (opener,) = openers_of(str(path))
        assert (opener.pid, opener.writes) == (os.getpid(), True)
    with open(path, "rb"):
        (opener,) = openers_of(str(path))
        assert not opener.writes
    assert openers_of(str(path)) == ()
