"""What keeps the program upright: Ctrl-C closes it, an exception is told and survived, files are opened by hand."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt, QTimer, qWarning
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.gui.application import run_window
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.guards import collector_spared, exceptions_reported, qt_messages_noted
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.state import Problem
from tests.gui.fakes import FakeSupervisor, picture


def windows() -> list[object]:
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window(qapp: QApplication, reader: FakeSupervisor, number: int) -> None:
    opened: list[int] = []

    def interrupt() -> None:
        opened.append(len(windows()))
        os.kill(os.getpid(), number)

    QTimer.singleShot(50, interrupt)
    before = signal.getsignal(number)
    assert run_window(None, reader) == 0
    assert opened == [1]
    assert windows() == []
    assert signal.getsignal(number) is before


def test_the_window_closes_by_itself_when_the_scan_failed(qapp: QApplication, reader: FakeSupervisor, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    QTimer.singleShot(50, lambda: reader.say(m.Failed(1, "No.", "Do.", "", FailureKind.PATH)))
    assert run_window(m.FollowRequest("/data/x.h5"), reader, screenshot=shot, quit_when_finished=True) == 1
    assert shot.stat().st_size > 10_000


def test_exceptions_in_slots_and_threads_become_problems(qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[Problem] = []

    def fail() -> None:
        raise ValueError("seven")

    before = sys.excepthook
    with exceptions_reported(told.append):
        sys.excepthook(ValueError, ValueError("six"), None)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(told) == 2)
    assert sys.excepthook is before
    assert "six" in told[0].message
    assert "ValueError: seven" in told[1].details
    assert "seven" in capsys.readouterr().err


def test_the_open_dialog_is_one_key_away_and_not_modal(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    qtbot.keyClick(viewer.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    dialog = viewer.opening.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.accepted_request.emit(m.FollowRequest("/data/chosen.nxs"))
    assert reader.sent(m.FollowRequest)[-1].path == "/data/chosen.nxs"


def test_the_snapshot_is_copied_at_the_key_press_and_its_folder_asked_once(
    qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, tmp_path: Path
) -> None:
    QSettings("swmr_viewer", "swmr_viewer").clear()
    session, snapshots = viewer.session, viewer.window.snapshots
    session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(session.opened):
        reader.say_opened((4, 5))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(seed=1), 1, (4, 5))
    qtbot.keyClick(viewer.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    dialog = snapshots.folder_dialog
    assert isinstance(dialog, QFileDialog)
    assert not dialog.isModal()
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(seed=2), 2, (4, 5))
    with qtbot.waitSignal(snapshots.written) as written:
        dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    stored = {path.suffix: path for path in written.args[0]}
    np.testing.assert_array_equal(np.load(stored[".npy"]), picture(seed=1))
    with qtbot.waitSignal(snapshots.written) as again:
        qtbot.mouseClick(viewer.window.top_bar.snapshot, Qt.MouseButton.LeftButton)
    assert not set(again.args[0]) & set(written.args[0])
    assert snapshots.folder == tmp_path


def test_off_screen_what_nobody_sees_is_not_said_and_all_else_is(capsys: pytest.CaptureFixture[str]) -> None:
    noted: list[str] = []
    with qt_messages_noted(noted.append):
        qWarning("This plugin does not support propagateSizeHints()")
        qWarning("Something is wrong")
    assert capsys.readouterr().err == "Something is wrong\n"
    assert noted == ["Something is wrong"]


def test_the_collector_leaves_alone_what_was_there_for_as_long_as_that_is_wished() -> None:
    with collector_spared():
        assert gc.get_freeze_count() > 10_000
    assert gc.get_freeze_count() == 0
