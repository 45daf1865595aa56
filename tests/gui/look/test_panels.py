"""The side column: as wide as the window allows, shared between its panels, and left as somebody dragged it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.panels import LEAST_WIDTH, STATE_KEY, side_width
from swmr_viewer.gui.look.settings import settings
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]


@pytest.fixture
def shown(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    viewer = following((20, 30))
    viewer.window.resize(1440, 900)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture((64, 64)), 7, (20, 30), at_s=viewer.session.scan.now_s)
    return viewer


def test_the_column_is_wider_on_wide_screens_and_gives_way_to_the_picture() -> None:
    widths = [side_width(width, height) for width, height in ((1264, 640), (1424, 740), (1904, 920), (3824, 2000))]
    assert 420 == widths[0] < widths[1] <= 480 < widths[2] < widths[3] == 720
    assert side_width(1008, 600) == LEAST_WIDTH  # with 420 px a square picture would not be as high as the room


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1440, 900), (1920, 1080)])
def test_it_follows_the_window(qtbot: QtBot, shown: Assembly, width: int, height: int) -> None:
    window = shown.window
    window.resize(width, height)
    qtbot.waitUntil(lambda: window.panels.panel("map").width() == side_width(window.panels.width(), window.panels.height()))
    assert window.panels.panel("map").width() >= 420


def test_two_panels_share_it_when_the_second_one_is_opened_first(qtbot: QtBot, shown: Assembly) -> None:
    panels = shown.window.panels
    above, below = panels.panel("map"), panels.panel("measuring")
    below.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: below.isVisible() and abs(above.height() - 0.45 * (above.height() + below.height())) < 3)
    panels.resizeDocks([above, below], [200, 500], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: above.height() < 250)
    height = above.height()
    below.toggleViewAction().trigger()
    below.toggleViewAction().trigger()
    qtbot.wait(0)
    assert above.height() == height, "as somebody left it"


def test_a_column_that_was_dragged_stays_as_it_is_also_at_the_next_start(qtbot: QtBot, shown: Assembly) -> None:
    window, panels = shown.window, shown.window.panels
    panel = panels.panel("map")
    qtbot.waitUntil(lambda: panel.width() == side_width(panels.width(), panels.height()) == 441)
    width = panel.width()
    grip = QPoint(panel.x() - 4, panels.height() // 2)
    QTest.mousePress(panels, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(panels, grip - QPoint(60, 0))
    qtbot.waitUntil(lambda: panel.width() > width + 40)
    QTest.mouseRelease(panels, Qt.MouseButton.LeftButton, pos=grip - QPoint(60, 0))
    dragged = panel.width()
    window.resize(1600, 900)
    qtbot.wait(0)
    assert panel.width() == dragged
    panels.keep()
    panels.put_back()
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: panel.width() == width)
    panels.restore()
    window.resize(1500, 900)
    qtbot.waitUntil(lambda: panel.width() == dragged)


LEFT_BY_0_1 = bytes.fromhex(
    "000000ff00000001fd00000002000000000000014a00000258fc0200000001fb00000006006d006100700100000000000002580000007c00ffffff00"
    "0000010000014b00000258fc0200000002fb00000012006400650074006500630074006f007200730100000000000000780000007800000078fb0000"
    "0012006d006500610073007500720069006e00670100000080000001d8000000e700ffffff0000024300000258000000040000000400000008000000"
    "08fc00000000"
)
"""What version 0.1 kept: the map at the left; at the right the detectors, which are below the map now, and the measurements."""


def test_panels_stand_where_version_0_1_left_them(qtbot: QtBot, shown: Assembly) -> None:
    panels = shown.window.panels
    settings().setValue(STATE_KEY, QByteArray(LEFT_BY_0_1))
    panels.restore()
    map_panel, curve = panels.panel("map"), panels.panel("measuring")
    qtbot.waitUntil(lambda: curve.isVisible() and map_panel.x() < shown.window.frame_view.mapTo(panels, QPoint()).x() < curve.x())
    assert 320 < map_panel.width() < 340
    assert 320 < curve.width() < 340


def test_a_torn_off_panel_goes_on_and_comes_back(qtbot: QtBot, shown: Assembly) -> None:
    panel = shown.window.panels.panel("map")
    grip = panel.titleBarWidget()
    qtbot.waitUntil(lambda: panel.width() == side_width(shown.window.panels.width(), shown.window.panels.height()))
    width = shown.window.frame_view.width()
    qtbot.mouseDClick(grip, Qt.MouseButton.LeftButton, pos=grip.rect().center())
    qtbot.waitUntil(lambda: panel.isFloating() and shown.window.frame_view.width() > width)
    assert panel.isVisible()
    qtbot.keyClick(shown.window, Qt.Key.Key_F11)
    assert panel.isVisible(), "a window of its own takes no room from the picture"
    qtbot.keyClick(shown.window, Qt.Key.Key_F11)
    qtbot.mouseDClick(grip, Qt.MouseButton.LeftButton, pos=grip.rect().center())
    qtbot.waitUntil(lambda: not panel.isFloating() and shown.window.frame_view.width() == width)
