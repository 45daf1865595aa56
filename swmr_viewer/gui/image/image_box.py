"""The plane that an image lies on: turned and mirrored as a whole, with everything that is added to it."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from swmr_viewer.gui.display.orientation import Orientation

FREE_PX = 3
"""What is free around a frame that is fitted (screen pixels): its outermost pixels are seen, and seen to be the last ones."""


class ImageBox(pg.ViewBox):
    """A view whose items have the frame's coordinates, whichever way the frame lies.

    The view's own coordinates are those of the screen's axes: (x, y), or (y, x) where the frame is transposed.
    """

    frame_group: Any = None

    def __init__(self) -> None:
        super().__init__(invertY=True, lockAspect=True, enableMenu=False)
        self.orientation = Orientation()
        self.frame_group = pg.GraphicsObject(self.childGroup)
        self.frame_group.setFlag(self.frame_group.GraphicsItemFlag.ItemHasNoContents)
        self.frame_group.boundingRect = QRectF

    def addItem(self, item: Any, ignoreBounds: bool = False) -> None:
        super().addItem(item, ignoreBounds)
        if self.frame_group is not None:
            item.setParentItem(self.frame_group)

    @property
    def frame_rect(self) -> QRectF:
        """The visible part, in the frame's coordinates."""
        rect = self.viewRect()
        return QRectF(*self.orientation.frame_rect(rect.left(), rect.top(), rect.width(), rect.height()))

    def fit_rect(self, rect: QRectF) -> None:
        """Show all of this part of the frame, with little beside it."""
        self.show_rect(rect, FREE_PX / max(1.0, min(self.width(), self.height())))

    def show_rect(self, rect: QRectF, padding: float = 0.0) -> None:
        """Show this part of the frame (and what else there is room for)."""
        seen = self.orientation.frame_rect(rect.left(), rect.top(), rect.width(), rect.height())
        self.setRange(QRectF(*seen), padding=padding)

    def frame_point(self, scene_point: QPointF) -> tuple[float, float]:
        """Return (x, y) in the frame of a point of the scene."""
        point = self.mapSceneToView(scene_point)
        return self.orientation.frame_point(point.x(), point.y())

    def turn(self, orientation: Orientation) -> None:
        """Lay the frame down in another way; what was in view stays in view."""
        seen = self.frame_rect
        self.orientation = orientation
        self.frame_group.setTransform(QTransform(0, 1, 1, 0, 0, 0) if orientation.transposed else QTransform())
        self.invertX(orientation.leftward)
        self.invertY(not orientation.upward)
        self.show_rect(seen)

    def screen_pixels(self, ratio: float) -> tuple[float, float]:
        """Return how many screen pixels a frame pixel is wide (along x) and high (along y)."""
        rect = self.viewRect()
        across = self.width() * ratio / max(rect.width(), 1e-12)
        down = self.height() * ratio / max(rect.height(), 1e-12)
        return (down, across) if self.orientation.transposed else (across, down)
