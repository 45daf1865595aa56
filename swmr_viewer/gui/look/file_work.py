"""Small files are read and written in a thread, for storage that does not answer would hold up the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, Signal


class FileWork(QObject):
    """Does one thing after another in threads of their own, and tells in the window's thread what came of it."""

    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        self._ended.connect(self._tell)

    def do(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Have ``work`` done; ``then`` gets what it returns, or the exception that it raised."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._run, args=(work, then), name="file work", daemon=True)
        self._threads.append(thread)
        thread.start()

    def close(self, timeout_s: float = 1.0) -> None:
        """Wait a moment for what is on its way; nothing is told any more."""
        self._is_closed = True
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        try:
            result = work()
        except Exception as error:
            result = error
        with suppress(RuntimeError):  # the window has gone in the meantime
            self._ended.emit(result, then)

    def _tell(self, result: Any, then: Callable[[Any], None]) -> None:
        if not self._is_closed:
            then(result)
