"""The line of the profile on the picture: its ends are dragged, and the edge of the band that says how wide it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from swmr_viewer.analysis import Point
from swmr_viewer.gui.look.painting import guarded, line_pen
from swmr_viewer.gui.regions.region_items import HALO_PX, HANDLE_WIDTH, Mark, draw_with_halo, pen_of, with_halo
from swmr_viewer.gui.regions.regions import WIDEST

BAND_ALPHA = 40
"""How much of its colour covers the picture below the band (of 255)."""
GRIP_PX = 4.5
"""From the middle of the grip to its corners (screen pixels)."""
LEAST_BESIDE_PX = 14
"""From the line to the grip (screen pixels), however narrow the band is."""


def band_of(a: QPointF, b: QPointF, width: int) -> QPolygonF:
    """Return the pixels across the line from one point to another that are taken together."""
    half = _across(a, b) * (width / 2)
    return QPolygonF([a - half, b - half, b + half, a + half])


def _across(a: QPointF, b: QPointF) -> QPointF:
    length = float(np.hypot(b.x() - a.x(), b.y() - a.y())) or 1.0
    return QPointF(a.y() - b.y(), b.x() - a.x()) / length


class LineMark(Mark, pg.LineSegmentROI):
    """The line, with a handle at each end, on a band as wide as what is taken together."""

    width_dragged = Signal(int)
    """So many pixels are wanted across."""

    def __init__(self, line: tuple[Point, Point], width: int = 1) -> None:
        self.band_width = width
        super().__init__(list(line), movable=True)
        self.grip = WidthGrip(self)
        self.sigRegionChanged.connect(self.grip.place)

    def outline(self) -> QPainterPath:
        path = QPainterPath(self.endpoints[0].pos())
        path.lineTo(self.endpoints[1].pos())
        return path

    @property
    def across(self) -> QPointF:
        """One pixel to the side of the line, in the item's coordinates."""
        return _across(*(end.pos() for end in self.endpoints))

    @property
    def middle(self) -> QPointF:
        a, b = (end.pos() for end in self.endpoints)
        return QPointF((a + b) / 2)

    @property
    def band(self) -> QPolygonF:
        """The pixels across the line that are taken together."""
        a, b = (end.pos() for end in self.endpoints)
        return band_of(a, b, self.band_width)

    def show_as(self, color: str, *, is_selected: bool) -> None:
        super().show_as(color, is_selected=is_selected)
        self.grip.show_as(color)

    def moved_on_screen(self) -> None:
        super().moved_on_screen()
        self.grip.place()

    def show_width(self, width: int) -> None:
        """Draw the band so wide."""
        self.prepareGeometryChange()
        self.band_width = width
        self.update()

    @guarded
    def boundingRect(self) -> QRectF:
        return with_halo(self, super().boundingRect()).united(self.band.boundingRect())

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.band_width > 1:
            color = QColor(self.currentPen.color())
            color.setAlpha(BAND_ALPHA)
            painter.setPen(line_pen(painter.device(), self.currentPen.color(), 1.0))
            painter.setBrush(color)
            painter.drawPolygon(self.band)
        super().paint(painter, option, widget)


class WidthGrip(pg.GraphicsObject):
    """A small diamond on the edge of the band; dragging it away from the line makes the band wider."""

    def __init__(self, line: LineMark) -> None:
        super().__init__(line)
        self._line = line
        self._pen = pen_of("w", HANDLE_WIDTH)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(2)
        self.setToolTip("Drag: how many pixels across the line are taken together")
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.place()

    def place(self) -> None:
        """Stand on the edge of the band, or a little beside a narrow one."""
        pixel = float(self._line.pixelWidth() or 0.0)
        self.setPos(self._line.middle + self._line.across * max(self._line.band_width / 2, LEAST_BESIDE_PX * pixel))

    def show_as(self, color: str) -> None:
        self._pen = pen_of(color, HANDLE_WIDTH)
        self.update()

    @guarded
    def boundingRect(self) -> QRectF:
        side = GRIP_PX + HALO_PX + HANDLE_WIDTH
        return QRectF(-side, -side, 2 * side, 2 * side)

    @guarded
    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.boundingRect())
        return path

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(0, -GRIP_PX), QPointF(GRIP_PX, 0), QPointF(0, GRIP_PX), QPointF(-GRIP_PX, 0)]))
        path.closeSubpath()
        draw_with_halo(painter, path, self._pen)

    def hoverEvent(self, ev: Any) -> None:
        if not ev.isExit():
            ev.acceptDrags(Qt.MouseButton.LeftButton)

    def mouseDragEvent(self, ev: Any) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            return
        ev.accept()
        beside, across = self._line.mapFromScene(ev.scenePos()) - self._line.middle, self._line.across
        width = min(WIDEST, max(1, round(2 * abs(beside.x() * across.x() + beside.y() * across.y()))))
        self._line.show_width(width)
        self.place()
        if ev.isFinish():
            self._line.width_dragged.emit(width)
