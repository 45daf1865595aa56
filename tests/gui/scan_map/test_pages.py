"""The pages of scans with three or more axes: all or one, by mouse and keyboard, following, held, zoomed, growing."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.scan_map import map_image as mi
from swmr_viewer.gui.scan_map import map_layout as ml
from swmr_viewer.gui.scan_map.map_image import MapCanvas
from swmr_viewer.gui.scan_map.map_layout import map_grid, page_axes, turned_to, zoomed
from tests.gui.fakes import FakeSupervisor, picture, ranges
from tests.gui.scan_map.pictures import whole_picture
from tests.gui.scan_map.test_map import open_map, wheel
from tests.live.conftest import live_writer  # noqa: F401
from tests.live.writers import LiveWriter

WAIT_MS = 60_000
LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Following = Callable[..., Assembly]
DEEP = st.lists(st.integers(1, 6), min_size=3, max_size=5).map(tuple)


# ---- where the points of one page are


@given(scan_shape=DEEP, data=st.data())
def test_a_page_has_a_cell_for_each_of_its_points_and_for_no_other(scan_shape: tuple[int, ...], data: st.DataObject) -> None:
    n_pages = prod(scan_shape[axis] for axis in page_axes(scan_shape))
    page = data.draw(st.integers(0, n_pages - 1))
    grid = map_grid(scan_shape, page)
    total = prod(scan_shape)
    held = range(page * (total // n_pages), (page + 1) * (total // n_pages))
    assert [index for index in range(total) if grid.holds(index)] == list(held)
    found = [grid.index_of(row, column) for row in range(grid.rows) for column in range(grid.columns)]
    assert sorted(index for index in found if index is not None) == list(held)
    for index in range(total):
        row, column = grid.cell_of(index)
        assert (0 <= row < grid.rows) == (index in held)
        if index in held:
            assert grid.index_of(row, column) == index


@settings(max_examples=40)
@given(scan_shape=DEEP, data=st.data())
def test_pieces_of_a_page_make_the_picture_of_its_points(scan_shape: tuple[int, ...], data: st.DataObject) -> None:
    progress, room = KeyProgress(1, scan_shape), (60, 50)
    n_pages = prod(scan_shape[axis] for axis in page_axes(scan_shape))
    layout = ml.map_layout(scan_shape, *room, data.draw(st.integers(0, n_pages - 1)))
    if n_pages > 1:
        layout = turned_to(zoomed(layout, room, (30, 25), data.draw(st.integers(0, 3))), data.draw(st.integers(0, n_pages - 1)))
    canvas = MapCanvas(layout)
    for _ in range(3):
        start = data.draw(st.integers(0, progress.total - 1))
        one = ranges((start, data.draw(st.integers(start + 1, progress.total))))
        progress.add(0, *one)
        canvas.mark(*one)
        while not canvas.is_current:
            canvas.draw_some(progress.state_codes, 0.0)
        np.testing.assert_array_equal(canvas.picture, whole_picture(progress.state_codes(), layout))


def test_a_page_of_ten_million_points_costs_no_more_than_its_own() -> None:
    looked_at: list[tuple[int, int]] = []

    def states_of(start: int, stop: int) -> mi.Codes:
        looked_at.append((start, stop))
        return np.full(stop - start, 2, np.uint8)

    canvas = MapCanvas(ml.map_layout((100, 250, 400), 300, 300, 42))
    canvas.draw_some(states_of, 60.0)
    assert canvas.is_current
    assert min(start for start, _ in looked_at) == 42 * 100_000
    assert max(stop for _, stop in looked_at) == 43 * 100_000
    canvas.mark(*ranges([(0, 42 * 100_000), (43 * 100_000, 10_000_000)]))
    assert canvas.is_current  # keys of other pages cost nothing


# ---- in the window


def show_frame(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, index: int, shape: tuple[int, ...], *, live: bool = True) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), index, shape, live=live)


def page_of(viewer: Assembly) -> int | None:
    layout = viewer.window.map_panel.map.layout_shown
    assert layout is not None
    return layout.grid.page


def color_at(viewer: Assembly, index: int) -> QColor:
    chart = viewer.window.map_panel.map
    image = chart.grab().toImage()
    at = chart.point_of(index) * image.devicePixelRatio()
    return image.pixelColor(round(at.x()), round(at.y()))


@pytest.mark.parametrize("shape", [(7,), (4, 5), (1, 4, 5)])
def test_a_scan_of_two_axes_has_nothing_to_choose(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, shape: tuple[int, ...]
) -> None:
    viewer = following(shape)
    open_map(qtbot, reader, viewer, shape, (0, 5))
    panel = viewer.window.map_panel
    assert not panel.page_row.isVisible()
    qtbot.keyClick(viewer.window, Qt.Key.Key_P, CTRL)
    assert not panel.pages.shows_one
    assert page_of(viewer) is None


def test_one_page_follows_the_live_edge_until_a_page_is_chosen(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    shape = (3, 4, 5)
    viewer = following(shape)
    chart, row = open_map(qtbot, reader, viewer, shape, (0, 33)), viewer.window.map_panel.page_row
    show_frame(qtbot, viewer, reader, 32, shape)
    assert row.all_pages.isChecked()
    assert not row.follow.isVisible()
    qtbot.mouseClick(row.one_page, LEFT)
    assert page_of(viewer) == 1
    assert row.spins[0].value() == 1
    assert row.follow.isChecked()
    assert color_at(viewer, 31) == QColor(tokens().good)
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(shape, (33, 43))
    show_frame(qtbot, viewer, reader, 42, shape)
    assert page_of(viewer) == 2
    row.spins[0].setFocus()
    row.spins[0].selectAll()
    qtbot.keyClicks(row.spins[0], "0")
    qtbot.keyClick(row.spins[0], Qt.Key.Key_Return)
    assert page_of(viewer) == 0
    assert not row.spins[0].hasFocus()
    assert not row.follow.isChecked()
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(shape, (43, 45))
    show_frame(qtbot, viewer, reader, 44, shape)
    assert page_of(viewer) == 0  # held
    qtbot.mouseClick(chart, LEFT, pos=chart.point_of(7).toPoint())
    assert viewer.session.scan.wanted_index == 7
    assert page_of(viewer) == 0
    qtbot.keyClick(viewer.window, Qt.Key.Key_End)
    assert viewer.session.scan.is_live
    show_frame(qtbot, viewer, reader, 44, shape)
    assert page_of(viewer) == 2
    assert row.follow.isChecked()
    qtbot.mouseClick(row.all_pages, LEFT)
    assert page_of(viewer) is None
    assert row.words.text() == "Pages along axis 0"


def test_a_page_that_turns_does_not_touch_what_is_being_typed(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    shape = (20, 4, 5)
    viewer = following(shape)
    open_map(qtbot, reader, viewer, shape, (0, 400))
    spin = (row := viewer.window.map_panel.page_row).spins[0]
    show_frame(qtbot, viewer, reader, 10, shape)
    qtbot.mouseClick(row.one_page, LEFT)
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "1")
    show_frame(qtbot, viewer, reader, 90, shape)
    assert page_of(viewer) == 4
    qtbot.keyClicks(spin, "2")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert page_of(viewer) == 12
    qtbot.mouseClick(row.follow, LEFT)
    assert page_of(viewer) == spin.value() == 4
    spin.setFocus()
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert not row.follow.isChecked()
    show_frame(qtbot, viewer, reader, 110, shape)
    assert page_of(viewer) == 4


def test_pages_by_keys_alone(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    shape = (2, 3, 4, 5)
    viewer = following(shape)
    open_map(qtbot, reader, viewer, shape, (0, 90))
    show_frame(qtbot, viewer, reader, 89, shape)
    window, row = viewer.window, viewer.window.map_panel.page_row
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    assert [spin.value() for spin in row.spins] == [1, 1]
    qtbot.keyClick(window, Qt.Key.Key_PageUp, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_PageUp, CTRL)
    assert page_of(viewer) == 2
    assert [spin.value() for spin in row.spins] == [0, 2]
    assert viewer.session.scan.is_live  # a page is no frame
    for _ in range(9):
        qtbot.keyClick(window, Qt.Key.Key_PageDown, CTRL)
    assert page_of(viewer) == 5
    row.spins[0].setFocus()
    qtbot.keyClick(row.spins[0], Qt.Key.Key_Down)
    assert page_of(viewer) == 2
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    assert page_of(viewer) == 4
    assert row.follow.isChecked()
    qtbot.mouseClick(row.follow, LEFT)
    assert row.follow.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL | SHIFT)
    assert page_of(viewer) is None
    qtbot.mouseClick(row.one_page, LEFT)
    qtbot.mouseClick(row.on, LEFT)
    assert page_of(viewer) == 5
    qtbot.mouseClick(row.back, LEFT)
    assert page_of(viewer) == 4


def test_hover_zoom_and_gaps_are_those_of_the_page(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    shape = (3, 40, 50)
    viewer = following(shape)
    window, gap = viewer.window, 317
    chart = open_map(qtbot, reader, viewer, shape, [(0, gap), (gap + 1, 4500)])
    show_frame(qtbot, viewer, reader, 4499, shape)
    qtbot.mouseClick(window.map_panel.page_row.one_page, LEFT)
    assert page_of(viewer) == 2
    assert chart.text_at(chart.point_of(4321)).startswith("Frame 4\u2009321 at (2, 6, 21)\n")
    for _ in range(3):
        wheel(chart, QPointF(chart.rect().center()), up=True)
    assert chart.is_zoomed
    assert window.map_panel.whole.text() == "Whole page"
    before = chart.layout_shown
    assert before is not None
    qtbot.mouseClick(window.map_panel.page_row.back, LEFT)
    after = chart.layout_shown
    assert after is not None
    assert (after.top, after.left, after.cell, after.grid.page) == (before.top, before.left, before.cell, 1)
    qtbot.waitUntil(lambda: window.map_panel.detectors.gaps.plain == f"1 gap: {gap}")
    qtbot.mouseClick(window.map_panel.detectors.gaps, LEFT)
    qtbot.mouseClick(window.map_panel.detectors.gaps.popup.lines[0], LEFT)
    assert page_of(viewer) == 0
    assert chart.rect().contains(chart.point_of(gap).toPoint())
    assert viewer.session.scan.wanted_index in (gap - 1, gap + 1)
    qtbot.waitUntil(lambda: chart.is_current)
    seen = [one for one in (gap - 2, gap + 2) if chart.rect().contains(chart.point_of(one).toPoint())]
    assert seen, "the gap is in view, and so is what is beside it"
    assert {color_at(viewer, one).name() for one in seen} == {tokens().good}
    qtbot.mouseClick(window.map_panel.whole, LEFT)
    assert not chart.is_zoomed
    assert page_of(viewer) == 0


def test_a_held_page_stays_while_the_scan_grows_and_goes_with_its_file(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((2, 4, 5))
    open_map(qtbot, reader, viewer, (2, 4, 5), (0, 25))
    pages, row = viewer.window.map_panel.pages, viewer.window.map_panel.page_row
    pages.hold((1,))
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys((5, 4, 6), (0, 60), whole=True)
    qtbot.waitUntil(lambda: viewer.window.map_panel.map.is_current)
    assert page_of(viewer) == 1
    assert row.spins[0].maximum() == 4
    assert color_at(viewer, 25) == QColor(tokens().good)
    viewer = following((6, 4, 5))
    open_map(qtbot, reader, viewer, (6, 4, 5), (0, 110))
    show_frame(qtbot, viewer, reader, 109, (6, 4, 5))
    assert pages.shows_one  # the choice is the user's, the page was the file's
    assert pages.follows
    assert page_of(viewer) == 5


@pytest.mark.parametrize("width", [316, 340, 420, 480])
@pytest.mark.parametrize("shape", [(4, 20, 30), (2, 2, 20, 30)])
def test_the_map_stays_where_it_is_while_pages_turn(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, width: int, shape: tuple[int, ...]
) -> None:
    viewer = following(shape)
    chart, row = open_map(qtbot, reader, viewer, shape, (0, 2000)), viewer.window.map_panel.page_row
    dock = viewer.window.panels.panel("map")
    dock.setFloating(True)
    dock.resize(width, 340)
    qtbot.waitUntil(lambda: viewer.window.map_panel.width() == width)
    show_frame(qtbot, viewer, reader, 100, shape)
    QApplication.processEvents()
    top = chart.y()
    qtbot.mouseClick(row.one_page, LEFT)
    QApplication.processEvents()
    place = chart.geometry()
    assert place.y() == top
    for index in (700, 1300, 1900):
        show_frame(qtbot, viewer, reader, index, shape)
        QApplication.processEvents()
        assert chart.geometry() == place
    buttons = [row.all_pages, row.one_page, row.follow, row.back, row.on]
    assert all(button.width() >= button.sizeHint().width() for button in buttons)
    assert row.rect().contains(row.spins[-1].mapTo(row, row.spins[-1].rect().bottomRight()))


def test_every_button_of_the_pages_is_reached_by_the_tab_key(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    shape = (4, 20, 30)
    viewer = following(shape)
    open_map(qtbot, reader, viewer, shape, (0, 2000))
    row = viewer.window.map_panel.page_row
    show_frame(qtbot, viewer, reader, 100, shape)
    qtbot.mouseClick(row.one_page, LEFT)
    buttons = [row.all_pages, row.one_page, row.follow, row.back, row.on]
    reached = set()
    viewer.window.activateWindow()
    for _ in range(100):
        qtbot.keyClick(QApplication.focusWidget() or viewer.window, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert {*buttons, row.spins[0]} <= reached


# ---- a real writer


@pytest.mark.live
@pytest.mark.parametrize("growing", [False, True])
def test_the_page_of_a_real_snake_follows_and_is_named_by_the_file(
    qtbot: QtBot,
    live_viewer: Callable[..., Assembly],
    live_writer: Callable[..., LiveWriter],  # noqa: F811
    growing: bool,
) -> None:
    shape = (3, 3, 4)
    scan = live_writer(scan_shape=shape, order="snake", growing=growing)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    session, panel, line = assembly.session, assembly.window.map_panel, assembly.window.map_panel.detectors.gaps
    pages, said = [], set()
    for n in range(3, 37, 3):
        scan.step(3)
        qtbot.waitUntil(lambda n=n: session.scan.progress is not None and session.scan.progress.n_complete == n, timeout=WAIT_MS)
        said.add(line.plain)
        if not panel.pages.lengths:
            continue
        if not panel.pages.shows_one:
            assert panel.page_row.words.text() == "Pages along Temperature"
            qtbot.mouseClick(panel.page_row.one_page, LEFT)
        page = (n - 1) // 12
        qtbot.waitUntil(lambda page=page: page_of(assembly) == page == panel.page_row.spins[0].value(), timeout=WAIT_MS)
        pages.append(page)
    assert said == {"no gaps"}
    assert pages[-4:] == [2, 2, 2, 2]
    assert panel.page_row.spins[0].toolTip() == "Temperature 350 K (0 to 2)"
