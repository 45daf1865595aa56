"""How long the window's event loop stood still: of each turn, what it worked, waited for a processor, and waited for something else."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QTimer

_EVERY_MS = 1


class LoopTimes:
    """Watches the event loop of the thread that makes this, from then on.

    Attributes
    ----------
    longest_s : float
        The longest turn.
    longest_wait_s : float
        The longest time within one turn in which the thread could have run, and waited: for a lock, a process, or storage.
    """

    def __init__(self) -> None:
        self._queue = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self.begin_anew()
        self._timer = QTimer(interval=_EVERY_MS)
        self._timer.timeout.connect(self._note)
        self._timer.start()

    def begin_anew(self) -> None:
        """Forget the turns until now."""
        self.longest_s = self.longest_wait_s = 0.0
        self._last = self._now()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()

    def _now(self) -> tuple[float, float, float]:
        queued_s = 0.0
        with suppress(OSError, ValueError, IndexError):  # not Linux: it counts as waiting
            queued_s = int(self._queue.read_text().split()[1]) / 1e9
        return time.perf_counter(), time.thread_time(), queued_s

    def _note(self) -> None:
        now = self._now()
        taken_s, worked_s, queued_s = (after - before for after, before in zip(now, self._last, strict=True))
        self._last = now
        self.longest_s = max(self.longest_s, taken_s)
        self.longest_wait_s = max(self.longest_wait_s, taken_s - worked_s - queued_s)
