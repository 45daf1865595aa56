"""How large a window or a dialog is at first: as it was drawn, or as the screen has room for."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

FRAME = QSize(8, 32)
"""What the desktop puts around a window (px)."""
NOBODYS = QSize(800, 800)
"""The screen that Qt makes up where there is none."""


def size_on_screen(drawn: QSize, part: QWidget) -> QSize:
    """Return the size as it was drawn, or less where the screen of this window is smaller."""
    screen = part.screen()
    if QGuiApplication.platformName() == "offscreen" and screen.size() == NOBODYS:
        return drawn
    return drawn.boundedTo(screen.availableGeometry().size() - FRAME)
