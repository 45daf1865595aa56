"""Every painter is guarded here: what goes wrong in one is told once, and never reaches Qt, which ends the program for it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import pyqtgraph as pg
from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPaintDevice, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from swmr_viewer.core.errors import SwmrViewerError

Method = TypeVar("Method", bound=Callable[..., Any])
_INSTEAD: dict[str, Callable[[], Any]] = {"paint": lambda: None, "boundingRect": QRectF, "shape": QPainterPath}
"""What Qt calls of each graphics item as it paints, and what it gets where that fails."""
_Kind = tuple[str, type[BaseException], str, int]
_told: set[_Kind] = set()


class PaintingError(SwmrViewerError):
    """A part of the window could not be drawn; its cause says why."""


def guarded(method: Method) -> Method:
    """Return a method that Qt may call as it paints: an exception is told, once per kind, and never leaves it.

    Qt's painting is C++: an exception that leaves a painter on its way there ended the program by a segmentation fault
    (PySide6 6.11), as the painter was still at work when its picture was taken away.
    """

    @wraps(method)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        try:
            return method(self, *args, **options)
        except Exception as error:  # whatever it is, it must not go on into Qt
            _tell(self, error)
            return _INSTEAD.get(method.__name__, lambda: None)()

    call.is_guarded = True  # type: ignore[attr-defined]
    return cast(Method, call)


def tell_again() -> None:
    """Tell what could not be drawn also where it was told before: another file is open."""
    _told.clear()


class Painted:
    """Mixed into a widget that paints itself: derive ``paint_on``. Its painter ends in any case."""

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(cast(QWidget, self))
        try:
            self.paint_on(painter)
        finally:
            painter.end()

    def paint_on(self, painter: QPainter) -> None:
        """Paint the widget."""
        raise NotImplementedError


def guard_items() -> None:
    """Guard what pyqtgraph's items do as they are painted: Qt calls each of them by itself, below the view."""
    for kind in kinds_below(QGraphicsItem):
        for name in _INSTEAD.keys() & vars(kind).keys() if kind.__module__.startswith(f"{pg.__name__}.") else ():
            if not is_guarded(vars(kind)[name]):
                setattr(kind, name, guarded(vars(kind)[name]))


def is_guarded(method: object) -> bool:
    """Return whether a method came through `guarded`."""
    return getattr(method, "is_guarded", False)


def kinds_below(kind: type) -> set[type]:
    """Return a class and all that derive from it."""
    return {kind}.union(*map(kinds_below, kind.__subclasses__()))


def _tell(owner: object, error: Exception) -> None:
    """Say it where every exception is said, after the painting."""
    last = [*traceback.walk_tb(error.__traceback__)][-1]
    kind = (type(owner).__name__, type(error), last[0].f_code.co_filename, last[1])
    traceback.clear_frames(error.__traceback__)  # they hold painters
    if kind not in _told:
        _told.add(kind)
        problem = PaintingError(
            f"{_name(owner)} could not be drawn: {error or type(error).__name__}.",
            "All else goes on. It is drawn again with the next frame, or on another scale.",
        )
        problem.__cause__ = error
        QTimer.singleShot(0, lambda: sys.excepthook(type(problem), problem, None))


def _name(owner: object) -> str:
    told = owner.accessibleName() if isinstance(owner, QWidget) else ""
    return f"\u201c{told}\u201d" if told else f"A part of the window ({type(owner).__name__.strip('_')})"


guard_items()


def line_pen(on: QPaintDevice, color: QColor | str, width: float = 1.0) -> QPen:
    """Return a pen for lines on a plot or a picture whose width (px) is alike on each screen.

    Such pens do not grow with the zoom, and Qt counts their widths in the screen's own pixels: at 200 % lines were half as wide.
    """
    pen: QPen = pg.mkPen(color, width=width * on.devicePixelRatioF())
    return pen


class PaintedView(pg.GraphicsView):
    """A graphics view that tells when it has painted, and where the pointer left it."""

    painted = Signal()
    pointer_left = Signal()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.pointer_left.emit()
