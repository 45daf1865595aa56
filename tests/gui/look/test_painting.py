"""What goes wrong in a painter is told once, in a sentence, and the window lives on."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from types import TracebackType

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QAbstractItemModel, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemDelegate, QApplication, QGraphicsItem, QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

import swmr_viewer.gui
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.guards import exceptions_reported
from swmr_viewer.gui.look.painting import Painted, PaintedView, is_guarded, kinds_below, tell_again

PAINTING = {
    QWidget: ("paintEvent",),
    QGraphicsView: ("paintEvent", "drawBackground", "drawForeground", "drawItems"),
    QGraphicsScene: ("drawBackground", "drawForeground", "drawItems"),
    QGraphicsItem: ("paint", "boundingRect", "shape", "opaqueArea", "paintWindowFrame"),
    QAbstractItemDelegate: ("paint", "sizeHint", "displayText", "initStyleOption"),
    QAbstractItemModel: ("data", "headerData"),
}
"""What Qt calls in a paint event."""


class Faulty(Painted, QWidget):
    """A widget that fails with its pen in hand."""

    n_painted = 0
    fails = True

    def paint_on(self, painter: QPainter) -> None:
        painter.drawLine(0, 0, 5, 5)
        self.n_painted += 1
        if self.fails:
            raise ValueError("no ink")


class FaultyItem(pg.ScatterPlotItem):
    """An item of pyqtgraph's that fails, in what it paints and in where it is."""

    n_asked = 0

    def dataBounds(self, *args: object, **options: object) -> object:
        raise ArithmeticError("nowhere")


@pytest.fixture
def hooked(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Return what the program's hook for exceptions was given."""
    told: list[BaseException] = []

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        told.append(error)

    monkeypatch.setattr(sys, "excepthook", hook)
    tell_again()
    return told


def test_everything_that_qt_calls_as_it_paints_is_guarded() -> None:
    for module in pkgutil.walk_packages(swmr_viewer.gui.__path__, f"{swmr_viewer.gui.__name__}."):
        importlib.import_module(module.name)
    found, open_ones = 0, []
    for base, names in PAINTING.items():
        for kind in kinds_below(base):
            ours = kind.__module__.startswith("swmr_viewer.")
            items = kind.__module__.startswith("pyqtgraph.") and issubclass(kind, QGraphicsItem)
            for name in set(names) & vars(kind).keys() if ours or items else ():
                found += 1
                if not is_guarded(vars(kind)[name]):
                    open_ones.append(f"{kind.__module__}.{kind.__name__}.{name}")
    mixed = [kind for kind in kinds_below(Painted) if issubclass(kind, QWidget) and kind.__module__.startswith("swmr_viewer.")]
    assert found > 40
    assert len(mixed) > 10
    assert [kind.__name__ for kind in mixed if kind.paintEvent is not Painted.paintEvent] == []
    assert open_ones == []


def test_a_painter_that_fails_is_told_once_and_ends(qtbot: QtBot, hooked: list[BaseException]) -> None:
    widget = Faulty()
    widget.setAccessibleName("Histogram")
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitUntil(lambda: widget.n_painted > 0 and len(hooked) == 1)
    for n in range(widget.n_painted, widget.n_painted + 3):
        widget.repaint()
        assert widget.n_painted == n + 1
    assert not widget.paintingActive()
    QApplication.processEvents()
    assert [str(one) for one in hooked] == [
        "\u201cHistogram\u201d could not be drawn: no ink. All else goes on. It is drawn again with the next frame, or on another scale."
    ]
    assert isinstance(hooked[0].__cause__, ValueError)
    widget.fails = False
    assert not widget.grab().isNull()


def test_an_item_of_the_plots_that_fails_ends_nothing(qtbot: QtBot, hooked: list[BaseException]) -> None:
    view, plot, item = PaintedView(), pg.PlotItem(), FaultyItem()
    qtbot.addWidget(view)
    view.setCentralItem(plot)
    good = pg.ScatterPlotItem([0.0, 1.0], [0.0, 1.0])
    plot.addItem(good)
    plot.addItem(item, ignoreBounds=True)
    with qtbot.waitSignal(view.painted):
        view.show()
    assert item.boundingRect() == QRectF()
    with qtbot.waitSignal(view.painted):
        view.viewport().update()
    qtbot.waitUntil(lambda: bool(hooked))
    assert {type(one.__cause__) for one in hooked} == {ArithmeticError}
    assert len(hooked) <= 2  # boundingRect and paint, once each, however often they were called


def test_the_error_bar_says_what_could_not_be_drawn(qtbot: QtBot, viewer: Assembly, capsys: pytest.CaptureFixture[str]) -> None:
    bar = viewer.window.error_bar
    tell_again()
    with exceptions_reported(viewer.session.report):
        widget = Faulty(viewer.window)
        widget.setAccessibleName("Colour bar")
        widget.show()
        qtbot.waitUntil(lambda: bar.problem is not None)
        for _ in range(5):
            widget.repaint()
        QApplication.processEvents()
    assert bar.message.text().startswith("\u201cColour bar\u201d could not be drawn: no ink.")
    assert "ValueError: no ink" in bar.details.toPlainText()
    assert bar.times.text() == ""
    assert "no ink" in capsys.readouterr().err
    widget.deleteLater()
