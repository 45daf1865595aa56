"""A line to type an expression of quantities in, which says why it cannot be used as it is typed: in a pop-up, or in a menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget, QWidgetAction

from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup

WIDTH = 300


class ExpressionLine(QWidget):
    """The line, and the reason below it.

    Parameters
    ----------
    why_not : callable
        Returns a sentence, or "" where an expression can be used.
    """

    entered = Signal(str)
    """An expression that can be used."""

    def __init__(self, why_not: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._why_not = why_not
        self.line = QLineEdit(placeholderText="A.sum / I0")
        self.line.setAccessibleName("Expression of quantities")
        self.line.setToolTip("Names of quantities with + - * / ( ) and functions; Return draws it")
        self.line.setMinimumWidth(WIDTH)
        self.reason = PlainLabel("warn")
        self.reason.setWordWrap(True)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.addWidget(self.line)
        self.box.addWidget(self.reason)
        self.line.textEdited.connect(self.check)
        self.line.installEventFilter(self)

    def check(self) -> bool:
        """Say why what is typed cannot be used; return whether it can."""
        text = self.line.text().strip()
        self.reason.say(self._why_not(text) if text else "")
        return bool(text) and not self.reason.text()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take Return for the expression: a menu would take it for its own entries."""
        is_return = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not is_return or event.type() is not QEvent.Type.KeyPress or watched is not self.line:
            return False
        if self.check():
            self.entered.emit(self.line.text().strip())
        return True


class ExpressionEntry(QWidgetAction):
    """The line at the end of a menu."""

    def __init__(self, why_not: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.body = ExpressionLine(why_not)
        self.line, self.reason, self.entered = self.body.line, self.body.reason, self.body.entered
        self.line.setPlaceholderText("Expression: A.sum / I0")
        self.body.box.setContentsMargins(10, 4, 10, 4)
        self.reason.hide()
        self.line.textEdited.connect(lambda: self.reason.setVisible(bool(self.reason.text())))
        self.setDefaultWidget(self.body)


class ExpressionEditor(Popup):
    """The line in a pop-up, with room for the reason.

    Parameters
    ----------
    why_not : callable
        As of the line.
    choose : callable
        Takes the expression.
    """

    def __init__(self, why_not: Callable[[str], str], choose: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._choose = choose
        caption = PlainLabel("caption")
        caption.say("EXPRESSION")
        self.body = ExpressionLine(why_not)
        self.line, self.reason = self.body.line, self.body.reason
        self.reason.setMinimumHeight(2 * self.reason.fontMetrics().lineSpacing())
        for part in (caption, self.body):
            self.box.addWidget(part)
        self.body.entered.connect(self._take)

    def edit(self, text: str) -> None:
        """Let this expression be changed."""
        self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus()
        self.body.check()

    def _take(self, text: str) -> None:
        self.hide()
        self._choose(text)
