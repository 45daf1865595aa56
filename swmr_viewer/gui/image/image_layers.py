"""The layers of a picture: what is under masked pixels, the preview or the raw part above, and the saturated pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.display.color_maps import color_table
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.display.levels_scale import LevelScale
from swmr_viewer.gui.display.screen_fit import screen_fit
from swmr_viewer.gui.image.image_box import ImageBox
from swmr_viewer.gui.image.picture_item import PictureItem
from swmr_viewer.gui.image.raw_crop import Crop, colored_picture, crop_for, raw_part
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.scan_model import LiveFrame

SATURATED_COLOR = (255, 0, 200, 255)
"""In none of the colour maps, and apart from all of their ends."""


@frozen
class _Plan:
    """What is drawn: the preview (no crop) or a raw part, in at most so many pixels."""

    crop: Crop | None
    rows: int
    columns: int


class ImageLayers:
    """Draws a frame on its box: the preview when zoomed out, raw pixels when zoomed in, never more than the screen has.

    Parameters
    ----------
    box : ImageBox
        Where.
    model : LevelsModel
        Which values are in the first and in the last colour.
    changed : callable
        Has the view painted.
    """

    def __init__(self, box: ImageBox, model: LevelsModel, changed: Callable[[], None]) -> None:
        self._box = box
        self._model = model
        self._plan: _Plan | None = None
        self._settings = DisplaySettings()
        self._drawn_scale: LevelScale | None = None
        self.frame: LiveFrame | None = None
        self.saturation_value: float | None = None
        self.pixel_mask: npt.NDArray[np.bool_] | None = None
        self.under = QGraphicsRectItem()
        self.under.setPen(QPen(Qt.PenStyle.NoPen))
        self.preview_item, self.crop_item, self.marks_item = (PictureItem(changed) for _ in range(3))
        for item in (self.under, self.preview_item, self.crop_item, self.marks_item):
            box.addItem(item)
        self.set_settings(self._settings)

    @property
    def crop(self) -> Crop | None:
        """The part that is drawn from raw pixels, or None."""
        return self._plan.crop if self._plan is not None else None

    @property
    def shows_raw_pixels(self) -> bool:
        return bool(self.crop is not None and self.crop.factor == 1) or (self.frame is not None and self.frame.preview_factor == 1)

    @property
    def scene_rect(self) -> QRectF:
        """Where the frame is on the scene; a reduced part's last pixels may reach over its edge."""
        rect = QRectF(self.under.sceneBoundingRect())
        for item in (self.preview_item, self.crop_item):
            rect = rect.united(item.sceneBoundingRect())
        return rect

    def set_settings(self, settings: DisplaySettings) -> None:
        """Draw so from now on."""
        self._settings = settings
        self._apply_table(self.frame is not None and self.frame.is_colored)
        self.apply_theme()

    def _apply_table(self, is_colored: bool) -> None:
        """Use the colour map, or none for frames that have colours of their own."""
        if not is_colored:
            for item in (self.preview_item, self.crop_item):
                item.set_table(color_table(self._settings.color_map, self._settings.inverted))

    def apply_theme(self) -> None:
        self.under.setBrush(QColor(self._settings.masked_color or tokens().masked))

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self.frame = self._plan = self._drawn_scale = None
        for item in (self.preview_item, self.crop_item, self.marks_item):
            item.clear()
        self.under.setVisible(False)

    def hold(self, frame: LiveFrame) -> None:
        """Draw this frame from the next ``draw`` on."""
        if self.frame is None or self.frame.is_colored != frame.is_colored:
            self._apply_table(frame.is_colored)
        self.frame, self._drawn_scale = frame, None

    def apply_levels(self, ratio: float) -> None:
        """Use the model's levels for what is drawn; on another scale, or in its own colours, it is drawn anew."""
        if self._drawn_scale is None:
            return
        if self._drawn_scale != self._model.scale or (self.frame is not None and self.frame.is_colored):
            self.draw(ratio, anew=True)
            return
        for item in (self.preview_item, self.crop_item):
            item.set_levels(self._shades())

    def draw(self, ratio: float, *, anew: bool) -> None:
        """Draw the frame as finely as its place on the screen asks for.

        Parameters
        ----------
        ratio : float
            Screen pixels per logical pixel.
        anew : bool
            False: only if another part, or another fineness, is wanted than what is drawn.
        """
        frame = self.frame
        if frame is None or self._box.width() <= 0:
            return
        plan = self._wanted_plan(frame, ratio)
        if plan == self._plan and not anew:
            return
        self._plan, self._drawn_scale = plan, self._model.scale
        self.preview_item.setVisible(plan.crop is None)
        self.crop_item.setVisible(plan.crop is not None)
        if plan.crop is None:
            self.crop_item.clear()
            self._fill(self.preview_item, self._whole(frame), self._whole_rect(frame), plan)
        else:
            self.preview_item.clear()
            self._fill(self.crop_item, self._part(frame, plan.crop), plan.crop.drawn_rect, plan)

    def _wanted_plan(self, frame: LiveFrame, ratio: float) -> _Plan:
        rect, (wide, high) = self._box.frame_rect, self._box.screen_pixels(ratio)
        shape = (int(frame.raw.shape[0]), int(frame.raw.shape[1]))
        visible = (rect.left(), rect.top(), rect.right(), rect.bottom())
        knows_mask = self._settings.mask.mask_key is None or frame.lacks_mask or frame.is_made or self.mask_of(frame) is not None
        crop = crop_for(visible, 1 / max(wide, high), shape, frame.preview_factor) if knows_mask else None
        _, _, width, height = crop.drawn_rect if crop is not None else self._whole_rect(frame)
        factor = crop.factor if crop is not None else max(1, frame.preview_factor)
        return _Plan(crop, _at_most(height / factor, height * high), _at_most(width / factor, width * wide))

    def _whole(self, frame: LiveFrame) -> npt.NDArray[np.float32]:
        if frame.preview is not None:
            return frame.preview
        return raw_part(frame.raw, 1, frame.rules(self._settings.mask), self.mask_of(frame))

    def _whole_rect(self, frame: LiveFrame) -> tuple[float, float, float, float]:
        rows, columns = frame.preview.shape if frame.preview is not None else frame.raw.shape
        factor = max(1, frame.preview_factor)
        return 0.0, 0.0, float(columns * factor), float(rows * factor)

    def _part(self, frame: LiveFrame, crop: Crop) -> npt.NDArray[np.float32]:
        part = (slice(crop.top, crop.bottom), slice(crop.left, crop.right))
        mask = self.mask_of(frame)
        return raw_part(frame.raw[part], crop.factor, frame.rules(self._settings.mask), None if mask is None else mask[part], frame.centre)

    def mask_of(self, frame: LiveFrame) -> npt.NDArray[np.bool_] | None:
        """Return where masks leave pixels of a frame out: its own mask, or that of all; None where none counts."""
        if frame.own_mask is not None or frame.is_made:
            return None if frame.is_made else frame.own_mask
        wanted = self._settings.mask.mask_key is not None and self.pixel_mask is not None
        return self.pixel_mask if wanted and self.pixel_mask is not None and self.pixel_mask.shape == frame.raw.shape else None

    def _fill(self, item: PictureItem, picture: npt.NDArray[np.float32], rect: tuple[float, float, float, float], plan: _Plan) -> None:
        picture = screen_fit(picture, plan.rows, plan.columns, self.frame.centre if self.frame is not None else None)
        colors = self._colors(plan.crop, picture.shape)
        if colors is None:
            shown = self._model.scale.forward(picture)
        else:
            shades = self._model.scale.forward(colors.astype(np.float32))
            shown = colored_picture(shades, self._shades(), np.isfinite(picture))
        item.show_picture(shown, self._shades(), QRectF(*rect))
        self._mark_saturated(picture if colors is None else colors.max(axis=-1), rect, plan)

    def _colors(self, crop: Crop | None, shape: tuple[int, ...]) -> npt.NDArray[Any] | None:
        """Return the colours of a frame that has them, as the file has them, for a picture of this shape."""
        if self.frame is None or not self.frame.is_colored:
            return None
        part = self.frame.picked if crop is None else self.frame.picked[crop.top : crop.bottom, crop.left : crop.right]
        rows, columns = (np.arange(n) * size // n for n, size in zip(shape, part.shape, strict=False))
        return part[rows[:, None], columns, :3]

    def _mark_saturated(self, picture: npt.NDArray[Any], rect: tuple[float, float, float, float], plan: _Plan) -> None:
        limit, counts = self.saturation_value, None if self.frame is None else self.frame.counts
        if self.frame is None or counts is None or limit is None or not self._settings.marks_saturated:
            self.marks_item.clear()
            return
        reduced = self._reduced_counts(self.frame, counts, plan) if self.frame.is_made else picture
        marks = np.zeros((*reduced.shape, 4), np.uint8)
        marks[reduced >= limit] = SATURATED_COLOR
        self.marks_item.show_picture(marks, self._shades(), QRectF(*rect))

    def _reduced_counts(self, frame: LiveFrame, counts: npt.NDArray[Any], plan: _Plan) -> npt.NDArray[np.float32]:
        """Return the detector's counts in place of what was made of them, reduced as the picture is; NaN where that is masked."""
        crop = plan.crop or Crop(0, frame.raw.shape[0], 0, frame.raw.shape[1], max(1, frame.preview_factor))
        part = (slice(crop.top, crop.bottom), slice(crop.left, crop.right))
        return screen_fit(raw_part(counts[part], crop.factor, pixel_mask=~np.isfinite(frame.raw[part])), plan.rows, plan.columns)

    def _shades(self) -> tuple[float, float]:
        low, high = self._model.levels
        return self._model.scale.shade(low), self._model.scale.shade(high)


def _at_most(pixels: float, screen_pixels: float) -> int:
    """Return as many as the screen has; all of them where it has more, so that zooming in draws nothing anew."""
    return max(1, int(min(pixels, screen_pixels)))
