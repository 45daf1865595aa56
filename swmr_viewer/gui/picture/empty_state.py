"""The window without a file: one clear thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from swmr_viewer.gui.look.labels import PlainLabel


class EmptyState(QFrame):
    """An invitation to open a file."""

    def __init__(self, open_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        title = PlainLabel("title")
        title.say("Follow a scan")
        hint = PlainLabel("muted")
        hint.say("Open an HDF5 file that is being written in SWMR mode, or drop it here.\nThe file need not exist yet.")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open = QPushButton("Open a file\u2026")
        self.open.setProperty("kind", "primary")
        self.open.setToolTip(open_action.toolTip())
        self.open.clicked.connect(open_action.trigger)
        self.watching = PlainLabel("strong")
        box = QVBoxLayout(self)
        box.setSpacing(14)
        box.addStretch(1)
        for part in (title, hint, self.open, self.watching):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)

    def say(self, words: str) -> None:
        """Say what is waited for."""
        self.watching.say(words)
