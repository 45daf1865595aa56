"""The map of the scan: which points are complete, which one is shown; a click on a complete point pins it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from swmr_viewer.core.scan import position_of
from swmr_viewer.gui import map_image as mi
from swmr_viewer.gui.detector_names import detector_names
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.theme import mixed, theme_of_application, tokens
from swmr_viewer.gui.words import count_words, position_words

LEAST_INTERVAL_MS = 80
"""The map is redrawn at most this often (ms), however fast keys come."""
LONGEST_SHARE = 0.1
"""Of the window's time: maps of many millions of points are redrawn less often."""


class ProgressMap(QWidget):
    """Draws ``session.progress``."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._image: QImage | None = None
        self._layout: mi.MapLayout | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Progress map")
        self._redraw = QTimer(self, singleShot=True, interval=LEAST_INTERVAL_MS)
        self._redraw.timeout.connect(self._draw)
        session.progress_changed.connect(self._draw_soon)
        session.request_changed.connect(self._draw_soon)
        session.frame_changed.connect(self.update)
        session.mode_changed.connect(self.update)
        theme_of_application().changed.connect(self._draw_soon)

    def sizeHint(self) -> QSize:
        return QSize(310, 210)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 60)

    @property
    def layout_shown(self) -> mi.MapLayout | None:
        """Where the points are, in device pixels; None before the file is open."""
        return self._layout

    def point_of(self, index: int) -> QPointF:
        """Return the middle of a scan point, in this widget's coordinates."""
        assert self._layout is not None
        left, top, width, height = self._layout.rect_of(index)
        return (QPointF(left + width / 2, top + height / 2)) / self.devicePixelRatioF() + self._origin()

    def index_at(self, at: QPointF) -> int | None:
        """Return the scan point at a place of this widget, or None."""
        if self._layout is None:
            return None
        inside = (at - self._origin()) * self.devicePixelRatioF()
        return self._layout.index_at(inside.x(), inside.y())

    # ---- drawing

    def _draw_soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def _draw(self) -> None:
        took = QElapsedTimer()
        took.start()
        self._draw_picture()
        self._redraw.setInterval(max(LEAST_INTERVAL_MS, round(took.elapsed() / LONGEST_SHARE)))
        self.update()

    def _draw_picture(self) -> None:
        progress = self._session.progress
        if progress is None or progress.total == 0:
            self._image = self._layout = None
        else:
            self.setMaximumHeight(mi.natural_height(progress.scan_shape, max(60, self.width())))
            ratio = self.devicePixelRatioF()
            self._layout = mi.map_layout(progress.scan_shape, round(self.width() * ratio), round(self.height() * ratio))
            self._image = _indexed(mi.map_picture(progress.state_codes(), self._layout), ratio)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None or self._layout is None:
            return
        painter = QPainter(self)
        painter.drawImage(self._origin(), self._image)
        shown = self._session.wanted_index
        if shown is None and self._session.shown is not None:
            shown = self._session.shown.index
        if shown is not None and shown < self._layout.rows * self._layout.columns:
            self._mark(painter, shown)

    def _mark(self, painter: QPainter, index: int) -> None:
        """Ring the shown point, large enough to be found among a million."""
        assert self._layout is not None
        colors = tokens()
        left, top, width, height = (v / self.devicePixelRatioF() for v in self._layout.rect_of(index))
        middle = QPointF(left + width / 2, top + height / 2) + self._origin()
        side_x, side_y = max(width, 8.0), max(height, 8.0)
        rect = QRectF(middle.x() - side_x / 2, middle.y() - side_y / 2, side_x - 1, side_y - 1)
        painter.fillRect(rect, QColor(colors.accent))
        painter.setPen(QPen(QColor(colors.text), 2))
        painter.drawRect(rect)

    def _origin(self) -> QPointF:
        return QPointF(0, 0)

    # ---- pointing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and index is not None:
            self._session.pin(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        progress = self._session.progress
        can_pin = index is not None and progress is not None and progress.is_complete(index)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_pin else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, at: QPointF) -> str:
        """Return what is known about the point at a place of this widget."""
        index, progress = self.index_at(at), self._session.progress
        if index is None or progress is None or index >= progress.total:
            return ""
        lines = [f"Frame {count_words(index)} at {position_words(position_of(index, progress.scan_shape))}"]
        paths = self._session.description.key_paths if self._session.description is not None else ()
        for key, name in enumerate(detector_names(paths)):
            lines.append(f"{name}: {'set' if progress.is_set(key, index) else 'not set yet'}")
        return "\n".join(lines)


def map_colors() -> list[str]:
    """Return the colours of the map's palette entries, in their order."""
    colors = tokens()
    hollow = mixed(colors.missing, colors.panel, 0.6)
    return [colors.panel, colors.missing, colors.warn, colors.good, mixed(colors.warn, "#000000", 0.6), hollow, colors.panel]


def _indexed(picture: mi.Codes, ratio: float) -> QImage:
    height, width = picture.shape
    padded = np.zeros((height, -(-width // 4) * 4), np.uint8)
    padded[:, :width] = picture
    image = QImage(padded.data, width, height, padded.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable([QColor(one).rgb() for one in map_colors()])
    image = image.convertToFormat(QImage.Format.Format_RGB32)  # a copy that owns its pixels
    image.setDevicePixelRatio(ratio)
    return image
