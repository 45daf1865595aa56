"""What stands in the place of a map for scans that go along one line: the quantity against the motor that moves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.gui.curves import PlotPane
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.quantity_map.map_settings import MapChoices
from swmr_viewer.gui.quantity_map.map_work import MapWork
from swmr_viewer.quantities import BLOCK, INDEX, QuantityTable, Values

FEW_POINTS = 120
"""So many points are seen one by one."""


class LinePlot(PlotPane):
    """Draws the quantity of ``choices`` against ``work.line_name``."""

    index_clicked = Signal(int)
    pointed = Signal(object)
    """The scan point whose place is nearest to the pointer, or None."""

    def __init__(self, work: MapWork, choices: MapChoices, parent: QWidget | None = None) -> None:
        super().__init__("Curve of a quantity", parent)
        self._work, self._choices = work, choices
        self._places = _Places()
        self._x: Values = np.empty(0)
        self._indices: Values = np.empty(0)
        self.curve = self.plot.plot([], connect="finite")
        self.points = pg.ScatterPlotItem(size=4, pen=None)
        self.plot.addItem(self.points)
        self.shown_line = pg.InfiniteLine(angle=90)
        self.plot.addItem(self.shown_line, ignoreBounds=True)
        work.drawn.connect(self.redraw_soon)
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        self.view.pointer_left.connect(lambda: self.pointed.emit(None))
        self.apply_theme()

    def redraw(self) -> None:
        if not self._work.line_name:
            return
        table, name, against = self._work.table, self._choices.settings.quantity, self._work.line_name
        self.set_scale(self._choices.settings.scale)
        if not table.prepare_curve(name):
            self.redraw_soon()
            return
        indices, y = table.curve(name)
        x = self._places.of(table, against, indices) if against != INDEX else indices
        self._indices, self._x = indices, x
        y = self.scale_of(y).forward(y)
        self.curve.setData(x, y)
        seen = np.isfinite(y) if len(y) <= FEW_POINTS else np.zeros(len(y), np.bool_)
        self.points.setData(x[seen], y[seen])
        for side, of in (("bottom", against), ("left", name)):
            quantity = table.quantity(of)
            if quantity is not None:
                self.label(side, quantity.title, quantity.unit)
        self.say_nothing("" if np.isfinite(y).any() else "Nothing measured yet")

    def mark(self, index: int | None) -> None:
        """Put the line where the shown frame is."""
        place = None if index is None or not self._work.line_name else self._work.table.at(self._work.line_name, index)
        self.shown_line.setVisible(place is not None)
        if place is not None:
            self.shown_line.setPos(place)

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "shown_line"):
            self.shown_line.setPen(line_pen(self, tokens().muted))
            self.curve.setPen(line_pen(self, tokens().accent))
            self.points.setBrush(pg.mkBrush(tokens().accent))

    def _nearest(self, at: Any) -> int | None:
        if not self.box.sceneBoundingRect().contains(at) or not np.isfinite(self._x).any():
            return None
        return round(float(self._indices[int(np.nanargmin(np.abs(self._x - self.box.mapSceneToView(at).x())))]))

    def _on_click(self, event: Any) -> None:
        index = self._nearest(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton and not event.double() else None
        if index is not None:
            self.index_clicked.emit(index)

    def _on_pointer(self, at: Any) -> None:
        self.pointed.emit(self._nearest(at))


class _Places:
    """Where the points of a curve are; of ten million, blocks that are as they were are not looked at again."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._kept: dict[int, tuple[int, Values]] = {}

    def of(self, table: QuantityTable, name: str, indices: Values) -> Values:
        """Return the places (float64, NaN where not known) of points, or of the middle points of stretches."""
        key = (id(table), name, len(indices), table.size)
        if key != self._key:
            self._key, self._kept = key, {}
        points = indices.astype(np.int64)
        edges = np.searchsorted(points, np.arange(0, table.size + BLOCK, BLOCK))
        return np.concatenate(
            [np.empty(0), *(self._block(table, name, number, points[a:b]) for number, (a, b) in enumerate(pairwise(edges)))]
        )

    def _block(self, table: QuantityTable, name: str, number: int, points: IndexArray) -> Values:
        version = table.version(name, number)
        if number not in self._kept or self._kept[number][0] != version:
            self._kept[number] = version, table.block(name, number)[points - number * BLOCK]
        return self._kept[number][1]
