"""The reader's end of the pipe: it says what there is to say, and that it is alive when there is nothing."""

from __future__ import annotations

import select
import sys
import time
from multiprocessing.connection import Connection

from swmr_viewer.reader.child.protection import Watchdog
from swmr_viewer.reader.messages import Busy, Event, Heartbeat, KeysChanged, Request

_ALIVE_EVERY_S = 0.4


class EventPipe:
    """Events out, requests in.

    Parameters
    ----------
    connection : Connection
        The pipe to the parent.
    watchdog : Watchdog
        Fed while the loop turns, and at rest while the parent does not listen: that is no fault of the reader's.
    """

    def __init__(self, connection: Connection, watchdog: Watchdog) -> None:
        self._connection = connection
        self._watchdog = watchdog
        self._said_at = float("-inf")
        self.generation = 0

    def send(self, event: Event) -> None:
        """Send an event; blocks while the parent does not read."""
        if isinstance(event, KeysChanged) or not self._has_room():
            self._watchdog.rest()
        self._connection.send(event)
        if isinstance(event, Busy) and event.asks_storage:
            self._watchdog.rest()  # dead storage is waited for: that is the parent's to judge
        else:
            self._watchdog.feed()
        self._said_at = time.monotonic()

    def _has_room(self) -> bool:
        if sys.platform == "win32":
            return False
        return bool(select.select([], [self._connection], [], 0)[1])

    def keep_alive(self, now: bool = False) -> None:
        """Say that the loop turns, if nothing else was said for a while (or at once)."""
        self._watchdog.feed()
        if now or time.monotonic() - self._said_at > _ALIVE_EVERY_S:
            self.send(Heartbeat(self.generation))

    def hear(self, pause_s: float) -> list[Request]:
        """Return the requests that came, after waiting up to ``pause_s`` for one.

        Raises
        ------
        EOFError
            If the parent is gone.
        """
        heard: list[Request] = []
        while self._connection.poll(0 if heard else pause_s):
            heard.append(self._connection.recv())
        return heard
