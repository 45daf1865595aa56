"""A picture on the plane of its frame: numbers in the colours of a table, or colours as they are, drawn by Qt's fast path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from swmr_viewer.gui.display.color_maps import Table
from swmr_viewer.gui.look.painting import guarded

Levels = tuple[float, float]
PIECE = 65_536
"""So many pixels are scaled at a time: what lies between two steps stays in the processor's cache."""
LEAST_SPAN = 1e-30
"""Levels nearer than this are taken apart by 64 bits."""


class PictureItem(QGraphicsItem):
    """Draws a picture that is made on first sight, and kept until it, its levels or its colours change.

    The view is told to paint as a whole: the scene, told of an item, has it painted in a later turn once more.
    Qt's raster engine enlarges pictures of 32 bits in a tenth of the time that it takes for those with a table of colours
    (512 x 512 on 814 x 814 pixels: 0.25 ms, 2.5 ms), and without threads, for which it waits where others are at work.

    Parameters
    ----------
    changed : callable
        Has the view painted.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed
        self.image: npt.NDArray[Any] | None = None
        """float32 (rows, columns), NaN where nothing is drawn; or uint8 (rows, columns, 4): red, green, blue, opacity."""
        self.levels: Levels = (0.0, 1.0)
        """The numbers in the first and in the last colour."""
        self._table = _packed(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1))
        self._rect = QRectF()
        self._drawn: QImage | None = None

    def show_picture(self, image: npt.NDArray[Any], levels: Levels, rect: QRectF) -> None:
        """Draw this from now on, over this part of the frame's plane."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self.image, self.levels = image, levels
        self._draw_anew()

    def set_levels(self, levels: Levels) -> None:
        """Have these numbers in the first and in the last colour."""
        if levels != self.levels:
            self.levels = levels
            self._draw_anew()

    def set_table(self, table: Table) -> None:
        """Use these 256 colours (uint8, (256, 3))."""
        packed = _packed(table)
        if packed != self._table:
            self._table = packed
            self._draw_anew()

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        if self.image is not None:
            self.prepareGeometryChange()
            self.image = self._drawn = None

    def _draw_anew(self) -> None:
        self._drawn = None
        if self.image is not None:
            self._changed()

    @property
    def drawn(self) -> QImage:
        """The picture in its colours, one pixel for each of the numbers."""
        if self._drawn is None:
            if self.image is None:
                self._drawn = QImage()
            else:
                self._drawn = colored(self.image, self.levels, self._table) if self.image.ndim == 2 else _as_it_is(self.image)
        return self._drawn

    @guarded
    def boundingRect(self) -> QRectF:
        return QRectF() if self.image is None else self._rect

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.image is not None and self.image.size:
            painter.drawImage(self._rect, self.drawn)


def _packed(table: Table) -> tuple[int, ...]:
    """Return the colours of a table (uint8, (n, 3)) as Qt takes them: 0xffRRGGBB."""
    red, green, blue = table.astype(np.uint32).T
    return tuple((0xFF000000 | red << 16 | green << 8 | blue).tolist())


def colored(picture: npt.NDArray[np.float32], levels: Levels, table: tuple[int, ...]) -> QImage:
    """Return numbers in the colours of a table of 256, those beyond the levels in its first and its last; clear where NaN."""
    places, has_gaps = table_places(picture, levels)
    image = QImage(places.data, places.shape[1], places.shape[0], places.strides[0], QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    if not has_gaps:
        return image.convertToFormat(QImage.Format.Format_RGB32)
    drawn = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    pixels = np.frombuffer(drawn.bits(), np.uint32).reshape(picture.shape)
    np.copyto(pixels, 0, where=np.isnan(picture))
    return drawn


def table_places(picture: npt.NDArray[np.float32], levels: Levels) -> tuple[npt.NDArray[np.uint8], bool]:
    """Return the place of each number in a table of 256 colours (any where NaN), and whether there are NaN.

    The numbers from the low level to the high one are cut into 256 equal parts.
    """
    low, high = levels
    span = high - low or 1.0
    kind = np.float32 if span > LEAST_SPAN else np.float64
    places = np.empty(picture.shape, np.uint8)
    rows = max(1, PIECE // max(1, picture.shape[1]))
    work = np.empty((min(rows, picture.shape[0]), picture.shape[1]), kind)
    has_gaps = False
    with np.errstate(over="ignore", invalid="ignore"):
        for first in range(0, picture.shape[0], rows):
            piece = picture[first : first + rows]
            scaled = work[: piece.shape[0]]
            np.subtract(piece, low, out=scaled, dtype=kind)
            np.multiply(scaled, 256 / span, out=scaled)
            np.clip(scaled, kind(0), kind(255), out=scaled)  # a third of the time of minimum and maximum; NaN stay
            has_gaps = has_gaps or bool(np.isnan(scaled.min(initial=0)))
            np.copyto(places[first : first + rows], scaled, casting="unsafe")
    return places, has_gaps


def _as_it_is(image: npt.NDArray[np.uint8]) -> QImage:
    whole = np.ascontiguousarray(image)
    drawn = QImage(whole.data, whole.shape[1], whole.shape[0], whole.strides[0], QImage.Format.Format_RGBA8888)
    return drawn.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
