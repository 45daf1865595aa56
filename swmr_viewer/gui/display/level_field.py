"""The field of one level beside the colour bar: a click on the number, and another one can be typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from swmr_viewer.gui.display.levels_scale import short_level_text
from swmr_viewer.gui.display.levels_text import typed_number

HEIGHT = 18
WHAT_TO_DO = "Click and type another; Return takes it, Esc gives up (L)"
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LevelField(QLineEdit):
    """Shows a level in short, and in full while it is edited.

    Parameters
    ----------
    name : str
        ``Low level`` or ``High level``.
    """

    typed = Signal(float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._value: float | None = None
        self._is_entered = False
        self.setProperty("level", "true")
        self.setAccessibleName(name)
        self.setFixedHeight(HEIGHT)

    def show_level(self, value: float) -> None:
        """Show this level, unless another one is being typed."""
        if value != self._value:
            self._value = value
            if not self.hasFocus():
                self._show()

    def _show(self) -> None:
        self._mark(False)
        value = self._value or 0.0
        self.setText(self._full if self.hasFocus() else short_level_text(value))
        self.setCursorPosition(0)
        self.setToolTip(f"{self._name}: {self._full}\n{WHAT_TO_DO}")

    @property
    def _full(self) -> str:
        return f"{self._value or 0.0:.9g}"

    def _mark(self, is_bad: bool) -> None:
        if is_bad != (self.property("bad") == "true"):
            self.setProperty("bad", "true" if is_bad else "false")
            self.style().polish(self)

    def _take(self) -> bool:
        """Hand on what was typed; False: it is no number."""
        found = typed_number(self.text())
        if found is None:
            return False
        if self.isModified() and found != self._value:
            self._value = found
            self.typed.emit(found)
        return True

    # ---- Qt's

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._is_entered = event.reason() == Qt.FocusReason.MouseFocusReason
        self._show()
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._take()
            self._show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self._is_entered:  # by this press, which took the selection away
            self._is_entered = False
            self.selectAll()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _TAKE:
            if self._take():
                self.clearFocus()
            else:
                self._mark(True)
        elif event.key() == Qt.Key.Key_Escape:
            self._show()
            self.clearFocus()
        else:
            super().keyPressEvent(event)
