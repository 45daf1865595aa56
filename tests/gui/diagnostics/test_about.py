"""About, and the text that goes to somebody far away: opened by keys, copied by a click, true as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer import __version__
from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.diagnostics import About
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.program_log import ProgramLog
from swmr_viewer.reader import messages as m
from tests.gui.fakes import Clock, FakeSupervisor

SHIFT = Qt.KeyboardModifier.ShiftModifier
COPYING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | SHIFT


@pytest.fixture
def logged(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, tmp_path: Path) -> Iterator[Assembly]:
    application()
    log = ProgramLog(tmp_path / "logs", "begun")
    assembly = Assembly(reader, clock=clock, log=log)
    assembly.window.show()
    qtbot.waitExposed(assembly.window)
    yield assembly
    assert assembly.close()
    assert log.close(30.0)


def test_about_tells_versions_and_where_the_log_is_and_goes_with_escape(logged, reader, qtbot, monkeypatch):
    window = logged.window
    qtbot.keyClick(window, Qt.Key.Key_F1, SHIFT)
    about = window.desktop_actions.about
    assert isinstance(about, About)
    assert about.isVisible()
    assert not about.isModal()
    assert about.versions["HDF5"].text() == "told once a file is open"
    assert about.versions["Qt"].text().startswith("6.")
    assert about.log_place.text() == str(logged.logbook._log.path)
    assert not about.log_fault.isVisible()

    logged.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(logged.session.opened):
        reader.say(m.Opened(reader.generation, "scan.nxs", (3,), ("/keys",), (), None, 1, libraries="2.0.0, h5py 3.16.0"))
    assert about.versions["HDF5"].text() == "2.0.0, h5py 3.16.0"

    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url)) or True)
    qtbot.mouseClick(about.open_folder, Qt.MouseButton.LeftButton)
    assert [Path(one.toLocalFile()) for one in opened] == [logged.logbook._log.path.parent]
    qtbot.keyClick(about, Qt.Key.Key_Escape)
    assert not about.isVisible()


def test_a_desktop_that_shows_no_folders_is_told_where_they_are(logged, qtbot, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    logged.window.desktop_actions.show_about()
    with qtbot.waitSignal(logged.session.noted) as told:
        qtbot.mouseClick(logged.window.desktop_actions.about.open_folder, Qt.MouseButton.LeftButton)
    assert str(logged.logbook._log.path.parent) in told.args[0]


def test_without_a_log_about_says_so(following: Callable[..., Assembly], qtbot: QtBot):
    viewer = following()
    viewer.window.actions_.about.trigger()
    about = viewer.window.desktop_actions.about
    assert about.log_place.text() == "No log is written."
    assert not about.open_folder.isEnabled()


@pytest.mark.parametrize("way", ["keys", "about", "panel"])
def test_the_diagnostics_are_one_text_whichever_way_they_are_copied(logged, reader, qtbot, way):
    session, window = logged.session, logged.window
    session.open(m.FollowRequest("/data/a\x1b[1m.nxs"))
    with qtbot.waitSignal(session.opened):
        reader.say_opened((4, 5))
    qtbot.waitUntil(lambda: session.scan.phase is m.Phase.FOLLOWING)
    settings().setValue("window/look", "dark")
    settings().setValue("recent/files", "/secret")
    settings().setValue("window/state", b"bytes")
    if way == "keys":
        qtbot.keyClick(window, Qt.Key.Key_D, COPYING)
    elif way == "about":
        window.desktop_actions.show_about()
        qtbot.mouseClick(window.desktop_actions.about.copy, Qt.MouseButton.LeftButton)
    else:
        window.desktop_actions.show_diagnostics()
        qtbot.mouseClick(window.desktop_actions.diagnostics.copy, Qt.MouseButton.LeftButton)
    text = QApplication.clipboard().text()
    lines = text.splitlines()
    assert lines[0] == f"swmr_viewer {__version__}, diagnostics"
    for line in (
        "No new frame was painted yet",
        f"  swmr_viewer: {__version__}",
        r"  path: /data/a\x1b[1m.nxs",
        "  key dataset: /entry/keys/eiger",
        "  data set: /entry/eiger/data (64, 48) <u4",
        "  finished flag: /entry/scan_finished",
        "  phase: following",
        "  age of the last key: none came",
        "  window/look: dark",
        f"Log: {logged.logbook._log.path}",
    ):
        assert line in lines
    assert "begun" in text
    assert "Opened scan.nxs" in text
    assert "secret" not in text


def test_without_a_file_there_is_something_to_copy_as_well(logged, qtbot):
    qtbot.keyClick(logged.window, Qt.Key.Key_D, COPYING)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[lines.index("File:") + 1] == "  none"
