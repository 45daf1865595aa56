"""A small panel that opens below a button, and closes with a click elsewhere or Esc."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget


class Popup(QFrame):
    """Never modal: the scan goes on behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("panel", "true")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(14, 12, 14, 12)
        self.box.setSpacing(7)

    def open_below(self, button: QWidget) -> None:
        """Open with the right edges of both in line."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        area = button.screen().availableGeometry()
        left = min(max(corner.x(), area.left()), max(area.left(), area.right() - self.width()))
        top = min(corner.y(), max(area.top(), area.bottom() - self.height()))
        self.move(left, top)
        self.show()


class PopupButton(QToolButton):
    """A button with words and a small arrow that opens a pop-up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.popup: Popup | None = None
        self.setProperty("slim", "true")
        self.clicked.connect(self.open)

    def offer(self, popup: Popup) -> None:
        """Open this at a click."""
        self.popup = popup

    def say(self, words: str) -> None:
        """Show these words."""
        self.setText(f"{words} \u25be")

    def open(self) -> None:
        """Open the pop-up, as a click does."""
        if self.popup is not None:
            self.popup.open_below(self)
