"""The fields for the paths in the file, each with its remark: lines are kept free below each, so that nothing jumps."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.completing import PartCompleter
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.opening import SEPARATOR, Field, PathsField, Remark, RequestForm, Tone, suggested_paths

_ROLES = {Tone.PLAIN: "muted", Tone.WARNING: "warn", Tone.PROBLEM: "bad"}
"""Names of the theme's style sheet."""

_MARKS = {Tone.PLAIN: "", Tone.WARNING: "\N{BLACK UP-POINTING TRIANGLE} ", Tone.PROBLEM: "\N{MULTIPLICATION X} "}
"""Meaning never hangs on colour alone."""

_TIPS: dict[Field, str] = {
    "keys": "Key datasets, or a group of them, separated by semicolons (empty: what is found)",
    "length": "Where there are no keys: data sets whose length stands in for them, which is less sure (empty: what is found)",
    "data": "Data sets to show, the first one first, separated by semicolons (empty: what is found)",
    "finished": "A dataset with one number that turns non-zero when the scan ends (empty: what is found)",
}


SPACING = 6
"""Between a name, its field and what belongs beside it (pixels)."""


class RemarkLabel(QLabel):
    """Shows one remark in its tone."""

    def __init__(self, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remark = Remark()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setMinimumHeight(lines * self.fontMetrics().lineSpacing() + 2)

    def sizeHint(self) -> QSize:
        return QSize(200, max(self.minimumHeight(), self.heightForWidth(max(200, self.width()))))

    def remark(self) -> Remark:
        """Return what is shown."""
        return self._remark

    def set_remark(self, remark: Remark) -> None:
        """Show a remark."""
        self._remark = remark
        self.setText(_MARKS[remark.tone] + plain(remark.text) if remark.text else "")
        self.setToolTip(tip(remark.text))
        self.setProperty("role", _ROLES[remark.tone])
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()


class FieldRow(QWidget):
    """A name, a field, what belongs beside it, and a remark below."""

    def __init__(self, name: str, field: QWidget, *beside: QWidget, lines: int = 1) -> None:
        super().__init__()
        self.remark = RemarkLabel(lines)
        label = QLabel(name)
        label.setBuddy(field)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Finished flag  "))
        line = QHBoxLayout()
        line.setSpacing(SPACING)
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


class OriginLabel(PlainLabel):
    """Whether a field holds what was found in the file, or what the user chose: this alone stays when another file is named."""

    def __init__(self) -> None:
        super().__init__("muted", room_for="chosen")

    def show_origin(self, field: PathsField) -> None:
        self.say("" if not field.text else "chosen" if field.is_chosen else "found", "" if field.is_chosen else "muted")
        stays = "Written or chosen here: it stays when another file is named. Empty the field to have it found."
        self.setToolTip(stays if field.is_chosen else "Found in this file; it is found anew in another one.")


class PathField(QLineEdit):
    """A line that edits a `PathsField`, with completion."""

    focused = Signal()
    """The user went into this field."""
    chosen = Signal()
    """The user wrote here, or chose what is here."""

    def __init__(self, content: PathsField) -> None:
        super().__init__()
        self._content = content
        self.origin = OriginLabel()
        self._suggestions = QStringListModel(self)
        PartCompleter(self._suggestions, self, _parted).setMaxVisibleItems(12)
        self.setClearButtonEnabled(True)
        self.textEdited.connect(self._edit)
        self.textChanged.connect(self._take_text)

    def put(self, paths: Iterable[str]) -> None:
        """Write paths that the user chose."""
        self._content.choose(paths)
        self.refresh()
        self.chosen.emit()

    def refresh(self) -> None:
        """Show the content."""
        is_other = self._content.text != self.text()
        if is_other:
            self.setText(self._content.text)
        if not self.hasFocus() and (is_other or not self._content.is_chosen):
            self.setCursorPosition(0)
        self.origin.show_origin(self._content)

    def suggest(self, paths: Iterable[str]) -> None:
        """Offer these paths for completion."""
        self._suggestions.setStringList(list(paths))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._content.restore()
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasText() and not event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.put(event.mimeData().text().split(SEPARATOR))
        event.acceptProposedAction()

    def _edit(self, text: str) -> None:
        self._content.edit(text)
        self.origin.show_origin(self._content)
        self.chosen.emit()

    def _take_text(self) -> None:
        """Completion writes without an edit. The signal's own text is outdated where an edit was answered by filling in."""
        self._content.text = self.text()
        self.origin.show_origin(self._content)


def _parted(text: str) -> tuple[str, str]:
    """Return the paths before the last one, and that one."""
    before, separator, path = text.rpartition(SEPARATOR)
    return f"{before}{separator} " if separator else "", path.strip()


class RequestFields(QWidget):
    """Edits the paths of a `RequestForm`."""

    changed = Signal()
    chosen = Signal()
    """The user wrote or chose a path."""

    def __init__(self, form: RequestForm) -> None:
        super().__init__()
        self._form = form
        self._fields = {name: PathField(content) for name, content in form.fields.items()}
        self.keys, self.length, self.data, self.finished = self._fields.values()
        self._focused = self.data
        labels = {"keys": "&Keys", "length": "&Length", "data": "&Data", "finished": "Fi&nished flag"}
        self.remarks: dict[str, RemarkLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for name, field in self._fields.items():
            row = FieldRow(labels[name], field, field.origin, lines=2 if name in ("keys", "data") else 1)
            self.remarks[name] = row.remark
            layout.addWidget(row)
            field.setToolTip(_TIPS[name])
            field.setPlaceholderText("what is found" if name in ("keys", "data") else "none")
            field.textChanged.connect(self.changed)
            field.chosen.connect(self.chosen)
            field.focused.connect(self._remember_focus)

    def refresh(self) -> None:
        """Show the form."""
        for field in self._fields.values():
            field.refresh()

    def fill(self, found: Inspection | None) -> None:
        """Fill in what was found, where the user wrote nothing; None: take back what was found."""
        self._form.fill(found)
        for name, paths in suggested_paths(found).items():
            self._fields[name].suggest(paths)
        self.refresh()

    def put(self, name: Field, paths: Iterable[str]) -> None:
        """Write paths that the user chose into a field."""
        self._fields[name].put(paths)

    def put_into_focused(self, path: str) -> None:
        """Write a path into the field that the user went into last."""
        self._focused.put([path])

    def _remember_focus(self) -> None:
        field = self.sender()
        if isinstance(field, PathField):
            self._focused = field
