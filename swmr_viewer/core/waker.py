"""Has a thread that waits for processes go on."""

from __future__ import annotations

import multiprocessing


class Waker:
    """Something to wait for beside connections (``multiprocessing.connection.wait``) which any thread, and a signal handler, can end.

    Attributes
    ----------
    source : Connection
        Ready once ``wake`` was called; one thread waits for it.
    """

    def __init__(self) -> None:
        self.source, self._sink = multiprocessing.Pipe(duplex=False)
        self._is_woken = False

    def wake(self) -> None:
        """Have the thread that waits go on, or not wait the next time; any number of calls count as one."""
        if not self._is_woken:
            self._is_woken = True
            self._sink.send_bytes(b"!")

    def was_woken(self) -> bool:
        """Return whether ``wake`` was called since this said so last; never waits."""
        if not self.source.poll(0):
            return False
        self._is_woken = False  # before the pipe is empty: a call in between costs a turn, not a wake
        self.source.recv_bytes()
        return True
