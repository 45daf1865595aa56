"""The thread that polls a watched folder: a listing may hang on network storage, and the window must not.

It is a daemon: a thread that hangs in a listing cannot be ended, and must not keep the program from ending.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from swmr_viewer.watching import FolderPoll, ScanFinder, WatchRule

POLL_INTERVAL_S = 1.0
SHARE = 4
"""After a poll of a slow folder there is a pause of so many times its duration."""


class FolderThread(QObject):
    """Polls one folder until it is stopped; ``polled`` is emitted in the thread of whoever made this.

    Parameters
    ----------
    rule : WatchRule
        Which files.
    interval_s : float
        From the end of one poll to the next (s).
    make_finder : callable
        Makes what is polled.
    """

    polled = Signal(object)
    """``FolderPoll``."""

    def __init__(
        self, rule: WatchRule, *, interval_s: float = POLL_INTERVAL_S, make_finder: Callable[[WatchRule], ScanFinder] = ScanFinder
    ) -> None:
        super().__init__()
        self._rule = rule
        self._interval_s = interval_s
        self._make_finder = make_finder
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._since_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="folder watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def silent_s(self) -> float:
        """For how long (s) the poll that is under way has lasted; 0 between two."""
        since = self._since_s
        return 0.0 if since is None else time.monotonic() - since

    def stop(self, timeout_s: float = 1.0) -> bool:
        """Ask it to end and wait; False if it hangs in a listing: then it is abandoned, and emits nothing any more."""
        with self._lock:
            self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        finder = self._make_finder(self._rule)
        while not self._stopped.is_set():
            began_s = self._since_s = time.monotonic()
            poll = finder.poll()
            self._since_s = None
            self._emit(poll)
            self._stopped.wait(max(self._interval_s, SHARE * (time.monotonic() - began_s)))

    def _emit(self, poll: FolderPoll) -> None:
        with self._lock:
            if not self._stopped.is_set():
                self.polled.emit(poll)
