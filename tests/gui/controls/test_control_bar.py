"""The one row at the bottom: never cut, never jumping, lit only while it is live, and one way to go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys, FinishedFlag, Timeout
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.controls.control_bar import ControlBar
from swmr_viewer.gui.controls.state_line import state_words
from swmr_viewer.gui.controls.termination_editor import NO_FLAG_TEXT
from swmr_viewer.reader import messages as m
from tests.gui.fakes import Clock, FakeSupervisor, picture
from tests.gui.waiting import WAIT_MS, wait_complete, wait_shown
from tests.live.writers import LiveWriter

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
SHAPE = (20, 30)


@pytest.fixture
def running(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> Assembly:
    """Return a window that shows frame 335 of a scan that is half done."""
    viewer = following(SHAPE)
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(SHAPE, (0, 336), at_s=clock())
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 335, SHAPE)
    viewer.session.tick()
    return viewer


def end(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, reason: str, complete: int = 336, *, looks: bool = False) -> None:
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(reader.generation, reason, complete, 600, looks, viewer.session.scan.now_s))


def shown_buttons(bar: ControlBar) -> list[QAbstractButton]:
    return [one for one in bar.findChildren(QAbstractButton) if one.isVisible() and one.window() is bar.window()]


def area(part: QAbstractButton | QLabel, bar: ControlBar) -> QRect:
    return QRect(part.mapTo(bar, QPoint(0, 0)), part.size())


# ---- room


@pytest.mark.parametrize(("width", "is_one_row"), [(1440, True), (1280, True), (1024, True), (800, False)])
def test_it_is_one_row_where_there_is_room_and_nothing_in_it_is_cut(
    qtbot: QtBot, reader: FakeSupervisor, running: Assembly, width: int, is_one_row: bool
) -> None:
    bar = running.window.control_bar
    bar.setParent(None)  # the other parts of the window have least widths of their own
    bar.resize(width - 16, 44 if is_one_row else 88)
    bar.show()
    line = bar.state_line
    try:
        for _ in range(2):
            running.session.toggle_hold()
            qtbot.waitUntil(lambda: bar.termination.isVisible() and bar.slider.width() >= 100)
            QApplication.processEvents()
            assert bar.minimumSizeHint().height() <= (44 if is_one_row else 88)
            assert bar.minimumSizeHint().width() < 784
            areas = [area(part, bar) for part in shown_buttons(bar)]
            assert len(areas) >= 9
            assert all(bar.rect().contains(one) for one in areas)
            assert not any(one.intersects(other) for one in areas for other in areas if one is not other)
            assert [one.text() for one in shown_buttons(bar) if one.width() < one.minimumSizeHint().width()] == []
            words = [one for one in (line.text, line.rate, line.age) if one.isVisible()]
            assert [one.text() for one in words if one.width() < one.fontMetrics().horizontalAdvance(one.text())] == []
            assert words[0].text().startswith("Scan running")
    finally:
        bar.close()
        bar.deleteLater()
        QApplication.sendPostedEvents(bar, 52)  # deferred delete


def test_nothing_moves_whatever_the_state_says(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, running: Assembly) -> None:
    bar, session = running.window.control_bar, running.session
    parts = (bar.first, bar.previous, bar.slider, bar.next, bar.hold, bar.play, bar.live, bar.termination.conditions)
    qtbot.waitUntil(lambda: bar.slider.width() > 100)
    places = set()

    def look() -> str:
        session.tick()
        QApplication.processEvents()
        places.add((*(area(part, bar).getRect() for part in parts), bar.height()))
        return bar.state_line.text.text()

    told = [look()]
    session.toggle_hold()
    told.append(look())
    session.follow_live()
    clock.now_s += 5.0
    told.append(look())
    clock.now_s += 500.0
    end(qtbot, reader, running, "timeout", looks=True)
    told.append(look())
    end(qtbot, reader, running, "stopped")
    told.append(look())
    assert len(set(told)) == 5
    assert len(places) == 1, places


def test_words_are_left_out_before_they_are_cut() -> None:
    shown = ("showing frame 335, held", "frame 335, held", "held")
    assert state_words(("Scan running", "Running"), shown) == (
        "Scan running \u00b7 showing frame 335, held",
        "Scan running \u00b7 frame 335, held",
        "Scan running \u00b7 held",
        "Running \u00b7 held",
    )
    assert state_words(("Ended: all keys set", "Ended"), ("",)) == ("Ended: all keys set", "Ended")


# ---- the transport


def test_it_moves_by_frame_and_row_and_each_button_has_an_icon_of_its_own(qtbot: QtBot, running: Assembly) -> None:
    bar, session = running.window.control_bar, running.session
    moves = ((bar.previous, 334), (bar.row_back, 304), (bar.next, 305), (bar.row_on, 335), (bar.first, 0), (bar.last, 335))
    for button, index in moves:
        qtbot.mouseClick(button, LEFT)
        assert session.scan.wanted_index == index
    buttons = (*(button for button, _ in moves), bar.hold, bar.play, bar.live)
    drawn = {bytes(one.icon().pixmap(24).toImage().constBits()) for one in buttons}
    assert len(drawn) == len(buttons)
    assert all(one.toolTip() and one.accessibleName() for one in buttons)


def test_hold_and_live_are_a_click_each_and_a_key_each(qtbot: QtBot, running: Assembly) -> None:
    bar, session = running.window.control_bar, running.session
    assert (bar.live.isChecked(), bar.hold.isChecked()) == (True, False)
    qtbot.mouseClick(bar.hold, LEFT)
    assert (session.scan.wanted_index, bar.live.isChecked(), bar.hold.isChecked()) == (335, False, True)
    assert bar.state_line.text.text() == "Scan running \u00b7 showing frame 335, held"
    qtbot.mouseClick(bar.live, LEFT)
    assert (session.scan.is_live, bar.live.isChecked(), bar.hold.isChecked()) == (True, True, False)
    assert bar.state_line.text.text() == "Scan running \u00b7 live"
    qtbot.keyClick(running.window, Key.Key_H)
    assert bar.hold.isChecked()
    qtbot.keyClick(running.window, Key.Key_End)
    assert bar.live.isChecked()


def test_hold_ends_playing_where_it_is(qtbot: QtBot, running: Assembly) -> None:
    bar, session = running.window.control_bar, running.session
    session.pin(7)
    qtbot.mouseClick(bar.play, LEFT, pos=QPoint(12, 12))
    assert bar.play.isChecked()
    assert not bar.hold.isChecked()
    assert bar.state_line.text.text() == "Scan running \u00b7 playing"
    qtbot.mouseClick(bar.hold, LEFT)
    assert not running.window.edge.playback.is_playing
    assert (session.scan.wanted_index, bar.play.isChecked(), bar.hold.isChecked()) == (7, False, True)


# ---- live means live


@pytest.mark.parametrize("what", ["paused", "ended", "stopped", "failed", "replaced", "storage"])
def test_live_is_lit_only_while_frames_come(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, running: Assembly, what: str) -> None:
    live = running.window.control_bar.live
    assert live.isChecked()
    clock.now_s += 4.0
    running.session.tick()
    assert live.isChecked(), "quiet is still followed"
    with qtbot.waitSignal(running.session.state_changed):
        reader.say(
            {
                "paused": m.Ended(1, "timeout", 336, 600, still_following=True),
                "ended": m.Ended(1, "finished_flag", 600, 600),
                "stopped": m.Ended(1, "stopped", 336, 600),
                "failed": m.Failed(1, "It broke.", "Mend it.", "", FailureKind.READER),
                "replaced": m.FileReplaced(1, "/data/scan.nxs", "It was replaced.", True, 0.0),
                "storage": m.ReaderStuck(1, "reading", 3.0),
            }[what]
        )
    assert running.session.scan.is_live
    assert not live.isChecked()
    assert not live.isEnabled(), "the newest frame is shown already"
    running.session.pin(3)
    assert live.isEnabled()
    assert not live.isChecked()
    qtbot.mouseClick(live, LEFT)
    assert running.session.scan.is_live


# ---- one way to go on


@pytest.mark.parametrize(
    ("reason", "complete", "goes_on"),
    [("stopped", 336, True), ("file_closed", 336, True), ("finished_flag", 336, True), ("timeout", 336, True), ("all_keys", 600, False)],
)
def test_one_button_goes_on_where_that_makes_sense(
    qtbot: QtBot, reader: FakeSupervisor, running: Assembly, reason: str, complete: int, goes_on: bool
) -> None:
    bar = running.window.termination_bar
    end(qtbot, reader, running, reason, complete)
    assert (bar.resume.isVisible(), bar.stop.isVisible(), bar.stop.isEnabled()) == (goes_on, not goes_on, False)
    assert running.window.actions_.resume.isEnabled() is goes_on
    if goes_on:
        assert bar.resume.text() == "Go on"
        qtbot.mouseClick(bar.resume, LEFT)
        assert reader.sent(m.Resume) == [m.Resume(1)]
        assert bar.stop.isEnabled()
    qtbot.keyClick(running.window, Key.Key_F5)
    assert len(reader.sent(m.FollowRequest)) == 2


# ---- what ends following


def open_editor(qtbot: QtBot, viewer: Assembly) -> None:
    bar = viewer.window.termination_bar
    qtbot.mouseClick(bar.conditions, LEFT)
    qtbot.waitUntil(bar.editor.isVisible)


def test_what_ends_it_is_chosen_above_the_button_and_told_on_it(qtbot: QtBot, reader: FakeSupervisor, running: Assembly) -> None:
    bar = running.window.termination_bar
    assert "10 s" in bar.conditions.text()
    open_editor(qtbot, running)
    qtbot.mouseClick(bar.closed, LEFT, pos=QPoint(8, 8))
    qtbot.mouseClick(bar.all_keys, LEFT, pos=QPoint(8, 8))
    assert reader.sent(m.SetConditions)[-1].conditions == (FinishedFlag(), Timeout(10.0))
    assert bar.words == ("finished flag", "10 s quiet")
    bar.seconds.selectAll()
    qtbot.keyClicks(bar.seconds, "42")
    qtbot.keyClick(bar.seconds, Key.Key_Return)
    assert "42 s" in bar.conditions.text()
    assert "finished flag, 42 s quiet" in bar.conditions.toolTip()
    qtbot.keyClick(bar.editor, Key.Key_Escape)
    assert not bar.editor.isVisible()


def test_a_finished_flag_that_is_not_in_the_file_is_not_told_as_if_it_ended_it(
    qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor
) -> None:
    viewer.session.open(m.FollowRequest("/data/scan.nxs"))
    bar = viewer.window.termination_bar
    data = (m.DataDescription("/entry/data", (64, 48), "<u4"),)
    with qtbot.waitSignal(viewer.session.opened):
        reader.say(m.Opened(1, "scan.nxs", SHAPE, ("/keys",), data, None, 1))
    assert (bar.flag.isEnabled(), bar.flag.isChecked(), bar.flag.text()) == (False, False, NO_FLAG_TEXT)
    assert "flag" not in bar.conditions.text()
    assert FinishedFlag() in bar.value(), "it holds for the next file"
    for box in (bar.closed, bar.timeout):
        box.click()
    assert viewer.session.scan.conditions == (FinishedFlag(), AllKeys())
    bar.all_keys.click()
    assert viewer.session.scan.conditions == (), "the reader would refuse to wait for what never comes"
    assert bar.conditions.toolTip().startswith("Nothing ends following but Stop.")
    viewer.session.open(m.FollowRequest("/data/next.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say_opened(SHAPE)
    assert (bar.flag.isEnabled(), bar.flag.isChecked()) == (True, True)


def test_whether_a_timeout_is_an_end_is_chosen_sent_and_remembered(qtbot: QtBot, reader: FakeSupervisor, running: Assembly) -> None:
    bar, session = running.window.termination_bar, running.session
    assert reader.sent(m.FollowRequest)[-1].looks_on
    assert bar.keeps_looking.isChecked()
    open_editor(qtbot, running)
    qtbot.keyClick(bar.keeps_looking, Key.Key_Space)
    assert [(one.generation, one.on) for one in reader.sent(m.SetLookingOn)] == [(1, False)]
    assert "The timeout ends it." in bar.conditions.toolTip()
    bar.editor.hide()
    end(qtbot, reader, running, "timeout")
    assert session.scan.is_over
    session.open(m.FollowRequest("/data/next.nxs"))
    assert not reader.sent(m.FollowRequest)[-1].looks_on
    again = Assembly(FakeSupervisor())
    assert not again.session.scan.looks_on
    assert not again.window.termination_bar.keeps_looking.isChecked()
    again.window.termination_bar.keeps_looking.click()
    assert again.session.scan.looks_on
    assert again.close()


def test_how_long_a_reader_may_be_silent_is_chosen_and_remembered_and_another_one_is_had_at_once(
    qtbot: QtBot, reader: FakeSupervisor, running: Assembly
) -> None:
    assert reader.stuck_after_s == 30
    open_editor(qtbot, running)
    box = running.window.termination_bar.editor.stuck
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "120")
    qtbot.keyClick(box, Key.Key_Return)
    assert reader.stuck_after_s == 120
    running.window.termination_bar.editor.hide()
    qtbot.keyClick(running.window, Key.Key_F5, Qt.KeyboardModifier.ControlModifier)
    assert reader.n_replaced == 1
    next_reader = FakeSupervisor()
    again = Assembly(next_reader)
    assert next_reader.stuck_after_s == 120
    assert again.close()


@pytest.mark.live
def test_a_real_scan_ends_at_the_timeout_or_is_looked_at_on_as_it_was_chosen(
    qtbot: QtBot, live_viewer: Callable[..., Assembly], live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer()
    assembly = live_viewer(scan.path, conditions=(Timeout(0.3),))
    session, bar = assembly.session, assembly.window.termination_bar
    scan.step(2)
    wait_complete(qtbot, assembly, 2)
    qtbot.waitUntil(lambda: session.scan.is_still_following, timeout=WAIT_MS)
    bar.keeps_looking.click()
    qtbot.waitUntil(lambda: session.scan.is_over, timeout=WAIT_MS)
    assert session.scan.state.text.startswith("Ended before it was complete: 2 of ")
    bar.keeps_looking.click()
    qtbot.waitUntil(lambda: session.scan.is_still_following, timeout=WAIT_MS)
    (newest,) = scan.step(1)
    assert (wait_shown(qtbot, assembly, newest) == scan.expected(newest)).all()
