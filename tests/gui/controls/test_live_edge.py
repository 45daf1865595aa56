"""The live edge and history on a scripted reader: going, playing, modes, rates, ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys, FinishedFlag, FrameCount, Timeout, default_conditions
from swmr_viewer.core.number_text import moment_text
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.controls.combine_button import choice_text
from swmr_viewer.gui.controls.go_to import ScanPointError, parse_scan_point, row_step
from swmr_viewer.gui.controls.notify import Notifier
from swmr_viewer.gui.controls.state_line import countdown_text, flow_words
from swmr_viewer.gui.controls.termination_bar import condition_words, stops_text
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.scan_map.detector_popup import hold_up_text
from swmr_viewer.gui.scan_map.time_left import Arrivals, frames_wanted, left_text
from swmr_viewer.reader import messages as m
from tests.gui.fakes import Clock, FakeSupervisor, picture, ranges

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


def follow_some(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, *added: object, shown: int, at_s: float = 0.0) -> None:
    shape = viewer.session.scan.scan_shape
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(shape, *added, at_s=at_s)  # type: ignore[arg-type]
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), shown, shape)


def answer(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> int:
    """Send the frame that is asked for; return its index."""
    index = viewer.session.scan.wanted_index
    assert index is not None
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(seed=index), index, viewer.session.scan.scan_shape, live=False)
    return index


# ---- going to a frame


@pytest.mark.parametrize(
    ("words", "index"),
    [("417", 417), (" 13, 27 ", 417), ("(13, 27)", 417), ("13 27", 417), ("13x27", 417), ("[0;0]", 0), ("599", 599)],
)
def test_a_place_is_a_number_or_a_position(words: str, index: int) -> None:
    assert parse_scan_point(words, (20, 30)) == index


@pytest.mark.parametrize("words", ["", "x", "-1", "600", "20, 0", "1, 2, 3", "1.5", "13,", "9" * 30])
def test_what_names_no_point_is_refused_in_text(words: str) -> None:
    with pytest.raises(ScanPointError) as error:
        parse_scan_point(words, (20, 30))
    assert str(error.value).endswith(".")


@given(shape=st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple), data=st.data())
def test_a_row_step_lands_on_a_complete_frame_in_that_direction(shape: tuple[int, ...], data: st.DataObject) -> None:
    progress = KeyProgress(1, shape)
    complete = sorted(data.draw(st.sets(st.integers(0, progress.total - 1), min_size=1)))
    for index in complete:
        progress.add(0, *ranges((index, index + 1)))
    at, direction = data.draw(st.sampled_from(complete)), data.draw(st.sampled_from([1, -1]))
    found = row_step(progress, at, direction)
    beyond = [index for index in complete if (index - at) * direction > 0]
    if beyond:
        assert found in beyond
    else:
        assert found in (None, at)


def test_a_frame_is_gone_to_by_keyboard(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((20, 30))
    follow_some(qtbot, reader, viewer, (0, 418), shown=417)
    go_to, session = viewer.window.edge.go_to, viewer.session
    qtbot.keyClick(viewer.window, Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert go_to.isVisible()
    qtbot.keyClicks(go_to.line, "3, 7")
    qtbot.keyClick(go_to.line, Key.Key_Return)
    assert not go_to.isVisible()
    assert session.scan.wanted_index == 97
    qtbot.keyClick(viewer.window, Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert go_to.line.text() == ""
    qtbot.keyClicks(go_to.line, "700")
    qtbot.keyClick(go_to.line, Key.Key_Return)
    assert go_to.answer.text() == "There is no frame 700: the last one is 599."
    go_to.line.clear()
    qtbot.keyClicks(go_to.line, "500")
    qtbot.keyClick(go_to.line, Key.Key_Return)
    assert session.scan.wanted_index == 97
    assert go_to.answer.text().startswith("Frame 500 is not there yet.")
    qtbot.keyClick(go_to.line, Key.Key_Return)
    assert session.scan.wanted_index == 417
    qtbot.keyClick(viewer.window, Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(go_to, Key.Key_Escape)
    assert not go_to.isVisible()
    assert session.scan.wanted_index == 417


def test_page_keys_move_by_a_row(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((20, 30))
    follow_some(qtbot, reader, viewer, [(0, 191), (192, 418)], shown=417)
    session, window = viewer.session, viewer.window
    for key, expected in (
        (Key.Key_PageUp, 387), (Key.Key_Home, 0), (Key.Key_PageDown, 30), (Key.Key_PageUp, 0), (Key.Key_PageUp, 0),
    ):  # fmt: skip
        qtbot.keyClick(window, key)
        assert session.scan.wanted_index == expected
    session.pin(161)
    qtbot.keyClick(window, Key.Key_PageDown)
    assert session.scan.wanted_index == 192  # 191 is a gap
    session.pin(410)
    qtbot.keyClick(window, Key.Key_PageDown)
    assert session.scan.wanted_index == 417
    qtbot.keyClick(window, Key.Key_End)
    assert session.scan.is_live


# ---- playing


def test_playing_shows_each_complete_frame_and_ends_at_the_live_edge(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    session, button = viewer.session, viewer.window.control_bar.play
    follow_some(qtbot, reader, viewer, [(0, 3), (4, 7)], shown=6)
    viewer.window.edge.playback.set_rate(60)
    qtbot.mouseClick(button, LEFT, pos=QPoint(12, 12))
    seen = []
    assert "playing" in viewer.window.control_bar.state_line.text.text()
    while not session.scan.is_live:
        at = session.scan.wanted_index
        seen.append(answer(qtbot, reader, viewer))
        qtbot.waitUntil(lambda at=at: session.scan.wanted_index != at)
    assert seen == [0, 1, 2, 4, 5, 6]
    assert not viewer.window.edge.playback.is_playing
    assert isinstance(reader.requests[-1], m.ShowLive)
    assert "playing" not in viewer.window.control_bar.state_line.text.text()


def test_playing_never_asks_for_more_than_is_shown(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    follow_some(qtbot, reader, viewer, (0, 9), shown=8)
    playback = viewer.window.edge.playback
    playback.play(-1)
    playback._timer.stop()
    for _ in range(5):
        playback.advance()
    assert viewer.session.scan.wanted_index == 7  # 8 was on the screen already, 7 is being read
    answer(qtbot, reader, viewer)
    playback.advance()
    assert viewer.session.scan.wanted_index == 6


def test_playing_backwards_ends_at_the_first_and_the_users_hand_wins(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    session, playback = viewer.session, viewer.window.edge.playback
    follow_some(qtbot, reader, viewer, (0, 9), shown=8)
    session.pin(2)
    answer(qtbot, reader, viewer)
    playback.set_rate(60)
    qtbot.keyClick(viewer.window, Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert playback.direction == -1
    seen = [2]
    while playback.is_playing and seen[-1] != 0:
        qtbot.waitUntil(lambda: session.scan.wanted_index != seen[-1])
        seen.append(answer(qtbot, reader, viewer))
    assert seen == [2, 1, 0]
    qtbot.waitUntil(lambda: not playback.is_playing)
    assert session.scan.wanted_index == 0
    qtbot.keyClick(viewer.window, Key.Key_P)
    assert playback.is_playing
    session.pin_nearest(5)
    assert not playback.is_playing
    assert session.scan.wanted_index == 5


def test_the_rate_is_chosen_by_menu_and_keys(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    playback, editor = viewer.window.edge.playback, viewer.window.control_bar.play.rate
    editor.number.setValue(24)
    assert playback.rate == 24
    assert editor.slider.value() == 24
    qtbot.keyClick(viewer.window, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert playback.rate == 36
    assert editor.number.value() == 36
    for _ in range(12):
        qtbot.keyClick(viewer.window, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert playback.rate == 1
    playback.set_rate(1000)
    assert playback.rate == 60


# ---- what live means


def test_every_frame_is_asked_for_told_and_kept_for_the_next_file(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    follow_some(qtbot, reader, viewer, (0, 3), shown=2)
    qtbot.keyClick(viewer.window, Key.Key_E)
    assert [(one.generation, one.on) for one in reader.sent(m.SetEveryFrame)] == [(1, True)]
    assert viewer.window.edge.actions.every_frame.isChecked()
    assert "every frame" in viewer.window.control_bar.state_line.text.text()
    skipped = viewer.session.scan.counts.n_skipped
    follow_some(qtbot, reader, viewer, (3, 9), shown=3)  # late, not skipped
    assert viewer.session.scan.counts.n_skipped == skipped
    following((3, 4))
    assert [(one.generation, one.on) for one in reader.sent(m.SetEveryFrame)] == [(1, True), (2, True)]
    assert viewer.session.scan.every_frame
    qtbot.keyClick(viewer.window, Key.Key_E)
    assert reader.sent(m.SetEveryFrame)[-1].on is False


def test_combining_is_edited_in_a_pop_up(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    follow_some(qtbot, reader, viewer, (0, 3), shown=2)
    editor = viewer.window.edge.combine_editor
    qtbot.keyClick(viewer.window, Key.Key_C)
    assert editor.isVisible()
    editor.choices["mean"].click()
    assert reader.sent(m.SetDisplay)[-1].combine == m.Combine("mean", 20)
    editor.count.setValue(7)
    assert reader.sent(m.SetDisplay)[-1].combine == m.Combine("mean", 7)
    editor.all.click()
    assert reader.sent(m.SetDisplay)[-1].combine == m.Combine("mean", None)
    assert not editor.count.isEnabled()
    editor.choices["none"].click()
    assert reader.sent(m.SetDisplay)[-1].combine == m.Combine()
    for value in (m.Combine("sum", 3), m.Combine("maximum", None), m.Combine()):
        editor.set_value(value)
        assert editor.value() == value
    editor.hide()


def test_the_sum_of_frames_takes_two_clicks_and_the_button_says_what_is_shown(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    edge = following((3, 4)).window.edge
    button, editor = edge.combine_button, edge.combine_editor
    assert button.text() == "One frame \u25be"
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(editor.isVisible)
    qtbot.mouseClick(editor.choices["sum"], LEFT, pos=QPoint(8, 8))
    assert reader.sent(m.SetDisplay)[-1].combine == m.Combine("sum", 20)
    assert button.text() == "Sum of 20 \u25be"
    width = button.width()
    editor.all.click()
    qtbot.waitUntil(lambda: button.text() == "Sum of all \u25be")
    assert button.width() == width
    qtbot.keyClick(editor, Key.Key_Escape)
    assert not editor.isVisible()


def test_what_is_combined_is_said_in_a_few_words() -> None:
    told = [choice_text(one) for one in (m.Combine(), m.Combine("sum", 1), m.Combine("mean", None), m.Combine("maximum", 65_536))]
    assert told == ["One frame", "One frame", "Mean of all", "Maximum of 65\u2009536"]


# ---- marks, rates, times


def test_the_mark_is_lit_while_the_picture_is_new(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    mark = viewer.window.frame_header.mark
    assert not mark.is_lit
    follow_some(qtbot, reader, viewer, (0, 3), shown=2)
    assert mark.is_lit
    qtbot.waitUntil(lambda: not mark.is_lit)


def test_rates_are_those_of_recent_seconds(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> None:
    viewer = following((100, 100))
    for step in range(40):
        follow_some(qtbot, reader, viewer, (10 * step, 10 * step + 10), shown=10 * step + 9, at_s=clock())
        viewer.session.tick()
        clock.now_s += 0.25
    viewer.session._ticker.stop()
    counts = viewer.session.scan.counts
    assert counts.shown.per_second(clock()) == pytest.approx(4.0, rel=0.1)
    assert counts.skipped.per_second(clock()) == pytest.approx(36.0, rel=0.1)
    assert viewer.session.scan.frames_per_second == pytest.approx(40.0, rel=0.1)
    line = viewer.window.control_bar.state_line
    line._show_numbers()
    assert line.rate.text().endswith(" frames/s")
    words = flow_words(viewer.session.scan)[0]
    assert [part in words for part in ("arriving", "shown", "skipped", "/ s")] == [True] * 4
    assert words in line.toolTip()


def test_the_time_left_comes_from_the_recent_rate() -> None:
    arrivals = Arrivals()
    assert arrivals.per_second(0.0) is None
    for tick in range(101):
        arrivals.note(0.5 * tick, tick)
    assert arrivals.per_second(50.0) == pytest.approx(2.0)
    assert arrivals.per_second(80.0) == pytest.approx(60 / 59.5, rel=0.02)  # a pause counts
    slow = Arrivals()
    for tick in range(5):
        slow.note(60.0 * tick, tick)
    assert slow.per_second(240.0) == pytest.approx(1 / 60)
    assert frames_wanted(600, (AllKeys(),), grows=False) == 600
    assert frames_wanted(600, (FrameCount(100), AllKeys()), grows=False) == 100
    assert frames_wanted(600, (), grows=True) is None
    assert frames_wanted(600, (FrameCount(700),), grows=True) == 700
    assert [left_text(s) for s in (0.2, 18.4, 170, 7300)] == ["1 s left", "18 s left", "3 min left", "2.0 h left"]


def test_the_time_left_stands_in_the_window_and_goes_when_nothing_comes(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following
) -> None:
    viewer = following((10, 10))
    detectors = viewer.window.map_panel.detectors
    for step in range(5):
        follow_some(qtbot, reader, viewer, (2 * step, 2 * step + 2), shown=2 * step, at_s=clock())
        clock.now_s += 0.5
    viewer.session.tick()
    assert detectors.left.text() == "22 s left \u00b7"  # 90 frames at 4 per second
    assert detectors.gaps.told.endswith("\nAbout 22 s left at the rate at which frames came lately")
    clock.now_s += 30.0
    viewer.session.tick()
    assert detectors.left.text() == ""


def test_who_holds_the_scan_up_is_named() -> None:
    assert hold_up_text(["eiger", "xspress3", "panda"], [424, 418, 424]) == "xspress3 holds the scan up: 6 behind"
    assert hold_up_text(["a", "b", "c"], [9, 4, 4]) == "b and c hold the scan up: 5 behind"
    assert hold_up_text(["a", "b"], [5, 4]) == ""
    assert hold_up_text([], []) == ""
    assert hold_up_text(list("abcde"), [9, 1, 1, 1, 1]) == "4 detectors hold the scan up: 8 behind"


def test_the_time_of_a_frame_is_that_of_this_place() -> None:
    moment = datetime(2026, 3, 4, 14, 3, 7, 240_000)
    assert moment_text(moment.timestamp(), moment.timestamp()) == "14:03:07.2"


# ---- ends


def test_what_ends_following_is_told_in_as_many_letters_as_there_are() -> None:
    words = condition_words(default_conditions())
    assert words == ("finished flag", "10 s quiet", "all keys set", "file closed")
    told = [stops_text(words, n) for n in (60, 40, 31, 22, 10, 0)]
    assert told == [
        "stops: finished flag, 10 s quiet, all keys set, file closed",
        "stops: flag, 10 s, all keys, closed",
        "stops: flag, 10 s, all keys, +1",
        "stops: flag, 10 s, +2",
        "stops",
        "stops",
    ]
    assert stops_text(condition_words((Timeout(10.0), FinishedFlag())), 36) == "stops: finished flag, 10 s quiet"
    assert stops_text((), 36) == "stops: by hand"
    assert countdown_text(7.5) == "timeout in 7.5 s"
    assert countdown_text(None) == "not finished"


def test_an_end_is_told_with_its_time_and_the_file_opened_again_by_a_key(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    viewer = following((3, 4))
    bar, line = viewer.window.termination_bar, viewer.window.control_bar.state_line
    at = datetime.now().replace(hour=14, minute=3, second=7)
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(1, "file_closed", 5, 12, at=at.timestamp()))
    assert line.text.text() in ("Ended before it was complete: 5 of 12", "Incomplete: 5 of 12")
    assert "Ended: file closed at 14:03:07" in line.toolTip()
    shown = [button.text() for button in bar.findChildren(QPushButton) if button.isVisible()]
    assert shown == ["Go on"], "one way to go on"
    qtbot.keyClick(viewer.window, Key.Key_F5)
    assert len(reader.sent(m.FollowRequest)) == 2
    assert not viewer.session.scan.is_over
    assert [button.text() for button in bar.findChildren(QPushButton) if button.isVisible()] == ["Stop"]


def test_quiet_is_not_finished_in_words_and_colour(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> None:
    viewer = following((3, 4))
    line = viewer.window.control_bar.state_line
    follow_some(qtbot, reader, viewer, (0, 3), shown=2, at_s=clock())
    viewer.session.tick()
    assert line.text.text().startswith("Scan running")
    assert tokens().good in line.text.styleSheet()
    clock.now_s += 4.0
    viewer.session.tick()
    assert line.text.text() == "Quiet: no key for 4.0 s"
    assert tokens().warn in line.text.styleSheet()
    assert line.rate.text() == "timeout in 6.0 s"


def test_nobody_is_told_until_somebody_wants_it(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((3, 4))
    beeps: list[int] = []
    notifier = Notifier(viewer.session, beep=lambda: beeps.append(1))
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(1, "file_closed", 5, 12))
    assert beeps == []
    notifier.set_beeps(True)
    viewer.session.resume()
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(1, "file_closed", 5, 12))
    assert beeps == [1]
    notifier.notify("alarm", "Region A is above 1000.")
    assert beeps == [1, 1]
    own = viewer.window.edge
    qtbot.keyClick(viewer.window, Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert own.notifier.beeps
    assert Notifier(viewer.session, parent=notifier).beeps  # remembered
    notes: list[str] = []
    viewer.session.noted.connect(notes.append)
    own.actions.notify.trigger()
    assert own.actions.notify.isChecked() is own.notifier.notifies
    assert own.notifier.notifies or notes == ["This desktop shows no notifications to programs; a beep may do."]
    notifier.deleteLater()
