"""Images: the picture with its axes, and beside it the histogram and the colour bar."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from swmr_viewer.analysis import valid_mask
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.display.color_bar import BELOW, TOP
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.levels_column import LevelsColumn
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.image.frame_axes import FrameTicks, frame_axes
from swmr_viewer.gui.image.image_box import ImageBox
from swmr_viewer.gui.image.image_layers import ImageLayers
from swmr_viewer.gui.image.raw_crop import Crop
from swmr_viewer.gui.look.painting import PaintedView
from swmr_viewer.gui.look.plot import Plot
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.look.turns import Paced
from swmr_viewer.scan_model import LiveFrame

MAX_HISTOGRAM_PIXELS = 65_536
HISTOGRAM_FROM = 120
"""The histogram is left out where the view is not wider by so much (px) than it is high: a square picture would be smaller for it."""
BESIDE = {False: 42, True: 50}
"""Room for the ticks of pixels, and for those of named axes (pixels): of their own accord they would grow, and the picture jump."""


class ImageView(QWidget):
    """Shows one image as its settings say. A new one never moves the zoom, nor levels that the user has set."""

    pointer_moved = Signal(object)
    """(row, column) under the pointer, or None outside the frame."""
    painted = Signal()
    levels_edited = Signal()
    """The user moved the levels."""
    levels_typed = Signal(float, float)
    auto_levels_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, int] | None = None
        self._settings = DisplaySettings()
        self._axes = frame_axes(DataFacts())
        self.model = LevelsModel(self)
        self._counting = Paced(self._count, self)
        self._build()
        self._lay_out()
        self._connect()
        self._apply_theme()

    def _build(self) -> None:
        self.view = PaintedView(self)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.view.setAccessibleName("Image")
        self.box = ImageBox()
        self.ticks = {side: FrameTicks(side) for side in ("left", "bottom")}
        self.plot = Plot(self.ticks, self.box)
        self.plot.grid.setContentsMargins(0, TOP, 1, 0)
        self.ticks["bottom"].setHeight(BELOW)
        self._name_axes(Orientation())
        self.view.setCentralItem(self.plot)
        self.layers = ImageLayers(self.box, self.model, lambda: self.view.viewport().update(self._picture_rect))
        self.column = LevelsColumn(self.model, self)
        self.histogram, self.color_bar = self.column.histogram, self.column.color_bar

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self.view, 1)
        row.addWidget(self.column)

    def _connect(self) -> None:
        self.view.painted.connect(self.painted)
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        self.box.sigRangeChanged.connect(lambda: self._draw(anew=False))
        self.model.changed.connect(self._on_levels)
        self.model.edited.connect(self.levels_edited)
        self.column.levels_typed.connect(self.levels_typed)
        self.column.auto_wanted.connect(self.auto_levels_wanted)
        theme_of_application().changed.connect(self._apply_theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Count what came while nobody saw it."""
        super().showEvent(event)
        self._counting.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the histogram out where the picture needs its room more."""
        super().resizeEvent(event)
        has_room = self.width() - self.height() >= HISTOGRAM_FROM
        if has_room == self.histogram.isHidden():
            self.histogram.setVisible(has_room)
            self._count()

    # ---- what is shown

    @property
    def levels(self) -> tuple[float, float]:
        """The values shown in the first and in the last colour."""
        return self.model.levels

    @property
    def color_map(self) -> str:
        if self._is_colored:
            return ""
        return self._settings.color_map + (" (inverted)" if self._settings.inverted else "")

    @property
    def _is_colored(self) -> bool:
        return self.layers.frame is not None and self.layers.frame.is_colored

    def _apply_colors(self) -> None:
        """Show the colour map on the bar; for frames that have their own colours: from dark to full."""
        self.color_bar.set_colors(
            "grey" if self._is_colored else self._settings.color_map, self._settings.inverted and not self._is_colored
        )

    @property
    def frame_shape(self) -> tuple[int, int] | None:
        """Rows and columns of the frame, or None before the first."""
        return self._shape

    @property
    def crop(self) -> Crop | None:
        """The part that is drawn from raw pixels, or None where the preview is."""
        return self.layers.crop

    @property
    def shows_raw_pixels(self) -> bool:
        """Whether the visible part is drawn from raw pixels now, not from the preview."""
        return self.layers.shows_raw_pixels

    @property
    def preview_item(self) -> Any:
        return self.layers.preview_item

    @property
    def crop_item(self) -> Any:
        return self.layers.crop_item

    def set_settings(self, settings: DisplaySettings) -> None:
        """Draw so from now on; only levels, or only colours, are changed without drawing the frame anew."""
        before, self._settings = self._settings, settings
        self.layers.set_settings(settings)
        self._apply_colors()
        self.box.setAspectLocked(settings.aspect_locked)
        if settings.orientation != before.orientation:
            self._turn(settings.orientation)
        self._apply_levels()
        if (before.scale, before.mask, before.marks_saturated) != (settings.scale, settings.mask, settings.marks_saturated):
            self._draw(anew=True)
            self._count()

    def set_facts(self, facts: DataFacts) -> None:
        """Use the file's own axes, with names and units, where its values are evenly spaced; what is in view stays in view."""
        axes = frame_axes(facts)
        if axes != self._axes:
            self._axes = axes
            self._turn(self.box.orientation)

    def set_masks(self, saturation_value: float | None, pixel_mask: npt.NDArray[np.bool_] | None) -> None:
        """Take what the file says of its pixels; a mask counts where the settings name it."""
        is_new = saturation_value != self.layers.saturation_value or pixel_mask is not self.layers.pixel_mask
        self.layers.saturation_value, self.layers.pixel_mask = saturation_value, pixel_mask
        if is_new:
            self._draw(anew=True)
            self._count()

    def show_frame(self, frame: LiveFrame) -> None:
        """Show this frame; the arrays are used until the next one, or ``clear``."""
        self.layers.hold(frame)
        self._apply_colors()
        self._apply_levels()
        self._fit((int(frame.raw.shape[0]), int(frame.raw.shape[1])))
        self._draw(anew=True)
        self._counting.start()

    def paint_now(self) -> None:
        """Paint what is shown now, not in a later turn of the event loop."""
        self.view.viewport().repaint(self._picture_rect)

    @property
    def _picture_rect(self) -> QRect:
        """What the frame takes of the view's viewport; beside it nothing changes with a new one."""
        frame = self.layers.scene_rect.intersected(self.box.sceneBoundingRect())
        rect: QRect = self.view.mapFromScene(frame).boundingRect().adjusted(-1, -1, 1, 1)
        return rect

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self.layers.clear()
        self.histogram.set_values(np.empty(0, np.float32))

    def fit(self) -> None:
        """Show the whole frame."""
        if self._frame_rect is not None:
            self.box.fit_rect(self._frame_rect)

    def zoom_to_pixels(self) -> None:
        """Show one frame pixel per screen pixel, around the middle of the view."""
        rect = self.box.viewRect()
        width, height = self.box.width() / self._ratio(), self.box.height() / self._ratio()
        self.box.setRange(QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height), padding=0)

    @property
    def _frame_rect(self) -> QRectF | None:
        return None if self._shape is None else QRectF(0, 0, self._shape[1], self._shape[0])

    def _fit(self, shape: tuple[int, int]) -> None:
        """Fit a frame of another shape; one of the same shape is seen as the one before it."""
        self.layers.under.setRect(QRectF(0, 0, shape[1], shape[0]))
        self.layers.under.setVisible(True)
        if shape == self._shape:
            return
        self._shape = shape
        self.box.setLimits(minXRange=4, minYRange=4, maxXRange=20 * max(shape), maxYRange=20 * max(shape))
        self.fit()

    def _ratio(self) -> float:
        return float(self.devicePixelRatioF())

    def _draw(self, *, anew: bool) -> None:
        self.layers.draw(self._ratio(), anew=anew)

    # ---- levels, colours, pointer

    def _apply_levels(self) -> None:
        frame = self.layers.frame
        levels = self._settings.levels_for(*(frame.levels, frame.centre) if frame is not None else (None,))
        is_as_stored = frame is not None and frame.is_camera_picture and self._settings.has_usual_levels
        if is_as_stored:
            levels = (0.0, 255.0)
        self.column.tell(self._settings, is_as_stored=is_as_stored, lacks_mask=frame is not None and frame.lacks_mask)
        self.model.take(self._settings.scale, frame.kind if frame is not None else None, levels)

    def _on_levels(self) -> None:
        self.layers.apply_levels(self._ratio())

    def _count(self) -> None:
        frame = self.layers.frame
        if frame is None or not self.histogram.isVisible():  # who switches to another page gives the frame back
            return
        step = max(1, int((frame.raw.size / MAX_HISTOGRAM_PIXELS) ** 0.5))
        sample = np.ascontiguousarray(frame.raw[::step, ::step])
        mask = self.layers.mask_of(frame)
        part = mask[::step, ::step] if mask is not None else None
        values = sample[valid_mask(sample, frame.rules(self._settings.mask), part)]
        self.histogram.set_values(np.abs(values) if values.dtype.kind == "c" else values)

    def _apply_theme(self) -> None:
        colors = tokens()
        self.view.setBackground(colors.canvas)
        self.layers.apply_theme()
        for axis in self.ticks.values():
            axis.setPen(colors.border)
            axis.setTextPen(colors.muted)

    def _turn(self, orientation: Orientation) -> None:
        """Turn the picture, its axes with it."""
        fitted = self._frame_rect is not None and self.box.frame_rect.contains(self._frame_rect)
        self._name_axes(orientation)
        self.plot.grid.activate()
        self.box.turn(orientation)
        if fitted:
            self.fit()

    def _name_axes(self, orientation: Orientation) -> None:
        """Say what the axes are where the file does, and which of them is where when that is not as usual."""
        axes = dict(zip("xy", self._axes, strict=True))
        is_named = orientation.transposed or any(axis.label for axis in self._axes)
        self.ticks["left"].setWidth(BESIDE[is_named])
        for side, name in zip(("bottom", "left"), orientation.axis_names, strict=True):
            self.ticks[side].show_axis(axes[name], axes[name].label or (name if is_named else ""))

    def _on_pointer(self, at: Any) -> None:
        self.pointer_moved.emit(self.pixel_at(*self.box.frame_point(at)))

    def pixel_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (row, column) of a point in frame coordinates, or None outside."""
        if self._shape is None or self.layers.frame is None:
            return None
        row, column = int(np.floor(y)), int(np.floor(x))
        inside = 0 <= row < self._shape[0] and 0 <= column < self._shape[1]
        return (row, column) if inside else None
