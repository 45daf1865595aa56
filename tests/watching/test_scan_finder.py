"""Which file of a folder is the next scan: real folders, states as the test tells them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swmr_viewer.core.inspection import FileState
from swmr_viewer.watching.scan_files import FoundFile, WatchRule, matching, natural, newest_first
from swmr_viewer.watching.scan_finder import N_RECHECKED, FolderPoll, ScanFinder

SWMR, CLOSED, WRITING, EMPTY = FileState.SWMR, FileState.CLOSED, FileState.WRITING, FileState.EMPTY


class Folder:
    """A folder whose files have the states that a test gives them."""

    def __init__(self, path: Path, pattern: str = "*.nxs", newest: str = "time") -> None:
        self.path = path
        self.states: dict[str, FileState] = {}
        self.asked: list[str] = []
        self._time_s = 1_000_000
        self.rule = WatchRule(str(path), pattern, newest)  # type: ignore[arg-type]
        self.finder = ScanFinder(self.rule, state_of=self._state_of)

    def put(self, name: str, state: FileState = SWMR, text: str = "0123456789") -> None:
        """Write a file, later than all before."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self._time_s += 1
        os.utime(file, (self._time_s, self._time_s))
        self.states[name] = state

    def started(self) -> str:
        """Look once; return what started, below the folder."""
        polled = self.finder.poll()
        assert not polled.problem
        return os.path.relpath(polled.started, self.path) if polled.started else ""

    def _state_of(self, path: str) -> FileState:
        self.asked.append(path)
        return self.states[os.path.relpath(path, self.path).replace(os.sep, "/")]


def test_a_file_has_started_when_it_is_in_swmr_mode_not_before(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.started() == ""
    folder.put("1.nxs", EMPTY, "")
    polled = folder.finder.poll()
    assert (polled.started, polled.preparing, polled.n_files) == ("", str(tmp_path / "1.nxs"), 1)
    folder.states["1.nxs"] = WRITING
    assert folder.started() == ""
    folder.states["1.nxs"] = SWMR
    assert folder.started() == "1.nxs"
    assert folder.started() == ""


def test_at_the_first_look_only_a_scan_that_is_running_and_newest_has_started(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("crashed.nxs", SWMR)
    folder.put("done.nxs", CLOSED)
    assert folder.started() == ""
    running = Folder(tmp_path)
    running.states = dict(folder.states)
    folder.put("running.nxs", SWMR)
    running.states["running.nxs"] = SWMR
    assert running.started() == "running.nxs"
    assert folder.started() == "running.nxs"


def test_a_scan_that_began_and_ended_between_two_looks_is_not_missed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("1.nxs", CLOSED)
    assert folder.started() == ""
    folder.put("2.nxs", CLOSED)
    assert folder.started() == "2.nxs"


def test_of_several_the_newest_that_started_is_taken_and_the_older_ones_never(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.started()
    for name, state in (("1.nxs", SWMR), ("2.nxs", SWMR), ("3.nxs", WRITING)):
        folder.put(name, state)
    assert folder.started() == "2.nxs"
    assert folder.started() == ""
    folder.states["3.nxs"] = SWMR
    assert folder.started() == "3.nxs"


@pytest.mark.parametrize(("newest", "expected"), [("time", "9.nxs"), ("name", "10.nxs")])
def test_newest_by_time_or_by_name(tmp_path: Path, newest: str, expected: str) -> None:
    folder = Folder(tmp_path, newest=newest)
    folder.started()
    folder.put("10.nxs")
    folder.put("9.nxs")
    assert folder.started() == expected


def test_a_path_that_is_written_anew_is_another_scan(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("scan.nxs", CLOSED)
    assert folder.started() == ""
    folder.put("scan.nxs", SWMR, "0")
    assert folder.started() == "scan.nxs"
    folder.put("scan.nxs", SWMR, "0123456789 it grows")
    assert folder.started() == ""


def test_other_names_hidden_files_and_folders_deeper_are_passed_over(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "*.nxs; run*/*_master.h5")
    folder.started()
    for name in ("1.h5", ".2.nxs", "run7/1_data.h5", "other/1_master.h5", "run7/deeper/1_master.h5"):
        folder.put(name)
    assert folder.started() == ""
    folder.put("run7/1_master.h5")
    assert folder.started() == os.path.join("run7", "1_master.h5")


def test_a_folder_that_is_not_there_is_told_and_awaited(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "visit")
    assert "There is no folder" in folder.finder.poll().problem
    folder.put("1.nxs", CLOSED)
    assert folder.started() == "1.nxs"


def test_a_large_folder_is_not_asked_about_each_file_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for number in range(3 * N_RECHECKED):
        folder.put(f"{number}.nxs", CLOSED)
    folder.started()
    assert len(folder.asked) == 1
    folder.started()
    assert len(folder.asked) == 1


def test_files_that_vanish_are_forgotten(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.started()
    folder.put("1.nxs", WRITING)
    assert folder.finder.poll().preparing
    (tmp_path / "1.nxs").unlink()
    assert folder.finder.poll() == FolderPoll(folder.rule)


def test_numbers_in_names_are_compared_as_numbers() -> None:
    names = ["scan_9.nxs", "scan_10.nxs", "Scan_2.nxs", "9.nxs", "scan.nxs"]
    assert sorted(names, key=natural) == ["9.nxs", "scan.nxs", "Scan_2.nxs", "scan_9.nxs", "scan_10.nxs"] or sorted(
        names, key=natural
    ).index("scan_9.nxs") < sorted(names, key=natural).index("scan_10.nxs")
    files = [FoundFile(name, 1, 1, 1) for name in ("b9", "b10")]
    assert [one.path for one in newest_first(files, "time")] == ["b10", "b9"]


def test_each_path_once_though_several_patterns_fit(tmp_path: Path) -> None:
    (tmp_path / "a.nxs").touch()
    assert list(matching(WatchRule(str(tmp_path), "*.nxs; a*;"))) == [str(tmp_path / "a.nxs")]
