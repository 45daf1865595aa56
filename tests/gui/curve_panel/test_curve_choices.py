"""What curves show, chosen by mouse and keyboard: several quantities, two axes, expressions, log axes; the zoom stays; all is kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from swmr_viewer.core.ranges import runs_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curve_panel.curve_settings import STORE, CurveSettings
from swmr_viewer.gui.curve_panel.fit_choice import LEAVE_OUT
from swmr_viewer.gui.curve_panel.regions_model import ALL_HEADINGS
from swmr_viewer.gui.curves import CurveLine, LineLook
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.measuring.measuring import Measuring
from swmr_viewer.quantities import FitModel, FitRequest, fit_curve
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture
from tests.gui.waiting import WAIT_MS

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
SHAPE, N = (2, 40), 80
X = np.tile(np.linspace(0.1, 4.0, 40), 2) + np.where(np.arange(N) % 2, 0.01, -0.01)
I0 = 1000.0 + np.arange(N)
SUM = np.exp(-((X - 2.0) ** 2) / 0.5) * 500 + 20
SCALARS = (
    m.ScalarFact("stage_x", "mm", "/x", m.ScalarKind.POSITION, axis=1, is_read_back=True),
    m.ScalarFact("I0", "counts", "/I0", m.ScalarKind.SCALAR),
)


@pytest.fixture
def measuring(following: Following, reader: FakeSupervisor, qtbot: QtBot) -> Measuring:
    """Return the measuring of a window that shows frame 45, and knows position, monitor and a region's sum of 79 points of 80."""
    assembly = following(SHAPE)
    assembly.window.resize(1440, 900)
    with qtbot.waitSignal(assembly.session.progress_changed):
        reader.say_keys(SHAPE, (0, N - 1))
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(picture(), 45, SHAPE)
    assembly.window.panels.panel("measuring").show()
    measuring = assembly.window.measuring
    measuring.measurements.draw("rectangle", ((1.0, 1.0), (9.0, 9.0)))
    reader.say(m.ScalarsFound(reader.generation, SCALARS))
    reader.say(m.ScalarsRead(reader.generation, ("stage_x", "I0"), runs_of(np.arange(N - 1)), np.stack((X, I0), 1)[:-1], SHAPE, whole=True))
    say_sums(reader, 0, N - 1)
    qtbot.waitUntil(lambda: assembly.session.scan.quantities.n_known("A.sum") == N - 1)
    QApplication.processEvents()
    return measuring


def say_sums(reader: FakeSupervisor, start: int, stop: int) -> None:
    asked = reader.sent(m.Measure)[-1]
    at = np.arange(start, stop)
    reader.say(m.Measured(asked.generation, asked.revision, asked.data_path, at, ("A.sum",), SUM[at, None], SHAPE))


def lines(measuring: Measuring) -> list[tuple[np.ndarray, np.ndarray, bool]]:
    return [(line.x, line.y, line.on_right) for line in measuring.regions_panel.curve._drawn]


def submenu(menu: QMenu, words: str) -> QMenu:
    return next(action.menu() for action in menu.actions() if action.text() == words and action.menu() is not None)


def test_several_quantities_are_drawn_on_two_axes_against_read_back_positions(qtbot: QtBot, measuring: Measuring) -> None:
    panel, choice = measuring.regions_panel, measuring.regions_panel.choice
    against = panel.against.menu()
    against.popup(QPoint(0, 0))
    next(action for action in against.actions() if action.text() == "stage_x (mm)").trigger()
    against.hide()
    row = slice(40, 79)
    qtbot.waitUntil(lambda: len(lines(measuring)) == 1 and len(lines(measuring)[0][0]) == 39)
    order = np.argsort(X[row])
    np.testing.assert_array_equal(lines(measuring)[0][:2], (X[row][order], SUM[row][order]))
    shown = panel.quantity.menu()
    shown.popup(panel.mapToGlobal(QPoint(0, 0)))
    below = submenu(shown, "From the file")
    below.popup(panel.mapToGlobal(QPoint(0, 0)))
    (entry,) = below.actions()
    qtbot.mouseClick(below, LEFT, pos=below.actionGeometry(entry).topLeft() + QPoint(8, 8))
    assert below.isVisible(), "a click on the mark leaves the menu open"
    assert choice.settings.shown == ("*.sum", "I0")
    for menu in (below, shown):
        menu.hide()
    shown.aboutToShow.emit()
    submenu(shown, "On the right axis").actions()[1].trigger()
    qtbot.waitUntil(lambda: [on_right for *_, on_right in lines(measuring)] == [False, True])
    assert panel.curve.right.is_shown
    assert panel.curve.right.axis.labelText == "I0 (counts)"
    assert [panel.table.model().index(row, 0).data() for row in range(panel.table.n_rows)] == ["A", "I0"]
    assert panel.table.model().index(1, 1).data().replace("\u2009", "") == "1045"
    shown.aboutToShow.emit()
    next(action for action in submenu(shown, "Divided by").actions() if action.text() == "I0 (counts)").trigger()
    assert [curve.name for curve in choice.curves] == ["A.sum / I0", "I0"]
    choice.put(CurveSettings(against="stage_x"))
    shown.popup(panel.mapToGlobal(QPoint(0, 0)))
    entry_line = panel.quantity.expression
    assert entry_line is not None
    qtbot.keyClicks(entry_line.line, "A.sum / I1")
    assert "I1" in entry_line.reason.text()
    qtbot.keyClick(entry_line.line, Qt.Key.Key_Return)
    assert shown.isVisible()
    qtbot.keyClick(entry_line.line, Qt.Key.Key_Backspace)
    qtbot.keyClicks(entry_line.line, "0 * 1000")
    qtbot.keyClick(entry_line.line, Qt.Key.Key_Return)
    assert not shown.isVisible()
    assert choice.settings.shown == ("A.sum / I0 * 1000",)
    qtbot.waitUntil(lambda: np.allclose(lines(measuring)[0][1], (SUM / I0 * 1000)[row][order]))


def test_the_zoom_stays_when_points_come_and_a_click_goes_to_the_frame(qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring) -> None:
    panel, choice, session = measuring.regions_panel, measuring.regions_panel.choice, measuring._session
    choice.change(against="stage_x")
    curve = panel.curve
    qtbot.waitUntil(lambda: len(lines(measuring)) == 1 and len(lines(measuring)[0][0]) == 39)
    qtbot.waitUntil(lambda: panel.fits.of("A.sum") is not None and panel.fits.of("A.sum").statistics.n_points == 39)
    assert curve.seen is None
    curve.box.setRange(xRange=(1.5, 2.5), yRange=(0, 600), padding=0)
    qtbot.waitUntil(lambda: panel.fits.of("A.sum").statistics.n_points == int(((X[40:79] >= 1.5) & (X[40:79] <= 2.5)).sum()))
    reader.say(m.ScalarsRead(reader.generation, ("stage_x",), runs_of(np.array([N - 1])), X[-1:, None], SHAPE, whole=False))
    say_sums(reader, N - 1, N)
    qtbot.waitUntil(lambda: len(lines(measuring)[0][0]) == 40 and np.isfinite(lines(measuring)[0][1]).all())
    assert curve.box.viewRange()[0] == [1.5, 2.5]
    at = curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(X[60] + 0.002, 100.0)))
    qtbot.mouseClick(curve.view.viewport(), LEFT, pos=at)
    assert session.scan.wanted_index == 60
    choice.change(log_x=True, log_y=True)
    x, y = curve.curves[0].getData()
    np.testing.assert_allclose(x, np.log10(np.sort(X[40:])))
    np.testing.assert_allclose(y, np.log10(SUM[40:][np.argsort(X[40:])]))
    assert not curve.view.grab().isNull()  # what is in view is settled as it is painted
    at = curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(np.log10(X[70]), 2.0)))
    qtbot.mouseClick(curve.view.viewport(), LEFT, pos=at)
    assert session.scan.wanted_index == 70
    choice.change(part="mean", log_x=False, log_y=False)
    means = X.reshape(SHAPE).mean(0)
    qtbot.waitUntil(lambda: len(lines(measuring)[0][0]) == 40 and np.allclose(lines(measuring)[0][0], np.sort(means)))
    assert not curve.view.grab().isNull()
    at = curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(means[10], 100.0)))
    qtbot.mouseClick(curve.view.viewport(), LEFT, pos=at)
    assert session.scan.wanted_index == 50, "of the row of the shown frame"
    choice.change(points_alone=True)
    qtbot.waitUntil(lambda: curve.curves[0].getData()[0] is None or not len(curve.curves[0].getData()[0]))
    np.testing.assert_allclose(curve.points[0].getData()[0], np.sort(means))
    panel.memory.keep()
    ((_, kept),) = STORE.stored()
    assert (kept.against, kept.part) == ("stage_x", "mean")


def test_what_is_no_result_is_marked_and_a_hot_point_is_left_out(qtbot: QtBot, reader: FakeSupervisor, measuring: Measuring) -> None:
    panel, table = measuring.regions_panel, measuring.regions_panel.table
    centre, width = (ALL_HEADINGS.index(what) for what in ("centre", "FWHM"))

    def cell(row: int, column: int) -> str:
        return str(table.model().index(row, column).data())

    panel.choice.put(CurveSettings(("*.sum", "I0"), against="stage_x", fit=FitModel.GAUSSIAN))
    qtbot.waitUntil(lambda: panel.fits.of("A.sum") is not None and panel.fits.of("I0") is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: cell(0, centre) == "2" and cell(1, centre) == "no fit")
    assert "?" not in cell(0, centre)
    assert not cell(1, width).strip("\u2013")[:1].isdigit(), "a number of the points is marked as such"
    assert table.model().index(1, centre).data(Qt.ItemDataRole.ForegroundRole) == QColor(tokens().warn)
    table.copy()
    head, fitted, failed = (line.split("\t") for line in QGuiApplication.clipboard().text().splitlines())
    assert head[-1] == "found by"
    assert fitted[-1] == "gaussian"
    assert failed[-1].startswith("points; no gaussian fit: ")

    asked, hot = reader.sent(m.Measure)[-1], 45
    reader.say(m.Measured(asked.generation, asked.revision, asked.data_path, np.array([hot]), ("A.sum",), np.array([[3000.0]]), SHAPE))
    qtbot.waitUntil(lambda: "?" in cell(0, centre) or cell(0, centre) == "no fit", timeout=WAIT_MS)
    assert "eave out single hot points" in str(table.model().index(0, centre).data(Qt.ItemDataRole.ToolTipRole))
    panel.fit.menu().aboutToShow.emit()
    next(action for action in panel.fit.menu().actions() if action.text() == LEAVE_OUT).trigger()
    qtbot.waitUntil(lambda: cell(0, centre) == "2", timeout=WAIT_MS)
    rest = np.setdiff1d(np.arange(40, N - 1), [hot])
    right = fit_curve(FitRequest(FitModel.GAUSSIAN, X[rest], SUM[rest]))
    assert [one.value for one in panel.fits.of("A.sum").values] == pytest.approx([one.value for one in right.values], rel=1e-6)
    qtbot.waitUntil(lambda: [(line.x.tolist(), line.y.tolist()) for line in crosses(measuring)] == [([X[hot]], [3000.0])])


def crosses(measuring: Measuring) -> list[CurveLine]:
    return [line for line in measuring.regions_panel.curve._drawn if line.look is LineLook.LEFT_OUT]
