"""The panel of curves by mouse and keyboard, on a scripted reader: what it shows, how little room it needs, what leaves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.core.number_text import narrow_text
from swmr_viewer.core.ranges import runs_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curve_panel.compared_legend import ComparedLegend
from swmr_viewer.gui.curves import earlier_pen
from swmr_viewer.gui.measuring.measuring import Measuring
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT, RIGHT, CONTROL = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.KeyboardModifier.ControlModifier
SHAPE = (4, 5)
N_COMPLETE = 10
X = (-1.0, -0.5, 0.0, 0.5, 1.0)
FACTS = DataFacts(unit="counts", scan_axes=(ScanAxis("stage_y", "mm", (0.0, 1.0, 2.0, 3.0)), ScanAxis("stage_x", "mm", X)))
LARGE_SUM = 2_041_337


@pytest.fixture
def viewer(following: Following, reader: FakeSupervisor, qtbot: QtBot) -> Assembly:  # type: ignore[misc]
    """Return a window of 1440x900 with the panel open, that shows frame 8 of ten in two rows of five."""
    assembly = following(SHAPE, facts=FACTS)
    assembly.window.resize(1440, 900)
    with qtbot.waitSignal(assembly.session.progress_changed):
        reader.say_keys(SHAPE, (0, N_COMPLETE))
    show(qtbot, assembly, reader, 8)
    assembly.window.panels.panel("measuring").show()
    QApplication.processEvents()
    return assembly


@pytest.fixture
def measuring(viewer: Assembly) -> Measuring:
    return viewer.window.measuring


@pytest.fixture
def alone(measuring: Measuring, viewer: Assembly) -> Callable[[int, int], QWidget]:
    """Return a function that gives the panel a size of its own, as a torn-off one has."""
    panel = viewer.window.panels.panel("measuring")

    def resize(width: int, height: int) -> QWidget:
        panel.setFloating(True)
        panel.resize(width, height)
        QApplication.processEvents()
        panel.resize(2 * width - measuring.tabs.width(), 2 * height - measuring.tabs.height())  # with its grip
        QApplication.processEvents()
        return measuring.tabs

    return resize


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, index: int, pixels: np.ndarray | None = None) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(seed=index) if pixels is None else pixels, index, SHAPE)


def draw(measuring: Measuring, n: int) -> list[str]:
    for number in range(n):
        measuring.measurements.draw("rectangle", ((1.0 + number, 1.0), (9.0 + number, 9.0)))
    return [region.name for region in measuring.measurements.marks.regions]


def say_measured(qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring, largest: float = LARGE_SUM) -> None:
    """Answer for ten frames: the sum of region k in frame n is 100 k + n, and all is large of the last region in the last frame."""
    asked = reader.sent(m.Measure)[-1]
    names = [f"{region.name}.{what}" for region in asked.regions for what in m.REGION_COLUMNS]
    values = np.array([[100.0 * (k // len(m.REGION_COLUMNS)) + n for k in range(len(names))] for n in range(N_COMPLETE)])
    if names:
        values[-1, -len(m.REGION_COLUMNS) :] = largest
    columns = (*names, *m.FRAME_COLUMNS)
    values = np.hstack([values, np.full((N_COMPLETE, len(m.FRAME_COLUMNS)), 7.0)])
    with qtbot.waitSignal(measuring.measurements.values_changed):
        reader.say(m.Measured(asked.generation, asked.revision, asked.data_path, np.arange(N_COMPLETE), columns, values, SHAPE))


def drawn(measuring: Measuring) -> list[list[float]]:
    """Return the heights of the curves as they are drawn, but of fits."""
    heights = [curve.getData()[1] for curve in measuring.regions_panel.curve.curves]
    return [one.tolist() for one in heights if one is not None]


def choose(qtbot: QtBot, menu: QMenu, words: str) -> None:
    """Choose an entry of an open menu by mouse."""
    qtbot.waitUntil(menu.isVisible)
    entry = next(action for action in menu.actions() if action.text().startswith(words))
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())


# ---- curves


def test_all_regions_are_drawn_together_in_their_colours_and_the_selected_one_is_thicker(
    qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring
) -> None:
    draw(measuring, 3)
    say_measured(qtbot, reader, measuring)
    qtbot.waitUntil(lambda: len(drawn(measuring)) == 3 and len(drawn(measuring)[2]) == N_COMPLETE)
    assert drawn(measuring)[0] == list(range(10))
    assert drawn(measuring)[1] == [100.0 + n for n in range(10)]
    curves = measuring.regions_panel.curve.curves
    pens = [curve.opts["pen"] for curve in curves]
    assert len({pen.color().name() for pen in pens}) == 3
    assert [pen.width() for pen in pens] == [1, 1, 2]
    table = measuring.regions_panel.table
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(table.model().index(0, 2)).center())
    qtbot.waitUntil(lambda: [curve.opts["pen"].width() for curve in curves] == [2, 1, 1])
    measuring.measurements.remove("B")
    qtbot.waitUntil(lambda: [one[0] for one in drawn(measuring)] == [0.0, 200.0])


def test_what_is_plotted_is_chosen_by_mouse_and_by_keyboard(qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring) -> None:
    draw(measuring, 1)
    say_measured(qtbot, reader, measuring)
    panel = measuring.regions_panel
    assert panel.quantity.text() == "sum \u25be"
    opened: list[str] = []
    menu = panel.quantity.menu()
    menu.aboutToShow.connect(lambda: opened.append("menu"))
    menu.aboutToShow.connect(lambda: qtbot.keyClick(menu, Qt.Key.Key_Down), Qt.ConnectionType.QueuedConnection)
    menu.aboutToShow.connect(lambda: qtbot.keyClick(menu, Qt.Key.Key_Down), Qt.ConnectionType.QueuedConnection)
    menu.aboutToShow.connect(lambda: qtbot.keyClick(menu, Qt.Key.Key_Return), Qt.ConnectionType.QueuedConnection)
    qtbot.keyClick(panel.quantity, Qt.Key.Key_Return)
    assert opened == ["menu"]
    assert panel.columns == ("A.mean",)
    qtbot.waitUntil(lambda: panel.quantity.text() == "mean \u25be")
    qtbot.waitUntil(lambda: "mean" in panel.curve.axes["left"].labelText)
    below = next(action.menu() for action in menu.actions() if action.text() == "Whole frame")
    next(action for action in below.actions() if action.text().startswith("total counts")).trigger()
    assert panel.columns == ("total",)
    qtbot.waitUntil(lambda: drawn(measuring) == [[7.0] * N_COMPLETE])


def test_a_whole_frames_values_need_no_region(qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring) -> None:
    panel = measuring.regions_panel
    assert not reader.sent(m.Measure)
    panel.choose_quantity("maximum")
    say_measured(qtbot, reader, measuring)
    qtbot.waitUntil(lambda: drawn(measuring) == [[7.0] * N_COMPLETE])
    assert [panel.table.model().index(0, column).data() for column in (0, 1)] == ["hottest pixel", "7"]
    assert panel.curve.view.isVisible()


def test_frames_are_drawn_against_the_axis_of_their_row_and_a_click_finds_them(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, measuring: Measuring
) -> None:
    draw(measuring, 1)
    say_measured(qtbot, reader, measuring)
    panel = measuring.regions_panel
    menu = panel.against.menu()
    menu.aboutToShow.connect(lambda: qtbot.keyClick(menu, Qt.Key.Key_Down), Qt.ConnectionType.QueuedConnection)
    menu.aboutToShow.connect(lambda: choose(qtbot, menu, "stage_x (mm)"), Qt.ConnectionType.QueuedConnection)
    qtbot.keyClick(panel.against, Qt.Key.Key_Return)
    assert [action.text() for action in menu.actions()][:5] == ["frame", "order of acquisition", "", "stage_x (mm)", "stage_y (mm)"]
    qtbot.waitUntil(lambda: [len(one) for one in drawn(measuring)] == [5])
    curve = panel.curve
    assert curve.curves[0].getData()[0].tolist() == list(X)
    assert drawn(measuring)[0][:4] == [5.0, 6.0, 7.0, 8.0]
    assert curve.axes["bottom"].labelText == "stage_x (mm)"
    assert panel.against.accessibleDescription() == "against stage_x, row 1"
    assert curve.shown_line.value() == 0.5
    qtbot.waitUntil(lambda: curve.box.viewRect().left() < -0.9)
    at = curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(-0.4, curve.box.viewRect().center().y())))
    qtbot.mouseClick(curve.view.viewport(), LEFT, pos=at)
    assert viewer.session.scan.wanted_index == 6
    viewer.session.follow_live()
    show(qtbot, viewer, reader, 3)
    qtbot.waitUntil(lambda: drawn(measuring)[0] == [0.0, 1.0, 2.0, 3.0, 4.0])
    assert panel.against.accessibleDescription() == "against stage_x, row 0"


def test_frames_are_drawn_as_they_were_taken(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, measuring: Measuring) -> None:
    draw(measuring, 1)
    say_measured(qtbot, reader, measuring)
    panel, menu = measuring.regions_panel, measuring.regions_panel.against.menu()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        menu.aboutToShow.connect(lambda key=key: qtbot.keyClick(menu, key), Qt.ConnectionType.QueuedConnection)
    qtbot.keyClick(panel.against, Qt.Key.Key_Return)
    assert panel.choice.against == "order"
    assert reader.sent(m.SendOrder)
    taken = np.array([0, 1, 2, 3, 4, 9, 8, 7, 6, 5])
    with qtbot.waitSignal(viewer.session.order_changed):
        at = runs_of(np.arange(N_COMPLETE))
        reader.say(m.OrderRead(reader.generation, m.OrderSource.TIMES, at, np.argsort(taken).astype(float), SHAPE, whole=True))
    qtbot.waitUntil(lambda: drawn(measuring) == [[0.0, 1.0, 2.0, 3.0, 4.0, LARGE_SUM, 8.0, 7.0, 6.0, 5.0]])
    assert panel.curve.axes["bottom"].labelText == "order of acquisition"
    assert panel.curve.shown_line.value() == 6.0
    qtbot.waitUntil(lambda: panel.curve.box.viewRect().width() > 5)
    choose(qtbot, right_click(qtbot, measuring, 9.0), "Go to frame 5")
    assert viewer.session.scan.wanted_index == 5


# ---- nothing to show


def test_without_a_region_there_is_a_sentence_and_what_draws_one(qtbot: QtBot, viewer: Assembly, measuring: Measuring) -> None:
    panel = measuring.regions_panel
    assert panel.nothing.isVisible()
    assert not panel.curve.isVisible()
    assert not panel.table.isVisible()
    shown = [button for button in panel.nothing._buttons if button.isVisible()]
    assert [button.text() for button in shown] == ["Rectangle", "Ellipse", "Polygon"]
    for button, kind in zip(shown, ("rectangle", "ellipse", "polygon"), strict=True):
        qtbot.mouseClick(button, LEFT)
        assert measuring.layer.tool.kind == kind
    shown[0].setFocus()
    qtbot.keyClick(shown[0], Qt.Key.Key_Space)
    assert measuring.layer.tool.kind == "rectangle"
    measuring.layer.tool.take("")


def test_without_a_line_the_profile_says_so_and_draws_one(qtbot: QtBot, measuring: Measuring) -> None:
    bar, panel = measuring.tabs.bar, measuring.profile_panel
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())
    assert measuring.tabs.page is panel
    assert panel.nothing.isVisible()
    assert not measuring.regions_panel.quantity.isVisible()
    (line,) = (one for one in panel.nothing._buttons if one.isVisible())
    qtbot.mouseClick(line, LEFT)
    assert measuring.layer.tool.kind == "line"
    measuring.layer.tool.take("")
    measuring.measurements.draw_line(((2.0, 5.0), (30.0, 5.0)))
    qtbot.waitUntil(lambda: panel.curve.view.isVisible() and panel.curve.curve.getData()[0] is not None)
    assert len(panel.curve.curve.getData()[0]) > 20
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert measuring.tabs.page is measuring.regions_panel
    assert measuring.regions_panel.quantity.isVisible()


def test_no_axes_stand_where_nothing_is_measured(qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring) -> None:
    draw(measuring, 2)
    curve = measuring.regions_panel.curve
    qtbot.waitUntil(curve.nothing.isVisible)
    assert curve.nothing.text() == "Nothing measured yet"
    assert not curve.view.isVisible()
    assert measuring.regions_panel.table.isVisible()
    say_measured(qtbot, reader, measuring)
    qtbot.waitUntil(curve.view.isVisible)
    assert not curve.nothing.isVisible()


def test_spectra_are_offered_a_span_and_scalars_nothing(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, measuring: Measuring
) -> None:
    panel = measuring.regions_panel
    show(qtbot, viewer, reader, 4, picture((64,)))
    qtbot.waitUntil(lambda: [button.text() for button in panel.nothing._buttons if button.isVisible()] == ["Span"])
    show(qtbot, viewer, reader, 5, np.array(2.5))
    qtbot.waitUntil(lambda: not any(button.isVisible() for button in panel.nothing._buttons))
    assert "single value" in panel.nothing.words.text()
    measuring.tabs.show_page(measuring.profile_panel)
    assert "none" in measuring.profile_panel.nothing.words.text()


# ---- room


@pytest.mark.parametrize(
    ("size", "n", "largest"),
    [
        ((316, 200), 1, LARGE_SUM),
        ((316, 200), 2, -0.0536279),
        ((316, 200), 8, -1.6053e-22),
        ((316, 400), 8, -LARGE_SUM),
        ((430, 400), 2, LARGE_SUM),
        ((480, 420), 8, -99_999),
        ((640, 500), 8, LARGE_SUM),
    ],
)
def test_no_number_and_no_row_is_cut(
    qtbot: QtBot,
    reader: FakeSupervisor,
    measuring: Measuring,
    alone: Callable[[int, int], QWidget],
    size: tuple[int, int],
    n: int,
    largest: float,
) -> None:
    names = draw(measuring, n)
    reader.say_frame(picture(), 9, SHAPE)
    say_measured(qtbot, reader, measuring, largest)
    alone(640, 600)  # what was large shrinks again
    panel, table = alone(*size), measuring.regions_panel.table
    qtbot.waitUntil(lambda: table.model().data(table.model().index(n - 1, 1)) == narrow_text(largest))
    shown = [column for column in range(1, table.model().columnCount()) if not table.isColumnHidden(column)]
    assert len(shown) >= min(5, (size[0] - 76) // 74)
    assert size[0] == panel.width()
    assert size[1] - 2 <= panel.height() <= size[1]
    metrics = table.fontMetrics()
    for row in range(n):
        for column in shown:
            words = str(table.model().data(table.model().index(row, column)))
            assert metrics.horizontalAdvance(words) + 6 <= table.columnWidth(column), (words, column)
    head, high = table.horizontalHeader().height(), table.rowHeight(0)
    seen = table.viewport().height() / high
    assert seen == int(seen) >= 1, "a row is cut"
    assert seen <= min(6, len(names))
    assert table.height() <= head + 6 * high + 2 * table.frameWidth()
    curve = measuring.regions_panel.curve
    qtbot.waitUntil(curve.view.isVisible)
    assert curve.height() >= 0.3 * size[1]
    for button in (measuring.regions_panel.quantity, measuring.regions_panel.against):
        assert button.fontMetrics().horizontalAdvance(button.text()) < button.width()
        assert "\u2026" not in button.text()
        assert panel.rect().contains(button.mapTo(panel, button.rect().bottomRight()))


def test_what_is_chosen_has_a_line_of_its_own_where_names_are_long(
    qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring, alone: Callable[[int, int], QWidget]
) -> None:
    draw(measuring, 1)
    say_measured(qtbot, reader, measuring)
    panel = measuring.regions_panel
    panel.against.show_chosen("x", "against sample_table_x", "sample_table_x")
    for width, is_below in ((700, False), (330, True), (700, False)):
        whole = alone(width, 420)
        assert whole.width() <= width
        tools = [button for button in panel.tools if button.isVisible()]
        assert tools[:2] == [panel.quantity, panel.against]
        for button in tools:
            assert (button.mapTo(whole, QPoint(0, 0)).y() > measuring.tabs.bar.geometry().bottom()) is is_below
            assert "\u2026" not in button.text()
            assert whole.rect().contains(button.geometry())
    panel.against.show_chosen("x", "against sample_table_translation_along_x", "sample_table_translation_along_x")
    alone(330, 420)
    assert panel.against.text().startswith("sa")
    assert panel.against.text().endswith("x \u25be"), "cut in the middle"


def test_other_scans_are_told_apart_by_their_lines(qtbot: QtBot) -> None:
    legend = ComparedLegend()
    qtbot.addWidget(legend)
    names = [f"scan_0{number}" for number in range(5)]
    legend.say(names)
    legend.resize(300, 10)
    legend.show()
    pens = [earlier_pen(legend, number) for number in range(5)]
    assert len({tuple(pen.dashPattern()) for pen in pens}) == 5
    assert legend.height() == 3 * legend.fontMetrics().height()  # two in a line
    assert legend.accessibleName() == "grey: " + "; ".join(names)
    assert not legend.grab().isNull()
    legend.say([])
    assert not legend.isVisible()


# ---- what leaves it


def test_ctrl_c_on_the_table_copies_every_digit(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, measuring: Measuring) -> None:
    draw(measuring, 2)
    say_measured(qtbot, reader, measuring)
    show(qtbot, viewer, reader, 9)
    table = measuring.regions_panel.table
    cell = table.model().index(1, 1)
    assert cell.data().replace("\u2009", " ") == "2.04 M"
    assert cell.data(Qt.ItemDataRole.ToolTipRole).replace("\u2009", " ") == "2 041 337"
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_C, CONTROL)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert lines[0][:7] == ["Region", "sum", "mean", "max", "\u03c3", "centre", "centre \u00b1"]
    assert lines[1][:2] == ["A", "9"]
    assert lines[2][:2] == ["B", str(LARGE_SUM)]


def test_the_table_is_saved_by_one_click(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, measuring: Measuring, tmp_path: Path
) -> None:
    draw(measuring, 1)
    say_measured(qtbot, reader, measuring)
    viewer.window.snapshots.set_settings(SnapshotSettings(tmp_path))
    save = measuring.regions_panel.save
    qtbot.waitUntil(save.isVisible)
    qtbot.mouseClick(save, LEFT)
    qtbot.waitUntil(lambda: len(list(tmp_path.glob("*_curves.csv"))) == 1)
    lines = next(tmp_path.glob("*_curves.csv")).read_text().splitlines()
    assert len(lines) == N_COMPLETE + 1
    assert str(LARGE_SUM) in lines[-1]


def test_the_tables_menu_renames_and_deletes(qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring) -> None:
    draw(measuring, 2)
    table = measuring.regions_panel.table
    QApplication.sendEvent(table, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), table.mapToGlobal(QPoint(5, 5))))
    choose(qtbot, table.menu, "Rename")
    editor = table.viewport().findChild(QLineEdit)
    qtbot.keyClicks(editor, "peak")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [region.name for region in measuring.measurements.marks.regions] == ["A", "peak"])
    assert measuring.measurements.selected is not None
    assert measuring.measurements.selected.name == "peak"
    QApplication.sendEvent(table, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), table.mapToGlobal(QPoint(5, 5))))
    choose(qtbot, table.menu, "D&elete")
    assert [region.name for region in measuring.measurements.marks.regions] == ["A"]


# ---- the menu of the curve


def right_click(qtbot: QtBot, measuring: Measuring, x: float) -> QMenu:
    curve = measuring.regions_panel.curve
    at = curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(x, curve.box.viewRect().center().y())))
    qtbot.mouseClick(curve.view.viewport(), RIGHT, pos=at)
    qtbot.waitUntil(curve.menu.isVisible)
    return curve.menu


def test_the_right_button_goes_to_the_frame_and_copies(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, measuring: Measuring
) -> None:
    draw(measuring, 1)
    say_measured(qtbot, reader, measuring)
    curve = measuring.regions_panel.curve
    qtbot.waitUntil(lambda: curve.box.viewRect().width() > 5)
    notes: list[str] = []
    viewer.session.noted.connect(notes.append)
    menu = right_click(qtbot, measuring, 6.0)
    assert menu.words[:2] == ["Go to frame 6", "Copy the value 6"]
    assert {"Draw values on a log scale", "Save tabl&e", "Copy the table of all frames"} <= set(menu.words)
    choose(qtbot, menu, "Go to frame 6")
    assert viewer.session.scan.wanted_index == 6
    choose(qtbot, right_click(qtbot, measuring, 4.0), "Copy the value")
    assert QGuiApplication.clipboard().text() == "4"
    assert notes[-1] == "Copied 4"
    choose(qtbot, right_click(qtbot, measuring, 4.0), "Copy the table")
    names, *rows = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    last = dict(zip(names, rows[-1], strict=True))
    assert [float(last[name]) for name in ("index", "position_0", "position_1", "A.sum (counts)")] == [9, 1, 4, LARGE_SUM]
    choose(qtbot, right_click(qtbot, measuring, 4.0), "Draw values on a log scale")
    qtbot.waitUntil(lambda: curve.scale_kind == "log")


def test_the_menus_key_opens_it_for_the_shown_frame_and_a_double_click_fits(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, measuring: Measuring
) -> None:
    draw(measuring, 1)
    say_measured(qtbot, reader, measuring)
    curve = measuring.regions_panel.curve
    qtbot.waitUntil(lambda: curve.box.viewRect().width() > 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))
    QApplication.sendEvent(curve.view.viewport(), event)
    assert event.type() is QEvent.Type.ContextMenu
    qtbot.waitUntil(curve.menu.isVisible)
    assert curve.menu.words[:2] == ["Go to frame 8", "Copy the value 8"]
    qtbot.keyClick(curve.menu, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not curve.menu.isVisible())
    curve.box.setRange(xRange=(2, 3), yRange=(2, 3), padding=0)
    at = curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(2.5, 2.5)))
    for act in (qtbot.mouseClick, qtbot.mouseDClick, qtbot.mouseRelease):
        act(curve.view.viewport(), LEFT, pos=at)
    qtbot.waitUntil(lambda: curve.box.viewRect().width() > 5)
