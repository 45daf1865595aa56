"""Fields with what is said beside them: two lines are kept free below each, so that nothing jumps."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.opening.assessment import Remark, Tone

_ROLES = {Tone.PLAIN: "muted", Tone.WARNING: "warn", Tone.PROBLEM: "bad"}
"""Names of the theme's style sheet."""

_MARKS = {Tone.PLAIN: "", Tone.WARNING: "\N{BLACK UP-POINTING TRIANGLE} ", Tone.PROBLEM: "\N{MULTIPLICATION X} "}
"""Meaning never hangs on colour alone."""


class RemarkLabel(QLabel):
    """Says one remark in its tone."""

    def __init__(self, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remark = Remark()
        self._lines = lines
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setMinimumHeight(lines * self.fontMetrics().lineSpacing() + 2)

    def sizeHint(self) -> QSize:
        return QSize(200, max(self.minimumHeight(), self.heightForWidth(max(200, self.width()))))

    def remark(self) -> Remark:
        """Return what is said."""
        return self._remark

    def say(self, remark: Remark) -> None:
        """Show a remark."""
        self._remark = remark
        self.setText(_MARKS[remark.tone] + plain(remark.text) if remark.text else "")
        self.setToolTip(tip(remark.text))
        self.setProperty("role", _ROLES[remark.tone])
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()


def keep_return(view: QAbstractItemView) -> None:
    """Have Return activate the row, and not press the dialog's button as well."""

    def activate() -> None:
        if view.currentIndex().isValid():
            view.activated.emit(view.currentIndex())

    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QShortcut(QKeySequence(key), view, context=Qt.ShortcutContext.WidgetShortcut).activated.connect(activate)


class FieldRow(QWidget):
    """A name, a field, what belongs beside it, and a remark below."""

    def __init__(self, name: str, field: QWidget, *beside: QWidget, lines: int = 1) -> None:
        super().__init__()
        self.remark = RemarkLabel(lines)
        label = QLabel(name)
        label.setBuddy(field)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Finished flag  "))
        line = QHBoxLayout()
        for widget in (label, field, *beside):
            line.addWidget(widget, stretch=1 if widget is field else 0)
        below = QHBoxLayout()
        below.setContentsMargins(label.minimumWidth() + line.spacing() + 2, 0, 0, 0)
        below.addWidget(self.remark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(line)
        layout.addLayout(below)
