"""Drawn over the picture, in the frame's coordinates (x right, y down, pixel (0, 0) covers [0, 1) x [0, 1)): cross-hair and numbers."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from swmr_viewer.analysis import Point
from swmr_viewer.gui.image.image_view import ImageView
from swmr_viewer.gui.look.painting import guarded, line_pen
from swmr_viewer.gui.session import Session


class FrameOverlay(QObject):
    """Where marks, cross-hair and numbers are drawn; it turns with the picture, so that they stay on their pixels."""

    moved = Signal()
    """Zoomed, panned or turned: what has a place on the screen is elsewhere."""

    def __init__(self, image: ImageView) -> None:
        super().__init__(image)
        self.image = image
        self.view = image.view
        self.item = pg.GraphicsObject()
        self.item.setFlag(self.item.GraphicsItemFlag.ItemHasNoContents)
        self.item.boundingRect = QRectF
        self.item.setZValue(20)
        image.box.addItem(self.item, ignoreBounds=True)
        image.box.sigTransformChanged.connect(self.moved)

    @property
    def frame_shape(self) -> tuple[int, int]:
        """Rows and columns of the last image that was shown."""
        return self.image.frame_shape or (0, 0)

    def frame_point(self, at: QPointF, *, clipped: bool = True) -> Point:
        """Return (x, y) in the frame of a point of the view's viewport, clipped to the frame."""
        point = self.item.mapFromScene(self.view.mapToScene(at.toPoint()))
        rows, columns = self.frame_shape
        if not clipped or not rows:
            return (point.x(), point.y())
        return (min(max(point.x(), 0.0), float(columns)), min(max(point.y(), 0.0), float(rows)))

    def on_screen(self, at: Point) -> QPointF:
        """Return where a point of the frame is on the view's viewport."""
        return QPointF(self.view.mapFromScene(self.item.mapToScene(QPointF(*at))))

    def upper_left(self, points: tuple[Point, ...]) -> Point:
        """Return the corner of the points' bounding box that is uppermost, and then leftmost, on the screen."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        corners = [(x, y) for x in (min(xs), max(xs)) for y in (min(ys), max(ys))]
        return min(corners, key=lambda at: (self.on_screen(at).y(), self.on_screen(at).x()))

    @property
    def pixel_size_px(self) -> float:
        """The shorter side of a frame pixel on the screen (screen pixels)."""
        across = self.item.sceneTransform() * self.view.viewportTransform()
        return float(min(abs(across.m11()) + abs(across.m12()), abs(across.m22()) + abs(across.m21())))

    @property
    def visible_rect(self) -> QRectF:
        """The part of the frame plane that is on the screen."""
        return QRectF(self.item.mapRectFromScene(self.image.box.sceneBoundingRect()))


class _Cross(pg.GraphicsObject):
    """Two lines across the frame; a dark one under each light one shows on any colour."""

    def __init__(self, overlay: FrameOverlay) -> None:
        super().__init__()
        self._overlay = overlay
        self.at: tuple[int, int] | None = None
        self.setParentItem(overlay.item)
        self.setVisible(False)

    def put(self, at: tuple[int, int] | None) -> None:
        self.prepareGeometryChange()
        self.at = at
        self.setVisible(at is not None)
        self.update()

    @guarded
    def boundingRect(self) -> QRectF:
        rows, columns = self._overlay.frame_shape
        return QRectF(0, 0, columns, rows)

    @guarded
    def shape(self) -> object:
        return pg.QtGui.QPainterPath()

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.at is None:
            return
        rows, columns = self._overlay.frame_shape
        x, y = self.at[1] + 0.5, self.at[0] + 0.5
        lines = [QLineF(0, y, columns, y), QLineF(x, 0, x, rows)]
        for color, width in ((QColor(0, 0, 0, 110), 3.0), (QColor(255, 255, 255, 220), 1.0)):
            painter.setPen(line_pen(painter.device(), color, width))
            painter.drawLines(lines)


class Crosshair(QObject):
    """Follows the pointer while it is switched on."""

    moved = Signal()
    """It is elsewhere, or was switched."""

    def __init__(self, overlay: FrameOverlay) -> None:
        super().__init__(overlay)
        self._at: tuple[int, int] | None = None
        self.at: tuple[int, int] | None = None
        """Row and column where the pointer is, or was before it left the picture."""
        self.is_on = False
        self.item = _Cross(overlay)
        self.item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, False)
        overlay.image.pointer_moved.connect(self.point)

    def switch(self, on: bool) -> None:
        self.is_on = on
        self.item.put(self._at if on else None)
        self.moved.emit()

    def point(self, at: tuple[int, int] | None) -> None:
        """Go to this row and column, or away."""
        self._at, before = at, self.at
        self.at = at or before
        if self.is_on:
            self.item.put(at)
            if self.at != before:
                self.moved.emit()


LEAST_PX = 34.0
"""Smaller pixels (screen pixels) have no room for a number."""
MOST_NUMBERS = 6000


class _Numbers(pg.GraphicsObject):
    def __init__(self, owner: PixelNumbers) -> None:
        super().__init__()
        self._owner = owner
        self.setParentItem(owner.overlay.item)
        self.setZValue(1)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @guarded
    def boundingRect(self) -> QRectF:
        rows, columns = self._owner.overlay.frame_shape
        return QRectF(0, 0, columns, rows)

    @guarded
    def shape(self) -> object:
        return pg.QtGui.QPainterPath()

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        shown = self._owner.shown_numbers()
        if not shown:
            return
        transform = painter.worldTransform()
        painter.resetTransform()
        ratio = painter.device().devicePixelRatioF() if painter.device() is not None else 1.0
        side = self._owner.overlay.pixel_size_px * ratio
        font = QFont(painter.font())
        font.setPixelSize(max(8, round(side / max(3.2, 0.72 * max(len(words) for _, _, words in shown)))))
        painter.setFont(font)
        for x, y, words in shown:
            middle = transform.map(QPointF(x + 0.5, y + 0.5))
            box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
            for color, shift in ((QColor(0, 0, 0, 190), 1.0), (QColor(255, 255, 255), 0.0)):
                painter.setPen(color)
                painter.drawText(box.translated(shift, shift), int(Qt.AlignmentFlag.AlignCenter), words)


class PixelNumbers(QObject):
    """Knows which numbers are shown; the item only paints them."""

    def __init__(self, session: Session, overlay: FrameOverlay) -> None:
        super().__init__(overlay)
        self._session = session
        self.overlay = overlay
        self.is_on = True
        self.item = _Numbers(self)
        overlay.moved.connect(self._on_moved)

    def switch(self, on: bool) -> None:
        self.is_on = on
        self.item.update()

    def shown_numbers(self) -> list[tuple[int, int, str]]:
        """Return (x, y, words) of every pixel that is seen large enough; nothing when zoomed out."""
        frame = self._session.scan.shown
        if not self.is_on or frame is None or frame.raw.ndim != 2 or self.overlay.pixel_size_px < LEAST_PX:
            return []
        rows, columns = frame.raw.shape
        seen = self.overlay.visible_rect
        left, right = max(0, floor(seen.left())), min(columns, ceil(seen.right()))
        top, bottom = max(0, floor(seen.top())), min(rows, ceil(seen.bottom()))
        if (right - left) * (bottom - top) > MOST_NUMBERS:
            return []
        return [(x, y, short_text(frame.raw[y, x])) for y in range(top, bottom) for x in range(left, right)]

    def _on_moved(self) -> None:
        self.item.prepareGeometryChange()
        self.item.update()


def short_text(value: Any) -> str:
    """Return a raw value as it fits on a pixel: whole numbers in full up to seven figures."""
    if isinstance(value, np.integer | np.bool_):
        words = str(int(value))
        return words if len(words) <= 7 else f"{float(value):.2e}"
    return f"{value:.3g}"
