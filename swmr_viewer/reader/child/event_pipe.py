"""The reader's end of the pipe: events out, requests in, a heartbeat where there is nothing to report, and a watchdog."""

from __future__ import annotations

import faulthandler
import os
import select
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from swmr_viewer.core.file_wakeup import wait_readable
from swmr_viewer.core.messages import receive_message, send_message
from swmr_viewer.core.pacing import Pause
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader.messages import Busy, Event, Fault, Heartbeat, KeysChanged, Phase, PhaseChanged, Request

Handlers = Mapping[type[Any], Callable[[Any], None]]
"""What is done for each kind of request, listed by whoever does it."""

_HEARTBEAT_EVERY_S = 0.4
_FEED_EVERY_S = 1.0


class EventPipe:
    """Events out, requests in.

    The watchdog is fed while the loop turns, and paused while the parent does not listen: that is no fault of the reader's.
    """

    def __init__(self, connection: Connection, watchdog: Watchdog) -> None:
        self._connection = connection
        self._watchdog = watchdog
        self._sent_at = float("-inf")
        self._last: Event | None = None
        self.generation = 0

    def send(self, event: Event) -> None:
        """Send an event; blocks while the parent does not read."""
        if isinstance(event, KeysChanged) or not self._has_room():
            self._watchdog.pause()
        send_message(self._connection, event)
        if isinstance(event, Busy) and event.asks_storage:
            self._watchdog.pause()  # dead storage is waited for: that is the parent's to judge
        else:
            self._watchdog.feed()
        self._sent_at, self._last = time.monotonic(), event

    def still_busy(self) -> None:
        """Tell now and then that what was reported last goes on; cheap enough to be called all the time."""
        if isinstance(self._last, Busy) and time.monotonic() - self._sent_at > _HEARTBEAT_EVERY_S:
            self.send(self._last)

    def report_busy(self, doing: str) -> None:
        """Report what is begun now: it may take long, or end this process."""
        self.send(Busy(self.generation, doing))

    def report_frame(self, doing: str, index: int, path: str, scan_shape: tuple[int, ...]) -> None:
        """Report the frame that is touched now, so that one which ends this process is not touched again."""
        self.send(Busy(self.generation, f"{doing} frame {index} of {path}", index, path, position_of(index, scan_shape)))

    def report_scalars(self, doing: str) -> None:
        """Report what is begun now of scalars: should it end this process, they are given up, and not the scan."""
        self.send(Busy(self.generation, doing, of_scalars=True))

    def report_fault(self, message: str, index: int | None = None, path: str = "") -> None:
        self.send(Fault(self.generation, message, index, path))

    def report_phase(self, phase: Phase, text: str = "") -> None:
        self.send(PhaseChanged(self.generation, phase, text))

    def _has_room(self) -> bool:
        if sys.platform == "win32":
            return False
        return bool(select.select([], [self._connection], [], 0)[1])

    def keep_alive(self, now: bool = False) -> None:
        """Send a heartbeat if nothing else was sent for a while (or at once)."""
        self._watchdog.feed()
        if now or time.monotonic() - self._sent_at > _HEARTBEAT_EVERY_S:
            self.send(Heartbeat(self.generation))

    def set_watchdog(self, after_s: float) -> None:
        """Let the watchdog wait so long (s)."""
        self._watchdog.set_after(after_s)

    def receive(self, pause: Pause, descriptor: int | None = None) -> list[Request]:
        """Return the requests that came, after waiting for one; EOFError if the parent is gone.

        The wait also ends, behind the least pause, when ``descriptor`` can be read.
        """
        requests: list[Request] = []
        is_there = self._wait(pause, descriptor)
        while is_there:
            requests.append(receive_message(self._connection))
            is_there = self._is_there(0.0)
        return requests

    def _wait(self, pause: Pause, descriptor: int | None) -> bool:
        """Return whether a request is there."""
        if descriptor is None:
            return self._is_there(pause.most_s)
        if pause.least_s and self._is_there(pause.least_s):
            return True
        connection = self._connection.fileno()
        return connection in wait_readable([connection, descriptor], pause.most_s - pause.least_s)

    def _is_there(self, pause_s: float) -> bool:
        if sys.platform == "win32":
            return self._connection.poll(pause_s)
        return bool(wait_readable([self._connection.fileno()], pause_s))  # the connection's own waits for whole milliseconds


class Watchdog:
    """Ends this process from a C thread when it is not fed: HDF5 can hang for minutes while it keeps Python's lock."""

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._fed_at = float("-inf")
        self._bowl = open(os.devnull, "w")  # noqa: SIM115 - the C thread writes to it at the very end

    def set_after(self, after_s: float) -> None:
        """Wait so long (s) from now on."""
        self._after_s = after_s
        self._fed_at = float("-inf")

    def feed(self) -> None:
        """Show that the process is well; cheap enough to be called all the time (arming costs 0.1 ms)."""
        now = time.monotonic()
        if now - self._fed_at > _FEED_EVERY_S:
            faulthandler.dump_traceback_later(self._after_s, exit=True, file=self._bowl)
            self._fed_at = now

    def pause(self) -> None:
        """Stop watching until it is fed again."""
        faulthandler.cancel_dump_traceback_later()
        self._fed_at = float("-inf")
