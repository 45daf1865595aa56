"""A cross-hair over the picture, through the middle of the pixel under the pointer."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from swmr_viewer.gui.image.frame_overlay import FrameOverlay
from swmr_viewer.gui.look.painting import guarded


class _Cross(pg.GraphicsObject):
    """Two lines across the frame; a dark one under each light one shows on any colour."""

    def __init__(self, overlay: FrameOverlay) -> None:
        super().__init__()
        self._overlay = overlay
        self.at: tuple[int, int] | None = None
        self.setParentItem(overlay.item)
        self.setVisible(False)

    def put(self, at: tuple[int, int] | None) -> None:
        self.prepareGeometryChange()
        self.at = at
        self.setVisible(at is not None)
        self.update()

    @guarded
    def boundingRect(self) -> QRectF:
        rows, columns = self._overlay.frame_shape
        return QRectF(0, 0, columns, rows)

    @guarded
    def shape(self) -> object:
        return pg.QtGui.QPainterPath()

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.at is None:
            return
        rows, columns = self._overlay.frame_shape
        x, y = self.at[1] + 0.5, self.at[0] + 0.5
        lines = [QLineF(0, y, columns, y), QLineF(x, 0, x, rows)]
        for color, width in ((QColor(0, 0, 0, 110), 3.0), (QColor(255, 255, 255, 220), 1.0)):
            pen = QPen(color, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)


class Crosshair(QObject):
    """Follows the pointer while it is switched on."""

    def __init__(self, overlay: FrameOverlay) -> None:
        super().__init__(overlay)
        self._at: tuple[int, int] | None = None
        self.is_on = False
        self.item = _Cross(overlay)
        self.item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, False)
        overlay.image.pointer_moved.connect(self._on_pointer)

    def switch(self, on: bool) -> None:
        self.is_on = on
        self.item.put(self._at if on else None)

    def _on_pointer(self, at: tuple[int, int] | None) -> None:
        self._at = at
        if self.is_on:
            self.item.put(at)
