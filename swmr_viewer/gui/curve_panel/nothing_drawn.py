"""What stands where there is nothing to measure yet: a sentence, and buttons for what can be drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget


class NothingDrawn(QWidget):
    """Takes no more room than its words and buttons need, in the middle of what there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.words.setProperty("role", "muted")
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        self._row.addStretch(1)
        self._buttons: list[QWidget] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addStretch(1)
        box.addWidget(self.words)
        box.addLayout(self._row)
        box.addStretch(1)

    def add(self, *buttons: QWidget) -> None:
        """Put these buttons under the words."""
        for button in buttons:
            self._row.insertWidget(self._row.count() - 1, button)
            self._buttons.append(button)

    def say(self, words: str, shown: Sequence[QWidget]) -> None:
        """Show these words, and of the buttons these."""
        self.words.setText(words)
        for button in self._buttons:
            button.setVisible(button in shown)
