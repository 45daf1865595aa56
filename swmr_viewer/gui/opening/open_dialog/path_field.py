"""A line for one or several paths in the file, with completion and a remark below it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFocusEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

SEPARATOR = ";"


class PathField(QLineEdit):
    """Paths separated by semicolons.

    What is filled in from an inspection is replaced by the next one; what the user wrote stays. A field that the user empties, or
    in which just what was found stands again, is filled in as before.
    """

    focused = Signal()
    """The user went into this field."""
    origin_changed = Signal()
    """What stands here was found before and is the user's now, or the other way round."""

    def __init__(self, parent: QWidget | None = None, *, several: bool = True) -> None:
        super().__init__(parent)
        self._several = several
        self._is_users = False
        self._found = ""
        self._known = QStringListModel(self)
        self.setCompleter(_PathCompleter(self._known, self))
        self.setClearButtonEnabled(True)
        self.textEdited.connect(self._note_edit)
        self.textChanged.connect(self.origin_changed)

    def paths(self) -> tuple[str, ...]:
        """Return the paths as they stand, without empty ones."""
        parts = self.text().split(SEPARATOR) if self._several else [self.text()]
        return tuple(filter(None, map(str.strip, parts)))

    @property
    def is_users(self) -> bool:
        """Whether the user wrote here, or chose what is here."""
        return self._is_users

    def users_paths(self) -> tuple[str, ...]:
        """Return the paths that the user wrote or chose; none where they were only found."""
        return self.paths() if self._is_users else ()

    def put(self, paths: Iterable[str]) -> None:
        """Write paths that the user chose."""
        self._is_users = True
        self._write(paths)
        self.origin_changed.emit()

    def fill(self, paths: Iterable[str]) -> None:
        """Write paths that were found, unless the user wrote here."""
        self._found = self._joined(paths)
        if not self._is_users:
            self._show(self._found)

    def forget(self) -> None:
        """Empty the field and let it be filled again."""
        self._is_users, self._found = False, ""
        self.clear()
        self.origin_changed.emit()

    def set_known(self, paths: Iterable[str]) -> None:
        """Offer these paths for completion."""
        self._known.setStringList(list(paths))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self._is_users:
            self._show(self._found)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasText() and not event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.put(event.mimeData().text().split(SEPARATOR))
        event.acceptProposedAction()

    def _write(self, paths: Iterable[str]) -> None:
        self._show(self._joined(paths))

    def _joined(self, paths: Iterable[str]) -> str:
        kept = list(filter(None, map(str.strip, paths)))
        return f"{SEPARATOR} ".join(kept if self._several else kept[:1])

    def _show(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
        if not self.hasFocus():
            self.setCursorPosition(0)

    def _note_edit(self, text: str) -> None:
        self._is_users = text not in ("", self._found)
        self.origin_changed.emit()


class _PathCompleter(QCompleter):
    """Completes the path that is being typed, and leaves those before it alone."""

    def __init__(self, known: QStringListModel, field: PathField) -> None:
        super().__init__(known, field)
        self._field = field
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setMaxVisibleItems(12)

    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition(SEPARATOR)[2].strip()]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        before, separator, _ = self._field.text().rpartition(SEPARATOR)
        completed = super().pathFromIndex(index)
        return f"{before}{separator} {completed}" if separator else completed
