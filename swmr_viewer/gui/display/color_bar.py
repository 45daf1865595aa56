"""The colour bar: one axis of values, with levels that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from swmr_viewer.core.number_text import compact_text
from swmr_viewer.gui.display.color_maps import DEFAULT_COLOR_MAP, gradient
from swmr_viewer.gui.display.levels_model import Levels, LevelsModel
from swmr_viewer.gui.display.levels_scale import LevelsAxis, level_text, ticks_text
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import small_font, theme_of_application, tokens

BAR_WIDTH = 14
TEXT_WIDTH = 56
TEXT_LEFT = BAR_WIDTH + 7
TOP, BELOW = 5, 20
"""What the picture leaves free above and below (pixels): its ticks are below."""
LEVELS_TIP = "Drag a level to move it, between them to move both; a double click lets each frame set them again"


def bar_ends(widget: QWidget) -> tuple[float, float]:
    """Return where the bar begins and ends (widget pixels): as the picture does, and all that stands beside it."""
    return TOP, TOP + max(1, widget.height() - TOP - BELOW)


class LevelsStrip(Painted, QWidget):
    """What lies along the levels' axis, and lets them be dragged."""

    auto_wanted = Signal()
    """A double click: each frame is to set the levels."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setFont(small_font())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setToolTip(LEVELS_TIP)
        model.settled.connect(self.update)
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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.auto_wanted.emit()


class ColorBar(LevelsStrip):
    """The colours with ticks; what is beyond a level has the colour of that level."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._gradient = QImage()
        self._stretched = QPixmap()
        self.taken: tuple[tuple[float, float], ...] = ()
        """From where to where (widget pixels) something else stands beside the bar: there are no ticks."""
        self._colors: tuple[str, bool] | None = None
        self.set_colors(DEFAULT_COLOR_MAP, False)
        self.setAccessibleName("Colour bar")

    @property
    def levels(self) -> Levels:
        return self.model.levels

    def set_colors(self, name: str, inverted: bool) -> None:
        """Use this colour map."""
        if (name, inverted) != self._colors:
            self._colors = name, inverted
            self._gradient = gradient(name, inverted).transformed(QTransform().rotate(-90))
            self._stretched = QPixmap()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(BAR_WIDTH + TEXT_WIDTH, 100)

    def tick_values(self) -> list[float]:
        """Return the values that have a tick."""
        axis = self.axis
        low, high = axis.y_of(self.levels[0]), axis.y_of(self.levels[1])
        shown = LevelsAxis(*self.levels, self.model.scale, high, low)
        ticks = shown.ticks(int((low - high) // (3 * self.fontMetrics().height())))
        return [tick for tick in ticks if self._is_free(axis.y_of(tick))]

    def _is_free(self, y: float) -> bool:
        half = self.fontMetrics().ascent() / 2
        return all(y + half < top or y - half > bottom for top, bottom in self.taken)

    def paint_on(self, painter: QPainter) -> None:
        colors, axis = tokens(), self.axis
        bar = QRectF(0, axis.top, BAR_WIDTH, axis.bottom - axis.top)
        low, high = (axis.y_of(level) for level in self.levels)
        painter.setClipRect(bar)
        painter.fillRect(bar, self._gradient.pixelColor(0, 0))
        painter.fillRect(QRectF(0, low, BAR_WIDTH, bar.bottom() - low), self._gradient.pixelColor(0, self._gradient.height() - 1))
        painter.drawPixmap(QPointF(0, high), self._between(round(max(1.0, low - high))))
        painter.setClipping(False)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawRect(bar)
        self._paint_ticks(painter, axis)
        painter.setPen(QPen(QColor(colors.text), 2))
        for y in (low, high):
            painter.drawLine(QPointF(0, y), QPointF(TEXT_LEFT - 1, y))

    def _between(self, height: int) -> QPixmap:
        """Return the colours between the levels, this high (pixels); stretched anew for each frame they would take longer than it."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(BAR_WIDTH * ratio), round(height * ratio))
        if self._stretched.size() != size:
            self._stretched = QPixmap.fromImage(self._gradient.scaled(size))
            self._stretched.setDevicePixelRatio(ratio)
        return self._stretched

    def _paint_ticks(self, painter: QPainter, axis: LevelsAxis) -> None:
        painter.setPen(QColor(tokens().muted))
        ticks, low, metrics = self.tick_values(), self.levels[0], painter.fontMetrics()
        words = ticks_text(ticks, low)
        for value, told in zip(ticks, words, strict=True):
            y = axis.y_of(value)
            painter.drawLine(QPointF(BAR_WIDTH + 1, y), QPointF(BAR_WIDTH + 4, y))
            painter.drawText(QPointF(TEXT_LEFT, y + metrics.ascent() / 2 - 1), compact_text(told))
        if words and words[-1].startswith("+"):  # above what
            painter.drawText(QPointF(0, self.height() - metrics.descent() - 1), compact_text(level_text(low)))
