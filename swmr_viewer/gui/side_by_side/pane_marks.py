"""What is drawn on a data set, as it is seen in the grid: regions, spans of channels and the profile's line, to be looked at."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from swmr_viewer.analysis import Region
from swmr_viewer.gui.curves import CurveView
from swmr_viewer.gui.image import FrameOverlay
from swmr_viewer.gui.look.painting import guarded
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.regions import (
    BAND_ALPHA,
    LINE_COLOR,
    Marks,
    Measurements,
    SpanItem,
    band_of,
    draw_with_halo,
    outline,
    pen_of,
    region_color,
    show_span,
)

WIDTH = 1.5
"""Of outlines (screen pixels)."""
BACKDROP = QColor(0, 0, 0, 205)


class PictureMarks(QObject):
    """Over a picture.

    Parameters
    ----------
    overlay : FrameOverlay
        Of the picture.
    measurements : Measurements
        Has what is drawn.
    place : str
        Of the data set.
    """

    def __init__(self, overlay: FrameOverlay, measurements: Measurements, place: str) -> None:
        super().__init__(overlay)
        self._measurements, self._place = measurements, place
        self.item = _MarksItem(overlay)
        overlay.moved.connect(self.item.redraw)
        measurements.marks_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.item.marks = self._measurements.kept.get(self._place, Marks())
        self.item.redraw()

    @property
    def regions(self) -> tuple[Region, ...]:
        """Those that are seen."""
        return self.item.marks.regions


class CurveMarks(QObject):
    """Over a spectrum, as `PictureMarks` are over a picture."""

    def __init__(self, curve: CurveView, measurements: Measurements, place: str) -> None:
        super().__init__(curve)
        self._curve, self._measurements, self._place = curve, measurements, place
        self.items: list[SpanItem] = []
        for signal in (measurements.marks_changed, curve.axis_changed, theme_of_application().changed):
            signal.connect(self._show)
        curve.box.sigRangeChanged.connect(self._place_labels)
        self._show()

    @property
    def regions(self) -> tuple[Region, ...]:
        """Those that are seen, once there is a spectrum."""
        return self._measurements.kept.get(self._place, Marks()).regions if self._curve.channels is not None else ()

    def _show(self) -> None:
        axis, regions = self._curve.channels, self.regions
        while len(self.items) > len(regions):
            item = self.items.pop()
            for graphics in (item, item.label):
                self._curve.box.removeItem(graphics)
        while len(self.items) < len(regions):
            self.items.append(item := SpanItem())
            item.setMovable(False)
            for graphics in (item, item.label):
                graphics.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
                self._curve.box.addItem(graphics, ignoreBounds=True)
        if axis is not None:
            for number, (item, region) in enumerate(zip(self.items, regions, strict=True)):
                item.label.setText(region.name)
                show_span(item, region, axis, number, is_selected=False)
        self._place_labels()

    def _place_labels(self) -> None:
        (left, _), (_, top) = self._curve.box.viewRange()
        for item in self.items:
            item.label.setPos(max(left, min(item.getRegion())), top)


class _MarksItem(pg.GraphicsObject):
    def __init__(self, overlay: FrameOverlay) -> None:
        super().__init__()
        self._overlay = overlay
        self.marks = Marks()
        self.setParentItem(overlay.item)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, False)

    def redraw(self) -> None:
        self.prepareGeometryChange()
        self.setVisible(not self.marks.is_empty)
        self.update()

    @guarded
    def boundingRect(self) -> QRectF:
        rows, columns = self._overlay.frame_shape
        return QRectF(-columns, -rows, 3 * columns, 3 * rows)

    @guarded
    def shape(self) -> QPainterPath:
        return QPainterPath()

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.marks.line is not None:
            (x0, y0), (x1, y1) = self.marks.line
            path = QPainterPath(QPointF(x0, y0))
            path.lineTo(x1, y1)
            band, color = _band(self.marks), QColor(LINE_COLOR)
            draw_with_halo(painter, path, pen_of(color, WIDTH))
            color.setAlpha(BAND_ALPHA)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPolygon(band)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        for number, region in enumerate(self.marks.regions):
            draw_with_halo(painter, _outline(region), pen_of(region_color(number), WIDTH))
        to_screen = painter.worldTransform()
        painter.resetTransform()
        for number, region in enumerate(self.marks.regions):
            corner = to_screen.mapRect(_outline(region).boundingRect()).topLeft()
            _draw_name(painter, region.name, corner, region_color(number))


def _band(marks: Marks) -> QPolygonF:
    """Return the pixels across the line that are taken together, where these are several."""
    if marks.line is None or marks.line_width < 2:
        return QPolygonF()
    a, b = marks.line
    return band_of(QPointF(*a), QPointF(*b), marks.line_width)


def _outline(region: Region) -> QPainterPath:
    path = outline(region.kind, region.points)
    if region.kind == "polygon":
        path.closeSubpath()
    return path


def _draw_name(painter: QPainter, name: str, corner: QPointF, color: str) -> None:
    """Write a name above the corner of its region, as it is on the screen."""
    metrics = painter.fontMetrics()
    box = QRectF(corner.x(), corner.y() - metrics.height(), metrics.horizontalAdvance(name) + 6, metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(BACKDROP)
    painter.drawRoundedRect(box, 2, 2)
    painter.setPen(QColor(color))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)
