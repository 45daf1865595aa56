"""The rings over the picture, with their names, and the beam centre."""

from __future__ import annotations

from math import radians

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF, QTransform
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
NEAR_DIRECTION_RAD = radians(2)
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
        self.outlines: list[QPolygonF] = []
        """Of the rings, in pixels."""
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
        are_few = len(self._rings.rings) <= MOST_SMOOTH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, are_few)
        painter.setClipRect(self.boundingRect())
        for color, width in ((HALO, HALO_WIDTH), (COLOR, WIDTH)) if are_few else ((COLOR, 1.0),):
            painter.setPen(line_pen(painter.device(), color, width))
            for outline in self.outlines:
                painter.drawPolyline(outline)
        seen = self._overlay.visible_rect & self.boundingRect()
        to_screen = painter.worldTransform()
        painter.resetTransform()
        center = self._rings.geometry.beam_center
        if center is not None:
            _draw_cross(painter, to_screen.map(QPointF(*center)))
        _draw_names(painter, self._rings.rings, center or self.boundingRect().center().toTuple(), seen, to_screen)


def _draw_cross(painter: QPainter, at: QPointF) -> None:
    x, y, far = at.x(), at.y(), CENTRE_PX
    lines = [QLineF(x - far, y, x + far, y), QLineF(x, y - far, x, y + far)]
    for color, width in ((HALO, HALO_WIDTH), (COLOR, WIDTH)):
        painter.setPen(line_pen(painter.device(), color, width))
        painter.drawLines(lines)


def _draw_names(painter: QPainter, rings: tuple[Ring, ...], middle: tuple[float, float], seen: QRectF, to_screen: QTransform) -> None:
    """Write the names where they are seen, from the middle outwards; one that would lie on another is left out."""
    taken: list[QRectF] = []
    metrics, screen = painter.fontMetrics(), to_screen.mapRect(seen)
    for ring in rings:
        box = QRectF(0, 0, metrics.horizontalAdvance(ring.name) + 6, metrics.height())
        for at in _places_for_name(ring, middle, seen):
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


def _places_for_name(ring: Ring, middle: tuple[float, float], seen: QRectF) -> list[QPointF]:
    """Return points of a ring that are in view: those in the usual directions from the middle, and then that in its own middle."""
    points = np.concatenate(ring.lines)
    inside = (points >= (seen.left(), seen.top())).all(axis=1) & (points <= (seen.right(), seen.bottom())).all(axis=1)
    points = points[inside]
    if not len(points):
        return []
    around = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    off = np.abs((around[:, None] - np.radians(DIRECTIONS) + np.pi) % (2 * np.pi) - np.pi)
    nearest = [int(off[:, number].argmin()) for number in range(len(DIRECTIONS)) if off[:, number].min() < NEAR_DIRECTION_RAD]
    return [QPointF(*map(float, points[number])) for number in (*nearest, len(points) // 2)]


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
        lines = (line for ring in self._rings.rings for line in ring.lines)
        self.item.outlines = [QPolygonF([QPointF(x, y) for x, y in line.tolist()]) for line in lines]
        self.item.setVisible(bool(self._rings.rings))
        self._draw()

    def _draw(self) -> None:
        if self.item.isVisible():
            self.item.prepareGeometryChange()
            self.item.update()
