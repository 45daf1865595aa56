"""The regions of a spectrum: spans of channels, which the mouse draws on the curve, and drags by their edges and middles."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainterPath

from swmr_viewer.analysis import Point, Region
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.curves import ChannelAxis, CurveView
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.picture import span_text
from swmr_viewer.gui.regions.drawing_tool import DrawingTool
from swmr_viewer.gui.regions.measurements import Measurements
from swmr_viewer.gui.regions.region_items import HaloPath, take_away
from swmr_viewer.gui.regions.regions_layer import region_color
from swmr_viewer.gui.session import Session

SHADE, SHADE_SELECTED = 36, 76
"""How much of their colour covers the curve (of 255)."""
BACKDROP_ALPHA = 190
"""How much of the canvas's colour is under a label (of 255): curves run there as well."""
DARKER = 165
"""The colours are made for dark pictures; on a light canvas they are this dark (percent)."""


class SpanItem(pg.LinearRegionItem):
    """One span; its places are those of the curve's axis."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.label = pg.TextItem(anchor=(0, 0))
        for line in self.lines:
            line.sigClicked.connect(self.clicked)

    def mouseClickEvent(self, ev: Any) -> None:
        super().mouseClickEvent(ev)
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self.clicked.emit()

    def color(self, color: str, *, is_selected: bool) -> None:
        brush = QColor(color)
        brush.setAlpha(SHADE_SELECTED if is_selected else SHADE)
        self.setBrush(brush)
        self.label.setColor(color)
        backdrop = QColor(tokens().canvas)
        backdrop.setAlpha(BACKDROP_ALPHA)
        self.label.fill = pg.mkBrush(backdrop)
        for line in self.lines:
            line.setPen(pg.mkPen(color, width=2.5 if is_selected else 1.5))
            line.setHoverPen(pg.mkPen(color, width=4))
        self.update()


def show_span(item: SpanItem, region: Region, axis: ChannelAxis, number: int, *, is_selected: bool) -> None:
    """Show the channels of the n-th region on the axis of a curve, in its colour."""
    item.setRegion(sorted(axis.place(channel) for channel in _extent(region)))
    color = QColor(region_color(number))
    item.color((color if tokens().is_dark else color.darker(DARKER)).name(), is_selected=is_selected)


class SpansLayer(QObject):
    """Keeps the spans on the curve in step with ``Measurements``, and turns what the mouse does into intents.

    A spectrum is an image one pixel high: a span is a rectangle of which only x counts, in channels whatever the axis is.
    """

    def __init__(self, session: Session, curve: CurveView, measurements: Measurements) -> None:
        super().__init__(curve)
        self._session = session
        self._curve = curve
        self._measurements = measurements
        self._items: dict[str, SpanItem] = {}
        self._is_syncing = False
        band = HaloPath()
        curve.box.addItem(band, ignoreBounds=True)
        self.tool = DrawingTool(curve.view, band, self._point_at, self._band)
        self.tool.drawn.connect(self._on_drawn)
        for signal in (measurements.marks_changed, measurements.selection_changed, curve.axis_changed, theme_of_application().changed):
            signal.connect(self._sync)
        curve.box.sigRangeChanged.connect(self._place_labels)

    def item_of(self, name: str) -> SpanItem:
        """Return the item that shows a region."""
        return self._items[name]

    @property
    def _axis(self) -> ChannelAxis | None:
        return self._curve.channels

    @property
    def _facts(self) -> DataFacts:
        return self._session.scan.data_facts

    # ---- from the model

    def _sync(self) -> None:
        axis, selected = self._axis, self._measurements.selected
        regions = self._measurements.marks.regions if axis is not None else ()
        for name in self._items.keys() - {region.name for region in regions}:
            self._remove(self._items.pop(name))
        if axis is None:
            return
        self._is_syncing = True
        for number, region in enumerate(regions):
            item = self._items.get(region.name) or self._add(region.name)
            item.setToolTip(tip(span_text(self._facts, region, len(axis))))
            show_span(item, region, axis, number, is_selected=selected is region)
        self._is_syncing = False
        self._place_labels()

    def _add(self, name: str) -> SpanItem:
        item = self._items[name] = SpanItem()
        item.label.setText(name)
        for graphics in (item, item.label):
            self._curve.box.addItem(graphics, ignoreBounds=True)
        item.clicked.connect(lambda: self._measurements.select(name))
        item.sigRegionChanged.connect(self._place_labels)
        item.sigRegionChangeFinished.connect(lambda moved: self._on_moved(name, moved))  # as in `RegionsLayer`: it holds no item
        return item

    def _remove(self, item: SpanItem) -> None:
        for graphics, parts in ((item, item.lines), (item.label, ())):
            self._curve.box.removeItem(graphics)
            take_away(graphics, parts)

    def _place_labels(self) -> None:
        (left, _), (_, top) = self._curve.box.viewRange()
        for item in self._items.values():
            item.label.setPos(max(left, min(item.getRegion())), top)

    # ---- from the mouse

    def _point_at(self, at: QPointF) -> Point:
        point = self._curve.box.mapSceneToView(self._curve.view.mapToScene(at.toPoint()))
        return (self._axis.clipped(point.x()) if self._axis is not None else point.x(), point.y())

    def _band(self, kind: str, points: tuple[Point, ...]) -> QPainterPath:
        seen, path = self._curve.box.viewRect(), QPainterPath()
        path.addRect(QRectF(points[0][0], seen.top(), points[-1][0] - points[0][0], seen.height()).normalized())
        return path

    def _on_drawn(self, kind: str, points: tuple[Point, ...]) -> None:
        if self._axis is not None:
            low, high = sorted(self._axis.channel(x) for x, _ in points)
            self._measurements.draw(kind, ((low, 0.0), (high, 1.0)))
            self._update_text()

    def _on_moved(self, name: str, item: SpanItem) -> None:
        region, axis = self._measurements.marks.region(name), self._axis
        if self._is_syncing or region is None or axis is None:
            return
        low, high = sorted(axis.channel(place) for place in item.getRegion())
        points = _moved(region, low, high)
        if any(abs(x - was) > 1e-6 for (x, _), (was, _) in zip(points, region.points, strict=True)):
            self._measurements.select(name)
            self._measurements.move(name, points)
            self._update_text()

    def _update_text(self) -> None:
        selected, axis = self._measurements.selected, self._axis
        if selected is not None and axis is not None:
            self._session.note(span_text(self._facts, selected, len(axis)))


def _extent(region: Region) -> tuple[float, float]:
    xs = [x for x, _ in region.points]
    return min(xs), max(xs)


def _moved(region: Region, low: float, high: float) -> tuple[Point, ...]:
    """Return the region's points from low to high: a shape that was drawn on images keeps its own."""
    first, last = _extent(region)
    scale = (high - low) / ((last - first) or 1.0)
    return tuple((low + (x - first) * scale, y) for x, y in region.points)
