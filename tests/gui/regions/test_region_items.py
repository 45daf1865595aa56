"""Regions and the profile's line on every kind of background: their pixels are looked at."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from swmr_viewer.analysis import Point
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import contrast
from swmr_viewer.gui.regions.region_items import HALO_PX, HANDLE_PX, SELECTED_WIDTH
from swmr_viewer.gui.regions.regions_layer import LINE_COLOR, region_color
from tests.gui.fakes import FakeSupervisor

Following = Callable[..., Assembly]
BACKGROUNDS = {"white": ("grey", 255), "black": ("grey", 0), "middle": ("grey", 128), "yellow": ("viridis", 255), "green": ("viridis", 150)}
REACH = 7
LEFT_HELD = (Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)


@pytest.fixture(params=BACKGROUNDS)
def over(request: pytest.FixtureRequest, qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """Return a window that shows an image of one colour."""
    name, value = BACKGROUNDS[request.param]
    viewer = following((4, 5), frame=(60, 60))
    viewer.window.display.change(color_map=name)
    viewer.window.display.fix_levels(0, 255)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(np.full((60, 60), value, np.uint32), 0, (4, 5))
    return viewer


def painted(assembly: Assembly) -> QImage:
    QApplication.processEvents()
    return assembly.window.frame_view.image.view.grab().toImage()


def across(assembly: Assembly, at: Point, reach: int = REACH) -> list[str]:
    """Return the colours from left to right around a point of the frame."""
    place, image = assembly.window.measuring.overlay.on_screen(at).toPoint(), painted(assembly)
    return [image.pixelColor(place.x() + dx, place.y()).name() for dx in range(-reach, reach + 1)]


def is_seen(colors: list[str], color: str) -> bool:
    """Whether an outline in this colour stands out of what is around it, by its halo where it does not by itself."""
    background, middle = colors[0], colors[len(colors) // 2 - 2 : len(colors) // 2 + 3]
    assert colors[-1] == background  # else the line is not in the middle
    outline = min(middle, key=lambda one: contrast(one, color))
    halo = min(colors, key=lambda one: contrast(one, "#000000"))
    return (
        contrast(outline, color) < 1.5
        and contrast(outline, halo) >= 4.5
        and max(contrast(outline, background), contrast(halo, background)) >= 3
    )


def test_outlines_are_seen_on_every_background(over: Assembly) -> None:
    measurements = over.window.measuring.measurements
    measurements.draw("rectangle", ((10, 10), (25, 25)))
    measurements.draw("ellipse", ((35, 10), (50, 25)))
    measurements.draw("polygon", ((10, 35), (25, 35), (25, 50), (10, 50)))
    measurements.draw_line(((45, 35), (45, 50)))
    places = (((10, 17), 0), ((35, 17.5), 1), ((25, 42), 2))
    for selected in ("A", "B", "C", None):
        measurements.select(selected)
        for at, number in places:
            assert is_seen(across(over, at), region_color(number)), (at, selected)
        assert is_seen(across(over, (45, 42)), LINE_COLOR)


def test_labels_and_handles_are_seen_too(over: Assembly) -> None:
    measuring = over.window.measuring
    measuring.measurements.draw("rectangle", ((20, 20), (40, 40)))
    measuring.measurements.select(None)
    assert is_seen(across(over, (40, 40), reach=12)[12 - HANDLE_PX - 8 : 12 - HANDLE_PX + 9], region_color(0))
    label = measuring.layer.item_of("A").label
    box = measuring.overlay.view.mapFromScene(label.mapRectToScene(label.boundingRect())).boundingRect()
    image = painted(over)
    colors = [image.pixelColor(x, y).name() for x in range(box.left() + 3, box.right() - 2) for y in range(box.top() + 3, box.bottom() - 2)]
    assert max(contrast(one, "#000000") for one in colors) / min(contrast(one, "#000000") for one in colors) > 4.5


def test_the_selected_region_is_bolder_and_its_handles_are_full(over: Assembly) -> None:
    measurements = over.window.measuring.measurements
    measurements.draw("rectangle", ((10, 10), (25, 25)))
    measurements.draw("rectangle", ((35, 10), (50, 25)))
    widths, middles = {}, {}
    for selected in ("A", "B"):
        measurements.select(selected)
        widths[selected] = over.window.measuring.layer.item_of("A").currentPen.widthF()
        corner = across(over, (10, 25), reach=2)
        middles[selected] = sum(contrast(one, region_color(0)) < 1.3 for one in corner)
    assert widths["A"] > widths["B"]
    assert middles["A"] == 5 > middles["B"]


def test_what_is_being_drawn_is_seen(over: Assembly) -> None:
    tool = over.window.measuring.layer.tool
    tool.take("rectangle")
    tool._points.append((10.0, 10.0))
    tool._show((30.0, 30.0))
    assert is_seen(across(over, (10, 20)), "#ffd166")
    tool.take("")


def test_nothing_of_a_region_is_left_where_it_was(over: Assembly) -> None:
    measurements, image = over.window.measuring.measurements, over.window.frame_view.image
    image.view.viewport().repaint()
    clean = painted(over)
    measurements.draw("rectangle", ((10, 10), (25, 25)))
    measurements.draw_line(((30, 30), (50, 50)))
    painted(over)
    item = over.window.measuring.layer.item_of("A")
    rect = item.mapRectToScene(item.boundingRect())
    inner = item.mapRectToScene(0, 0, 15, 15)
    assert inner.left() - rect.left() >= HALO_PX + SELECTED_WIDTH / 2
    measurements.draw_line(None)
    measurements.remove("A")
    assert painted(over) == clean


def deleted() -> None:
    """Let Qt delete what is to be deleted, and Python collect what nobody has."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def test_what_is_taken_away_is_deleted_whole(following: Following, qtbot: QtBot, reader: FakeSupervisor) -> None:
    viewer = following((4, 5), frame=(60, 60))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(np.ones((60, 60), np.uint32), 0, (4, 5))
    measurements, layer = viewer.window.measuring.measurements, viewer.window.measuring.layer
    measurements.draw("rectangle", ((10, 10), (25, 25)))
    measurements.draw("ellipse", ((35, 10), (50, 25)))
    measurements.draw("polygon", ((10, 35), (25, 35), (25, 50), (10, 50)))
    measurements.draw_line(((45, 35), (45, 50)))
    assert layer._line is not None
    items = [layer.item_of("A"), layer.item_of("B"), layer.item_of("C"), layer._line[1]]
    parts = [part for item in items for part in (item, *item.getHandles(), *(handle.menu for handle in item.getHandles()))]
    left = [weakref.ref(part) for part in parts]
    measurements.draw_line(None)
    for name in "ABC":
        measurements.remove(name)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not any(map(isValid, parts))
    del items, parts
    deleted()
    assert not [ref() for ref in left if ref() is not None]


def test_a_region_that_is_dragged_becomes_another_item_and_the_one_before_is_deleted(
    following: Following, qtbot: QtBot, reader: FakeSupervisor
) -> None:
    viewer = following((4, 5), frame=(60, 60))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(np.ones((60, 60), np.uint32), 0, (4, 5))
    measuring = viewer.window.measuring
    view, overlay = measuring.overlay.view, measuring.overlay
    measuring.measurements.draw("rectangle", ((10, 10), (40, 40)))
    for number in range(3):
        before = measuring.layer.item_of("A")
        start, end = ((25 + at, 25) for at in (4 * number, 4 * number + 4))
        here, there = (overlay.on_screen(at).toPoint() for at in (start, end))
        viewport = view.viewport()
        qtbot.mouseMove(viewport, here)
        qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=here)
        for at in (here + QPoint(2, 0), there - QPoint(1, 0), there):
            moved = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(viewport.mapToGlobal(at)), *LEFT_HELD)
            QApplication.sendEvent(viewport, moved)
        qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=there)
        assert measuring.layer.item_of("A") is not before
        deleted()
        assert not isValid(before)
    assert measuring.measurements.marks.regions[0].points[0][0] > 18
