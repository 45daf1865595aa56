"""The view under every plot and picture: it tells when it has painted, and where the pointer left it."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent

from swmr_viewer.gui.look.painting import guard_items, guarded

guard_items()


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
