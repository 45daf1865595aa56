"""The rings over the picture, with their names, and the beam centre."""

from __future__ import annotations

from math import cos, radians, sin

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from swmr_viewer.analysis import Ring
from swmr_viewer.gui.image import FrameOverlay
from swmr_viewer.gui.look.painting import guarded, line_pen
from swmr_viewer.gui.rings.rings import Rings
from swmr_viewer.gui.rings.rings_beside import RingsBeside

COLOR, HALO = QColor("#ff6ec7"), QColor(0, 0, 0, 150)
WIDTH, HALO_WIDTH = 1.2, 3.0
"""Screen pixels."""
DIRECTIONS = (-50, -130, 50, 130, -20, -160, 20, 160, -90, 90, 0, 180)
"""Where round a ring its name stands (degrees, y down), the first that is seen."""
MOST_SMOOTH = 25
"""More rings are drawn as thin lines, which cost a tenth of the time: they are drawn anew as long as the picture is moved."""
CENTRE_PX = 7
"""From the beam centre to the ends of its cross (screen pixels)."""
LEAST_APART_PX = 4
"""Between the boxes of names (screen pixels)."""


class RingsItem(pg.GraphicsObject):
    """Painted into a picture of its own, which is used until something moves: a new frame below costs no new rings."""

    def __init__(self, overlay: FrameOverlay, rings: Rings | RingsBeside) -> None:
        super().__init__()
        self._overlay, self._rings = overlay, rings
        self.setParentItem(overlay.item)
        self.setZValue(-1)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setVisible(False)

    @guarded
    def boundingRect(self) -> QRectF:
        rows, columns = self._rings.frame_shape
        return QRectF(0, 0, columns, rows)

    @guarded
    def shape(self) -> QPainterPath:
        return QPainterPath()

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        center = self._rings.geometry.beam_center
        if center is None:
            return
        middle, rings = QPointF(*center), self._rings.rings
        are_few = len(rings) <= MOST_SMOOTH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, are_few)
        painter.setClipRect(self.boundingRect())
        for color, width in ((HALO, HALO_WIDTH), (COLOR, WIDTH)) if are_few else ((COLOR, 1.0),):
            painter.setPen(line_pen(painter.device(), color, width))
            for ring in rings:
                painter.drawEllipse(middle, *ring.radii_px)
        seen = self._overlay.visible_rect & self.boundingRect()
        to_screen = painter.worldTransform()
        painter.resetTransform()
        _draw_cross(painter, to_screen.map(middle))
        _draw_names(painter, rings, middle, seen, to_screen)


def _draw_cross(painter: QPainter, at: QPointF) -> None:
    x, y, far = at.x(), at.y(), CENTRE_PX
    lines = [QLineF(x - far, y, x + far, y), QLineF(x, y - far, x, y + far)]
    for color, width in ((HALO, HALO_WIDTH), (COLOR, WIDTH)):
        painter.setPen(line_pen(painter.device(), color, width))
        painter.drawLines(lines)


def _draw_names(painter: QPainter, rings: tuple[Ring, ...], middle: QPointF, seen: QRectF, to_screen: QTransform) -> None:
    """Write the names where they are seen, from the middle outwards; one that would lie on another is left out."""
    taken: list[QRectF] = []
    metrics, screen = painter.fontMetrics(), to_screen.mapRect(seen)
    for ring in rings:
        box = QRectF(0, 0, metrics.horizontalAdvance(ring.name) + 6, metrics.height())
        for direction in DIRECTIONS:
            angle = radians(direction)
            at = QPointF(middle.x() + ring.radii_px[0] * cos(angle), middle.y() + ring.radii_px[1] * sin(angle))
            box.moveCenter(to_screen.map(at))
            if screen.contains(box):
                break
        else:
            continue
        if any(other.adjusted(-LEAST_APART_PX, -LEAST_APART_PX, LEAST_APART_PX, LEAST_APART_PX).intersects(box) for other in taken):
            continue
        taken.append(QRectF(box))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 190))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(COLOR)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), ring.name)


class RingsLayer(QObject):
    """Keeps the item in step with ``rings``, and with what is in view."""

    def __init__(self, overlay: FrameOverlay, rings: Rings | RingsBeside) -> None:
        super().__init__(overlay)
        self._rings = rings
        self.item = RingsItem(overlay, rings)
        rings.changed.connect(self._show)
        overlay.moved.connect(self._draw)
        self._show()

    def _show(self) -> None:
        self.item.setVisible(bool(self._rings.rings))
        self._draw()

    def _draw(self) -> None:
        if self.item.isVisible():
            self.item.prepareGeometryChange()
            self.item.update()
