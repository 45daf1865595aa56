"""The histogram beside the colour bar: how many pixels have which value, on the same axis, with levels that can be dragged."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.display.color_bar import LevelsStrip
from swmr_viewer.gui.display.levels_axis import LevelsAxis
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.look.theme import tokens

WIDTH = 56
BIN_PX = 3
HANDLE = 5


def counts_along(values: npt.NDArray[Any], axis: LevelsAxis) -> npt.NDArray[np.int64]:
    """Return how many values fall into each bin of ``BIN_PX`` screen pixels, the lowest first.

    Parameters
    ----------
    values : ndarray
        Any shape; NaN is left out, what is beyond the axis is counted in its first or last bin.
    axis : LevelsAxis
        Where the bins are.
    """
    n = max(1, int((axis.bottom - axis.top) // BIN_PX))
    first, last = axis.shades
    shades = axis.scale.forward(values[~np.isnan(values)].astype(np.float64))
    with np.errstate(over="ignore"):  # far beyond the axis is beyond it
        places = np.clip((shades - first) * (n / (last - first)), 0, n - 1).astype(np.intp)
    return np.bincount(places, minlength=n).astype(np.int64)


class Histogram(LevelsStrip):
    """Shows a sample of the frame's unmasked pixels; the length of a bar grows with the logarithm of the count."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._values: npt.NDArray[Any] = np.empty(0, np.float32)
        self._counts: npt.NDArray[np.int64] | None = None
        self._counted_for: LevelsAxis | None = None
        self.setAccessibleName("Histogram")

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 200)

    def set_values(self, values: npt.NDArray[Any]) -> None:
        """Show how these values are spread; NaN is left out."""
        self._values, self._counts = values, None
        self.update()

    def counts(self) -> npt.NDArray[np.int64]:
        """Return the number of values in each bin, the lowest first."""
        axis = self.axis
        if self._counts is None or self._counted_for != axis:
            self._counts, self._counted_for = counts_along(self._values, axis), axis
        return self._counts

    def paint_on(self, painter: QPainter) -> None:
        colors, axis, counts = tokens(), self.axis, self.counts()
        lengths = np.log1p(counts) / max(1.0, float(np.log1p(counts).max(initial=0)))
        step = (axis.bottom - axis.top) / len(counts)
        path = QPainterPath()
        for number in np.flatnonzero(counts):
            length = max(1.5, float(lengths[number]) * (WIDTH - HANDLE - 4))
            path.addRect(QRectF(WIDTH - 2 - length, axis.bottom - (number + 1) * step, length, step))
        painter.fillPath(path, QColor(colors.muted))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for level in self.model.levels:
            self._paint_handle(painter, axis.y_of(level), QColor(colors.accent))

    def _paint_handle(self, painter: QPainter, y: float, color: QColor) -> None:
        painter.setPen(QPen(color, 1.5))
        painter.drawLine(QPointF(HANDLE, y), QPointF(WIDTH, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([QPointF(0, y - HANDLE), QPointF(HANDLE + 2, y), QPointF(0, y + HANDLE)]))
