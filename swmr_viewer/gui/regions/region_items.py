"""What regions and the profile's line are drawn with: an outline in its colour on a dark one, which is seen on every colour map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from pyqtgraph.graphicsItems.ROI import Handle
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from swmr_viewer.analysis import Point, Region
from swmr_viewer.gui.look.painting import guarded, line_pen

HALO = QColor(0, 0, 0, 215)
HALO_PX = 1.75
"""How far the halo reaches on each side of an outline (screen pixels)."""
BACKDROP = QColor(0, 0, 0, 205)
"""Below labels."""
WIDTH, SELECTED_WIDTH = 2.0, 3.0
"""Of outlines (screen pixels)."""
HANDLE_WIDTH = 1.5
HANDLE_PX, SELECTED_HANDLE_PX = 4, 5
"""From the middle of a handle to its corners (screen pixels)."""


def pen_of(color: str | QColor, width: float) -> QPen:
    """Return a pen of a width in screen pixels."""
    pen: QPen = pg.mkPen(color, width=width)
    return pen


def draw_with_halo(painter: QPainter, path: QPainterPath, pen: QPen) -> None:
    """Draw an outline with a dark one below."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, width in ((HALO, pen.widthF() + 2 * HALO_PX), (pen.color(), pen.widthF())):
        painter.setPen(line_pen(painter.device(), color, width))
        painter.drawPath(path)


class HaloHandle(Handle):
    """A handle in its region's colour; those of the selected one are full."""

    def __init__(self, parent: Any, kind: str) -> None:
        super().__init__(HANDLE_PX, typ=kind, parent=parent)
        self.is_full = False

    def show_as(self, color: str, *, is_selected: bool) -> None:
        self.pen = self.currentPen = pen_of(color, HANDLE_WIDTH)
        self.hoverPen = pen_of("w", HANDLE_WIDTH)
        self.is_full = is_selected
        self.radius = SELECTED_HANDLE_PX if is_selected else HANDLE_PX
        self.buildPath()
        self.viewTransformChanged()

    @guarded
    def boundingRect(self) -> QRectF:
        return with_halo(self, super().boundingRect())

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setBrush(self.currentPen.color() if self.is_full else QColor(0, 0, 0, 0))
        draw_with_halo(painter, self.shape(), self.currentPen)


class Mark:
    """Mixed into pyqtgraph's shapes: says their outline, and draws it with a halo."""

    def outline(self) -> QPainterPath:
        """Return what is drawn, in the item's own coordinates."""
        raise NotImplementedError

    def show_as(self: Any, color: str, *, is_selected: bool) -> None:
        """Draw it in this colour, the selected one bolder and with full handles."""
        self.setPen(pen_of(color, SELECTED_WIDTH if is_selected else WIDTH))
        self.hoverPen = pen_of(color, SELECTED_WIDTH)
        for handle in self.getHandles():
            handle.show_as(color, is_selected=is_selected)

    def moved_on_screen(self: Any) -> None:
        """Take note that what is a pixel of the screen is another length."""
        self.prepareGeometryChange()

    @guarded
    def paint(self: Any, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        draw_with_halo(painter, self.outline(), self.currentPen)

    def addScaleHandle(self: Any, pos: Any, center: Any, **options: Any) -> Any:
        return super().addScaleHandle(pos, center, **{**options, "item": HaloHandle(self, "s")})  # type: ignore[misc]

    def addFreeHandle(self: Any, pos: Any = None, axes: Any = None, item: Any = None, **options: Any) -> Any:
        return super().addFreeHandle(pos, axes, item or HaloHandle(self, "f"), **options)  # type: ignore[misc]


class RectangleMark(Mark, pg.ROI):
    """A rectangle with a handle at each corner."""

    def __init__(self, place: tuple[Point, Point]) -> None:
        super().__init__(*place)
        _add_corner_handles(self)

    def outline(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(pg.ROI.boundingRect(self))
        return path

    @guarded
    def boundingRect(self) -> QRectF:
        return with_halo(self, super().boundingRect())


class EllipseMark(Mark, pg.EllipseROI):
    """An ellipse with a handle at each corner of its box."""

    def __init__(self, place: tuple[Point, Point]) -> None:
        super().__init__(*place)

    def _addHandles(self) -> None:
        _add_corner_handles(self)

    def outline(self) -> QPainterPath:
        path = QPainterPath()
        path.addEllipse(pg.ROI.boundingRect(self))
        return path

    @guarded
    def boundingRect(self) -> QRectF:
        return with_halo(self, super().boundingRect())


class PolygonMark(Mark, pg.PolyLineROI):
    """A polygon with a handle at each corner; its sides lie over it, and its halo is drawn below them."""

    def __init__(self, points: tuple[Point, ...]) -> None:
        super().__init__([list(point) for point in points], closed=True, movable=True)

    def outline(self) -> QPainterPath:
        return pg.PolyLineROI.shape(self)  # type: ignore[no-any-return]

    @guarded
    def boundingRect(self) -> QRectF:
        return with_halo(self, super().boundingRect())


class HaloPath(QGraphicsPathItem):
    """What is being drawn."""

    @guarded
    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-1e3, -1e3, 1e3, 1e3)  # whatever the zoom: it is there for a moment

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        draw_with_halo(painter, self.path(), self.pen())


def mark_of(region: Region) -> Any:
    """Return the item that shows a region."""
    if region.kind == "polygon":
        return PolygonMark(region.points)
    (x0, y0), (x1, y1) = region.points
    place = ((min(x0, x1), min(y0, y1)), (abs(x1 - x0), abs(y1 - y0)))
    return EllipseMark(place) if region.kind == "ellipse" else RectangleMark(place)


def points_of(region: Region, item: Any) -> tuple[Point, ...]:
    """Return the points of a region as its item shows it now."""
    if region.kind == "polygon":
        corners = [item.mapToParent(handle["item"].pos()) for handle in item.handles]
        return tuple((float(at.x()), float(at.y())) for at in corners)
    at, size = item.pos(), item.size()
    return ((float(at.x()), float(at.y())), (float(at.x() + size.x()), float(at.y() + size.y())))


def take_away(item: Any, parts: Sequence[Any]) -> None:
    """Take an item off its picture, and have it deleted in the event loop: not by Python's collector, which may run in any call of Qt.

    Parameters
    ----------
    item : QGraphicsObject
        The item, with all that hangs on it.
    parts : sequence of QGraphicsItem
        What of it the mouse may be over: pyqtgraph's scene would speak to it again.
    """
    scene = item.scene()
    if scene is not None:
        for one in (item, *parts):
            scene.hoverItems.pop(one, None)
        scene.lastHoverEvent = None
        scene.removeItem(item)
    item.setParentItem(None)
    for one in parts:
        if (menu := getattr(one, "menu", None)) is not None:
            menu.deleteLater()
    item.deleteLater()


def _add_corner_handles(item: Any) -> None:
    for corner in ((0, 0), (1, 0), (0, 1), (1, 1)):
        item.addScaleHandle(corner, (1 - corner[0], 1 - corner[1]))


def with_halo(item: Any, rect: QRectF) -> QRectF:
    """Return a rectangle with room for an outline and its halo around it."""
    margin = SELECTED_WIDTH / 2 + HALO_PX + 1
    x, y = (margin * (length or 0.0) for length in (item.pixelWidth(), item.pixelHeight()))
    return rect.adjusted(-x, -y, x, y)
