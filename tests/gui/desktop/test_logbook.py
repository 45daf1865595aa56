"""What is written to the log: files, states, ends, problems and notes, each once; a real window writes it, and takes it with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.gui.application import application, run_window
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.program_log import ProgramLog, log_folder
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import Problem
from tests.gui.fakes import Clock, FakeSupervisor, picture

SHAPE = (4, 5)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ProgramLog]:
    with_lines = ProgramLog(tmp_path / "logs")
    yield with_lines
    assert with_lines.close(30.0)


@pytest.fixture
def logged(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, log: ProgramLog) -> Iterator[Assembly]:
    application()
    assembly = Assembly(reader, clock=clock, log=log)
    yield assembly
    assert assembly.close()


def said(log: ProgramLog) -> list[str]:
    """Return the lines so far, without their times."""
    return [line.partition("  ")[2] if line[:1].isdigit() else line for line in log.tail(1000)]


def test_a_scan_is_written_down_from_its_file_to_its_end(logged, reader, log, qtbot):
    logged.session.open(m.FollowRequest("/data/a\nb.nxs", key_paths=("/keys",)))
    with qtbot.waitSignal(logged.session.opened):
        reader.say_opened(SHAPE)
    with qtbot.waitSignal(logged.session.frame_settled):
        reader.say_keys(SHAPE, (0, 9))
        reader.say_frame(picture(), 8, SHAPE)
    with qtbot.waitSignal(logged.session.finished):
        reader.say(m.Ended(reader.generation, "all_keys", 20, 20))
    lines = said(log)
    assert r"INFO     To follow: /data/a\nb.nxs (/keys)" in lines
    assert "INFO     Opened scan.nxs: scan (4, 5), keys /entry/keys/eiger, data /entry/eiger/data (64, 48) <u4" in lines
    assert "INFO     Ended (all_keys): 20 of 20 frames are complete." in lines
    assert any(line.startswith("INFO     Ended: all keys set") for line in lines)


def test_frames_write_nothing(logged, reader, log, qtbot):
    logged.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(logged.session.opened):
        reader.say_opened(SHAPE)

    def show(index: int) -> None:
        reader.say_keys(SHAPE, (index, index + 1))
        reader.say_frame(picture(seed=index), index, SHAPE)
        qtbot.waitUntil(lambda: logged.session.scan.index == index)

    show(0)
    before = said(log)
    for index in range(1, 6):
        show(index)
    assert logged.session.scan.counts.n_shown == 6
    assert said(log) == before


def test_what_goes_wrong_is_written_with_its_details(logged, reader, log, qtbot):
    logged.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(logged.session.problem_reported):
        reader.say(m.ReaderReplaced(reader.generation, "it was ended by SIGKILL"))
    with qtbot.waitSignal(logged.session.finished):
        reader.say(m.Failed(reader.generation, "No.", "Do.", "Traceback:\n  here", FailureKind.PATH))
    lines = said(log)
    assert "WARNING  The reader was replaced, and following goes on where it was: it was ended by SIGKILL." in lines
    at = lines.index("ERROR    No. Do.")
    assert lines[at + 1 : at + 3] == ["    Traceback:", "      here"]


def test_notes_and_what_is_recorded_are_written(logged, log):
    logged.session.note("Snapshot: /data/x (png)")
    logged.session.note("")
    logged.session.record("Reduction mean of /data/scan.nxs: Done")
    assert said(log)[-2:] == ["INFO     Snapshot: /data/x (png)", "INFO     Reduction mean of /data/scan.nxs: Done"]


def test_a_state_is_written_when_it_becomes_another_and_not_as_its_seconds_pass(logged, reader, clock, log, qtbot):
    logged.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(logged.session.opened):
        reader.say_opened(SHAPE)
    with qtbot.waitSignal(logged.session.keys_changed):
        reader.say_keys(SHAPE, (0, 1), at_s=clock())
    for _ in range(20):
        clock.now_s += 1.0
        logged.session.tick()
    assert sum("no key for" in line for line in said(log)) == 1


def read_logs() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(log_folder().iterdir()))


def test_a_window_writes_a_log_from_its_start_to_its_end(qapp: QApplication, reader: FakeSupervisor, capsys: pytest.CaptureFixture[str]):
    def go_wrong() -> None:
        qWarning("Qt is not amused")
        raise ValueError("seven")

    QTimer.singleShot(50, go_wrong)
    QTimer.singleShot(60, lambda: reader.say(m.Failed(1, "No.", "Do.", "", FailureKind.PATH)))
    assert run_window(m.FollowRequest("/data/x.h5"), reader, quit_when_finished=True) == 1
    assert "seven" in capsys.readouterr().err
    text = read_logs()
    for words in ("INFO     swmr_viewer ", ", Qt ", "To follow: /data/x.h5", "WARNING  Qt is not amused", "ERROR    No. Do."):
        assert words in text
    assert "unexpected went wrong: seven" in text
    assert "in go_wrong" in text
    assert text.splitlines()[-1].endswith("INFO     The window was closed.")


def test_a_window_without_room_for_a_log_is_a_window_all_the_same(
    qapp: QApplication, reader: FakeSupervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv({"win32": "LOCALAPPDATA", "darwin": "HOME"}.get(sys.platform, "XDG_STATE_HOME"), str(tmp_path / "file"))
    told: list[str] = []

    def look() -> None:
        (window,) = (one for one in QApplication.topLevelWidgets() if one.isVisible())
        window.actions_.about.trigger()
        told.extend((window.desktop_actions.about.log_place.text(), window.desktop_actions.about.log_fault.text()))
        window.close()

    QTimer.singleShot(50, look)
    assert run_window(None, reader) == 0
    assert told[0].startswith(str(tmp_path / "file" / "swmr_viewer"))
    assert told[1].startswith("It cannot be written: ")
    assert os.listdir(tmp_path / "home") is not None


def test_problems_of_the_window_itself_are_written(logged, log):
    logged.session.report(Problem("The table could not be saved.", "Choose another folder.", severity="note"))
    assert said(log)[-1] == "WARNING  The table could not be saved. Choose another folder."
