"""Requests on their way to another process: a thread sends them, so that one which does not listen holds up nobody."""

from __future__ import annotations

import threading
from collections import deque
from multiprocessing.connection import Connection
from typing import Any

from swmr_viewer.core.messages import send_message


class Outbox:
    """Sends requests in order, and drops those that a later one of their group replaces before they were sent.

    A request says by ``replaces_waiting`` whether it replaces the last one that waits, where that is of its group: of an equal ``group``,
    or without such a thing of its type.

    Parameters
    ----------
    connection : Connection
        The pipe's end; the outbox alone writes to it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: deque[Any] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, request: Any) -> None:
        """Queue a request; never blocks."""
        with self._changed:
            if self._closed:
                return
            if self._waiting and request.replaces_waiting and _group(request) is _group(self._waiting[-1]):
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
                send_message(self._connection, request)
            except (OSError, ValueError):
                self.close()
                return

    def _next(self) -> Any | None:
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None


def _group(request: Any) -> Any:
    return getattr(request, "group", type(request))
