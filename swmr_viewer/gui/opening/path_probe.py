"""Asks the file system in threads, for on network storage that does not answer the question hangs; and what is dropped on the window."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class PathProbe(QObject):
    """Answers one question about paths, each in a thread of its own."""

    answered = Signal(str, bool)
    """The path, and the answer."""

    def __init__(self, question: Callable[[str], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self._threads: dict[str, threading.Thread] = {}

    def ask(self, path: str) -> None:
        """Ask about a path, unless it is being asked about."""
        self._threads = {path: thread for path, thread in self._threads.items() if thread.is_alive()}
        if path not in self._threads:
            self._threads[path] = threading.Thread(target=self._run, args=(path,), name="path probe", daemon=True)
            self._threads[path].start()

    def close(self, timeout_s: float = 1.0) -> None:
        """Wait a moment for the answers that are on their way."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, path: str) -> None:
        answer = self._question(path)
        with suppress(RuntimeError):  # the window has gone in the meantime
            self.answered.emit(path, answer)


class Drops(QObject):
    """Takes drops for a widget: files and folders."""

    file_dropped = Signal(str)
    folder_dropped = Signal(str)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._latest = ""
        self._probe = PathProbe(lambda path: os.path.isdir(path), self)
        self._probe.answered.connect(self._on_answered)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and event.type() is QEvent.Type.DragEnter and local_paths(event):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop and (paths := local_paths(event)):
            event.acceptProposedAction()
            self._latest = paths[0]
            self._probe.ask(self._latest)
            return True
        return False

    def close(self) -> None:
        """Take no answer any more; wait a moment for the one that is on its way."""
        self._latest = ""
        self._probe.close()

    def _on_answered(self, path: str, is_folder: bool) -> None:
        if path == self._latest:
            (self.folder_dropped if is_folder else self.file_dropped).emit(path)


def local_paths(event: QDropEvent) -> list[str]:
    """Return the files and folders that are dragged."""
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
