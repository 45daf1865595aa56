"""The row at the top: the file and those opened before behind one button, data sets as tabs, tools; nothing in it is cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
DATA = tuple(f"/entry/{name}/data" for name in ("detector", "mca", "diode"))


@pytest.fixture
def shown(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    viewer = following((20, 30), data_paths=DATA)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 7, (20, 30), at_s=viewer.session.scan.now_s)
    return viewer


def open_menu(qtbot: QtBot, button: QToolButton, chosen: str) -> list[str]:
    """Click on a button with a menu, then on one of its entries; return all of them."""
    told: list[str] = []

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        told.extend(plain(action) for action in menu.actions())
        entry = next(action for action in menu.actions() if plain(action).startswith(chosen))
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())

    QTimer.singleShot(0, button, choose)
    qtbot.mouseClick(button, LEFT)  # returns once the menu is closed
    return told


def plain(action: QAction) -> str:
    return action.text().replace("&", "")


def test_the_file_and_those_opened_before_are_behind_one_button(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    bar = shown.window.top_bar
    with qtbot.waitSignal(shown.session.opened):
        shown.session.open(FollowRequest("/data/cm1234-1/i18-353131.nxs"))
        reader.say_opened((20, 30), data_paths=DATA)
    assert bar.file.text() == "i18-353131.nxs \u25be"
    assert "/data/cm1234-1/i18-353131.nxs" in bar.file.toolTip()
    assert bar.folder.text() == "cm1234-1"
    told = open_menu(qtbot, bar.file, "2  scan.nxs")
    assert told[:2] == ["Open\u2026", "Open again"]
    assert "1  i18-353131.nxs" in told
    assert "Watch a folder\u2026" in told
    assert reader.sent(FollowRequest)[-1].path == "/data/scan.nxs"
    open_menu(qtbot, bar.file, "Open\u2026")
    assert shown.opening.dialog is not None
    assert shown.opening.dialog.isVisible()


def test_a_tab_shows_another_data_set(qtbot: QtBot, shown: Assembly) -> None:
    tabs = shown.window.measuring.data_tabs
    assert [tabs.tabText(number) for number in range(tabs.count())] == ["detector", "mca", "diode", "side by side"]
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    assert shown.session.scan.wanted_data_path == DATA[1]


@pytest.mark.parametrize("width", [1920, 1440, 1280, 1024, 800])
def test_nothing_in_it_is_cut_and_all_of_it_can_be_reached(qtbot: QtBot, shown: Assembly, width: int) -> None:
    window, bar = shown.window, shown.window.top_bar
    window.resize(width, 700)
    qtbot.waitUntil(lambda: bar.width() == width - 16)
    qtbot.wait(0)
    buttons = [one for one in bar.findChildren(QAbstractButton) if one.isVisible() and one.parent() is not bar.tabs]
    parts: list[QWidget] = [*buttons, *([bar.folder] if bar.folder.isVisible() else [])]
    assert len(buttons) >= 10
    qtbot.waitUntil(lambda: [part.toolTip() for part in parts if part.width() < part.sizeHint().width()] == [])
    assert all(bar.rect().contains(part.mapTo(bar, part.rect().bottomRight())) for part in parts)
    qtbot.waitUntil(lambda: bar.tabs.width() >= bar.tabs.sizeHint().width())
    assert [button for button in buttons if not (button.text() or not button.icon().isNull())] == []
    if width >= 1024:
        assert bar.height() < 45, "one row"


def test_tools_are_icons_where_there_is_no_room_for_words_and_words_again(qtbot: QtBot, shown: Assembly) -> None:
    window, bar = shown.window, shown.window.top_bar
    levels = window.display_tools.levels_button
    window.resize(1440, 800)
    qtbot.waitUntil(lambda: levels.text() == "0.5 \u2013 99.5 % \u25be")
    window.resize(1000, 800)
    qtbot.waitUntil(lambda: levels.text() == "" and bar.snapshot.text() == "")
    window.display.change(percentiles=(1.0, 99.0))
    assert levels.text() == ""
    window.resize(1440, 800)
    qtbot.waitUntil(lambda: levels.text() == "1 \u2013 99 % \u25be" and "Snapshot" in bar.snapshot.text())


def test_a_long_name_loses_its_middle_and_is_told_in_full(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    name = "a_rather_long_name_of_a_file_that_somebody_gave_to_a_scan_000123.nxs"
    with qtbot.waitSignal(shown.session.opened):
        shown.session.open(FollowRequest(f"/data/{name}"))
        reader.say_opened((20, 30), data_paths=DATA)
    button = shown.window.top_bar.file
    assert button.text().startswith("a_rather_long")
    assert button.text().endswith("000123.nxs \u25be")
    assert "\u2026" in button.text()
    assert name in button.toolTip()
