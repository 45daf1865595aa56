"""Measuring by mouse and keyboard on a scripted reader: marks, numbers, curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis.regions import line_profile
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import full_text, narrow_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.regions.drawing_tool import KINDS
from swmr_viewer.gui.regions.regions import Marks, Region
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
SHAPE = (4, 5)
PATH = "/entry/eiger/data"
MASK_PATH = "/entry/eiger/pixel_mask"


@pytest.fixture
def viewer(following: Following, reader: FakeSupervisor, qtbot: QtBot) -> Assembly:  # type: ignore[misc]
    assembly = following(SHAPE, facts=DataFacts(mask_path=MASK_PATH))
    assembly.window.display.change(uses_file_mask=False)
    with qtbot.waitSignal(assembly.session.progress_changed):
        reader.say_keys(SHAPE, (0, 10))
    show(qtbot, assembly, reader, picture(), 9)
    return assembly


def show(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int) -> None:
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(pixels, index, SHAPE)


def at(assembly: Assembly, x: float, y: float) -> QPoint:
    return assembly.window.measuring.overlay.on_screen((x, y)).toPoint()


def drag(qtbot: QtBot, assembly: Assembly, start: tuple[float, float], stop: tuple[float, float]) -> None:
    viewport = assembly.window.frame_view.image.view.viewport()
    middle = ((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2)
    qtbot.mousePress(viewport, LEFT, pos=at(assembly, *start))
    for point in (middle, stop):
        qtbot.mouseMove(viewport, at(assembly, *point))
    qtbot.mouseRelease(viewport, LEFT, pos=at(assembly, *stop))


def regions(assembly: Assembly) -> tuple[Region, ...]:
    return assembly.window.measuring.measurements.marks.regions


def cell(assembly: Assembly, row: int, column: int) -> str:
    model = assembly.window.measuring.regions_panel.table.model()
    return str(model.data(model.index(row, column)))


def say_measured(reader: FakeSupervisor, indices: list[int], columns: dict[str, list[float]]) -> None:
    asked = reader.sent(m.Measure)[-1]
    values = np.array(list(columns.values()), float).T
    reader.say(m.Measured(asked.generation, asked.revision, asked.data_path, np.array(indices), tuple(columns), values, SHAPE))


def test_a_rectangle_is_drawn_by_mouse_and_its_numbers_are_those_of_its_pixels(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly
) -> None:
    measuring = viewer.window.measuring
    qtbot.keyClick(viewer.window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert measuring.actions_.rectangle.isChecked()
    drag(qtbot, viewer, (10, 12), (30, 40))
    assert not measuring.actions_.rectangle.isChecked()
    (region,) = regions(viewer)
    assert (region.name, region.kind) == ("A", "rectangle")
    np.testing.assert_allclose(region.points, ((10, 12), (30, 40)), atol=0.2)
    assert reader.sent(m.Measure)[-1].regions == (region,)
    assert measuring.tabs.isVisible()
    inside = picture()[12:40, 10:30]
    assert [cell(viewer, 0, column) for column in range(5)] == [
        "A", narrow_text(inside.sum()), narrow_text(inside.mean()), narrow_text(inside.max()), narrow_text(inside.std())
    ]  # fmt: skip
    show(qtbot, viewer, reader, picture(seed=3), 9)
    assert cell(viewer, 0, 1) == narrow_text(picture(seed=3)[12:40, 10:30].sum())


def test_regions_keep_to_the_files_pixels_on_a_turned_picture(qtbot: QtBot, viewer: Assembly) -> None:
    measuring, image = viewer.window.measuring, viewer.window.frame_view.image
    viewer.window.panels.panel("measuring").show()
    QApplication.processEvents()  # it makes the picture narrower
    image.box.turn(Orientation().turned_right().mirrored_sideways())
    image.fit()
    QApplication.processEvents()
    measuring.actions_.rectangle.trigger()
    drag(qtbot, viewer, (10, 12), (30, 40))
    np.testing.assert_allclose(sorted(regions(viewer)[0].points), ((10, 12), (30, 40)), atol=0.3)
    inside = picture()[12:40, 10:30]
    assert cell(viewer, 0, 1) == narrow_text(inside.sum())
    QApplication.processEvents()
    drag(qtbot, viewer, (20, 26), (25, 30))
    np.testing.assert_allclose(sorted(regions(viewer)[0].points), ((15, 16), (35, 44)), atol=0.4)


def test_ellipse_polygon_and_line(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    measuring, view = viewer.window.measuring, viewer.window.frame_view.image.view
    measuring.actions_.ellipse.trigger()
    drag(qtbot, viewer, (5, 5), (15, 25))
    measuring.actions_.polygon.trigger()
    for corner in ((20, 20), (40, 20), (30, 50)):
        qtbot.mouseClick(view.viewport(), LEFT, pos=at(viewer, *corner))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert [(one.name, one.kind, len(one.points)) for one in regions(viewer)] == [("A", "ellipse", 2), ("B", "polygon", 3)]
    measuring.actions_.line.trigger()
    drag(qtbot, viewer, (4.5, 8.5), (40.5, 8.5))
    assert measuring.tabs.page is measuring.profile_panel
    curve = measuring.profile_panel.curve.curve
    qtbot.waitUntil(lambda: curve.getData()[1] is not None and len(curve.getData()[1]) > 30)
    line = measuring.measurements.marks.line
    assert line is not None
    np.testing.assert_allclose(line, ((4.5, 8.5), (40.5, 8.5)), atol=0.4)
    np.testing.assert_array_equal(curve.getData()[1], line_profile(picture(), *line)[1])
    show(qtbot, viewer, reader, picture(seed=7), 9)
    qtbot.waitUntil(lambda: np.array_equal(curve.getData()[1], line_profile(picture(seed=7), *line)[1]))


def test_the_profile_has_gaps_where_the_pixel_mask_says_so(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    window = viewer.window
    window.measuring.actions_.line.trigger()
    drag(qtbot, viewer, (4.5, 8.5), (40.5, 8.5))
    curve = window.measuring.profile_panel.curve.curve
    qtbot.waitUntil(lambda: curve.getData()[1] is not None and not np.isnan(curve.getData()[1]).any())
    window.display.change(uses_file_mask=True)
    qtbot.waitUntil(lambda: curve.getData()[1] is None or not len(curve.getData()[1]))
    bad = np.zeros((64, 48), bool)
    bad[8, 12:15] = bad[9, 30] = True
    reader.say(m.PixelMaskRead(reader.generation, PATH, MASK_PATH, bad.shape, np.packbits(bad).tobytes()))
    qtbot.waitUntil(lambda: curve.getData()[1] is not None and len(curve.getData()[1]) > 30)
    line = window.measuring.measurements.marks.line
    assert line is not None
    distance, values = curve.getData()
    columns = np.floor(line[0][0] + distance / distance[-1] * (line[1][0] - line[0][0])).astype(int)
    np.testing.assert_array_equal(values, np.where(bad[8, columns], np.nan, picture()[8, columns]))
    assert np.isnan(values).sum() in (3, 4)
    window.display.change(uses_file_mask=False)
    qtbot.waitUntil(lambda: not np.isnan(curve.getData()[1]).any())


def test_a_regions_numbers_leave_out_what_the_pixel_mask_leaves_out(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    viewer.window.measuring.measurements.draw("rectangle", ((10.0, 12.0), (30.0, 40.0)))
    viewer.window.display.change(uses_file_mask=True)
    assert cell(viewer, 0, 1) == "\u2026"
    bad = np.zeros((64, 48), bool)
    bad[20:25, :15] = True
    with qtbot.waitSignal(viewer.window.display.changed):
        reader.say(m.PixelMaskRead(reader.generation, PATH, MASK_PATH, bad.shape, np.packbits(bad).tobytes()))
    inside = picture()[12:40, 10:30][~bad[12:40, 10:30]]
    assert [cell(viewer, 0, column) for column in range(1, 4)] == [narrow_text(f(inside)) for f in (np.sum, np.mean, np.max)]


def test_escape_and_a_slip_of_the_mouse_draw_nothing(qtbot: QtBot, viewer: Assembly) -> None:
    measuring, view = viewer.window.measuring, viewer.window.frame_view.image.view
    for kind in KINDS:
        measuring.layer.tool.take(kind)
        qtbot.keyClick(view, Qt.Key.Key_Escape)
        assert measuring.layer.tool.kind == ""
    measuring.actions_.rectangle.trigger()
    drag(qtbot, viewer, (10, 12), (10, 12))
    assert regions(viewer) == ()
    before = viewer.window.frame_view.image.box.viewRect()
    measuring.actions_.rectangle.trigger()
    drag(qtbot, viewer, (10, 12), (20, 22))
    assert viewer.window.frame_view.image.box.viewRect() == before


def test_regions_are_moved_renamed_deleted_and_all_of_it_is_undone(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    measuring = viewer.window.measuring
    measuring.actions_.rectangle.trigger()
    drag(qtbot, viewer, (10, 12), (30, 40))
    drag(qtbot, viewer, (20, 26), (25, 30))  # by its middle
    np.testing.assert_allclose(regions(viewer)[0].points, ((15, 16), (35, 44)), atol=0.3)
    table = measuring.regions_panel.table
    model = table.model()
    model.setData(model.index(0, 0), "peak")
    assert regions(viewer)[0].name == "peak"
    assert reader.sent(m.Measure)[-1].regions[0].name == "peak"
    qtbot.keyClick(viewer.window, Qt.Key.Key_Delete)
    assert regions(viewer) == ()
    assert isinstance(reader.requests[-1], m.StopMeasuring)
    for name in ("peak", "A"):
        qtbot.keyClick(viewer.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert [one.name for one in regions(viewer)] == [name]
    qtbot.keyClick(viewer.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    np.testing.assert_allclose(regions(viewer)[0].points, ((10, 12), (30, 40)), atol=0.2)
    measuring.actions_.undo.trigger()
    assert regions(viewer) == ()
    assert not measuring.actions_.undo.isEnabled()
    for _ in range(3):
        measuring.actions_.redo.trigger()
    assert [one.name for one in regions(viewer)] == ["peak"]
    assert measuring.layer.item_of("peak").isVisible()


def test_a_region_that_is_dragged_to_nothing_is_drawn_as_it_was(qtbot: QtBot, viewer: Assembly) -> None:
    measuring = viewer.window.measuring
    measuring.actions_.rectangle.trigger()
    drag(qtbot, viewer, (10, 12), (30, 40))
    QApplication.processEvents()
    (before,) = regions(viewer)
    (left, top), stop = before.points
    drag(qtbot, viewer, stop, (left + 0.3, top + 0.3))  # one corner onto the other, nearly: no side is none to pyqtgraph
    assert regions(viewer) == (before,)
    item = measuring.layer.item_of("A")
    drawn = [(item.pos().x(), item.pos().y()), (item.pos().x() + item.size().x(), item.pos().y() + item.size().y())]
    np.testing.assert_allclose(drawn, before.points)


def test_a_region_can_be_selected_before_it_is_said_that_there_are_others(qtbot: QtBot, viewer: Assembly) -> None:
    measurements = viewer.window.measuring.measurements
    measurements.recall(viewer.session.scan.place, Marks((Region("I0", "rectangle", ((1.0, 1.0), (5.0, 5.0))),)))
    measurements.select("I0")
    assert viewer.window.measuring.layer.item_of("I0").isVisible()


def test_a_name_that_is_taken_is_refused(qtbot: QtBot, viewer: Assembly) -> None:
    measurements = viewer.window.measuring.measurements
    notes: list[str] = []
    viewer.session.noted.connect(notes.append)
    for _ in range(2):
        measurements.draw("rectangle", ((1.0, 1.0), (5.0, 5.0)))
    measurements.rename("B", "A")
    measurements.rename("B", "  ")
    measurements.rename("B", "B" * 101)
    assert [one.name for one in regions(viewer)] == ["A", "B"]
    assert notes == ["There is a region A already.", "A region needs a name.", "A region's name has up to 100 characters: shorten it."]


def test_the_curve_has_gaps_where_nothing_is_measured_yet(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    measuring = viewer.window.measuring
    measuring.measurements.draw("rectangle", ((10.0, 12.0), (30.0, 40.0)))
    old = reader.sent(m.Measure)[-1]
    measuring.measurements.move("A", ((11.0, 12.0), (30.0, 40.0)))
    panel = measuring.regions_panel
    viewer.window.panels.panel("measuring").show()
    columns = ("A.sum", "A.mean", "A.maximum", "A.std")
    reader.say(m.Measured(1, old.revision, PATH, np.array([0]), columns, np.ones((1, 4)), SHAPE))  # for the region that was
    with qtbot.waitSignal(measuring.measurements.values_changed):
        say_measured(reader, [9, 8, 5], {name: [90.0, 80.0, 50.0] for name in columns})
    qtbot.waitUntil(lambda: [np.size(curve.getData()[1]) for curve in panel.curve.curves] == [10])  # made first, with no data
    nan = np.nan
    np.testing.assert_array_equal(panel.curve.curves[0].getData()[1], [nan, nan, nan, nan, nan, 50, nan, nan, 80, 90])
    np.testing.assert_array_equal(panel.curve.points[0].getData()[0], [5, 8, 9])
    qtbot.waitUntil(lambda: panel.known.text() == "3 of 10 measured")
    assert cell(viewer, 0, 1) == "90"
    qtbot.waitUntil(lambda: panel.curve.box.viewRect().width() > 5)
    scene = panel.curve.box.mapViewToScene(panel.curve.plot.getViewBox().viewRect().center())
    x5 = panel.curve.view.mapFromScene(panel.curve.box.mapViewToScene(QPointF(5, 60)))
    qtbot.mouseClick(panel.curve.view.viewport(), LEFT, pos=QPoint(x5.x(), panel.curve.view.mapFromScene(scene).y()))
    assert viewer.session.scan.wanted_index == 5


def test_the_crosshair_follows_the_pointer_and_numbers_appear_on_large_pixels(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly
) -> None:
    measuring, image = viewer.window.measuring, viewer.window.frame_view.image
    assert measuring.numbers.shown_numbers() == []
    qtbot.keyClick(viewer.window, Qt.Key.Key_X)
    image.box.setRange(xRange=(10, 20), yRange=(10, 20), padding=0)
    for x in (17.5, 14.5):
        qtbot.mouseMove(image.view.viewport(), at(viewer, x, 12.5))
    qtbot.waitUntil(lambda: measuring.crosshair.item.at == (12, 14))
    numbers = {(x, y): words for x, y, words in measuring.numbers.shown_numbers()}
    assert {(10, 10), (19, 19)} <= numbers.keys()
    assert all(words == str(picture()[y, x]) for (x, y), words in numbers.items())
    show(qtbot, viewer, reader, picture(seed=2), 9)
    assert all(words == str(picture(seed=2)[y, x]) for x, y, words in measuring.numbers.shown_numbers())
    qtbot.keyClick(viewer.window, Qt.Key.Key_X)
    assert not measuring.crosshair.item.isVisible()


def test_numbers_are_whole_where_they_are_whole() -> None:
    assert narrow_text(12345.0).replace("\u2009", "") == "12345"
    assert narrow_text(123456.0).replace("\u2009", " ") == "123 k"
    assert narrow_text(2_041_000).replace("\u2009", " ") == "2.04 M"
    assert narrow_text(-999_999).replace("\u2009", " ") == "-1.00 M"
    assert (narrow_text(35.4), narrow_text(-8.9), narrow_text(1.5e-7), narrow_text(1.7e19)) == ("35.40", "-8.900", "1.5e-7", "1.7e19")
    assert full_text(12345678.0).replace("\u2009", "") == "12345678"
    assert narrow_text(float("nan")) == "nan"


@given(st.floats(1e-99, 1e99) | st.floats(-1e99, -1e-99) | st.integers(-(2**64), 2**64))
def test_numbers_of_a_narrow_column_are_short_and_near(value: float) -> None:
    words = narrow_text(value)
    assert len(words.replace("\u2009", "")) <= 8
    number, unit = words.split("\u2009") if words[-1].isalpha() else (words.replace("\u2009", ""), "")
    factor = 1000.0 ** (1 + "kMGTP".index(unit)) if unit else 1.0
    assert float(number) * factor == pytest.approx(value, rel=0.051)
