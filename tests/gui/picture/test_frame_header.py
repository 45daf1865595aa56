"""The line above the picture: which frame, where, by which motors, how old; nothing in it moves while values change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import MotorPosition
from swmr_viewer.core.number_text import steady_text
from swmr_viewer.gui.assembly import Assembly
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
SCAN = (20, 30)
LEFT = Qt.MouseButton.LeftButton


def say(viewer: Assembly, reader: FakeSupervisor, qtbot: QtBot, index: int, x: float, y: float) -> None:
    reader.motor_positions = (MotorPosition("stage_x", x, "mm"), MotorPosition("stage_y", y, ""))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), index, SCAN, at_s=viewer.session.scan.now_s)


@pytest.fixture
def shown(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    viewer = following(SCAN)
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(SCAN, (0, 600), at_s=viewer.session.scan.now_s)
    viewer.window.resize(1440, 900)
    say(viewer, reader, qtbot, 341, -0.31, 12.25)
    return viewer


@pytest.mark.parametrize(
    ("value", "words"),
    [(-0.31, "\u22120.310"), (0.31, "\u20070.310"), (0.0, "\u20070.000"), (1.5e-5, "\u20071.5e-05"), (-2.5e7, "\u22122.5e+07"),
     (float("nan"), "\u2007nan")],
)  # fmt: skip
def test_a_number_that_is_told_again_and_again_is_as_wide_with_a_minus_as_without(value: float, words: str) -> None:
    assert steady_text(value) == words


def test_it_tells_number_position_and_motors(shown: Assembly) -> None:
    header = shown.window.frame_header
    assert header.title.text() == "Frame 341"
    assert "of 600   at (11, 11)   stage_x \u22120.310 mm   stage_y \u200712.250   " in header.words
    assert "read 0.0 s ago" in header.words


def test_nothing_moves_while_values_change(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    header = shown.window.frame_header
    say(shown, reader, qtbot, 599, -10.5, -112.25)  # as wide as they become

    def places() -> list[int]:
        return [part.x() for part in header.seen_parts]

    qtbot.waitUntil(lambda: header.seen_parts[-1].geometry().right() < header.alone.x())
    before = places()
    assert len(before) == 4
    for index, x in ((7, 0.5), (42, -9.75), (341, 0.0)):
        say(shown, reader, qtbot, index, x, 12.0)
        qtbot.wait(0)
        assert places() == before


def test_a_click_on_the_number_goes_to_another_frame(qtbot: QtBot, shown: Assembly) -> None:
    qtbot.mouseClick(shown.window.frame_header.title, LEFT)
    go_to = shown.window.edge.go_to
    assert go_to.isVisible()
    qtbot.keyClicks(go_to.line, "12")
    qtbot.keyClick(go_to.line, Qt.Key.Key_Return)
    assert shown.session.scan.wanted_index == 12


def test_motors_are_left_out_before_the_age_is_and_told_in_the_tooltip(qtbot: QtBot, shown: Assembly) -> None:
    header = shown.window.frame_header
    shown.session.toggle_hold()
    shown.window.resize(800, 600)
    qtbot.waitUntil(lambda: "stage_x" not in header.words)
    assert "held" in header.words
    assert "read" in header.words
    assert "stage_x" in header.toolTip()
    shown.window.resize(1440, 900)
    qtbot.waitUntil(lambda: "stage_x" in header.words)


@pytest.mark.parametrize("by_mouse", [True, False])
def test_the_picture_alone_and_all_again(qtbot: QtBot, shown: Assembly, by_mouse: bool) -> None:
    window = shown.window
    window.panels.panel("measuring").show()

    def switch() -> None:
        if by_mouse:
            qtbot.mouseClick(window.frame_header.alone, LEFT)
        else:
            qtbot.keyClick(window, Qt.Key.Key_F11)

    width = window.frame_view.width()
    switch()
    qtbot.waitUntil(lambda: window.frame_view.width() > width + 300)
    assert not window.top_bar.isVisible()
    assert not window.map_panel.isVisible()
    assert window.control_bar.isVisible()
    switch()
    qtbot.waitUntil(lambda: window.frame_view.width() == width)
    assert window.map_panel.isVisible()
    assert window.panels.panel("measuring").isVisible()


def test_what_is_put_away_for_the_picture_is_not_closed_at_the_next_start(qtbot: QtBot, shown: Assembly) -> None:
    panels = shown.window.panels
    shown.window.actions_.picture_alone.trigger()
    assert panels.panel("map").isHidden()
    panels.keep()
    panels.panel("map").close()
    panels.restore()
    assert not panels.panel("map").isHidden()
