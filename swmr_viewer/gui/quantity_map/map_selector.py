"""Selecting points of a map with the mouse: a rectangle with Shift held, and a rectangle or a lasso while the tool is in hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView

from swmr_viewer.quantities import Values

RECTANGLE, LASSO = "rectangle", "lasso"


class MapSelector(QObject):
    """Takes the mouse of a view for one selection, and gives it back.

    Parameters
    ----------
    view : QGraphicsView
        Where the mouse draws.
    to_map : callable
        Turns a point of the view's viewport into x and y of the map.
    """

    outlined = Signal(object)
    """What is being drawn: corners as a float64 array (n, 2)."""
    selected = Signal(object)
    """What was drawn, as ``outlined``."""
    given_up = Signal()
    kind_changed = Signal(str)
    """The tool in hand; empty: none."""

    def __init__(self, view: QGraphicsView, to_map: Callable[[QPointF], tuple[float, float]]) -> None:
        super().__init__(view)
        self._view, self._to_map = view, to_map
        self._points: list[tuple[float, float]] = []
        self._drawing = ""
        self._start = QPointF()
        self.kind = ""
        view.viewport().installEventFilter(self)
        view.installEventFilter(self)

    def take(self, kind: str) -> None:
        """Take a tool in hand; the same one again, or an empty word, lays it down."""
        self.kind = "" if kind == self.kind else kind
        self._drawing = ""
        if self.kind:
            self._view.viewport().setCursor(Qt.CursorShape.CrossCursor)
            self._view.setFocus()
        else:
            self._view.viewport().unsetCursor()
        self.kind_changed.emit(self.kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return self._on_key(event)
        if watched is self._view or not isinstance(event, QMouseEvent):
            return False
        return self._on_mouse(event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape or not (self.kind or self._drawing):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.take("")
            self.given_up.emit()
        return True

    def _on_mouse(self, event: QMouseEvent) -> bool:
        at = event.position()
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            with_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
            self._drawing = self.kind or (RECTANGLE if with_shift else "")
            self._points, self._start = [self._to_map(at)], at
            return bool(self._drawing)
        if not self._drawing:
            return False
        if event.type() == QEvent.Type.MouseMove:
            self._points.append(self._to_map(at))
            self.outlined.emit(self._polygon())
        elif event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
            self._points.append(self._to_map(at))
            is_slip = (at - self._start).manhattanLength() < QApplication.startDragDistance() and len(self._points) < 5
            polygon = self._polygon()
            self.take("")
            if is_slip:
                self.given_up.emit()
            else:
                self.selected.emit(polygon)
        return True

    def _polygon(self) -> Values:
        if self._drawing == LASSO:
            return np.array(self._points, np.float64)
        (x0, y0), (x1, y1) = self._points[0], self._points[-1]
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)
