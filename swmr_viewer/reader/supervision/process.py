"""One process, such as a reader, as its parent holds it: started, sent to, received from, ended."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from swmr_viewer.core.child_process import exit_reason, let_go_of, reason_of, start_quietly
from swmr_viewer.core.messages import ForeignMessageError, receive_message
from swmr_viewer.reader.child import run_reader
from swmr_viewer.reader.messages import Event, Quit, SetWatchdog
from swmr_viewer.reader.supervision.outbox import Outbox

_MOST_AT_ONCE = 1000
_DYING_S = 1.0
_BEYOND_STUCK_S = 15.0
"""The reader's own watchdog bites that much later than its parent would have."""


class ChildProcess:
    """A running process that takes requests and sends events.

    Parameters
    ----------
    entry : callable
        What runs in it, with its end of the pipe as the first argument.
    arguments : tuple
        The others.
    name : str
        The process's.
    farewell : object
        The request that asks it to end.
    is_event : callable
        Whether a message is one that it sends. Anything else, and it is not what we started: it is ended.
    """

    def __init__(
        self, entry: Callable[..., None], arguments: tuple[Any, ...], *, name: str, farewell: Any, is_event: Callable[[Any], bool]
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe(duplex=True)
        self._process = context.Process(target=entry, args=(theirs, *arguments), name=name, daemon=True)
        start_quietly(self._process)
        theirs.close()
        self.started_at = time.monotonic()
        self.sentinel = self._process.sentinel
        self._farewell = farewell
        self._is_event = is_event
        self._foreign = ""
        """Why it was ended over what it sent, in words."""
        self._outbox = Outbox(self.connection)
        self._ending = threading.Lock()
        self._is_ended = False

    @property
    def pid(self) -> int | None:
        """The process's number."""
        return self._process.pid

    def starved_s(self) -> float:
        """Return for how long (s) its first thread has waited for a processor; 0 where the system does not tell that (not Linux)."""
        try:
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def send(self, request: Any) -> None:
        """Queue a request; never blocks."""
        self._outbox.put(request)

    def receive(self) -> tuple[list[Any], bool]:
        """Return what it has sent so far, and whether it is gone and sent no more; waits only for the rest of a message that began."""
        received: list[Any] = []
        try:
            while len(received) < _MOST_AT_ONCE and self.connection.poll(0):
                received.append(self._received())
        except ForeignMessageError as error:
            self._foreign = f"it sent what is no message of this program, and was ended ({error})"
            self.kill()
            return received, True
        except (EOFError, OSError):
            return received, True
        return received, False

    def _received(self) -> Any:
        message = receive_message(self.connection)
        if not self._is_event(message):
            raise ForeignMessageError(f"a {type(message).__name__}")
        return message

    def kill(self) -> None:
        """End it at once, whatever it does; waits for nothing."""
        self._process.kill()

    def end(self, grace_s: float) -> None:
        """Ask it to end, wait, and kill it if it does not; takes about a second longer at most. May be called by two threads at once."""
        with self._ending:
            if self._is_ended:
                return
            self._is_ended = True
            self._outbox.put(self._farewell)
            self._outbox.close()
            if grace_s > 0:
                self._process.join(grace_s)
            self._process.kill()
            self._process.join(_DYING_S)
            if self._process.is_alive():
                let_go_of(self._process)  # the pipe stays open: a thread may still write to it
                return
            self._outbox.join(_DYING_S)
            self.connection.close()

    def exit_reason(self) -> str:
        """Return in words how it ended; to be called once it is gone, of which the last may take a moment."""
        with self._ending:
            if self._foreign:
                return self._foreign
            return exit_reason(self._process) if not self._is_ended else reason_of(self._process.exitcode)


def _is_event(message: Any) -> bool:
    return isinstance(message, Event)


class ReaderProcess(ChildProcess):
    """A running reader.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which the parent kills it; an orphan ends itself a little later.
    """

    def __init__(self, stuck_after_s: float) -> None:
        super().__init__(run_reader, (stuck_after_s + _BEYOND_STUCK_S,), name="swmr-viewer reader", farewell=Quit(), is_event=_is_event)

    def set_stuck_after(self, seconds: float) -> None:
        """Have it end itself a little after so much silence (s)."""
        self.send(SetWatchdog(seconds + _BEYOND_STUCK_S))
