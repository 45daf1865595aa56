"""The panel of maps: its tabs and header, its own menu by mouse and keys, the rings that are seen on every colour, its room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import DARK, LIGHT, contrast, theme_of_application, tokens
from swmr_viewer.gui.scan_map.map_colors import map_colors
from swmr_viewer.gui.scan_map.marker import draw_revealed, draw_shown
from swmr_viewer.gui.scan_map.progress_map import ProgressMap
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture
from tests.gui.scan_map.test_map import open_map, wheel

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
Following = Callable[..., Assembly]


@pytest.fixture(autouse=True)
def the_desktops_look() -> Iterator[None]:
    yield
    theme_of_application().force(None)


# ---- rings


@pytest.mark.parametrize("look", ["dark", "light"])
@pytest.mark.parametrize("draw", [draw_shown, draw_revealed])
@pytest.mark.parametrize("side", [1.0, 3.0, 14.0])
def test_rings_stand_out_from_every_colour_of_the_map(look: str, draw: Callable[..., None], side: float) -> None:
    theme_of_application().force(look)
    assert tokens() is (DARK if look == "dark" else LIGHT)
    for ground in [*map_colors(), "#440154", "#21918c", "#fde725", "#ffffff", "#000000"]:
        image = QImage(40, 40, QImage.Format.Format_RGB32)
        image.fill(QColor(ground))
        painter = QPainter(image)
        draw(painter, QRectF(20 - side / 2, 20 - side / 2, side, side), image.rect())
        painter.end()
        across = [image.pixelColor(x, 20).name() for x in range(40)]
        changed = [x for x, color in enumerate(across) if color != ground]
        assert max(contrast(across[x], ground) for x in changed) >= 3.0, (ground, across)
        assert {"#ffffff", "#0b0d11"} <= {*across, ground}
        assert changed[-1] - changed[0] + 1 >= 7


@pytest.mark.parametrize("draw", [draw_shown, draw_revealed])
def test_a_ring_at_the_edge_is_whole(draw: Callable[..., None]) -> None:
    for corner in (QPointF(0, 0), QPointF(39, 29), QPointF(39, 0)):
        image = QImage(40, 30, QImage.Format.Format_RGB32)
        image.fill(QColor("#123456"))
        painter = QPainter(image)
        draw(painter, QRectF(corner.x(), corner.y(), 1, 1), QRect(0, 0, 40, 30))
        painter.end()
        dark = [(x, y) for x in range(40) for y in range(30) if image.pixelColor(x, y) == QColor("#0b0d11")]
        columns, rows = {x for x, _ in dark}, {y for _, y in dark}
        assert max(columns) - min(columns) == max(rows) - min(rows) >= 10
        assert len(dark) == 4 * (max(rows) - min(rows))


def test_the_shown_frame_is_ringed_among_a_million(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((1000, 1000))
    chart = open_map(qtbot, reader, viewer, (1000, 1000), (0, 600_000))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 450_000 - 500, (1000, 1000))
    at = chart.point_of(450_000 - 500).toPoint()
    image = chart.grab().toImage()
    seen = [image.pixelColor(at.x() + x, at.y()).name() for x in range(-8, 9)]
    assert seen.count("#ffffff") == 4
    assert seen.count("#0b0d11") == 2
    assert seen[8] == tokens().accent


# ---- header


def test_the_header_tells_how_much_is_complete_of_how_much(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((20, 30))
    panel = viewer.window.map_panel
    assert panel.tabs.currentIndex() == 0
    assert panel.tabs.tabText(0) == "Progress"
    chart = open_map(qtbot, reader, viewer, (20, 30), (0, 350))
    assert panel.header.count.text() == "350 of 600 complete"
    wheel(chart, QPointF(20, 20), up=True)
    wheel(chart, QPointF(20, 20), up=True)
    assert panel.whole.isVisible()
    assert panel.header.count.text().startswith("350 of 600")
    qtbot.keyClick(viewer.window, Qt.Key.Key_W)
    assert not chart.is_zoomed
    assert not panel.whole.isVisible()


def test_another_map_is_another_tab(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((20, 30))
    panel = viewer.window.map_panel
    other = viewer.window.quantity_map.map
    assert panel.map.isVisible()
    assert not other.isVisible()
    qtbot.mouseClick(panel.tabs, LEFT, pos=panel.tabs.tabRect(1).center())
    assert other.isVisible()
    assert not panel.map.isVisible()
    panel.tabs.setFocus()
    qtbot.keyClick(panel.tabs, Qt.Key.Key_Left)
    assert panel.map.isVisible()
    assert not other.isVisible()


def test_while_nothing_is_known_the_panel_says_so(qtbot: QtBot, viewer: Assembly) -> None:
    viewer.session.open(m.FollowRequest("/data/nothere.nxs"))
    chart = viewer.window.map_panel.map
    qtbot.waitUntil(chart.isVisible)
    image = chart.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert tokens().muted in colors


# ---- room


def test_the_legend_stands_where_there_is_room_and_in_the_menu_always(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((20, 30))
    panel, chart = viewer.window.map_panel, open_map(qtbot, reader, viewer, (20, 30), (0, 350))
    dock = viewer.window.panels.panel("map")
    dock.setFloating(True)
    for height, is_there in ((200, False), (500, True), (240, False)):
        dock.resize(420, height)
        qtbot.waitUntil(lambda height=height: panel.height() < height <= panel.height() + 30)
        assert panel.legend.isVisible() is is_there
        qtbot.waitUntil(lambda: chart.is_current)
        assert chart.layout_shown is not None
        assert chart.layout_shown.height <= chart.height()
        assert chart.layout_shown.height >= 0.75 * (panel.height() - 110)
    right_click(chart, chart.rect().center())
    assert panel.menu.legend.isVisible()
    assert panel.menu.legend.missing.text() == "not yet"
    panel.menu.menu.hide()


def test_one_axis_leaves_the_chips_right_below_a_strip(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((600,))
    panel, chart = viewer.window.map_panel, open_map(qtbot, reader, viewer, (600,), (0, 350))
    dock = viewer.window.panels.panel("map")
    dock.setFloating(True)
    dock.resize(420, 300)
    qtbot.waitUntil(lambda: 250 < panel.height() <= 300 and chart.is_current)
    QApplication.processEvents()
    assert chart.height() <= 120
    assert panel.legend.isVisible()  # in the room that the strip leaves
    assert panel.detectors.y() - chart.geometry().bottom() < 40


# ---- the map's own menu


def right_click(chart: ProgressMap, at: QPoint) -> None:
    QApplication.sendEvent(chart, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, chart.mapToGlobal(at)))


def entries(viewer: Assembly) -> dict[str, QAction]:
    menu = viewer.window.map_panel.menu.menu
    assert menu.isVisible()
    return {action.text().replace("&&", "\0").replace("&", "").replace("\0", "&"): action for action in menu.actions() if action.text()}


def choose(qtbot: QtBot, viewer: Assembly, entry: str) -> None:
    """Click on an entry of the open menu."""
    menu = viewer.window.map_panel.menu.menu
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entries(viewer)[entry]).center())
    assert not menu.isVisible()


def test_a_right_click_names_the_point_goes_there_and_copies_where_it_is(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    facts = DataFacts(scan_axes=(ScanAxis("y", "mm", (0.5, 1.25, 2.0, 2.75)), ScanAxis("x&z")))
    viewer = following((4, 5), facts=facts)
    chart = open_map(qtbot, reader, viewer, (4, 5), [(0, 7), (8, 12)])
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 11, (4, 5))
    right_click(chart, chart.point_of(6).toPoint())
    assert list(entries(viewer))[:2] == ["Go to frame 6 at (1, 1)", "Copy position (1, 1)"]
    assert not entries(viewer)["Whole map"].isEnabled()
    assert "All pages" not in entries(viewer)
    choose(qtbot, viewer, "Go to frame 6 at (1, 1)")
    assert viewer.session.scan.wanted_index == 6
    right_click(chart, chart.point_of(9).toPoint())
    choose(qtbot, viewer, "Copy position (1, 4)")
    assert QGuiApplication.clipboard().text() == "(1, 4)"
    right_click(chart, chart.point_of(9).toPoint())
    choose(qtbot, viewer, "Copy y 1.25 mm, x&z 4")
    assert QGuiApplication.clipboard().text() == "y 1.25 mm, x&z 4"
    right_click(chart, chart.point_of(7).toPoint())
    choose(qtbot, viewer, "Go to the frame nearest to 7 at (1, 2)")
    assert viewer.session.scan.wanted_index in (6, 8)
    viewer.session.pin(0)
    right_click(chart, QPoint(chart.width() - 1, chart.height() - 1))
    assert not any(entry.startswith(("Go to", "Copy")) for entry in entries(viewer))
    choose(qtbot, viewer, "Next gap")
    assert viewer.session.scan.wanted_index in (6, 8)


@pytest.mark.parametrize(("key", "modifier"), [(Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F10, SHIFT)])
def test_the_keyboard_reaches_the_map_and_opens_its_menu(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    viewer = following((3, 4, 5))
    chart = open_map(qtbot, reader, viewer, (3, 4, 5), (0, 33))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 32, (3, 4, 5))
    viewer.window.activateWindow()
    for _ in range(100):
        qtbot.keyClick(QApplication.focusWidget() or viewer.window, Qt.Key.Key_Tab)
        if chart.hasFocus():
            break
    assert chart.hasFocus()
    assert chart.grab().toImage().pixelColor(0, 0) == QColor(tokens().accent)
    qtbot.keyClick(chart, key, modifier)
    assert list(entries(viewer))[:2] == ["Go to frame 32 at (1, 2, 2)", "Copy position (1, 2, 2)"]
    menu = viewer.window.map_panel.menu.menu
    for _ in range(10):
        if menu.activeAction() is entries(viewer)["One page"]:
            break
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert viewer.window.map_panel.pages.shows_one
    qtbot.keyClick(chart, key, modifier)
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def test_the_menu_shows_the_whole_map_again(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((200, 300))
    chart = open_map(qtbot, reader, viewer, (200, 300), (0, 60_000))
    for _ in range(4):
        wheel(chart, QPointF(50, 50), up=True)
    assert chart.is_zoomed
    right_click(chart, QPoint(50, 50))
    choose(qtbot, viewer, "Whole map")
    assert not chart.is_zoomed
