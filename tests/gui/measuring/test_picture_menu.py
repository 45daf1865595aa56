"""The context menu of the picture and its regions: by a right click, by the Menu key, and by the keys of its actions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.measuring.pointed_value import POINT_FIRST
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHAPE = (4, 5)


@pytest.fixture
def shown(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """Return a window that shows an image."""
    viewer = following(SHAPE)
    show(qtbot, viewer, reader, picture())
    QApplication.clipboard().clear()
    return viewer


def show(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, pixels: np.ndarray, **options: object) -> None:
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(pixels, 9, SHAPE, **options)  # type: ignore[arg-type]
    QApplication.processEvents()


def at(assembly: Assembly, x: float, y: float) -> QPoint:
    return assembly.window.measuring.overlay.on_screen((x, y)).toPoint()


def right_click(qtbot: QtBot, assembly: Assembly, x: float, y: float) -> dict[str, QAction]:
    """Return what stands in the menu that opens, by its words."""
    view = assembly.window.frame_view.image.view
    qtbot.mouseMove(view.viewport(), at(assembly, x, y))
    qtbot.mouseClick(view.viewport(), RIGHT, pos=at(assembly, x, y))
    return opened(qtbot, assembly)


def opened(qtbot: QtBot, assembly: Assembly) -> dict[str, QAction]:
    menu = assembly.window.measuring.picture_menu.menu
    qtbot.waitUntil(menu.isVisible)
    return {action.text().split("\t")[0].replace("&", ""): action for action in menu.actions() if action.text()}


def choose(qtbot: QtBot, assembly: Assembly, action: QAction) -> None:
    menu = assembly.window.measuring.picture_menu.menu
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: not menu.isVisible())


def context_menu(reason: QContextMenuEvent.Reason, place: QPoint) -> QContextMenuEvent:
    """Return what the desktop sends for a press of the right button, or for the Menu key."""
    return QContextMenuEvent(reason, place, place)


def clipboard() -> str:
    return QApplication.clipboard().text()


def test_the_value_at_the_place_is_copied_and_the_picture_has_its_actions(qtbot: QtBot, shown: Assembly) -> None:
    offered = right_click(qtbot, shown, 11.5, 20.5)
    words = f"x 11  y 20  value {picture()[20, 11]}"
    assert next(iter(offered)) == f"Copy {words}"
    window = shown.window
    for action in (window.actions_.copy_picture, window.actions_.copy_numbers, window.actions_.fit, window.actions_.snapshot):
        assert action in offered.values()
    drawing, scales = (offered[name].menu().actions() for name in ("Draw", "Scale"))
    assert window.measuring.actions_.rectangle in drawing
    assert list(window.display_tools.actions.scales.values()) == scales
    choose(qtbot, shown, offered[f"Copy {words}"])
    assert clipboard() == words
    offered = right_click(qtbot, shown, 11.5, 20.5)
    menu = window.measuring.picture_menu.menu
    menu.setActiveAction(offered["Draw"])
    qtbot.keyClick(menu, Qt.Key.Key_Right)
    drawing = offered["Draw"].menu()
    qtbot.waitUntil(drawing.isVisible)
    qtbot.keyClick(drawing, Qt.Key.Key_Return)
    assert window.measuring.layer.tool.kind == "rectangle"
    window.measuring.layer.tool.take("")


def test_a_right_drag_zooms_and_opens_nothing(qtbot: QtBot, shown: Assembly) -> None:
    image, menu = shown.window.frame_view.image, shown.window.measuring.picture_menu.menu
    before = image.box.viewRect()
    viewport = image.view.viewport()
    qtbot.mousePress(viewport, RIGHT, pos=at(shown, 10, 10))
    QApplication.sendEvent(viewport, context_menu(QContextMenuEvent.Reason.Mouse, at(shown, 10, 10)))
    for place in ((15, 15), (25, 30)):
        qtbot.wait(20)
        qtbot.mouseMove(viewport, at(shown, *place))
    qtbot.mouseRelease(viewport, RIGHT, pos=at(shown, 25, 30))
    assert image.box.viewRect() != before
    assert not menu.isVisible()


@pytest.mark.parametrize("has_pointer", [True, False])
def test_the_menu_key_opens_it_at_the_pointer_or_in_the_middle(qtbot: QtBot, shown: Assembly, has_pointer: bool) -> None:
    view = shown.window.frame_view.image.view
    view.setFocus()
    if has_pointer:
        view.cursor().setPos(view.viewport().mapToGlobal(at(shown, 30.5, 40.5)))
        qtbot.mouseMove(view.viewport(), at(shown, 30.5, 40.5))
        qtbot.waitUntil(lambda: shown.window.measuring.pointed.at == (40, 30))
    else:
        view.pointer_left.emit()
    x, y = (30, 40) if has_pointer else (24, 32)
    QApplication.sendEvent(view, context_menu(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1)))
    offered = opened(qtbot, shown)
    found = next(words for words in offered if words.startswith("Copy x"))
    where = found.removeprefix("Copy ").split("  value ")[0]
    assert where in [f"x {x + dx}  y {y + dy}" for dx in (-1, 0) for dy in (-1, 0)]
    menu = shown.window.measuring.picture_menu.menu
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert clipboard() == found.removeprefix("Copy ")


def test_a_key_copies_the_exact_value_under_the_pointer(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    keys = (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    with qtbot.waitSignal(shown.session.noted) as noted:
        qtbot.keyClick(shown.window, *keys)
    assert noted.args == [POINT_FIRST]
    assert clipboard() == ""
    pixels = np.full((64, 48), 1 / 3)
    show(qtbot, shown, reader, pixels)
    view = shown.window.frame_view
    qtbot.mouseMove(view.image.view.viewport(), at(shown, 3.5, 4.5))
    qtbot.waitUntil(lambda: shown.window.measuring.pointed.at == (4, 3))
    qtbot.keyClick(shown.window, *keys)
    assert clipboard() == "x 3  y 4  value 0.3333333333333333"
    show(qtbot, shown, reader, np.full((64, 48), 2**63 + 1, np.uint64))
    qtbot.keyClick(shown.window, *keys)
    assert clipboard() == f"x 3  y 4  value {2**63 + 1}"
    show(qtbot, shown, reader, np.arange(200, dtype=np.uint32))
    view.curve.pointer_moved.emit((7,))
    qtbot.keyClick(shown.window, *keys)
    assert clipboard() == "channel 7  value 7"
    colored = np.random.default_rng(0).integers(0, 255, (30, 40, 3)).astype(np.uint8)
    show(qtbot, shown, reader, colored, told="rgb-image")
    view.image.pointer_moved.emit((2, 1))
    qtbot.keyClick(shown.window, *keys)
    assert clipboard() == "x 1  y 2  value " + " ".join(map(str, colored[2, 1]))


def test_a_region_has_entries_of_its_own(qtbot: QtBot, shown: Assembly) -> None:
    measuring = shown.window.measuring
    measuring.measurements.draw("rectangle", ((5, 5), (15, 15)))
    measuring.measurements.draw("ellipse", ((20, 30), (40, 50)))
    assert "Delete B" not in right_click(qtbot, shown, 45, 5)
    measuring.picture_menu.menu.close()
    offered = right_click(qtbot, shown, 10, 10)
    assert list(offered)[:5] == ["Rename A\u2026", "Copy the numbers of A", "Show the curve of A", "Show the map of A", "Delete A"]
    assert measuring.measurements.selected is not None
    assert measuring.measurements.selected.name == "A"
    choose(qtbot, shown, offered["Copy the numbers of A"])
    inside = picture()[5:15, 5:15]
    head, line = clipboard().splitlines()
    assert head.split("\t")[:4] == ["Region", "sum", "mean", "max"]
    assert line.split("\t")[:2] == ["A", str(inside.sum())]
    assert not shown.window.panels.panel("measuring").isVisible()
    offered = right_click(qtbot, shown, 10, 10)
    choose(qtbot, shown, offered["Show the curve of A"])
    assert measuring.regions_panel.isVisible()
    QApplication.processEvents()
    choose(qtbot, shown, right_click(qtbot, shown, 10, 10)["Show the map of A"])
    assert shown.window.quantity_map.map.isVisible()
    assert shown.window.quantity_map.map.choices.settings.quantity == "A.sum"
    QApplication.processEvents()
    offered = right_click(qtbot, shown, 30, 40)
    choose(qtbot, shown, offered["Rename B\u2026"])
    editor = measuring.picture_menu.name
    qtbot.waitUntil(editor.isVisible)
    qtbot.keyClicks(editor.field, "peak")
    qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    assert [one.name for one in measuring.measurements.marks.regions] == ["A", "peak"]
    assert not editor.isVisible()
    offered = right_click(qtbot, shown, 30, 40)
    choose(qtbot, shown, offered["Delete peak"])
    assert [one.name for one in measuring.measurements.marks.regions] == ["A"]
    qtbot.keyClick(shown.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [one.name for one in measuring.measurements.marks.regions] == ["A", "peak"]


def test_of_regions_one_over_the_other_the_selected_one_is_meant(qtbot: QtBot, shown: Assembly) -> None:
    measurements, menu = shown.window.measuring.measurements, shown.window.measuring.picture_menu.menu
    measurements.draw("rectangle", ((5, 5), (40, 40)))
    measurements.draw("polygon", ((10, 10), (30, 10), (20, 30)))
    measurements.select("A")
    assert "Delete A" in right_click(qtbot, shown, 20, 15)
    menu.close()
    measurements.select(None)
    assert "Delete B" in right_click(qtbot, shown, 20, 15)
    menu.close()
    view = shown.window.frame_view.image.view
    view.pointer_left.emit()
    measurements.select("B")
    QApplication.sendEvent(view, context_menu(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1)))
    assert "Rename B\u2026" in opened(qtbot, shown)
    menu.close()


def test_escape_leaves_a_name_as_it_is(qtbot: QtBot, shown: Assembly) -> None:
    measuring = shown.window.measuring
    measuring.measurements.draw("rectangle", ((5, 5), (15, 15)))
    choose(qtbot, shown, right_click(qtbot, shown, 10, 10)["Rename A\u2026"])
    editor = measuring.picture_menu.name
    qtbot.waitUntil(editor.isVisible)
    qtbot.keyClicks(editor.field, "other")
    qtbot.keyClick(editor.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not editor.isVisible())
    assert [one.name for one in measuring.measurements.marks.regions] == ["A"]
