"""A part of the window that scrolls where the screen has no room for it; everywhere else it is as if it were not there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

BESIDE = QSize(44, 150)
"""What the window has round the part: its frame and title, the bar at the top, margins (px)."""


class Scrolled(QScrollArea):
    """Asks for the least size of its part, as a layout does, but never for more than the screen has.

    At 800 x 600, or where everything is drawn half as large again, the window would be larger than its screen, and what is at
    its edges could not be reached. Nothing sets a least size of the window itself: it follows from what is in it.
    """

    def __init__(self, part: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self._part = part
        self.setWidget(part)

    def minimumSizeHint(self) -> QSize:
        return self._part.minimumSizeHint().boundedTo(self._room())

    def sizeHint(self) -> QSize:
        return self._part.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._part and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # it has become larger or smaller
        return super().eventFilter(watched, event)

    def _room(self) -> QSize:
        if QGuiApplication.platformName() == "offscreen":  # its screen of 800 x 800 is nobody's
            return QSize(100_000, 100_000)
        return self.screen().availableGeometry().size() - BESIDE
