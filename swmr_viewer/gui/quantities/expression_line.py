"""A line to type an expression of quantities in, which says why it cannot be used as it is typed: in a pop-up, or in a menu."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget, QWidgetAction

from swmr_viewer.gui.look.completing import PartCompleter
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup

WIDTH = 300
MOST_TOLD = 24
"""Names that are listed; all of them are completed."""
WORD = re.compile(r"[^\s()+*/,-]*$")
"""What is being typed at the end of an expression."""


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
    names : callable
        Returns the names of which expressions can be made, as they are written.
    """

    def __init__(
        self, why_not: Callable[[str], str], choose: Callable[[str], object], names: Callable[[], Sequence[str]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._choose, self._names = choose, names
        caption = PlainLabel("caption")
        caption.say("EXPRESSION")
        self.body = ExpressionLine(why_not)
        self.line, self.reason = self.body.line, self.body.reason
        self.reason.setMinimumHeight(2 * self.reason.fontMetrics().lineSpacing())
        self.told = PlainLabel("muted")
        self.told.setWordWrap(True)
        self._offered = QStringListModel(self)
        self._completer = PartCompleter(self._offered, self.line, _parted)
        for part in (caption, self.body, self.told):
            self.box.addWidget(part)
        self.body.entered.connect(self._take)

    def edit(self, text: str) -> None:
        """Let this expression be changed."""
        names = list(self._names())
        self._offered.setStringList(names)
        more = f", and {len(names) - MOST_TOLD} more" if len(names) > MOST_TOLD else ""
        self.told.say(f"Names: {', '.join(names[:MOST_TOLD])}{more}" if names else "")
        self.adjustSize()
        self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus()
        self.body.check()

    def _take(self, text: str) -> None:
        if (offered := self._completer.popup()) is not None:
            offered.hide()
        self.hide()
        self._choose(text)


def _parted(text: str) -> tuple[str, str]:
    """Return what stands before the name that is typed, and the name; where none is, what completes nothing."""
    word = _word(text)
    return text.removesuffix(word), word or "\n"


def _word(text: str) -> str:
    found = WORD.search(text)
    return found.group() if found is not None else ""
