"""The marks over the picture: regions and the profile's line, which the mouse can draw, move and reshape."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Qt

from swmr_viewer.analysis import Point, Region
from swmr_viewer.gui.image import FrameOverlay
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.regions.drawing_tool import DrawingTool
from swmr_viewer.gui.regions.line_mark import LineMark
from swmr_viewer.gui.regions.measurements import Measurements
from swmr_viewer.gui.regions.region_items import BACKDROP, HaloPath, mark_of, points_of, take_away
from swmr_viewer.gui.regions.regions import Line

COLORS = ("#ff9f43", "#4cc9f0", "#f78fb3", "#b8e986", "#c79bff", "#ffd166")
"""Light enough for dark pictures; a dark halo keeps them apart from light ones."""

LINE_COLOR = "#ff7a73"


def region_color(number: int) -> str:
    """Return the colour of the n-th region (``#rrggbb``)."""
    return COLORS[number % len(COLORS)]


class RegionsLayer(QObject):
    """Keeps the items on the picture in step with ``Measurements``, and turns what the mouse does into intents."""

    def __init__(self, overlay: FrameOverlay, measurements: Measurements) -> None:
        super().__init__(overlay)
        self._overlay = overlay
        self._measurements = measurements
        self._items: dict[str, tuple[Region, Any]] = {}
        self._line: tuple[tuple[Line, int], Any] | None = None
        band = HaloPath(overlay.item)
        self.tool = DrawingTool(overlay.view, band, overlay.frame_point)
        self.tool.drawn.connect(self._on_drawn)
        for signal in (measurements.marks_changed, measurements.selection_changed):
            signal.connect(self._sync)  # another one may be selected before it is said that another data set is shown
        overlay.moved.connect(self._place_labels)
        theme_of_application().changed.connect(self._color)

    def item_of(self, name: str) -> Any:
        """Return the item that shows a region."""
        return self._items[name][1]

    def region_at(self, at: QPointF) -> Region | None:
        """Return the region at a place of the view's viewport, the uppermost of several: the selected one, then the newest."""
        place = self._overlay.item.mapFromScene(self._overlay.view.mapToScene(at.toPoint()))
        there = [region for region, item in self._items.values() if item.shape().contains(item.mapFromParent(place))]
        return next((region for region in there if region is self._measurements.selected), there[-1] if there else None)

    def label_place(self, region: Region) -> QPointF:
        """Return where a region's label is, on the view's viewport."""
        return self._overlay.on_screen(self._label_corner(region))

    # ---- from the model

    def _sync(self) -> None:
        marks = self._measurements.marks
        wanted = {region.name: region for region in marks.regions}
        for name in [name for name, (region, _) in self._items.items() if wanted.get(name) != region]:
            self._remove(self._items.pop(name)[1])
        for name, region in wanted.items():
            if name not in self._items:
                self._items[name] = (region, self._add_region(region))
        line = (marks.line, marks.line_width) if marks.line is not None else None
        if self._line is not None and self._line[0] != line:
            self._remove(self._line[1])
            self._line = None
        if line is not None and self._line is None:
            self._line = (line, self._add_line(*line))
        self._color()

    def _remove(self, item: Any) -> None:
        take_away(item, item.getHandles())

    def _add_region(self, region: Region) -> Any:
        item = mark_of(region)
        item.setParentItem(self._overlay.item)
        item.label = pg.TextItem(region.name, anchor=(0, 1))
        item.label.setParentItem(item)
        item.setAcceptedMouseButtons(Qt.MouseButton.LeftButton)
        item.sigClicked.connect(lambda: self._measurements.select(region.name))
        # The item comes with the signal: a lambda that held it would keep it, for its own connection is seen by no collector.
        item.sigRegionChangeFinished.connect(lambda moved: self._on_moved(region, moved))
        return item

    def _add_line(self, line: Line, width: int) -> Any:
        item = LineMark(line, width)
        item.setParentItem(self._overlay.item)
        item.sigRegionChangeFinished.connect(self._on_line_moved)
        item.width_dragged.connect(self._measurements.set_width)
        return item

    def _color(self) -> None:
        selected = self._measurements.selected
        for number, region in enumerate(self._measurements.marks.regions):
            item = self._items[region.name][1]
            is_selected = selected is not None and region.name == selected.name
            item.show_as(region_color(number), is_selected=is_selected)
            item.setZValue(is_selected)
            item.label.setColor(region_color(number))
            item.label.fill = pg.mkBrush(BACKDROP)
            item.label.border = pg.mkPen(region_color(number) if is_selected else BACKDROP)
        if self._line is not None:
            self._line[1].show_as(LINE_COLOR, is_selected=False)
        self._place_labels()

    def _place_labels(self) -> None:
        for _, item in (*self._items.values(), *filter(None, (self._line,))):
            item.moved_on_screen()
        for region, item in self._items.values():
            item.label.setPos(item.mapFromParent(QPointF(*self._label_corner(region))))

    def _label_corner(self, region: Region) -> Point:
        if region.kind != "polygon":
            return self._overlay.upper_left(region.points)
        return min(region.points, key=lambda at: (self._overlay.on_screen(at).y(), self._overlay.on_screen(at).x()))

    # ---- from the mouse

    def _on_drawn(self, kind: str, points: tuple[Point, ...]) -> None:
        if kind == "line":
            self._measurements.draw_line((points[0], points[1]))
        else:
            self._measurements.draw(kind, points)

    def _on_moved(self, region: Region, item: Any) -> None:
        points = points_of(region, item)
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
