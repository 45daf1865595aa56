"""What is dropped on the window: a file is followed, a folder is watched.

Whether it is a folder is asked in a thread: on network storage that does not answer, the question hangs.
"""

from __future__ import annotations

import os
import threading

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class Drops(QObject):
    """Takes drops for a widget."""

    file_dropped = Signal(str)
    folder_dropped = Signal(str)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._latest = ""
        self._asker: threading.Thread | None = None
        self._is_closed = False
        self._answered.connect(self._take)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    _answered = Signal(str, bool)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and event.type() is QEvent.Type.DragEnter and _paths(event):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop and (paths := _paths(event)):
            event.acceptProposedAction()
            self.take(paths[0])
            return True
        return False

    def take(self, path: str) -> None:
        """Have this file followed, or this folder watched; a later drop outdates it."""
        self._latest = path
        self._asker = threading.Thread(target=self._ask, args=(path,), name="drop", daemon=True)
        self._asker.start()

    def close(self) -> None:
        """Take no answer any more; wait a moment for the one that is on its way."""
        self._latest = ""
        self._is_closed = True
        if self._asker is not None:
            self._asker.join(1.0)

    def _ask(self, path: str) -> None:
        is_folder = os.path.isdir(path)
        if not self._is_closed:
            self._answered.emit(path, is_folder)

    def _take(self, path: str, is_folder: bool) -> None:
        if path == self._latest:
            (self.folder_dropped if is_folder else self.file_dropped).emit(path)


def _paths(event: QDropEvent) -> list[str]:
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
