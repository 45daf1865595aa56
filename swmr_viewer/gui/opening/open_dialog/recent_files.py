"""The files that were opened before, and which of them are gone: asked in threads, for network storage may not answer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from swmr_viewer.reader.messages import FollowRequest


class RecentFiles(QObject):
    """What can be opened again.

    Parameters
    ----------
    requests : callable
        Returns what was opened before, the newest first.
    """

    chosen = Signal(object)
    """The `FollowRequest` that shall be filled in."""
    told = Signal()
    """Another file is known to be there, or to be gone."""
    _answered = Signal(str, bool)

    def __init__(self, requests: Callable[[], tuple[FollowRequest, ...]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.requests = requests
        self._is_there: dict[str, bool] = {}
        self._askers: dict[str, threading.Thread] = {}
        self._answered.connect(self._take)

    def is_gone(self, path: str) -> bool:
        """Whether there is no such file, as far as is known."""
        return not self._is_there.get(path, True)

    def choose(self, request: FollowRequest) -> None:
        """Have a request filled in."""
        self.chosen.emit(request)

    def look(self) -> None:
        """Find out which files are there; one whose storage has not answered yet is not asked for a second time."""
        self._askers = {path: asker for path, asker in self._askers.items() if asker.is_alive()}
        for path in {one.path for one in self.requests()} - self._askers.keys():
            asker = threading.Thread(target=self._ask, args=(path,), name="recent file", daemon=True)
            self._askers[path] = asker
            asker.start()

    def close(self, timeout_s: float = 1.0) -> None:
        """Wait a moment for the answers that are on their way."""
        deadline = time.monotonic() + timeout_s
        for asker in self._askers.values():
            asker.join(max(0.0, deadline - time.monotonic()))

    def _ask(self, path: str) -> None:
        is_there = os.path.exists(path)
        with suppress(RuntimeError):  # the window has gone in the meantime
            self._answered.emit(path, is_there)

    def _take(self, path: str, is_there: bool) -> None:
        if self._is_there.get(path) != is_there:
            self._is_there[path] = is_there
            self.told.emit()
