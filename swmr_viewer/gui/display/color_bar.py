"""The colour bar and the histogram beside it: one axis of values, with levels that can be dragged."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from swmr_viewer.core.number_text import compact_text
from swmr_viewer.gui.display.color_maps import DEFAULT_COLOR_MAP, gradient
from swmr_viewer.gui.display.levels_model import Levels, LevelsModel
from swmr_viewer.gui.display.levels_scale import LevelsAxis, level_text, ticks_text
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens

BAR_WIDTH = 18
TEXT_WIDTH = 58
TOP, BELOW = 12, 22
LEVELS_TIP = "Drag a level to move it, between them to move both"


def bar_ends(widget: QWidget) -> tuple[float, float]:
    """Return where the bar begins and ends (widget pixels); the same for everything that stands beside it."""
    return TOP, TOP + max(1, widget.height() - TOP - BELOW)


class LevelsStrip(Painted, QWidget):
    """What lies along the levels' axis, and lets them be dragged."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setToolTip(LEVELS_TIP)
        model.changed.connect(self.update)
        theme_of_application().changed.connect(self.update)

    @property
    def axis(self) -> LevelsAxis:
        """Where which value stands."""
        return self.model.axis(*bar_ends(self))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.model.grip(event.position().y(), self.axis)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.model.drag_to(event.position().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.model.let_go()


class ColorBar(LevelsStrip):
    """The colours with ticks; what is beyond a level has the colour of that level."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._gradient = QImage()
        self.set_colors(DEFAULT_COLOR_MAP, False)
        self.setAccessibleName("Colour bar")

    @property
    def levels(self) -> Levels:
        return self.model.levels

    def set_colors(self, name: str, inverted: bool) -> None:
        """Use this colour map."""
        self._gradient = gradient(name, inverted).transformed(QTransform().rotate(-90))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(BAR_WIDTH + TEXT_WIDTH, 200)

    def tick_values(self) -> list[float]:
        """Return the values that have a tick."""
        axis = self.axis
        low, high = axis.y_of(self.levels[0]), axis.y_of(self.levels[1])
        shown = LevelsAxis(*self.levels, self.model.scale, high, low)
        return shown.ticks(int((low - high) // (3 * self.fontMetrics().height())))

    def paint_on(self, painter: QPainter) -> None:
        colors, axis = tokens(), self.axis
        bar = QRectF(0, axis.top, BAR_WIDTH, axis.bottom - axis.top)
        low, high = (axis.y_of(level) for level in self.levels)
        painter.setClipRect(bar)
        painter.fillRect(bar, self._gradient.pixelColor(0, 0))
        painter.fillRect(QRectF(0, low, BAR_WIDTH, bar.bottom() - low), self._gradient.pixelColor(0, self._gradient.height() - 1))
        painter.drawImage(QRectF(0, high, BAR_WIDTH, max(1.0, low - high)), self._gradient)
        painter.setClipping(False)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawRect(bar)
        self._paint_ticks(painter, axis)
        painter.setPen(QPen(QColor(colors.text), 2))
        for y in (low, high):
            painter.drawLine(QPointF(0, y), QPointF(BAR_WIDTH, y))

    def _paint_ticks(self, painter: QPainter, axis: LevelsAxis) -> None:
        painter.setPen(QColor(tokens().muted))
        ticks, low, metrics = self.tick_values(), self.levels[0], painter.fontMetrics()
        words = ticks_text(ticks, low)
        for value, told in zip(ticks, words, strict=True):
            y = axis.y_of(value)
            painter.drawLine(QPointF(BAR_WIDTH + 1, y), QPointF(BAR_WIDTH + 5, y))
            painter.drawText(QPointF(BAR_WIDTH + 9, y + metrics.ascent() / 2 - 1), compact_text(told))
        if words and words[-1].startswith("+"):  # above what
            painter.drawText(QPointF(0, self.height() - metrics.descent() - 1), compact_text(level_text(low)))


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
