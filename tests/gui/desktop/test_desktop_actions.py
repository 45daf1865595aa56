"""Panels, looks, keys and settings: what people expect of a window on their desktop."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMenu,
    QSlider,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.desktop.shortcuts_sheet import balanced, plain, sections_of
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.look.theme import DARK, LIGHT, Tokens, contrast, theme_of_application
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def the_desktops_look(qapp: object) -> object:
    yield
    theme_of_application().force(None)


def reopened(qtbot: QtBot) -> Assembly:
    """Return the window as the next start would show it."""
    assembly = Assembly(FakeSupervisor())
    assembly.window.show()
    qtbot.waitExposed(assembly.window)
    return assembly


def all_actions(menu: QMenu) -> list:
    found = []
    for action in menu.actions():
        below = action.menu()
        found.extend(all_actions(below) if isinstance(below, QMenu) else [action])
    return [one for one in found if not one.isSeparator()]


# ---- panels


def test_a_panel_is_closed_by_mouse_comes_back_by_menu_and_is_remembered(qtbot: QtBot, following: Following) -> None:
    viewer = following((4, 5))
    panels = viewer.window.panels
    chart = panels.panel("map")
    assert chart.isVisible()
    qtbot.mouseClick(chart.titleBarWidget().close_button, LEFT)
    assert not chart.isVisible()
    panels.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panels.panel("map"))
    viewer.window.resize(1100, 700)
    viewer.window.close()
    later = reopened(qtbot)
    try:
        again = later.window.panels
        assert again.panel("map").isHidden()
        assert again.dockWidgetArea(again.panel("map")) == Qt.DockWidgetArea.LeftDockWidgetArea
        assert later.window.height() == 700
        show = next(action for action in again.actions_to_show() if action.text() == "Map")
        assert show in all_actions(later.window.menu_)
        show.trigger()
        assert not again.panel("map").isHidden()
    finally:
        assert later.close()


def test_a_panel_is_torn_off_by_a_double_click(qtbot: QtBot, following: Following) -> None:
    viewer = following((4, 5))
    panel = viewer.window.panels.panel("map")
    grip = panel.titleBarWidget()
    qtbot.mouseDClick(grip, LEFT, pos=QPoint(30, 5))
    qtbot.waitUntil(panel.isFloating)
    viewer.window.panels.put_back()
    assert not panel.isFloating()


def test_one_action_resets_every_setting(qtbot: QtBot, following: Following, tmp_path: Path) -> None:
    viewer = following((4, 5))
    window = viewer.window
    window.panels.panel("map").close()
    window.panels.keep()
    window.snapshots.set_settings(SnapshotSettings(tmp_path, "{index}", ("npy", "json")))
    window.desktop_actions.looks.actions()[2].trigger()
    assert theme_of_application().tokens is DARK
    assert settings().allKeys()
    kept = settings().allKeys()
    window.actions_.reset.trigger()
    question = window.desktop_actions.question
    assert not question.isModal()
    assert QApplication.activeModalWidget() is None
    assert settings().allKeys() == kept
    qtbot.keyClick(question, Qt.Key.Key_Return)  # what a hasty hand answers
    assert not question.isVisible()
    assert settings().allKeys() == kept
    window.actions_.reset.trigger()
    qtbot.mouseClick(question.yes, LEFT)
    assert settings().allKeys() == []
    assert window.panels.panel("map").isVisible()
    assert window.snapshots.settings == SnapshotSettings()
    assert window.desktop_actions.looks.actions()[0].isChecked()


def test_settings_are_a_file_of_the_user_in_the_platforms_place(viewer: Assembly, fresh_home: Path) -> None:
    settings().setValue("something", 1)
    if sys.platform.startswith("linux"):
        assert Path(settings().fileName()).is_relative_to(fresh_home / "config")


# ---- light and dark


def test_the_look_is_chosen_in_the_menu_and_remembered(qtbot: QtBot, viewer: Assembly) -> None:
    as_desktop, light, dark = viewer.window.desktop_actions.looks.actions()
    assert as_desktop.isChecked()
    for action, colors in ((dark, DARK), (light, LIGHT)):
        action.trigger()
        assert theme_of_application().tokens is colors
    later = reopened(qtbot)
    try:
        assert later.window.desktop_actions.looks.actions()[1].isChecked()
        assert theme_of_application().tokens is LIGHT
    finally:
        assert later.close()


@pytest.mark.parametrize("stored", ["purple", "Dark", "1,2"])
def test_a_stored_look_that_is_none_is_no_choice(qtbot: QtBot, viewer: Assembly, stored: str) -> None:
    before = theme_of_application().tokens
    settings().setValue("window/look", stored)
    later = reopened(qtbot)
    try:
        assert later.window.desktop_actions.looks.actions()[0].isChecked()
        assert theme_of_application().tokens is before
    finally:
        assert later.close()


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_what_is_not_text_stands_out_as_well(colors: Tokens) -> None:
    """WCAG 2.1, 1.4.11: 3:1 for what is needed to understand a control or a graph."""
    for ground in (colors.panel, colors.window, colors.field):
        for mark in (colors.accent, colors.good, colors.warn, colors.bad, colors.muted):
            assert contrast(mark, ground) >= 3.0, (mark, ground)
    assert contrast(colors.good, colors.missing) >= 3.0, "complete and missing in the map and in the bars"
    assert contrast(colors.accent, colors.missing) >= 3.0


# ---- keys


def test_every_action_has_words_a_tooltip_and_keys_of_its_own(viewer: Assembly) -> None:
    actions = all_actions(viewer.window.menu_)
    assert len(actions) > 20
    for action in actions:
        assert plain(action.text()), action
        assert action.toolTip() != plain(action.text()), f"{action.text()} has no tooltip of its own"
    keys = Counter(key.toString() for action in {*actions, *viewer.window.actions()} for key in action.shortcuts())
    assert [key for key, times in keys.items() if times > 1] == []
    assert keys["F1"] == 1


def test_whatever_can_be_pressed_or_typed_in_says_what_it_does(viewer: Assembly) -> None:
    viewer.window.desktop_actions.show_snapshot_panel()
    viewer.window.alarms.editor.show_rules()
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QSlider)
    parts = [part for kind in kinds for part in viewer.window.findChildren(kind) if _is_ours(part)]
    assert len(parts) > 100
    silent = [part for part in parts if not part.toolTip()]
    assert [f"{type(part).__name__} {part.accessibleName()} in {type(part.parent()).__name__}" for part in silent] == []


def _is_ours(part: QWidget) -> bool:
    """Whether it is not a piece of one of Qt's or pyqtgraph's, nor says something only at times."""
    around = [part]
    while (outside := around[-1].parentWidget()) is not None:
        around.append(outside)
    of_plots = any(isinstance(one, QMenu) and isinstance(one.parent(), QMenu) for one in around)
    in_another = isinstance(part.parent(), QTabBar | QLineEdit | QAbstractSpinBox | QComboBox | QTableView | QDockWidget)
    sometimes = isinstance(part, QAbstractButton) and not part.text() and part.icon().isNull()
    return not (of_plots or in_another or sometimes)


def test_f1_shows_every_shortcut_that_the_menu_has(qtbot: QtBot, following: Following) -> None:
    viewer = following((4, 5))
    qtbot.keyClick(viewer.window, Qt.Key.Key_F1)
    sheet = viewer.window.desktop_actions.sheet
    assert sheet is not None
    assert sheet.isVisible()
    assert not sheet.isModal()
    told = {keys for section in sheet.sections for _, keys in section.lines}
    for action in all_actions(viewer.window.menu_):
        for key in action.shortcuts():
            assert any(key.toString(QKeySequence.SequenceFormat.NativeText) in one for one in told), action.text()
    assert balanced(sections_of(viewer.window.menu_), 1)[0] == sections_of(viewer.window.menu_)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_every_button_is_reached_by_the_tab_key(qtbot: QtBot, following: Following, reader: FakeSupervisor) -> None:
    viewer = following((4, 5))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_keys((4, 5), (0, 5))
        reader.say_frame(picture(), 3, (4, 5))
    window = viewer.window
    window.activateWindow()
    reached: set[QWidget] = set()
    for _ in range(200):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        if focus is None or focus in reached:
            break
        reached.add(focus)
    wanted = {
        button
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and button.property("grip") != "true" and not _is_part_of_another(button)
    }
    assert len(wanted) > 10
    missed = [button.text() or button.toolTip() or button.objectName() for button in wanted - reached]
    assert missed == []


def _is_part_of_another(button: QAbstractButton) -> bool:
    """Whether Qt made it inside of a control of its own (a line edit's cross, a tab bar's arrows)."""
    return button.objectName().startswith(("qt_", "Scroll"))


# ---- large and small screens


SIZED = """
import sys
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QAbstractButton
from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor, picture

application()
reader = FakeSupervisor()
assembly = Assembly(reader)
window = assembly.window
window.resize(1280, 800)
window.show()
assembly.session.open(FollowRequest("/data/2026/i18-353130.nxs"))
reader.say_opened((20, 30), ("/entry/keys/eiger", "/entry/keys/xspress"))
reader.say_keys((20, 30), (0, 330), (0, 300))
reader.say_frame(picture((64, 48)), 299, (20, 30))
for _ in range(500):
    QTest.qWait(10)
    if assembly.session.scan.shown is not None:
        break
QTest.qWait(50)
image = window.grab().toImage()
cut = []
for button in window.findChildren(QAbstractButton):
    if button.isVisible() and button.property("grip") != "true":
        at = button.mapTo(window, button.rect().bottomRight())
        if not window.rect().contains(at) or button.width() < button.minimumSizeHint().width():
            cut.append(button.text() or button.toolTip())
print(image.width(), image.height(), image.devicePixelRatio(), window.width(), window.height(), cut)
assert assembly.close()
"""


@pytest.mark.parametrize("scale", ["1", "2"])
def test_nothing_is_cut_at_1280_by_800_and_at_200_percent(tmp_path: Path, scale: str) -> None:
    script = tmp_path / "sized.py"
    script.write_text(SIZED, encoding="utf-8")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale, "PYTHONPATH": os.pathsep.join(sys.path)}
    shown = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert shown.returncode == 0, shown.stderr
    factor = int(scale)
    assert shown.stdout.strip() == f"{1280 * factor} {800 * factor} {float(scale)} 1280 800 []"
    assert "OpenGL" not in shown.stderr
