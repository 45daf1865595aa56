"""Images: the preview when zoomed out, the raw pixels when zoomed in, a colour bar beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QHBoxLayout, QWidget

from swmr_viewer.analysis import preview_shape, write_preview
from swmr_viewer.gui.color_bar import ColorBar
from swmr_viewer.gui.crop import Crop, crop_for
from swmr_viewer.gui.live_frame import LiveFrame
from swmr_viewer.gui.theme import theme_of_application, tokens

COLOR_MAP = "viridis"


class PaintedView(pg.GraphicsView):
    """A graphics view that tells when it has painted, and where the pointer left it."""

    painted = Signal()
    pointer_left = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.pointer_left.emit()


class ImageView(QWidget):
    """Shows one image. A new one never moves the zoom, nor levels that the user has set."""

    pointer_moved = Signal(object)
    """(row, column) under the pointer, or None outside the frame."""
    painted = Signal()
    levels_edited = Signal()
    """The user moved the levels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: LiveFrame | None = None
        self._crop: Crop | None = None
        self._shape: tuple[int, int] | None = None
        self._build()
        self._lay_out()
        self._connect()
        self._take_theme()

    def _build(self) -> None:
        self.view = PaintedView(self)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.view.setAccessibleName("Image")
        self.plot = pg.PlotItem(enableMenu=False)
        self.plot.hideButtons()
        self.box = self.plot.getViewBox()
        self.box.invertY(True)
        self.box.setAspectLocked(True)
        self.plot.getAxis("left").setWidth(44)
        self.plot.getAxis("bottom").setHeight(24)  # of their own accord axes grow with their numbers, and the picture jumps
        self.view.setCentralItem(self.plot)
        self._under = QGraphicsRectItem()
        self._under.setPen(QPen(Qt.PenStyle.NoPen))
        self.preview_item = pg.ImageItem(axisOrder="row-major", autoDownsample=False)
        self.crop_item = pg.ImageItem(axisOrder="row-major", autoDownsample=False)
        for item in (self._under, self.preview_item, self.crop_item):
            self.plot.addItem(item)
        self.color_bar = ColorBar(COLOR_MAP, self)
        self._take_color_map()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.view, 1)
        row.addWidget(self.color_bar)

    def _connect(self) -> None:
        self.view.painted.connect(self.painted)
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        self.box.sigRangeChanged.connect(self._on_range)
        self.color_bar.levels_changed.connect(self._take_levels)
        self.color_bar.levels_edited.connect(self.levels_edited)
        theme_of_application().changed.connect(self._take_theme)

    # ---- what is shown

    @property
    def levels(self) -> tuple[float, float]:
        """The values shown in the first and in the last colour."""
        return self.color_bar.levels

    @property
    def color_map(self) -> str:
        return self.color_bar.color_map

    @property
    def shows_raw_pixels(self) -> bool:
        """Whether the visible part is drawn from raw pixels now, not from the preview."""
        return bool(self._crop is not None and self._crop.factor == 1) or (self._frame is not None and self._frame.preview_factor == 1)

    def set_levels(self, low: float, high: float) -> None:
        self.color_bar.set_levels(low, high)

    def show_frame(self, frame: LiveFrame) -> None:
        """Show this frame; the arrays are used until the next one, or ``clear``."""
        self._frame = frame
        shape = (int(frame.raw.shape[0]), int(frame.raw.shape[1]))
        picture = frame.preview if frame.preview is not None else _unmasked(frame.raw, 1)
        self.preview_item.setImage(picture, autoLevels=False, levels=self.levels)
        self._fit(shape, frame.preview_factor, picture.shape)
        self._draw_crop(anew=True)

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self._frame = None
        self._crop = None
        self.preview_item.clear()
        self.crop_item.clear()
        self._under.setVisible(False)

    def fit(self) -> None:
        """Show the whole frame."""
        if self._shape is not None:
            rows, columns = self._shape
            self.box.setRange(QRectF(0, 0, columns, rows), padding=0.02)

    def zoom_to_pixels(self) -> None:
        """Show one frame pixel per screen pixel, around the middle of the view."""
        rect = self.box.viewRect()
        width, height = self.box.width() / self._ratio(), self.box.height() / self._ratio()
        self.box.setRange(QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height), padding=0)

    def _fit(self, shape: tuple[int, int], factor: int, drawn: tuple[int, ...]) -> None:
        self.preview_item.setRect(QRectF(0, 0, drawn[1] * factor, drawn[0] * factor))
        if shape == self._shape and self._under.isVisible():
            return
        is_new = shape != self._shape
        self._shape = shape
        self._under.setRect(QRectF(0, 0, shape[1], shape[0]))
        self._under.setVisible(True)
        self.box.setLimits(minXRange=4, minYRange=4, maxXRange=20 * max(shape), maxYRange=20 * max(shape))
        if is_new:
            self.fit()

    def _ratio(self) -> float:
        return float(self.devicePixelRatioF())

    # ---- the raw part

    def _on_range(self) -> None:
        self._draw_crop(anew=False)

    def _draw_crop(self, *, anew: bool) -> None:
        crop = self._wanted_crop()
        if crop == self._crop and not anew:
            return
        self._crop = crop
        self.crop_item.setVisible(crop is not None)
        if crop is None or self._frame is None:
            self.crop_item.clear()
            return
        part = self._frame.raw[crop.top : crop.bottom, crop.left : crop.right]
        self.crop_item.setImage(_unmasked(part, crop.factor), autoLevels=False, levels=self.levels)
        self.crop_item.setRect(QRectF(*crop.drawn_rect))

    def _wanted_crop(self) -> Crop | None:
        if self._frame is None or self._shape is None or self.box.width() <= 0:
            return None
        rect = self.box.viewRect()
        pixel_size = rect.width() / max(1.0, self.box.width() * self._ratio())
        return crop_for((rect.left(), rect.top(), rect.right(), rect.bottom()), pixel_size, self._shape, self._frame.preview_factor)

    # ---- levels, colours, pointer

    def _take_levels(self) -> None:
        for item in (self.preview_item, self.crop_item):
            if item.image is not None:
                item.setLevels(self.levels)

    def _take_color_map(self) -> None:
        for item in (self.preview_item, self.crop_item):
            item.setColorMap(pg.colormap.get(self.color_bar.color_map))

    def _take_theme(self) -> None:
        colors = tokens()
        self.view.setBackground(colors.canvas)
        self._under.setBrush(QColor(colors.masked))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(colors.border)
            axis.setTextPen(colors.muted)

    def _on_pointer(self, at: Any) -> None:
        point = self.box.mapSceneToView(at)
        self.pointer_moved.emit(self.pixel_at(point.x(), point.y()))

    def pixel_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (row, column) of a point in frame coordinates, or None outside."""
        if self._shape is None or self._frame is None:
            return None
        row, column = int(np.floor(y)), int(np.floor(x))
        inside = 0 <= row < self._shape[0] and 0 <= column < self._shape[1]
        return (row, column) if inside else None


def _unmasked(pixels: np.ndarray[Any, Any], factor: int) -> np.ndarray[Any, Any]:
    """Return pixels as float32 with NaN where masked, reduced by ``factor``."""
    out = np.empty(preview_shape(pixels.shape, factor), np.float32)
    write_preview(pixels, factor, out)
    return out
