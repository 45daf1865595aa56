"""What is drawn over a map in the screen's pixels: the ring around the shown frame, and the outline of what is selected."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from swmr_viewer.gui.look.painting import guarded
from swmr_viewer.gui.scan_map import draw_ring
from swmr_viewer.quantities import Values

LIGHT, DARK = "#ffd166", "#0b0d11"
"""Of the outline: a light line on a dark one is seen on every colour."""


class MapOverlay(pg.GraphicsObject):
    """Lies on the whole view box.

    Parameters
    ----------
    box : pyqtgraph.ViewBox
        Whose coordinates the marks have.
    """

    def __init__(self, box: Any) -> None:
        super().__init__(box)
        self._box = box
        self._cell: tuple[float, float, float, float] | None = None
        self._outline: Values | None = None
        self.setZValue(50)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigRangeChanged.connect(lambda: self.update())
        box.sigResized.connect(self._follow_size)

    def mark(self, cell: tuple[float, float, float, float] | None) -> None:
        """Ring this cell (left, right, bottom, top), or none."""
        if cell != self._cell:
            self._cell = cell
            self.update()

    def outline(self, polygon: Values | None) -> None:
        """Draw the outline of a selection (corners x, y: float64 (n, 2)), or none."""
        self._outline = polygon
        self.update()

    @guarded
    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    @guarded
    def paint(self, painter: QPainter, *args: Any) -> None:
        area = self._box.rect()
        painter.setClipRect(area)
        if self._outline is not None and len(self._outline) > 1:
            polygon = QPolygonF([self._at(x, y) for x, y in self._outline.tolist()])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in ((DARK, 3), (LIGHT, 1.5)):
                painter.setPen(QPen(QColor(color), width))
                painter.drawPolygon(polygon)
        if self._cell is not None:
            left, right, bottom, top = self._cell
            cell = QRectF(self._at(left, bottom), self._at(right, top)).normalized()
            if area.intersects(cell.adjusted(-1, -1, 1, 1)):
                draw_ring(painter, cell, area.toAlignedRect())

    def _at(self, x: float, y: float) -> QPointF:
        point: QPointF = self._box.mapFromView(QPointF(x, y))
        return point

    def _follow_size(self) -> None:
        self.prepareGeometryChange()
        self.update()
