"""The progress map: any scan shape, piece by piece, zoom and pan, gaps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.scan_map import map_image as mi
from swmr_viewer.gui.scan_map import map_layout as ml
from swmr_viewer.gui.scan_map.map_image import MapCanvas
from swmr_viewer.gui.scan_map.map_layout import centred_on, map_grid, moved_to, row_length, zoomed
from swmr_viewer.gui.scan_map.map_text import missing_text, page_axis_names, pages_text, place_text, point_text, shape_caption
from swmr_viewer.gui.scan_map.progress_map import ProgressMap
from tests.gui.fakes import FakeSupervisor, ranges
from tests.gui.scan_map.pictures import whole_picture

LEFT = Qt.MouseButton.LeftButton
SHAPES = st.lists(st.integers(1, 12), min_size=0, max_size=4).map(tuple)
ROOM = (310, 300)


def progress_of(scan_shape: tuple[int, ...], *added: tuple[int, int] | list[tuple[int, int]]) -> KeyProgress:
    progress = KeyProgress(len(added), scan_shape)
    for key, one in enumerate(added):
        progress.add(key, *ranges(one))
    return progress


# ---- where points are


@given(scan_shape=SHAPES)
def test_each_point_has_a_cell_of_its_own_and_each_cell_one_point(scan_shape: tuple[int, ...]) -> None:
    grid = map_grid(scan_shape)
    cells = [grid.cell_of(index) for index in range(grid.total)]
    assert len(set(cells)) == grid.total
    assert [grid.index_of(*cell) for cell in cells] == list(range(grid.total))
    found = [grid.index_of(row, column) for row in range(grid.rows) for column in range(grid.columns)]
    assert sorted(index for index in found if index is not None) == list(range(grid.total))
    rows, _ = grid.rows_of(np.arange(grid.total))
    assert rows.tolist() == [row for row, _ in cells]


def test_one_axis_is_folded_at_round_numbers_and_slower_axes_are_tiled() -> None:
    assert [row_length((n,)) for n in (1, 7, 100, 600, 5000, 10_000_000)] == [1, 5, 20, 50, 200, 5000]
    assert row_length((20, 30)) == 30
    grid = map_grid((6, 20, 30))
    assert (grid.n_pages, grid.page_rows, grid.page_columns) == (6, 20, 30)
    assert grid.pages_across * grid.pages_down >= 6
    assert grid.gap > 0
    assert map_grid((1, 20, 30)).n_pages == 1


# ---- drawing piece by piece


@settings(max_examples=40)
@given(scan_shape=SHAPES, data=st.data())
def test_pieces_make_the_same_picture_as_the_whole(scan_shape: tuple[int, ...], data: st.DataObject) -> None:
    progress = KeyProgress(2, scan_shape)
    room = data.draw(st.tuples(st.integers(1, 90), st.integers(1, 90)))
    layout = ml.map_layout(scan_shape, *room)
    if data.draw(st.booleans()):
        layout = zoomed(layout, room, (room[0] / 2, room[1] / 2), data.draw(st.integers(1, 5)))
    canvas = MapCanvas(layout)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, progress.total - 1))
        stop = data.draw(st.integers(start + 1, progress.total))
        starts, stops = ranges((start, stop))
        progress.add(data.draw(st.integers(0, 1)), starts, stops)
        canvas.mark(starts, stops)
        while not canvas.is_current:
            first, end = canvas.draw_some(progress.state_codes, 0.0)
            assert first < end
        np.testing.assert_array_equal(canvas.picture, whole_picture(progress.state_codes(), layout))


def test_points_on_two_pages_side_by_side_mark_the_rows_of_both() -> None:
    progress, layout = KeyProgress(1, (4, 5, 12)), ml.map_layout((4, 5, 12), 200, 200)
    canvas = MapCanvas(layout)
    canvas.draw_some(progress.state_codes, 1.0)
    progress.add(0, *ranges((170, 229)))  # from row 4 of a page to row 4 of the next
    canvas.mark(*ranges((170, 229)))
    canvas.draw_some(progress.state_codes, 1.0)
    np.testing.assert_array_equal(canvas.picture, whole_picture(progress.state_codes(), layout))


@pytest.mark.parametrize("scan_shape", [(10_000_000,), (2500, 4000), (100, 250, 400), (5, 2_000_000)])
def test_ten_million_points_are_drawn_in_small_pieces_and_a_key_costs_a_row(scan_shape: tuple[int, ...]) -> None:
    looked_at: list[int] = []

    def states_of(start: int, stop: int) -> mi.Codes:
        looked_at.append(stop - start)
        return np.full(stop - start, 2, np.uint8)

    canvas = MapCanvas(ml.map_layout(scan_shape, *ROOM))
    most, pieces = 0, 0
    while not canvas.is_current:
        looked_at.clear()
        canvas.draw_some(states_of, 0.0)
        most, pieces = max(most, sum(looked_at)), pieces + 1
    assert pieces >= 5
    assert most <= 2_500_000  # a cell row of the widest shape is 2 million points
    looked_at.clear()
    canvas.mark(*ranges((4_999_999, 5_000_000)))
    first, stop = canvas.draw_some(states_of, 1.0)
    assert canvas.is_current
    assert 1 <= stop - first <= ROOM[1] / 5 + 1
    assert sum(looked_at) <= 2_500_000


def test_the_worst_state_wins_where_points_share_a_pixel() -> None:
    progress = progress_of((2500, 4000), (0, 10_000_000), [(0, 7_654_321), (7_654_322, 10_000_000)])
    layout = ml.map_layout((2500, 4000), *ROOM)
    picture = whole_picture(progress.state_codes(), layout)
    assert np.count_nonzero(picture == mi.PARTLY) == 1
    left, top, _, _ = layout.rect_of(7_654_321)
    assert picture[int(top), int(left)] == mi.PARTLY


# ---- zoom


@given(scan_shape=SHAPES, steps=st.lists(st.sampled_from([1, -1]), max_size=12), data=st.data())
def test_zooming_stays_inside_and_ends_at_the_whole(scan_shape: tuple[int, ...], steps: list[int], data: st.DataObject) -> None:
    room = (120, 90)
    fit = layout = ml.map_layout(scan_shape, *room)
    for step in steps:
        at = (data.draw(st.floats(0, layout.width - 1)), data.draw(st.floats(0, layout.height - 1)))
        layout = zoomed(layout, room, at, step)
        assert layout.width <= room[0]
        assert layout.height <= room[1]
        assert 0 <= layout.top <= layout.rows - layout.n_rows
        assert 0 <= layout.left <= layout.columns - layout.n_columns
        assert whole_picture(np.zeros(fit.grid.total, np.uint8), layout).shape == (layout.height, layout.width)
    for _ in range(40):
        layout = zoomed(layout, room, (0, 0), -1)
    assert layout == fit


def test_the_point_under_the_pointer_stays_there() -> None:
    layout = ml.map_layout((1000, 1000), 300, 300)
    at = (211.0, 97.0)
    before = layout.index_at(*at)
    for _ in range(6):
        layout = zoomed(layout, (300, 300), at, +1)
    after = layout.index_at(*at)
    assert before is not None
    assert after is not None
    assert abs(before // 1000 - after // 1000) <= 4
    assert abs(before % 1000 - after % 1000) <= 4
    assert min(layout.cell) >= 4
    assert centred_on(layout, (300, 300), 0, 6).index_at(1, 1) == 0
    assert moved_to(layout, 10_000, -5).top == 1000 - layout.n_rows


@pytest.mark.parametrize("scan_shape", [(14, 21), (20, 30), (1000, 1000), (3, 4, 5), (100, 250, 400)])
def test_cells_grow_until_the_room_is_full(scan_shape: tuple[int, ...]) -> None:
    layout = ml.map_layout(scan_shape, 286, 430)
    assert layout.width >= 0.9 * 286
    assert layout.height >= 0.9 * 430
    natural = ml.natural_height(scan_shape, 286)
    assert natural >= 0.9 * 430
    assert ml.map_layout(scan_shape, 286, natural + 500).height == natural


@pytest.mark.parametrize(("scan_shape", "height"), [((1,), 64), ((2, 2), 128), ((3, 100), 72), ((10, 1000), 240)])
def test_few_cells_keep_their_shape_and_ask_for_no_more_room(scan_shape: tuple[int, ...], height: int) -> None:
    assert ml.natural_height(scan_shape, 286) == height


@pytest.mark.parametrize(("n_points", "most"), [(1, 120), (600, 120), (5000, 120), (20_000, 240)])
def test_one_axis_takes_a_strip_and_fills_it(n_points: int, most: int) -> None:
    for width in (290, 396, 456, 616):
        height = ml.natural_height((n_points,), width)
        assert 60 <= height <= most
        layout = ml.map_layout((n_points,), width, height)
        assert layout.height >= 0.8 * height or n_points == 1
        assert layout.width >= 0.8 * width or n_points == 1
    assert ml.natural_height((n_points,), 800, None, 240) <= 2 * most  # twice the pixels on a finer screen


# ---- words


def test_words_about_points() -> None:
    progress = progress_of((2, 3), (0, 6), (0, 2))
    paths = ("/keys/eiger", "/keys/panda")
    axes = (ScanAxis("y", "mm", (0.5, 1.25)), ScanAxis("x"))
    assert point_text(progress, 5, paths, axes) == "Frame 5 at (1, 2)\ny 1.25 mm, x 2\neiger: set\npanda: not set yet"
    assert missing_text(progress, 5, paths) == "Frame 5 is not complete: panda has not set its key."
    assert missing_text(progress_of((3,), (0, 0)), 1, paths[:1]) == "Frame 1 is not there yet."
    assert shape_caption((2, 3), ("y", "x")) == "y 2 \u00d7 x 3"
    assert pages_text(page_axis_names((4, 2, 3), ("energy", "y", "x"))) == "Pages along energy"
    assert pages_text(page_axis_names((4, 1, 5, 2, 3))) == "Pages along axis 0 and axis 2"
    assert pages_text(page_axis_names((2, 3))) == ""
    assert place_text(0, 1, 2, axes) == "y 1.25 mm (0 to 1)"
    assert place_text(1, 2, 3, axes) == "x 2 (0 to 2)"
    assert place_text(0, 1, 4) == "axis 0: 1 (0 to 3)"


# ---- the widget, by mouse


def wheel(chart: ProgressMap, at: QPointF, up: bool) -> None:
    event = QWheelEvent(
        at, chart.mapToGlobal(at), QPoint(), QPoint(0, 120 if up else -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, event)


def open_map(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, scan_shape: tuple[int, ...], *added: object) -> ProgressMap:
    chart = viewer.window.map_panel.map
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(scan_shape, *added)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: chart.is_current)
    return chart


def test_wheel_zooms_drag_pans_click_pins_double_click_fits(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following((200, 300))
    chart = open_map(qtbot, reader, viewer, (200, 300), (0, 60_000))
    middle = QPointF(chart.rect().center())
    under = chart.index_at(middle)
    for _ in range(5):
        wheel(chart, middle, up=True)
    assert chart.is_zoomed
    assert viewer.window.map_panel.whole.isVisible()
    layout = chart.layout_shown
    assert layout is not None
    start, end = middle.toPoint(), middle.toPoint() + QPoint(40, 25)
    qtbot.mousePress(chart, LEFT, pos=start)
    qtbot.mouseMove(chart, start + QPoint(15, 10))
    qtbot.mouseMove(chart, end)
    qtbot.mouseRelease(chart, LEFT, pos=end)
    moved = chart.layout_shown
    assert moved is not None
    assert moved.left < layout.left
    assert moved.top < layout.top
    assert viewer.session.scan.is_live  # a drag is no click
    at = chart.index_at(middle)
    assert at is not None
    assert at != under
    qtbot.mouseClick(chart, LEFT, pos=middle.toPoint())
    assert viewer.session.scan.wanted_index == at
    qtbot.mouseDClick(chart, LEFT, pos=QPoint(5, 5))
    assert not chart.is_zoomed
    assert not viewer.window.map_panel.whole.isVisible()


def test_a_window_of_another_size_keeps_the_zoom(qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]) -> None:
    viewer = following((200, 300))
    chart = open_map(qtbot, reader, viewer, (200, 300), (0, 60_000))
    for _ in range(5):
        wheel(chart, QPointF(chart.rect().center()), up=True)
    before = chart.layout_shown
    assert before is not None
    place = chart.geometry()
    viewer.window.resize(1280, 900)
    qtbot.waitUntil(lambda: chart.height() > place.height() and chart.is_current)
    after = chart.layout_shown
    assert after is not None
    assert (after.top, after.left, after.cell) == (before.top, before.left, before.cell)
    assert after.n_rows > before.n_rows
    qtbot.mouseClick(viewer.window.map_panel.whole, LEFT)
    assert not chart.is_zoomed
    assert chart.layout_shown is not None
    assert chart.layout_shown.height <= chart.height()


def test_a_click_on_a_gap_shows_where_it_is_and_the_nearest_frame(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following((1000, 1000), n_keys=2)
    notes: list[str] = []
    viewer.session.noted.connect(notes.append)
    chart = open_map(qtbot, reader, viewer, (1000, 1000), (0, 600_000), [(0, 123_456), (123_457, 600_000)])
    line = viewer.window.map_panel.detectors.gaps
    qtbot.waitUntil(lambda: line.plain.replace("\u2009", "") == "1 gap: 123456")
    qtbot.mouseClick(line, LEFT)
    qtbot.mouseClick(line.popup.lines[0], LEFT)
    assert notes == ["Frame 123\u2009456 is not complete: det1 has not set its key."]
    assert viewer.session.scan.wanted_index in (123_455, 123_457)
    assert chart.is_zoomed
    assert chart.rect().contains(chart.point_of(123_456).toPoint())
    qtbot.waitUntil(lambda: chart.is_current)
    image = chart.grab().toImage()
    at = chart.point_of(123_456 - 20) * image.devicePixelRatio()
    assert image.pixelColor(round(at.x()), round(at.y())) == QColor(tokens().good)


def test_new_keys_reach_the_pixels_and_a_scan_that_grows_is_laid_out_anew(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following((4, 5))
    chart = open_map(qtbot, reader, viewer, (4, 5), (0, 7))

    def color(index: int) -> QColor:
        image = chart.grab().toImage()
        at = chart.point_of(index) * image.devicePixelRatio()
        return image.pixelColor(round(at.x()), round(at.y()))

    assert color(6) == QColor(tokens().good)
    assert color(7) != QColor(tokens().good)
    open_map(qtbot, reader, viewer, (4, 5), (7, 8))
    assert color(7) == QColor(tokens().good)
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys((8, 5), (0, 31), whole=True)
    qtbot.waitUntil(lambda: chart.is_current and chart.layout_shown.rows == 8)
    assert color(30) == QColor(tokens().good)


def test_more_axes_are_pages_with_names(qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]) -> None:
    viewer = following((3, 4, 5))
    chart = open_map(qtbot, reader, viewer, (3, 4, 5), (0, 33))
    assert viewer.window.map_panel.page_row.words.text() == "Pages along axis 0"
    assert viewer.window.map_panel.page_row.words.isVisible()
    assert chart.text_at(chart.point_of(32)).startswith("Frame 32 at (1, 2, 2)\n")
    qtbot.mouseClick(chart, LEFT, pos=chart.point_of(32).toPoint())
    assert viewer.session.scan.wanted_index == 32


def test_facts_without_names_leave_the_shape_alone() -> None:
    assert DataFacts().scan_axes == ()
    assert shape_caption((3, 4), ()) == "3 \u00d7 4"
