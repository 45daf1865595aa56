"""The colour bar: which value is which colour, with levels that can be dragged or typed."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from swmr_viewer.gui.theme import theme_of_application, tokens

BAR_WIDTH = 18
TEXT_WIDTH = 58
GRAB_PX = 12


def usable_levels(low: float, high: float) -> tuple[float, float]:
    """Return levels that a picture can be drawn with: finite, and the second above the first."""
    if not (isfinite(low) and isfinite(high)):
        return 0.0, 1.0
    return (low, high) if high > low else (low, low + max(1.0, abs(low) * 1e-6))


def ticks_between(low: float, high: float, most: int) -> list[float]:
    """Return round values inside the levels, ``most`` at most (steps of 1, 2 or 5 times a power of ten)."""
    if most < 1:
        return []
    span = high - low
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(power * m for m in (1, 2, 5, 10, 20) if span / (power * m) <= most)
    return [float(v) for v in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step]


def level_words(value: float) -> str:
    """Return a level in at most seven characters."""
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.3g}"


class ColorBar(QWidget):
    """Shows the levels and lets them be dragged: the ends move one level, the middle moves both."""

    levels_changed = Signal()
    """For whatever reason."""
    levels_edited = Signal()
    """By the user."""

    def __init__(self, color_map: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.color_map = color_map
        self.levels: tuple[float, float] = (0.0, 1.0)
        self._drag: tuple[str, float, tuple[float, float]] | None = None
        self._gradient = _gradient(color_map)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setToolTip("Levels: drag an end to move it, the middle to move both")
        self.setAccessibleName("Colour bar")
        theme_of_application().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(BAR_WIDTH + TEXT_WIDTH, 200)

    def set_levels(self, low: float, high: float) -> None:
        wanted = usable_levels(low, high)
        if wanted != self.levels:
            self.levels = wanted
            self.levels_changed.emit()
            self.update()

    def bar_rect(self) -> QRectF:
        """Return where the colours are (widget pixels)."""
        return QRectF(0, 12, BAR_WIDTH, max(1, self.height() - 34))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            y, bar = event.position().y(), self.bar_rect()
            part = "high" if y < bar.top() + GRAB_PX else "low" if y > bar.bottom() - GRAB_PX else "both"
            self._drag = (part, y, self.levels)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        part, start_y, (low, high) = self._drag
        shift = (start_y - event.position().y()) / self.bar_rect().height() * (high - low)
        low_shifted, high_shifted = low + shift * (part != "high"), high + shift * (part != "low")
        if high_shifted > low_shifted:
            self.set_levels(low_shifted, high_shifted)
            self.levels_edited.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = tokens()
        bar = self.bar_rect()
        painter.drawImage(bar, self._gradient)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawRect(bar)
        painter.setPen(QColor(colors.muted))
        metrics = painter.fontMetrics()
        low, high = self.levels
        for value in ticks_between(low, high, int(bar.height() // (3 * metrics.height()))):
            y = bar.bottom() - (value - low) / (high - low) * bar.height()
            painter.drawLine(QPointF(bar.right() + 1, y), QPointF(bar.right() + 5, y))
            painter.drawText(QPointF(bar.right() + 9, y + metrics.ascent() / 2 - 1), level_words(value))
        painter.setPen(QPen(QColor(colors.text), 2))
        for y in (bar.top(), bar.bottom()):
            painter.drawLine(QPointF(bar.left(), y), QPointF(bar.right(), y))


def _gradient(color_map: str) -> QImage:
    table = pg.colormap.get(color_map).getLookupTable(0.0, 1.0, 256)[:, :3]
    pixels = np.ascontiguousarray(table[::-1].reshape(256, 1, 3).repeat(4, axis=1).astype(np.uint8))
    return QImage(pixels.data, 4, 256, 12, QImage.Format.Format_RGB888).copy()
