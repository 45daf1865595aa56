"""A reader that does not answer: the window says so, offers to stop at once, and goes on by itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.state import StateKind
from tests.gui.fakes import FakeSupervisor, picture
from tests.gui.waiting import WAIT_MS
from tests.reader import broken

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
DOING = "reading frame 7 of /entry/eiger/data"


def test_the_error_bar_offers_to_stop_a_reader_that_hangs(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    session, bar = viewer.session, viewer.window.error_bar
    with qtbot.waitSignal(session.state_changed):
        reader.say(m.ReaderStuck(1, DOING, 2.0))
    assert session.scan.state.kind is StateKind.STORAGE
    assert DOING in session.scan.state.detail
    assert not bar.isVisible()  # a moment is nothing to speak of
    with qtbot.waitSignal(session.problem_reported):
        reader.say(m.ReaderStuck(1, DOING, 5.0), m.ReaderStuck(1, DOING, 6.0))
    qtbot.waitUntil(lambda: "For 6" in session.scan.state.detail)
    assert bar.message.text().startswith("The reader has not answered for 5 s, while reading frame 7")
    assert bar.act.text() == "Stop"
    qtbot.mouseClick(bar.act, LEFT)
    assert reader.sent(m.Stop) == [m.Stop(1)]
    with qtbot.waitSignal(session.finished):
        reader.say(m.Ended(1, "stopped", 0, 20))
    assert session.scan.state.kind is StateKind.STOPPED
    assert not bar.isVisible()


def test_what_was_said_of_it_is_taken_back_when_it_answers(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    session, bar = viewer.session, viewer.window.error_bar
    with qtbot.waitSignal(session.problem_reported):
        reader.say(m.ReaderStuck(1, DOING, 5.0))
    with qtbot.waitSignal(session.problem_solved):
        reader.say(m.ReaderRecovered(1))
    assert not bar.isVisible()
    assert session.scan.state.kind is not StateKind.STORAGE


def test_another_problem_stays_when_it_answers(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    bar = viewer.window.error_bar
    with qtbot.waitSignals([viewer.session.problem_reported] * 2):
        reader.say(m.ReaderStuck(1, DOING, 5.0), m.Fault(1, "Frame 3 is broken.", 3))
    with qtbot.waitSignal(viewer.session.problem_solved):
        reader.say(m.ReaderRecovered(1))
    assert bar.isVisible()
    assert "Frame 3 is broken." in bar.message.text()


def test_a_file_that_failed_is_followed_again_by_itself(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    session, bar = viewer.session, viewer.window.error_bar
    with qtbot.waitSignal(session.finished):
        reader.say(m.Failed(1, "scan.nxs cannot be read.", "It is looked at again.", "", FailureKind.READER))
    assert session.scan.state.kind is StateKind.FAILED
    assert bar.isVisible()
    with qtbot.waitSignal(session.opened):
        reader.say_opened((4, 5), ("/entry/keys/det0",))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_keys((4, 5), (0, 6), whole=True, at_s=viewer.session.scan.now_s)
        reader.say_frame(picture(), 5, (4, 5))
    assert session.scan.state.kind is StateKind.LIVE
    assert session.scan.shown is not None
    assert session.scan.shown.index == 5
    assert not bar.isVisible()
    assert not session.scan.is_over


def test_the_frame_of_another_data_set_is_not_blamed(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), data_paths=("/entry/eiger/data", "/entry/other/data"))
    session, header = viewer.session, viewer.window.frame_header
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), (0, 6))
    session.pin(3)
    with qtbot.waitSignal(session.problem_reported):
        reader.say(m.Fault(1, "Frame 3 of the other is broken.", 3, "/entry/other/data"))
    assert header.words.startswith("being read")
    with qtbot.waitSignal(session.problem_reported):
        reader.say(m.Fault(1, "Frame 3 of this one is broken.", 3, "/entry/eiger/data"))
    assert header.words == "cannot be read"


@pytest.mark.live
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="makes named pipes")
def test_a_click_stops_at_once_while_hdf5_hangs(qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path) -> None:
    path = broken.write_hanging_opening(tmp_path)
    viewer = live_viewer(path, key_paths=(broken.KEYS,), data_paths=(broken.DATA,))
    session, bar = viewer.session, viewer.window.error_bar
    qtbot.waitUntil(bar.isVisible, timeout=WAIT_MS)
    assert session.scan.doing == f"opening {path}"
    replaced: list[object] = []
    session.problem_reported.connect(replaced.append)
    qtbot.mouseClick(bar.act, LEFT)
    qtbot.waitUntil(lambda: session.scan.state.kind is StateKind.STOPPED, timeout=WAIT_MS)
    assert not bar.isVisible()
    assert not replaced  # the reader did not have to be found stuck for its 30 s first
