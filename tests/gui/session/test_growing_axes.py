"""An inner axis of the scan grows: indices mean other points, and the window goes on showing the same point under its right number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
BEFORE, AFTER = (2, 3), (3, 5)
POINT, OLD, NEW = (1, 1), 4, 6


@pytest.fixture
def scan(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """Return a window that follows a scan of (2, 3) points, of which all but the last are complete."""
    assembly = following(BEFORE)
    with qtbot.waitSignal(assembly.session.frames_completed):
        reader.say_keys(BEFORE, (0, 5))
    return assembly


def grow(qtbot: QtBot, reader: FakeSupervisor, assembly: Assembly) -> None:
    """Let the first two rows of five be complete."""
    with qtbot.waitSignal(assembly.session.progress_changed):
        reader.say_keys(AFTER, (0, 10), whole=True)
    assert assembly.session.scan.scan_shape == AFTER


def show(qtbot: QtBot, reader: FakeSupervisor, assembly: Assembly, index: int, *, live: bool, seed: int = 1) -> None:
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(picture(seed=seed), index, BEFORE, live=live)


def shown_as(assembly: Assembly) -> tuple[int, tuple[int, ...]]:
    frame = assembly.session.scan.shown
    assert frame is not None
    assert (frame.raw == picture(seed=1)).all(), "another picture is shown"
    return frame.index, frame.position


def test_a_held_frame_stays_the_same_point(qtbot: QtBot, reader: FakeSupervisor, scan: Assembly) -> None:
    session = scan.session
    session.pin(OLD)
    show(qtbot, reader, scan, OLD, live=False)
    grow(qtbot, reader, scan)
    assert session.scan.wanted_index == NEW
    assert shown_as(scan) == (NEW, POINT)
    assert not session.scan.shows_stale_picture
    assert scan.window.control_bar.slider.value == NEW
    assert scan.window.frame_header.title.text() == "Frame 6"
    assert "of 15   at (1, 1)" in scan.window.frame_header.words
    session.step(+1)
    assert reader.sent(m.ShowIndex)[-1] == m.ShowIndex(1, NEW + 1, None, AFTER)


def test_the_ring_of_the_map_stays_at_the_point(qtbot: QtBot, reader: FakeSupervisor, scan: Assembly) -> None:
    scan.session.pin(OLD)
    show(qtbot, reader, scan, OLD, live=False)
    grow(qtbot, reader, scan)
    chart = scan.window.map_panel.map
    qtbot.waitUntil(lambda: chart.is_current)
    image = chart.grab().toImage()

    def color(index: int) -> QColor:
        at = chart.point_of(index) * image.devicePixelRatio()
        return image.pixelColor(round(at.x()), round(at.y()))

    assert color(NEW) == QColor(tokens().accent)
    assert color(OLD) == QColor(tokens().good)


def test_a_live_frame_stays_the_same_point_and_can_be_held(qtbot: QtBot, reader: FakeSupervisor, scan: Assembly) -> None:
    show(qtbot, reader, scan, OLD, live=True)
    grow(qtbot, reader, scan)
    assert shown_as(scan) == (NEW, POINT)
    assert scan.window.frame_header.title.text() == "Frame 6"
    qtbot.mouseClick(scan.window.control_bar.hold, LEFT)
    assert reader.sent(m.ShowIndex) == [m.ShowIndex(1, NEW, None, AFTER)]
    assert not scan.session.scan.shows_stale_picture


def test_a_frame_that_was_on_its_way_is_known_by_its_point(qtbot: QtBot, reader: FakeSupervisor, scan: Assembly) -> None:
    scan.session.pin(OLD)
    grow(qtbot, reader, scan)
    show(qtbot, reader, scan, OLD, live=False)
    assert shown_as(scan) == (NEW, POINT)
    with qtbot.waitSignal(scan.session.frame_changed):
        scan.session.follow_live()
        reader.say_frame(picture(seed=2), NEW, AFTER)
    scan.session.pin(NEW)
    refused = reader.say_frame(picture(), NEW, (2, 4), live=False)  # (1, 2): the number is meant of another shape
    qtbot.waitUntil(lambda: refused in reader.released)
    assert scan.session.scan.shown is not None
    assert (scan.session.scan.shown.raw == picture(seed=2)).all()


def test_playing_goes_on_from_the_same_point(qtbot: QtBot, reader: FakeSupervisor, scan: Assembly) -> None:
    scan.session.pin(OLD)
    show(qtbot, reader, scan, OLD, live=False)
    playback = scan.window.edge.playback
    playback.play(-1)
    grow(qtbot, reader, scan)
    assert playback.is_playing
    qtbot.waitUntil(lambda: len(reader.sent(m.ShowIndex)) > 1)
    assert reader.sent(m.ShowIndex)[1] == m.ShowIndex(1, NEW - 1, None, AFTER)


def test_the_same_picture_under_another_number_is_not_new(qtbot: QtBot, reader: FakeSupervisor, scan: Assembly) -> None:
    show(qtbot, reader, scan, OLD, live=True)
    mark, counts = scan.window.frame_header.mark, scan.session.scan.counts
    qtbot.waitUntil(lambda: not mark.is_lit)
    grow(qtbot, reader, scan)
    assert not mark.is_lit
    assert counts.n_shown == 1
    assert scan.session.scan.shown is not None
    assert not scan.session.scan.shown.is_new


def test_a_click_that_began_on_the_map_before_chooses_nothing(qtbot: QtBot, reader: FakeSupervisor, scan: Assembly) -> None:
    chart = scan.window.map_panel.map
    qtbot.waitUntil(lambda: chart.is_current)
    at = chart.point_of(1).toPoint()
    qtbot.mousePress(chart, LEFT, pos=at)
    grow(qtbot, reader, scan)
    qtbot.waitUntil(lambda: chart.is_current)
    qtbot.mouseRelease(chart, LEFT, pos=at + QPoint(1, 0))
    assert scan.session.scan.is_live
    qtbot.mouseClick(chart, LEFT, pos=chart.point_of(NEW).toPoint())
    assert scan.session.scan.wanted_index == NEW
