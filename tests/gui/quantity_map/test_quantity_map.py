"""The map of a quantity by mouse and keys, on a scripted reader."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.core.ranges import indices_of, runs_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.color_maps import COLOR_MAPS, color_table
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.gui.display.levels_scale import LevelScale, Scale
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.quantity_map.map_colors import map_image, pattern_colors
from swmr_viewer.gui.quantity_map.map_text import short_point_text
from swmr_viewer.quantities import Fate, GridPlacing, PointPlacing
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
SHAPE = (6, 9)
X, Y = np.arange(9) * 0.5 - 1, np.array([0.0, 1.0, 3.0, 6.0, 7.0, 8.0])
FACTS = DataFacts(unit="counts", scan_axes=(ScanAxis("y", "mm", tuple(Y)), ScanAxis("x", "mm", tuple(X))))
TOTAL = np.random.default_rng(5).integers(100, 900, 54).astype(float)


def show_map(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    """Click on the map's tab."""
    tabs = viewer.window.map_panel.tabs
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    qtbot.waitUntil(lambda: any(isinstance(request, m.Measure) for request in reader.requests))


def measure(reader: FakeSupervisor, indices: np.ndarray, values: np.ndarray, shape: tuple[int, ...]) -> None:
    asked = next(request for request in reversed(reader.requests) if isinstance(request, m.Measure))
    told = np.column_stack([values] * len(m.FRAME_COLUMNS))
    reader.say(m.Measured(asked.generation, asked.revision, asked.data_path, indices, m.FRAME_COLUMNS, told, shape))


@pytest.fixture
def charted(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """A raster of which 30 points are complete, but for a gap, and all but one measured."""
    viewer = following(SHAPE, facts=FACTS)
    reader.say_keys(SHAPE, [(0, 12), (13, 30)])
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 29, SHAPE)
    show_map(qtbot, reader, viewer)
    measured = np.setdiff1d(np.arange(30), [12, 20])
    measure(reader, measured, TOTAL[measured], SHAPE)
    settle(qtbot, viewer, 28)
    return viewer


def settle(qtbot: QtBot, viewer: Assembly, n_known: int) -> None:
    """Wait until all that is known is drawn."""
    work = viewer.window.quantity_map.map.work
    table = viewer.session.scan.quantities
    qtbot.waitUntil(lambda: table.n_known("total") == n_known and work.is_current and work.drawing is not None)
    qtbot.waitUntil(lambda: work.drawing.picture is not None and work.drawing.picture.is_current and work.is_current)


def at(viewer: Assembly, x: float, y: float) -> QPoint:
    plot = viewer.window.quantity_map.map.plot
    return plot.view.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def last(reader: FakeSupervisor, kind: type) -> object:
    return next(request for request in reversed(reader.requests) if isinstance(request, kind))


def test_every_cell_stands_where_the_motors_were_and_says_what_became_of_its_point(
    qtbot: QtBot, charted: Assembly, reader: FakeSupervisor
) -> None:
    shown = charted.window.quantity_map.map
    found = shown.work.drawing.picture
    assert isinstance(shown.work.drawing.placing, GridPlacing)
    for row, y in enumerate(Y):
        for column, x in enumerate(X):
            index = row * 9 + column
            assert found.index_at(x, y) == index
            pixel = np.argmin(np.abs(found.view.y - y)), np.argmin(np.abs(found.view.x - x))
            fate = Fate.MISSING if index == 12 else Fate.UNMEASURED if index == 20 else Fate.TO_COME if index >= 30 else Fate.KNOWN
            assert found.fates[pixel] == fate
            np.testing.assert_equal(found.values[pixel], TOTAL[index] if fate is Fate.KNOWN else np.nan)
    known = np.setdiff1d(np.arange(30), [12, 20])
    np.testing.assert_allclose(shown.model.levels, np.percentile(TOTAL[known], (0.5, 99.5)))
    assert charted.window.map_panel.tabs.tabText(1) == "total counts \u25be"
    assert (shown.plot.axes["bottom"].labelText, shown.plot.axes["left"].labelText) == ("x (mm)", "y (mm)")
    assert charted.window.map_panel.header.count.text().startswith("29 of 54")
    menus = {action.text().replace("&", ""): action.menu() for action in charted.window.menu_.actions() if action.menu() is not None}
    of_map = menus["Map"]
    assert isinstance(of_map, QMenu)
    actions = charted.window.quantity_map.actions
    for action in (actions.quantity, actions.expression, actions.look, actions.rectangle, actions.lasso, actions.copy_values):
        assert action in of_map.actions()
        assert action.toolTip().endswith(")")
    panel = charted.window.map_panel
    shown.plot.box.scaleBy((0.5, 0.5))
    shown.plot.box.sigRangeChangedManually.emit([True, True])
    assert panel.whole.isVisible()
    qtbot.waitUntil(lambda: shown.work.is_current and shown.work.drawing.picture.view.right - shown.work.drawing.picture.view.left < 3)
    qtbot.keyClick(charted.window, Qt.Key.Key_W)
    assert not panel.whole.isVisible()
    panel.tabs.setCurrentIndex(0)
    qtbot.waitUntil(lambda: isinstance(reader.requests[-1], m.StopMeasuring))
    assert charted.session.scan.wanted["map"] == ()


def test_the_mouse_tells_goes_to_and_selects(qtbot: QtBot, charted: Assembly, reader: FakeSupervisor) -> None:
    shown = charted.window.quantity_map.map
    viewport = shown.plot.view.viewport()
    qtbot.mouseMove(viewport, at(charted, X[3], Y[1]))
    qtbot.waitUntil(lambda: bool(shown.words.text))
    assert shown.words.text == "total counts no value, x 0.5 mm, y 1 mm, frame 12"
    assert short_point_text(shown.work.table, shown.work.names, 12) == "no value at 0.5, 1, frame 12"
    qtbot.mouseClick(viewport, LEFT, pos=at(charted, X[4], Y[2]))
    assert last(reader, m.ShowIndex).index == 22
    start, stop = at(charted, X[2] - 0.2, Y[0] - 0.2), at(charted, X[4] + 0.2, Y[1] + 0.4)
    qtbot.mousePress(viewport, LEFT, SHIFT, start)
    qtbot.mouseMove(viewport, (start + stop) / 2)
    qtbot.mouseRelease(viewport, LEFT, SHIFT, stop)
    qtbot.waitUntil(lambda: shown.selection.indices.size > 0 and not shown.selection.words.endswith("\u2026"))
    asked = last(reader, m.ShowPoints)
    np.testing.assert_array_equal(indices_of(asked.frames), [2, 3, 4, 11, 12, 13])
    assert asked.how == "mean"
    known = TOTAL[[2, 3, 4, 11, 13]]
    assert shown.selection.words.startswith("6 points: mean total counts ")
    assert f"{known.mean():.4g}"[:4] in shown.selection.words.replace("\u2009", "")
    charted.window.quantity_map.actions.combine["sum"].trigger()
    assert last(reader, m.ShowPoints).how == "sum"
    qtbot.keyClick(shown.plot.view, Qt.Key.Key_Escape)
    assert isinstance(reader.requests[-1], m.ShowLive)
    assert not shown.selection.indices.size
    charted.window.quantity_map.actions.lasso.trigger()
    corners = [(X[6] - 0.2, Y[2] - 0.9), (X[8] + 0.2, Y[2] - 0.9), (X[8] + 0.2, Y[2] + 1.0), (X[6] - 0.2, Y[2] + 1.0)]
    qtbot.mousePress(viewport, LEFT, pos=at(charted, *corners[0]))
    for corner in corners[1:]:
        qtbot.mouseMove(viewport, at(charted, *corner))
    qtbot.mouseRelease(viewport, LEFT, pos=at(charted, *corners[-1]))
    qtbot.waitUntil(lambda: shown.selection.indices.size > 0)
    np.testing.assert_array_equal(shown.selection.indices, [24, 25, 26])
    with qtbot.waitSignal(charted.session.progress_changed):
        reader.say_keys((6, 10), (0, 30), whole=True)
    charted.window.quantity_map.actions.combine["mean"].trigger()
    np.testing.assert_array_equal(indices_of(last(reader, m.ShowPoints).frames), [26, 27, 28])
    charted.session.pin(3)
    assert not shown.selection.indices.size, "another frame is shown: the outline would not be true"


def test_what_it_shows_is_chosen_and_kept(qtbot: QtBot, charted: Assembly, reader: FakeSupervisor) -> None:
    window, tab = charted.window, charted.window.quantity_map
    shown = tab.map
    tabs = window.map_panel.tabs
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    qtbot.waitUntil(shown.menu.isVisible)
    texts = [action.text() for action in shown.menu.actions()]
    assert {"frame", "x (mm)", "total counts (counts)", "hottest pixel (counts)", "Expression\u2026", "Axes of the map"} <= set(texts)
    next(action for action in shown.menu.actions() if action.text() == "frame").trigger()
    shown.menu.close()
    qtbot.waitUntil(lambda: tabs.tabText(1) == "frame \u25be")
    qtbot.waitUntil(lambda: shown.work.is_current and shown.work.drawing.picture.index_at(X[1], Y[1]) == 10)
    assert set(np.unique(shown.work.drawing.picture.known_values())) == set(range(54))
    tab.actions.expression.trigger()
    line = shown.expression.line
    line.clear()
    qtbot.keyClicks(line, "total / nothing")
    assert "nothing" in shown.expression.reason.text()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert shown.expression.isVisible()
    line.clear()
    qtbot.keyClicks(line, "total / 2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not shown.expression.isVisible()
    qtbot.waitUntil(
        lambda: shown.work.is_current and np.nanmax(shown.work.drawing.picture.values) == TOTAL[np.r_[0:12, 13:20, 21:30]].max() / 2
    )
    tab.actions.look.trigger()
    shown.look.modes[LevelMode.EXTREMES].click()
    shown.look.scales[Scale.LOG].click()
    assert shown.model.scale.kind is Scale.LOG
    known = TOTAL[np.r_[0:12, 13:20, 21:30]] / 2
    np.testing.assert_allclose(shown.model.levels, (known.min(), known.max()))
    shown.look.levels[1].setText("200")
    shown.look.levels[1].setModified(True)
    shown.look.levels[1].editingFinished.emit()
    assert (shown.choices.settings.mode, shown.model.levels[1]) == (LevelMode.FIXED, 200.0)
    assert shown.plot.box.state["aspectLocked"]
    shown.look.same_scale.click()
    assert not shown.plot.box.state["aspectLocked"]
    shown.look.close()
    shown.choices.memory.keep()
    tab.actions.copy_values.trigger()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == "frame\tx (mm)\ty (mm)\ttotal / 2 (counts)"
    assert lines[1 + 10] == f"10\t-0.5\t1\t{TOTAL[10] / 2:g}"
    assert lines[1 + 12].endswith("\t")
    tab.actions.copy_picture.trigger()
    assert not QGuiApplication.clipboard().pixmap().isNull()
    kept = type(shown.choices)(charted.session, shown).kept
    assert kept[charted.session.scan.place] == shown.choices.settings


def test_patterns_are_no_colours_of_any_map(qapp: QApplication) -> None:
    for look in ("dark", "light"):
        theme_of_application().force(look)
        for fate, name in product((Fate.UNMEASURED, Fate.MISSING), COLOR_MAPS):
            nothing, fates = np.full((40, 40), np.nan), np.full((40, 40), fate, np.uint8)
            image = map_image(nothing, fates, LevelScale(), (0.0, 1.0), color_table(name))
            assert len(np.unique(image.reshape(-1, 3), axis=0)) == 2, "a pattern, and no plain colour"
        assert len(set(pattern_colors().values())) == 4
    theme_of_application().force(None)


def test_spirals_are_maps_and_scans_along_a_line_are_curves(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer, n = following((60,), facts=FACTS), 60
    turn = np.sqrt(np.arange(n)) * 2.2
    x, y, values = turn * np.cos(turn), turn * np.sin(turn), np.random.default_rng(2).random(n)
    facts = (
        m.ScalarFact("sx", "mm", "/sx", m.ScalarKind.POSITION, 0, True),
        m.ScalarFact("sy", "mm", "/sy", m.ScalarKind.POSITION, 0, True),
    )
    reader.say(m.ScalarsFound(reader.generation, facts))
    reader.say_keys((n,), (0, n))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 59, (n,))
    show_map(qtbot, reader, viewer)
    shown = viewer.window.quantity_map.map
    qtbot.waitUntil(lambda: shown.work.line_name != "")
    frames = runs_of(np.arange(n))
    reader.say(m.ScalarsRead(reader.generation, ("sx", "sy"), frames, np.column_stack((x, np.full(n, 3.0))), (n,), True))
    measure(reader, np.arange(n), values, (n,))
    qtbot.waitUntil(lambda: shown.work.line_name == "sx" and shown.line.curve.xData is not None and len(shown.line.curve.xData) == n)
    qtbot.waitUntil(lambda: np.isfinite(shown.line.curve.yData).all())
    np.testing.assert_array_equal(shown.line.curve.xData, x)
    np.testing.assert_array_equal(shown.line.curve.yData, values)
    reader.say(m.ScalarsRead(reader.generation, ("sx", "sy"), frames, np.column_stack((x, y)), (n,), True))
    settle(qtbot, viewer, n)
    found = shown.work.drawing.picture
    assert isinstance(shown.work.drawing.placing, PointPlacing)
    across, up = np.meshgrid(found.view.x, found.view.y)
    reach = shown.work.drawing.placing.reach
    far = ((across[..., None] - x) / reach[0]) ** 2 + ((up[..., None] - y) / reach[1]) ** 2
    np.testing.assert_array_equal(found.values, np.where(far.min(-1) < 1, values[far.argmin(-1)], np.nan))
    qtbot.mouseClick(shown.plot.view.viewport(), LEFT, pos=at(viewer, x[40], y[40]))
    assert last(reader, m.ShowIndex).index == 40
