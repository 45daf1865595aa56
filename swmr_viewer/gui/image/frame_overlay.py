"""A sheet over the picture whose coordinates are those of the frame in the file: x right, y down, pixel (0, 0) covers [0, 1) x [0, 1)."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from swmr_viewer.analysis.regions import Point
from swmr_viewer.gui.image.image_view import ImageView
from swmr_viewer.gui.session.session import Session


class FrameOverlay(QObject):
    """Where marks, cross-hair and numbers are drawn; it turns with the picture, so that they stay on their pixels."""

    moved = Signal()
    """Zoomed, panned or turned: what has a place on the screen is elsewhere."""

    def __init__(self, session: Session, image: ImageView) -> None:
        super().__init__(image)
        self._session = session
        self.frame_shape: tuple[int, int] = (0, 0)
        """Rows and columns of the last image that was shown."""
        self.image = image
        self.view = image.view
        self.item = pg.GraphicsObject()
        self.item.setFlag(self.item.GraphicsItemFlag.ItemHasNoContents)
        self.item.boundingRect = QRectF
        self.item.setZValue(20)
        image.box.addItem(self.item, ignoreBounds=True)
        image.box.sigTransformChanged.connect(self.moved)
        session.frame_changed.connect(self._take_shape)

    def frame_point(self, at: QPointF, *, clipped: bool = True) -> Point:
        """Return (x, y) in the frame of a point of the view's viewport, clipped to the frame."""
        point = self.item.mapFromScene(self.view.mapToScene(at.toPoint()))
        rows, columns = self.frame_shape
        if not clipped or not rows:
            return (point.x(), point.y())
        return (min(max(point.x(), 0.0), float(columns)), min(max(point.y(), 0.0), float(rows)))

    def on_screen(self, at: Point) -> QPointF:
        """Return where a point of the frame is on the view's viewport."""
        return QPointF(self.view.mapFromScene(self.item.mapToScene(QPointF(*at))))

    def upper_left(self, points: tuple[Point, ...]) -> Point:
        """Return the corner of the points' bounding box that is uppermost, and then leftmost, on the screen."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        corners = [(x, y) for x in (min(xs), max(xs)) for y in (min(ys), max(ys))]
        return min(corners, key=lambda at: (self.on_screen(at).y(), self.on_screen(at).x()))

    @property
    def pixel_size_px(self) -> float:
        """The shorter side of a frame pixel on the screen (screen pixels)."""
        across = self.item.sceneTransform() * self.view.viewportTransform()
        return float(min(abs(across.m11()) + abs(across.m12()), abs(across.m22()) + abs(across.m21())))

    @property
    def visible_rect(self) -> QRectF:
        """The part of the frame plane that is on the screen."""
        return QRectF(self.item.mapRectFromScene(self.image.box.sceneBoundingRect()))

    def _take_shape(self) -> None:
        frame = self._session.shown
        if frame is not None and frame.raw.ndim == 2:
            self.frame_shape = (int(frame.raw.shape[0]), int(frame.raw.shape[1]))
