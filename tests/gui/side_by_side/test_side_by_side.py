"""Data sets side by side on a scripted reader: the same frame in each pane, own levels, linked zoom; and on the real one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.side_by_side.arranging import columns_for
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture
from tests.gui.waiting import WAIT_MS

Following = Callable[..., Assembly]
LiveViewer = Callable[..., Assembly]
SHAPE = (4, 5)
PATHS = tuple(f"/entry/{name}/data" for name in ("eiger", "pilatus", "merlin", "zyla", "maia"))
LEFT = Qt.MouseButton.LeftButton


def say_beside(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, number: int, index: int) -> np.ndarray:
    pixels = picture(seed=10 * number + index)
    with qtbot.waitSignal(viewer.session.frame_came_beside):
        reader.say_frame(pixels, index, SHAPE, live=False, data_path=PATHS[number], beside=True)
    return pixels


def zoom(box: Any, start: int) -> None:
    """Show ten pixels from here on, as a person does."""
    box.setRange(xRange=(start, start + 10), yRange=(start, start + 10), padding=0)
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])


def centres(boxes: list[Any]) -> list[tuple[int, int]]:
    return [(round(box.frame_rect.center().x(), 3), round(box.frame_rect.center().y(), 3)) for box in boxes]


def test_the_same_frame_is_seen_of_each_data_set(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following(SHAPE, data_paths=PATHS)
    grid, tabs, session = viewer.window.side_by_side, viewer.window.measuring.data_tabs, viewer.session
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys(SHAPE, (0, 10))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 8, SHAPE)
    assert not reader.sent(m.ShowAlso), "nothing is asked for while nobody looks"
    assert tabs.tabText(5) == "side by side"
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(5).center())
    assert grid.isVisible()
    assert not viewer.window.frame_view.isVisible()
    assert reader.sent(m.ShowAlso)[-1].data_paths == PATHS[:4]
    assert [pane.title.text() for pane in grid.panes] == ["eiger", "pilatus", "merlin", "zyla"]
    assert grid.words.text().startswith("4 of 5 data sets")
    assert [pane.nothing.text() for pane in grid.panes[1:]] == ["Frame 8 is being read \u2026"] * 3
    np.testing.assert_array_equal(grid.panes[0].frame.raw, picture())
    for number in (1, 2, 3):
        pixels = say_beside(qtbot, viewer, reader, number, 8)
        np.testing.assert_array_equal(grid.panes[number].frame.raw, pixels)
        assert grid.panes[number].state.text() == "frame 8"
    assert len(reader.held) == 1, "frames beside hold no slots"
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(seed=9), 9, SHAPE)
    assert [pane.state.text() for pane in grid.panes] == ["frame 9", "frame 8", "frame 8", "frame 8"]
    reader.say(m.AwaitedBeside(reader.generation, PATHS[1], 9))
    lagging = grid.panes[1]
    qtbot.waitUntil(lambda: lagging.badge.isVisible())
    assert lagging.badge.text() in ("Frame 9 is not complete yet: this is frame 8", "9 not complete yet"), "as there is room"
    assert lagging.image.plot.opacity() < 0.5
    say_beside(qtbot, viewer, reader, 1, 9)
    assert lagging.state.text() == "frame 9"
    assert not lagging.badge.isVisible()
    assert lagging.image.plot.opacity() == 1

    viewer.window.measuring.measurements.draw("rectangle", ((3.0, 4.0), (20.0, 30.0)))
    assert [len(pane.marks.regions) for pane in grid.panes] == [1, 0, 0, 0], "regions are each one's own"
    viewer.window.measuring.actions_.crosshair.setChecked(True)
    raws = [pane.frame.raw for pane in grid.panes]
    grid.panes[2].image.pointer_moved.emit((7, 9))
    assert [pane.crosshair.item.at for pane in grid.panes] == [(7, 9)] * 4
    assert [pane.value.text() for pane in grid.panes] == [f"x 9  y 7   {raw[7, 9]}" for raw in raws]
    grid.panes[2].image.pointer_moved.emit(None)
    assert [pane.value.text() for pane in grid.panes] == [""] * 4

    levels = [pane.image.levels for pane in grid.panes]
    grid.panes[1].image.levels_typed.emit(3.0, 30.0)
    assert grid.panes[1].image.levels == (3.0, 30.0)
    assert [pane.image.levels for pane in grid.panes if pane is not grid.panes[1]] == [levels[0], *levels[2:]], "levels are each one's own"

    boxes = [pane.image.box for pane in grid.panes]
    zoom(boxes[0], 10)
    assert boxes[1].frame_rect.width() > 40
    assert grid.link_zoom.isEnabled()
    qtbot.keyClick(viewer.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert centres(boxes) == [(15, 15)] * 4
    zoom(boxes[2], 30)
    assert centres(boxes) == [(35, 35)] * 4
    viewer.window.resize(1100, 780)
    qtbot.waitUntil(lambda: centres(boxes) == [(35, 35)] * 4)

    qtbot.mouseClick(grid.panes[2].title, LEFT, pos=QPoint(4, 4))
    assert session.scan.data_path == PATHS[2]
    assert reader.sent(m.ShowLive)[-1].data_path == PATHS[2]
    assert grid.isVisible()
    assert grid.panes[0].frame is None, "its slot was given back"
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(seed=7), 9, SHAPE, data_path=PATHS[2])
    np.testing.assert_array_equal(grid.panes[2].frame.raw, picture(seed=7))
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    assert viewer.window.frame_view.isVisible()
    assert session.scan.data_path == PATHS[1]
    assert reader.sent(m.ShowAlso)[-1].data_paths == ()
    assert not grid.panes
    tabs.all_action.trigger()
    assert grid.isVisible()
    assert [len(pane.marks.regions) for pane in grid.panes] == [1, 0, 0, 0]
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 9, SHAPE, data_path=PATHS[1])
    viewer.window.measuring.actions_.rectangle.trigger()
    assert viewer.window.frame_view.isVisible(), "what is drawn is drawn on one"
    session.show_data(PATHS[4])
    tabs.all_action.trigger()
    assert [pane.data.path for pane in grid.panes] == [*PATHS[:3], PATHS[4]], "the shown one is among them"
    following(SHAPE, data_paths=PATHS[:1])
    assert viewer.window.frame_view.isVisible(), "one data set stands beside none"
    assert tabs.count() == 1


def test_detectors_of_a_scan_are_seen_side_by_side_as_they_are_written(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any, tmp_path: Path
) -> None:
    scan = live_writer(frame_shape=(48, 64), n_detectors=3)
    data = tuple(f"/entry/{name}/data" for name in ("detector", "detector2", "detector3"))
    viewer = live_viewer(scan.path, data_paths=data, conditions=(Timeout(600.0),))
    grid = viewer.window.side_by_side
    qtbot.waitUntil(lambda: viewer.window.measuring.data_tabs.all_action.isEnabled(), timeout=WAIT_MS)
    viewer.window.measuring.data_tabs.all_action.trigger()
    for _ in range(7):
        for index in scan.step():

            def all_seen(index: int = index) -> bool:
                return all(pane.frame is not None and pane.frame.index == index for pane in grid.panes)

            qtbot.waitUntil(all_seen, timeout=WAIT_MS)
            for number, pane in enumerate(grid.panes):
                np.testing.assert_array_equal(pane.frame.raw, scan.expected(index, number))
    assert len(grid.panes) == 3
    assert scan.complete


@pytest.mark.parametrize(
    ("size", "shapes", "now", "n_columns"),
    [
        ((690, 600), [(512, 512)] * 4, 0, 2),
        ((500, 900), [(512, 512)] * 2, 0, 1),
        ((900, 500), [(512, 512)] * 2, 1, 2),
        ((900, 600), [(100, 2000)] * 3, 0, 1),
        ((1600, 400), [(512, 512)] * 4, 2, 4),
        ((900, 600), [(512, 512), (1024,)], 0, 2),
        ((690, 600), [(512, 512)], 0, 1),
        ((0, 0), [(512, 512)] * 3, 0, 2),
    ],
)
def test_panes_stand_as_their_pictures_are_largest(size: tuple[int, int], shapes: list[tuple[int, ...]], now: int, n_columns: int) -> None:
    assert columns_for(size, shapes, now) == n_columns
