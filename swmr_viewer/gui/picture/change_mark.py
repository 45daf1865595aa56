"""A small mark that is lit while the picture is new: calm when frames come fast, a short blink when they come one by one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.session.session import Session

LIT_MS = 400
"""Longer than the usual time between frames, so that it does not flicker while they flow."""


class ChangeMark(Painted, QWidget):
    """Lit for a moment after each new picture."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._told: object = None
        self.setFixedSize(QSize(6, 20))
        self.setToolTip("Lit while the picture is new")
        self._lit = QTimer(self, singleShot=True, interval=LIT_MS)
        self._lit.timeout.connect(self.update)
        session.frame_changed.connect(self._on_frame)
        theme_of_application().changed.connect(self.update)

    @property
    def is_lit(self) -> bool:
        """Whether the picture changed a moment ago."""
        return self._lit.isActive()

    def _on_frame(self) -> None:
        frame = self._session.shown
        if frame is not None and frame.release is not self._told:  # the same picture under another number is not new
            self._told = frame.release
            self._lit.start()
            self.update()

    def paint_on(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = tokens()
        painter.setBrush(QColor(colors.accent if self.is_lit else colors.missing))
        painter.drawRoundedRect(self.rect(), 3, 3)
