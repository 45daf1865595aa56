"""Requests on their way to a reader: a thread sends them, so that a reader which does not listen holds up nobody."""

from __future__ import annotations

import threading
from collections import deque
from multiprocessing.connection import Connection

from swmr_viewer.reader.messages import Request


class Outbox:
    """Sends requests in order, and drops those that a later one of their group replaces before they were sent.

    Parameters
    ----------
    connection : Connection
        The pipe's end; the outbox alone writes to it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: deque[Request] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="reader outbox", daemon=True)
        self._thread.start()

    def put(self, request: Request) -> None:
        """Queue a request; never blocks."""
        with self._changed:
            if self._closed:
                return
            if self._waiting and request.replaces_waiting and request.group is self._waiting[-1].group:
                self._waiting.pop()
            self._waiting.append(request)
            self._changed.notify()

    def close(self) -> None:
        """Let what is queued be sent, then end the thread; to be waited for with ``join`` once the reader is gone."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (request := self._next()) is not None:
            try:
                self._connection.send(request)
            except (OSError, ValueError):
                self.close()
                return

    def _next(self) -> Request | None:
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None
