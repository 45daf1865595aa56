"""Drawing with the mouse: a rectangle, an ellipse, a polygon or a line, while the tool is in hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsView

from swmr_viewer.analysis import Point

PathOf = Callable[[str, tuple[Point, ...]], QPainterPath]
KINDS = ("rectangle", "ellipse", "polygon", "line")
CLOSE_BY_PX = 8
"""A click this near to the first corner closes a polygon (screen pixels)."""
BAND_COLOR = "#ffd166"
"""Of what is being drawn; as light as regions are."""


class DrawingTool(QObject):
    """Takes the mouse of a view for one drawing, and gives it back.

    Parameters
    ----------
    view : QGraphicsView
        Where the mouse draws.
    band : QGraphicsPathItem
        Shows what is being drawn, in frame coordinates.
    to_frame : callable
        Turns a point of the view's viewport into frame coordinates (x, y), clipped to the frame.
    path_of : callable, optional
        Returns what the band shows of a kind and its points so far.
    """

    drawn = Signal(str, object)
    """Kind, and its points as a tuple of (x, y)."""
    kind_changed = Signal(str)
    """The tool in hand; empty: none."""

    def __init__(
        self, view: QGraphicsView, band: QGraphicsPathItem, to_frame: Callable[[QPointF], Point], path_of: PathOf | None = None
    ) -> None:
        super().__init__(view)
        self._path_of = path_of or outline
        self._view = view
        self._band = band
        self._to_frame = to_frame
        self._points: list[Point] = []
        self._screen: list[QPointF] = []
        self.kind = ""
        band.setVisible(False)

    def take(self, kind: str) -> None:
        """Take a tool in hand; an empty word lays it down."""
        if kind == self.kind:
            kind = ""
        was_down, self.kind = not self.kind, kind
        self._start_anew()
        viewport = self._view.viewport()
        if kind and was_down:
            for watched in (viewport, self._view):
                watched.installEventFilter(self)
            viewport.setCursor(Qt.CursorShape.CrossCursor)
            self._view.setFocus()
        elif not kind and not was_down:
            for watched in (viewport, self._view):
                watched.removeEventFilter(self)
            viewport.unsetCursor()
        self.kind_changed.emit(kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return self._on_key(event)
        if watched is self._view or not isinstance(event, QMouseEvent):
            return False
        return self._on_mouse(event)

    # ---- the mouse

    def _on_mouse(self, event: QMouseEvent) -> bool:
        at, kind = event.position(), event.type()
        if kind == QEvent.Type.MouseMove:
            if self._points:
                self._show(self._to_frame(at))
            return bool(self._points)  # without a start the cross-hair and the read-out see it
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if self.kind == "polygon":
            self._on_corner(kind, at)
        elif kind == QEvent.Type.MouseButtonPress:
            self._add(at)
        elif kind == QEvent.Type.MouseButtonRelease and self._points:
            self._finish((self._points[0], self._to_frame(at)))
        return True

    def _on_corner(self, kind: QEvent.Type, at: QPointF) -> None:
        if kind == QEvent.Type.MouseButtonDblClick:
            self._close()
        elif kind == QEvent.Type.MouseButtonPress:
            if len(self._points) > 2 and (at - self._screen[0]).manhattanLength() <= CLOSE_BY_PX:
                self._close()
            else:
                self._add(at)
                self._show(self._points[-1])

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            if event.key() != Qt.Key.Key_Escape and self.kind == "polygon":
                self._close()
            else:
                self.take("")
        return True

    def _add(self, at: QPointF) -> None:
        self._points.append(self._to_frame(at))
        self._screen.append(at)

    def _close(self) -> None:
        if len(self._points) > 2:
            self._finish(tuple(self._points))

    def _finish(self, points: tuple[Point, ...]) -> None:
        kind = self.kind
        self.take("")
        self.drawn.emit(kind, points)

    def _start_anew(self) -> None:
        self._points.clear()
        self._screen.clear()
        self._band.setPath(QPainterPath())
        self._band.setVisible(False)

    def _show(self, at: Point) -> None:
        pen = QPen(QColor(BAND_COLOR), 1.5)
        pen.setCosmetic(True)
        self._band.setPen(pen)
        self._band.setPath(self._path_of(self.kind, (*self._points, at)))
        self._band.setVisible(True)


def outline(kind: str, points: tuple[Point, ...]) -> QPainterPath:
    """Return the outline of a shape with these points."""
    path = QPainterPath()
    corners = [QPointF(x, y) for x, y in points]
    rect = QRectF(corners[0], corners[-1]).normalized()
    if kind == "rectangle":
        path.addRect(rect)
    elif kind == "ellipse":
        path.addEllipse(rect)
    else:
        path.moveTo(corners[0])
        for corner in corners[1:]:
            path.lineTo(corner)
    return path
