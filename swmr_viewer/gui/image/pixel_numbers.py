"""The raw values as numbers on their pixels, once these are large enough on the screen."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from swmr_viewer.gui.image.frame_overlay import FrameOverlay
from swmr_viewer.gui.look.painting import guarded
from swmr_viewer.gui.session.session import Session

LEAST_PX = 34.0
"""Smaller pixels (screen pixels) have no room for a number."""
MOST_NUMBERS = 6000


class _Numbers(pg.GraphicsObject):
    def __init__(self, owner: PixelNumbers) -> None:
        super().__init__()
        self._owner = owner
        self.setParentItem(owner.overlay.item)
        self.setZValue(1)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @guarded
    def boundingRect(self) -> QRectF:
        rows, columns = self._owner.overlay.frame_shape
        return QRectF(0, 0, columns, rows)

    @guarded
    def shape(self) -> object:
        return pg.QtGui.QPainterPath()

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        shown = self._owner.shown_numbers()
        if not shown:
            return
        transform = painter.worldTransform()
        painter.resetTransform()
        ratio = painter.device().devicePixelRatioF() if painter.device() is not None else 1.0
        side = self._owner.overlay.pixel_size_px * ratio
        font = QFont(painter.font())
        font.setPixelSize(max(8, round(side / max(3.2, 0.72 * max(len(words) for _, _, words in shown)))))
        painter.setFont(font)
        for x, y, words in shown:
            middle = transform.map(QPointF(x + 0.5, y + 0.5))
            box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
            for color, shift in ((QColor(0, 0, 0, 190), 1.0), (QColor(255, 255, 255), 0.0)):
                painter.setPen(color)
                painter.drawText(box.translated(shift, shift), int(Qt.AlignmentFlag.AlignCenter), words)


class PixelNumbers(QObject):
    """Knows which numbers are shown; the item only paints them."""

    def __init__(self, session: Session, overlay: FrameOverlay) -> None:
        super().__init__(overlay)
        self._session = session
        self.overlay = overlay
        self.is_on = True
        self.item = _Numbers(self)
        session.frame_changed.connect(self.item.update)
        overlay.moved.connect(self._on_moved)

    def switch(self, on: bool) -> None:
        self.is_on = on
        self.item.update()

    def shown_numbers(self) -> list[tuple[int, int, str]]:
        """Return (x, y, words) of every pixel that is seen large enough; nothing when zoomed out."""
        frame = self._session.shown
        if not self.is_on or frame is None or frame.raw.ndim != 2 or self.overlay.pixel_size_px < LEAST_PX:
            return []
        rows, columns = frame.raw.shape
        seen = self.overlay.visible_rect
        left, right = max(0, floor(seen.left())), min(columns, ceil(seen.right()))
        top, bottom = max(0, floor(seen.top())), min(rows, ceil(seen.bottom()))
        if (right - left) * (bottom - top) > MOST_NUMBERS:
            return []
        return [(x, y, short_text(frame.raw[y, x])) for y in range(top, bottom) for x in range(left, right)]

    def _on_moved(self) -> None:
        self.item.prepareGeometryChange()
        self.item.update()


def short_text(value: Any) -> str:
    """Return a raw value as it fits on a pixel: whole numbers in full up to seven figures."""
    if isinstance(value, np.integer | np.bool_):
        words = str(int(value))
        return words if len(words) <= 7 else f"{float(value):.2e}"
    return f"{value:.3g}"
