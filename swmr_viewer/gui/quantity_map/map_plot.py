"""The plot of a map: its picture drawn for the pixels of the screen, axes, the shown frame, and what the mouse does on it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import count_text, exact_text, full_text
from swmr_viewer.gui.curves import MenuEntry, PlotPane
from swmr_viewer.gui.display.color_maps import color_table
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.quantity_map.map_colors import map_image
from swmr_viewer.gui.quantity_map.map_overlay import MapOverlay
from swmr_viewer.gui.quantity_map.map_settings import MapSettingsOwner
from swmr_viewer.gui.quantity_map.map_work import MapWork
from swmr_viewer.quantities import GridPlacing, MapPicture, Values, View

LEFT_PX = 56
"""Room for the numbers at the left, and the name of the axis."""
MOST_STRETCHED = 5.0
"""A map that steps of one length would make so much longer, or higher, than the room for it fills the room instead."""
UNFINISHED_S = 0.3
"""After so long a large map is shown though parts of it are still to be drawn."""
ZOOM = 1.02
"""What is seen beyond the outermost cells."""


class MapPlot(PlotPane):
    """Shows ``work.drawing`` in the colours of ``choices``."""

    fit_keys = "double click"
    pointed = Signal(object)
    """The scan point under the pointer, or None."""
    index_clicked = Signal(int)
    zoomed = Signal()
    """All of it is seen, or a part."""

    def __init__(self, work: MapWork, choices: MapSettingsOwner, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__("Map of a quantity", parent)
        self._work, self._choices, self._model = work, choices, model
        self._is_fitted = True
        self._area: tuple[float, ...] | None = None
        self._axes: tuple[object, ...] = ()
        self._shown: tuple[MapPicture, View] | None = None
        self._shown_at = 0.0
        self._is_taking, self._same_scale = False, True
        self._index: int | None = None
        self.axes["left"].setWidth(LEFT_PX)
        self.item = pg.ImageItem(axisOrder="row-major")
        self.item.setZValue(-10)
        self.plot.addItem(self.item, ignoreBounds=True)
        self.box.disableAutoRange()
        self.box.setMouseMode(pg.ViewBox.PanMode)
        self.overlay = MapOverlay(self.box)
        self._connect()

    def _connect(self) -> None:
        self._work.drawn.connect(self._on_drawn)
        self._model.changed.connect(self.recolor)
        theme_of_application().changed.connect(self.recolor)
        self.box.sigRangeChanged.connect(self._on_range)
        self.box.sigRangeChangedManually.connect(self._on_zoom)
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        self.view.pointer_left.connect(lambda: self.pointed.emit(None))

    # ---- what is seen

    @property
    def is_zoomed(self) -> bool:
        return not self._is_fitted

    def fit(self) -> None:
        """See all points."""
        self._is_fitted, self._area = True, None
        self._on_drawn()
        self.fitted.emit()
        self.zoomed.emit()

    def redraw(self) -> None:
        """Draw for the size that it has now."""
        self._on_drawn()

    def _on_drawn(self) -> None:
        drawing = self._work.drawing
        placing = drawing.placing if drawing is not None else None
        if drawing is None or placing is None:
            self._shown = None
            self.item.clear()
            return
        axes = (id(drawing.table), drawing.names.x, drawing.names.y)
        if axes != self._axes:  # what was zoomed into is elsewhere, or in another scan
            self._axes, self._is_fitted, self._area = axes, True, None
            self.zoomed.emit()
        if self._is_fitted and placing.area != self._area:
            self._fit_to(placing.area)
        if drawing.picture is not None and (drawing.picture.is_current or time.monotonic() - self._shown_at > UNFINISHED_S):
            self._show(drawing.picture)

    def _fit_to(self, area: tuple[float, float, float, float]) -> None:
        self._area, self._same_scale = area, self._choices.settings.same_scale
        left, right, bottom, top = area
        drawing, settings = self._work.drawing, self._choices.settings
        is_index = drawing is not None and isinstance(drawing.placing, GridPlacing) and drawing.placing.y.is_index
        self.box.invertY(is_index)  # rows that are counted go downwards, as on the map of progress; motors upwards
        wide, high = right - left, top - bottom
        shape = wide / high * max(1.0, self.box.height()) / max(1.0, self.box.width())
        is_stretched = not 1 / MOST_STRETCHED < shape < MOST_STRETCHED
        is_alike = drawing is not None and drawing.is_one_unit and settings.same_scale and not is_stretched
        self.box.setAspectLocked(is_alike, 1.0)
        x, y = (left + right) / 2, (bottom + top) / 2
        rect = QRectF(x - ZOOM * wide / 2, y - ZOOM * high / 2, ZOOM * wide, ZOOM * high)
        self.box.setRange(rect, padding=0, disableAutoRange=True)
        self._name_axes()

    def _name_axes(self) -> None:
        drawing = self._work.drawing
        if drawing is None:
            return
        counted = (False, False)
        if isinstance(drawing.placing, GridPlacing):
            counted = drawing.placing.x.is_index, drawing.placing.y.is_index
        sides = (("bottom", drawing.names.x, "right"), ("left", drawing.names.y, "upwards"))
        for (side, name, where), is_index in zip(sides, counted, strict=True):
            quantity = drawing.table.quantity(name) if name else None
            words = quantity.title if quantity is not None else name or (self._work.counted_name(where) if is_index else "")
            unit = quantity.unit if quantity is not None and not is_index else ""
            self.label(side, f"{words} index" if words and is_index else words or "index", unit)

    def _on_range(self) -> None:
        (left, right), (bottom, top) = self.box.viewRange()
        ratio = self.devicePixelRatioF()
        width, height = round(self.box.width() * ratio), round(self.box.height() * ratio)
        if width > 1 and height > 1 and right > left and top > bottom and self._area is not None:
            self._work.view(View(left, right, bottom, top, width, height))

    def _on_zoom(self) -> None:
        self._is_fitted = False
        self.zoomed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self._area = None  # fitted anew for the room that there is
        self._work.draw_soon()

    # ---- the picture

    def _show(self, picture: MapPicture) -> None:
        self._shown, self._shown_at = (picture, picture.view), time.monotonic()
        self._is_taking = True  # it is drawn once, whether the levels are others or not
        self._take_levels(picture.known_values())
        self._is_taking = False
        self.recolor()
        self.mark(self._index)

    def recolor(self) -> None:
        """Draw the same values anew: between other levels, in other colours."""
        if self._shown is None or self._is_taking:
            return
        picture, view = self._shown
        settings = self._choices.settings
        table = color_table(settings.color_map, settings.inverted)
        self.item.setImage(map_image(picture.values, picture.fates, self._model.scale, self._model.levels, table), autoLevels=False)
        self.item.setRect(QRectF(view.left, view.bottom, view.right - view.left, view.top - view.bottom))

    def _take_levels(self, known: Values) -> None:
        settings, levels = self._choices.settings, self._choices.settings.levels
        if levels is None and known.size:
            if settings.mode is LevelMode.PERCENTILES:
                low, high = np.percentile(known, settings.percentiles)
            else:
                low, high = known.min(), known.max()
            levels = float(low), float(high)
        is_whole = bool(known.size) and bool((known == np.floor(known)).all())
        self._model.take(settings.scale, "i" if is_whole else "f", levels)

    def apply_settings(self) -> None:
        """Draw what is shown as the settings say."""
        if self._choices.settings.same_scale != self._same_scale and self._is_fitted:
            self._area = None
            self._on_drawn()
        if self._shown is not None:
            self._take_levels(self._shown[0].known_values())
            self.recolor()

    def mark(self, index: int | None) -> None:
        """Ring the frame that is shown."""
        self._index = index
        place = self._shown[0].place_of(index) if self._shown is not None and index is not None else None
        self.overlay.mark(place)

    # ---- the mouse

    def place_at(self, at: QPointF) -> tuple[float, float]:
        """Return x and y of the map at a point of the view's viewport."""
        point = self.box.mapSceneToView(self.view.mapToScene(at.toPoint()))
        return point.x(), point.y()

    def index_at(self, place: QPointF) -> int | None:
        """Return the scan point at a place of the plot, or None."""
        return self._shown[0].index_at(place.x(), place.y()) if self._shown is not None else None

    def _on_click(self, event: Any) -> None:
        at = event.scenePos()
        if event.button() == Qt.MouseButton.LeftButton and not event.double() and self.box.sceneBoundingRect().contains(at):
            index = self.index_at(self.box.mapSceneToView(at))
            if index is not None:
                self.index_clicked.emit(index)

    def _on_pointer(self, at: QPointF) -> None:
        inside = self.box.sceneBoundingRect().contains(at)
        self.pointed.emit(self.index_at(self.box.mapSceneToView(at)) if inside else None)

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        index = self._index if place is None else self.index_at(place)
        if index is None:
            return []
        entries = [MenuEntry(f"Go to frame {count_text(index)}", lambda: self.index_clicked.emit(index))]
        value = self._work.table.at(self._choices.settings.quantity, index)
        if value is not None:
            entries.append(MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value))))
        return entries
