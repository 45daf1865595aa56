"""The keyboard stays where the user put it: no scan, tab, error or end takes it away, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import FrameCount, Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.state import Problem
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
PATHS = ("/entry/eiger/data", "/entry/merlin/data")


@pytest.fixture
def shown(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """Return an active window that shows a frame of a scan with two data sets."""
    viewer = following((4, 5), data_paths=PATHS)
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 3, (4, 5))
    return viewer


def open_next(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    """Go on to another scan, as a watched folder does."""
    viewer.session.open(m.FollowRequest("/data/next.nxs", conditions=(Timeout(77.0), FrameCount(3))))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say_opened((6, 7), data_paths=(*PATHS, "/entry/third/data"))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 1, (6, 7))


def trouble(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    viewer.session.report(Problem("Something broke.", "Mend it.", "details"))
    viewer.session.note("A note.")
    viewer.window.measuring.data_tabs.setCurrentIndex(1)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture((32, 32)), 2, (4, 5), data_path=PATHS[1])
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(reader.generation, "all_keys", 20, 20))


@pytest.mark.parametrize("happens", [open_next, trouble])
def test_a_field_that_is_typed_in_keeps_the_keyboard_and_what_was_typed(
    qtbot: QtBot, reader: FakeSupervisor, shown: Assembly, happens: Callable[..., None]
) -> None:
    bar, field = shown.window.termination_bar, shown.window.termination_bar.seconds
    qtbot.mouseClick(bar.conditions, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(bar.editor.isVisible)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "4")
    happens(qtbot, shown, reader)
    assert bar.editor.isVisible()
    assert bar.editor.focusWidget() is field
    qtbot.keyClicks(field, "2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == 42.0


def test_the_slider_has_the_keyboard_again_when_the_next_scan_has_a_frame(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    window = shown.window
    slider: QWidget = window.control_bar.slider
    slider.setFocus()
    shown.session.open(m.FollowRequest("/data/next.nxs"))
    assert not slider.isEnabled()
    assert window.focusWidget() is window.keyboard.nobody  # and no field whose number the next key would change
    with qtbot.waitSignal(shown.session.opened):
        reader.say_opened((6, 7))
    with qtbot.waitSignal(shown.session.frame_changed):
        reader.say_frame(picture(), 1, (6, 7))
    assert window.focusWidget() is slider


def test_a_part_that_comes_back_does_not_take_the_keyboard_from_where_it_went(
    qtbot: QtBot, reader: FakeSupervisor, shown: Assembly
) -> None:
    window = shown.window
    window.control_bar.slider.setFocus()
    shown.session.open(m.FollowRequest("/data/next.nxs"))
    button = window.termination_bar.stop
    button.setFocus()
    with qtbot.waitSignal(shown.session.opened):
        reader.say_opened((6, 7))
    with qtbot.waitSignal(shown.session.frame_changed):
        reader.say_frame(picture(), 1, (6, 7))
    assert window.focusWidget() is button


def test_an_error_bar_that_goes_gives_the_keyboard_to_no_field(qtbot: QtBot, shown: Assembly) -> None:
    window = shown.window
    shown.session.report(Problem("Something broke."))
    window.error_bar.close_button.setFocus()
    qtbot.keyClick(window.error_bar.close_button, Qt.Key.Key_Space)
    assert not window.error_bar.isVisible()
    assert window.focusWidget() is window.keyboard.nobody


def test_the_tab_key_goes_on_as_ever(qtbot: QtBot, shown: Assembly) -> None:
    bar = shown.window.termination_bar
    qtbot.keyClick(shown.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(bar.editor.isVisible)
    bar.timeout.setFocus()
    qtbot.keyClick(bar.timeout, Qt.Key.Key_Tab)
    assert bar.editor.focusWidget() is bar.seconds
