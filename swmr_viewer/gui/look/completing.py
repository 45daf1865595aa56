"""Completes a part of what is typed in a line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit


class PartCompleter(QCompleter):
    """Completes the last part of a line by whatever contains it, and leaves what stands before it alone.

    Parameters
    ----------
    offered : QStringListModel
        What a part may be.
    line : QLineEdit
        Where it is typed.
    parted : callable
        Returns what stands before the last part of a text, and that part.
    """

    def __init__(self, offered: QStringListModel, line: QLineEdit, parted: Callable[[str], tuple[str, str]]) -> None:
        super().__init__(offered, line)
        self._line, self._parted = line, parted
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        line.setCompleter(self)

    def splitPath(self, path: str) -> list[str]:
        return [self._parted(path)[1]]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return self._parted(self._line.text())[0] + super().pathFromIndex(index)
