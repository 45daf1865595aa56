"""The ten commonest tasks on a real scan, by mouse: at most two clicks each, none in a menu that does not name it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import default_conditions
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from tests.live.writers import LiveWriter

LEFT = Qt.MouseButton.LeftButton
LIVE_S = 30_000


class Hand:
    """Clicks, and counts its clicks."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.clicks = 0

    def click(self, part: QWidget, at: QPoint | None = None) -> None:
        assert part.isVisible()
        assert part.isEnabled()
        self.clicks += 1
        self._qtbot.mouseClick(part, LEFT, pos=at or part.rect().center())

    def choose(self, button: QToolButton, entry: str) -> None:
        """Click on a button, and on the entry of its menu that begins so."""

        def click_entry() -> None:
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            found = next(one for one in menu.actions() if one.text().replace("&", "").startswith(entry))
            self.click(menu, menu.actionGeometry(found).center())

        QTimer.singleShot(0, button, click_entry)
        self.click(button)

    def type(self, line: QLineEdit, text: str) -> None:
        self._qtbot.keyClicks(line, text)
        self._qtbot.keyClick(line, Qt.Key.Key_Return)

    def drag(self, part: QWidget, start: QPoint, stop: QPoint) -> None:
        self._qtbot.mousePress(part, LEFT, pos=start)
        for point in ((start + stop) / 2, stop):
            self._qtbot.mouseMove(part, point)
        self._qtbot.mouseRelease(part, LEFT, pos=stop)


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    return Hand(qtbot)


@pytest.fixture
def scan(qtbot: QtBot, live_viewer: Callable[..., Assembly], live_writer: Callable[..., LiveWriter], tmp_path: Path) -> Assembly:
    """A scan that goes on, with 23 frames, of which the newest is shown."""
    writer = live_writer(scan_shape=(5, 8), frame_shape=(64, 64), n_keys=2)
    viewer = live_viewer(writer.path, conditions=default_conditions(600.0))
    viewer.window.resize(1440, 900)
    viewer.window.snapshots.set_settings(SnapshotSettings(tmp_path, formats=("npy",)))
    last = writer.step(24)[-1]
    qtbot.waitUntil(lambda: viewer.session.scan.shown is not None and viewer.session.scan.shown.index >= last - 1, timeout=LIVE_S)
    return viewer


def test_hold_and_live(qtbot: QtBot, hand: Hand, scan: Assembly) -> None:
    bar = scan.window.control_bar
    hand.click(bar.hold)
    assert not scan.session.scan.is_live
    assert hand.clicks == 1
    hand.click(bar.live)
    assert scan.session.scan.is_live
    assert hand.clicks == 2


def test_log(hand: Hand, scan: Assembly) -> None:
    hand.click(scan.window.display_tools.scale_buttons.buttons[Scale.LOG])
    assert scan.window.display.settings.scale is Scale.LOG
    assert hand.clicks == 1


def test_another_detector(qtbot: QtBot, hand: Hand, scan: Assembly) -> None:
    tabs, before = scan.window.measuring.data_tabs, scan.session.scan.data_path
    with qtbot.waitSignal(scan.session.frame_changed, check_params_cb=lambda: scan.session.scan.shown is not None, timeout=LIVE_S):
        hand.click(tabs, tabs.tabRect(1).center())
    assert scan.session.scan.data_path != before
    assert hand.clicks == 1


def test_a_snapshot(qtbot: QtBot, hand: Hand, scan: Assembly, tmp_path: Path) -> None:
    hand.click(scan.window.top_bar.snapshot)
    qtbot.waitUntil(lambda: any(tmp_path.glob("*.npy")), timeout=LIVE_S)
    assert hand.clicks == 1


def test_typed_levels(qtbot: QtBot, hand: Hand, scan: Assembly) -> None:
    field = scan.window.frame_view.image.column.high
    hand.click(field)
    hand.type(field, "777")
    qtbot.waitUntil(lambda: scan.window.frame_view.image.levels[1] == 777.0)
    assert hand.clicks == 1


def test_a_region(qtbot: QtBot, hand: Hand, scan: Assembly) -> None:
    window = scan.window
    hand.choose(window.measuring.button, "Rectangle")
    assert hand.clicks == 2
    on_screen = window.measuring.overlay.on_screen
    hand.drag(window.frame_view.image.view.viewport(), on_screen((5, 5)).toPoint(), on_screen((30, 25)).toPoint())
    assert [one.name for one in window.measuring.measurements.marks.regions] == ["A"]
    qtbot.waitUntil(lambda: window.measuring.measurements.values.n_known("A.sum") >= 20, timeout=LIVE_S)
    assert window.panels.panel("measuring").isVisible()


def test_the_sum_of_frames(qtbot: QtBot, hand: Hand, scan: Assembly) -> None:
    edge = scan.window.edge
    hand.click(edge.combine_button)
    choice = edge.combine_editor.choices["sum"]
    hand.click(choice, QPoint(8, choice.height() // 2))
    qtbot.waitUntil(lambda: scan.session.scan.shown is not None and scan.session.scan.shown.combined == 20, timeout=LIVE_S)
    assert hand.clicks == 2
    assert scan.window.frame_header.title.text().startswith("Sum of")


def test_export_of_the_table(qtbot: QtBot, hand: Hand, scan: Assembly, tmp_path: Path) -> None:
    measurements = scan.window.measuring.measurements
    measurements.draw("rectangle", ((5.0, 5.0), (30.0, 25.0)))
    scan.window.panels.panel("measuring").show()
    qtbot.waitUntil(lambda: measurements.values.n_known("A.sum") >= 20, timeout=LIVE_S)
    hand.click(scan.window.measuring.regions_panel.save)
    qtbot.waitUntil(lambda: any(tmp_path.glob("*.csv")), timeout=LIVE_S)
    assert hand.clicks == 1
    assert "A.sum" in next(tmp_path.glob("*.csv")).read_text().splitlines()[0]


def test_going_to_a_frame(qtbot: QtBot, hand: Hand, scan: Assembly) -> None:
    hand.click(scan.window.frame_header.title)
    hand.type(scan.window.edge.go_to.line, "7")
    qtbot.waitUntil(lambda: scan.session.scan.shown is not None and scan.session.scan.shown.index == 7, timeout=LIVE_S)
    assert hand.clicks == 1


def test_a_click_on_the_map_holds_that_frame(qtbot: QtBot, hand: Hand, scan: Assembly) -> None:
    progress_map = scan.window.map_panel.map
    qtbot.waitUntil(lambda: progress_map.is_current, timeout=LIVE_S)
    hand.click(progress_map, QPointF(progress_map.point_of(3)).toPoint())
    qtbot.waitUntil(lambda: scan.session.scan.shown is not None and scan.session.scan.shown.index == 3, timeout=LIVE_S)
    assert hand.clicks == 1
