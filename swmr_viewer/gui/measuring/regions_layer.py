"""The marks over the picture: regions and the profile's line, which the mouse can draw, move and reshape."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsPathItem

from swmr_viewer.analysis import Point, Region
from swmr_viewer.gui.image import FrameOverlay
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.measuring.drawing_tool import DrawingTool
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.regions import Line

COLORS = ("#ff9f43", "#4cc9f0", "#f78fb3", "#b8e986", "#c79bff", "#ffd166")
"""Light enough for dark pictures; a dark rim (the shadow pen) keeps them apart from light ones."""

LINE_COLOR = "#ff7a73"


def region_color(number: int) -> str:
    """Return the colour of the n-th region (``#rrggbb``)."""
    return COLORS[number % len(COLORS)]


class _Ellipse(pg.EllipseROI):
    def _addHandles(self) -> None:
        _add_corner_handles(self)


class RegionsLayer(QObject):
    """Keeps the items on the picture in step with ``Measurements``, and turns what the mouse does into intents."""

    def __init__(self, overlay: FrameOverlay, measurements: Measurements) -> None:
        super().__init__(overlay)
        self._overlay = overlay
        self._measurements = measurements
        self._items: dict[str, tuple[Region, Any]] = {}
        self._line: tuple[Line, Any] | None = None
        band = QGraphicsPathItem(overlay.item)
        self.tool = DrawingTool(overlay.view, band, overlay.frame_point)
        self.tool.drawn.connect(self._on_drawn)
        measurements.marks_changed.connect(self._sync)
        measurements.selection_changed.connect(self._color)
        overlay.moved.connect(self._place_labels)
        theme_of_application().changed.connect(self._color)

    def item_of(self, name: str) -> Any:
        """Return the item that shows a region."""
        return self._items[name][1]

    # ---- from the model

    def _sync(self) -> None:
        marks = self._measurements.marks
        wanted = {region.name: region for region in marks.regions}
        for name in [name for name, (region, _) in self._items.items() if wanted.get(name) != region]:
            self._remove(self._items.pop(name)[1])
        for name, region in wanted.items():
            if name not in self._items:
                self._items[name] = (region, self._add_region(region))
        if self._line is not None and self._line[0] != marks.line:
            self._remove(self._line[1])
            self._line = None
        if marks.line is not None and self._line is None:
            self._line = (marks.line, self._add_line(marks.line))
        self._color()

    def _remove(self, item: Any) -> None:
        item.scene().removeItem(item)
        item.setParentItem(None)

    def _add_region(self, region: Region) -> Any:
        item = _roi_of(region)
        item.setParentItem(self._overlay.item)
        item.label = pg.TextItem(region.name, anchor=(0, 1))
        item.label.setParentItem(item)
        item.setAcceptedMouseButtons(Qt.MouseButton.LeftButton)
        item.sigClicked.connect(lambda: self._measurements.select(region.name))
        item.sigRegionChangeFinished.connect(lambda: self._on_moved(region, item))
        return item

    def _add_line(self, line: Line) -> Any:
        item = pg.LineSegmentROI(list(line), movable=True)
        item.setParentItem(self._overlay.item)
        item.sigRegionChangeFinished.connect(lambda: self._on_line_moved(item))
        return item

    def _color(self) -> None:
        selected = self._measurements.selected
        for number, region in enumerate(self._measurements.marks.regions):
            item = self._items[region.name][1]
            is_selected = selected is not None and region.name == selected.name
            item.setPen(pg.mkPen(region_color(number), width=2.5 if is_selected else 1.5))
            item.hoverPen = pg.mkPen(region_color(number), width=3)
            item.label.setColor(region_color(number))
            item.label.fill = pg.mkBrush(QColor(0, 0, 0, 120))
        if self._line is not None:
            self._line[1].setPen(pg.mkPen(LINE_COLOR, width=2))
        self._place_labels()

    def _place_labels(self) -> None:
        for region, item in self._items.values():
            corner = min(region.points, key=lambda at: (self._overlay.on_screen(at).y(), self._overlay.on_screen(at).x()))
            if region.kind != "polygon":
                corner = self._overlay.upper_left(region.points)
            item.label.setPos(item.mapFromParent(QPointF(*corner)))

    # ---- from the mouse

    def _on_drawn(self, kind: str, points: tuple[Point, ...]) -> None:
        if kind == "line":
            self._measurements.draw_line((points[0], points[1]))
        else:
            self._measurements.draw(kind, points)

    def _on_moved(self, region: Region, item: Any) -> None:
        points = _points_of(region, item)
        if points == region.points:
            return
        self._measurements.move(region.name, points)
        if self._measurements.marks.region(region.name) == region:  # refused: what is drawn is what is measured
            self._remove(item)
            self._items[region.name] = (region, self._add_region(region))
            self._color()

    def _on_line_moved(self, item: Any) -> None:
        (a, b) = (item.mapToParent(handle["item"].pos()) for handle in item.handles)
        self._measurements.draw_line(((a.x(), a.y()), (b.x(), b.y())))


def _roi_of(region: Region) -> Any:
    if region.kind == "polygon":
        return pg.PolyLineROI([list(point) for point in region.points], closed=True, movable=True)
    (x0, y0), (x1, y1) = region.points
    place = ((min(x0, x1), min(y0, y1)), (abs(x1 - x0), abs(y1 - y0)))
    if region.kind == "ellipse":
        return _Ellipse(*place)
    item = pg.ROI(*place)
    _add_corner_handles(item)
    return item


def _add_corner_handles(item: Any) -> None:
    for corner in ((0, 0), (1, 0), (0, 1), (1, 1)):
        item.addScaleHandle(corner, (1 - corner[0], 1 - corner[1]))


def _points_of(region: Region, item: Any) -> tuple[Point, ...]:
    if region.kind == "polygon":
        corners = [item.mapToParent(handle["item"].pos()) for handle in item.handles]
        return tuple((float(at.x()), float(at.y())) for at in corners)
    at, size = item.pos(), item.size()
    return ((float(at.x()), float(at.y())), (float(at.x() + size.x()), float(at.y() + size.y())))
