"""The histogram beside the colour bar: how the shown frame's values are spread, with the levels' handles."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.display.color_bar import LevelsStrip
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.display.levels_scale import LevelsAxis
from swmr_viewer.gui.display.value_bins import ValueBins, binned
from swmr_viewer.gui.look.theme import tokens

WIDTH = 32
HANDLE = 5
SHORTEST = 1.5
APART_PX = 7
"""Bars at least this high (pixels) stand one pixel apart."""


class Histogram(LevelsStrip):
    """Shows a sample of the frame's unmasked pixels; the length of a bar grows with the logarithm of the count."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._values: npt.NDArray[Any] = np.empty(0, np.float32)
        self._bins: ValueBins | None = None
        self._binned_for: LevelsAxis | None = None
        self.setAccessibleName("Histogram")

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 100)

    def set_values(self, values: npt.NDArray[Any]) -> None:
        """Show how these values are spread; NaN is left out."""
        self._values, self._bins = values, None
        self.update()

    @property
    def bins(self) -> ValueBins:
        """The values in their bins, counted when they are asked for."""
        axis = self.axis
        if self._bins is None or self._binned_for != axis:
            self._bins, self._binned_for = binned(self._values, axis), axis
        return self._bins

    def counts(self) -> npt.NDArray[np.int64]:
        """Return the number of values in each bin, the lowest first."""
        return self.bins.counts

    def bars(self) -> list[QRectF]:
        """Return the bars as they are drawn."""
        bins = self.bins
        lengths, edges = bins.lengths(), np.rint(bins.edges)
        shown = np.flatnonzero(lengths)
        tops, heights = edges[shown + 1], edges[shown] - edges[shown + 1]
        apart = heights >= APART_PX
        long = np.maximum(SHORTEST, lengths[shown] * (WIDTH - HANDLE - 3))
        places = np.stack((WIDTH - 2 - long, tops + apart, long, heights - apart), axis=1)
        return [QRectF(*place) for place in places.tolist()]

    def paint_on(self, painter: QPainter) -> None:
        colors, axis = tokens(), self.axis
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.muted))
        painter.drawRects(self.bars())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for level in self.model.levels:
            self._paint_handle(painter, axis.y_of(level), QColor(colors.accent))

    def _paint_handle(self, painter: QPainter, y: float, color: QColor) -> None:
        painter.setPen(QPen(color, 1.5))
        painter.drawLine(QPointF(HANDLE, y), QPointF(WIDTH, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([QPointF(0, y - HANDLE), QPointF(HANDLE + 2, y), QPointF(0, y + HANDLE)]))
