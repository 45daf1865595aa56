"""The thread that looks into a watched folder: a listing may hang on network storage, and the window must not.

It is a daemon: a thread that hangs in a listing cannot be ended, and must not keep the program from ending.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.opening.watching.watch_look import FolderLook, Looked
from swmr_viewer.gui.opening.watching.watch_rule import WatchRule

LOOK_EVERY_S = 1.0
SHARE = 4
"""A slow folder rests for so many times as long as the look took."""


class FolderThread(QObject):
    """PendingInspections into one folder until it is stopped; ``looked`` comes in the thread of whoever made this.

    Parameters
    ----------
    rule : WatchRule
        What to look for.
    every_s : float
        Rest between two looks (s).
    make_look : callable
        Makes the one that looks.
    """

    looked = Signal(object)
    """``Looked``."""

    def __init__(
        self, rule: WatchRule, *, every_s: float = LOOK_EVERY_S, make_look: Callable[[WatchRule], FolderLook] = FolderLook
    ) -> None:
        super().__init__()
        self._rule = rule
        self._every_s = every_s
        self._make_look = make_look
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._since_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="folder watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def silent_s(self) -> float:
        """For how long (s) the look that is under way has lasted; 0 between two."""
        since = self._since_s
        return 0.0 if since is None else time.monotonic() - since

    def stop(self, timeout_s: float = 1.0) -> bool:
        """Ask it to end and wait; False if it hangs in a listing: then it is left alone, and says nothing any more."""
        with self._lock:
            self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        look = self._make_look(self._rule)
        while not self._stopped.is_set():
            began_s = self._since_s = time.monotonic()
            found = look.look()
            self._since_s = None
            self._tell(found)
            self._stopped.wait(max(self._every_s, SHARE * (time.monotonic() - began_s)))

    def _tell(self, found: Looked) -> None:
        with self._lock:
            if not self._stopped.is_set():
                self.looked.emit(found)
