"""How long the turns of the window's event loop are."""

from __future__ import annotations

import time

import psutil
from PySide6.QtCore import QTimer

from swmr_viewer.gui.assembly import Assembly


class Turns:
    """Times the turns of the event loop, from the first complete point on."""

    def __init__(self, assembly: Assembly) -> None:
        self._session = assembly.session
        self._last_s, self._last_worked_s = time.perf_counter(), time.thread_time()
        self.gaps_s: list[float] = []
        self.worked_s: list[float] = []
        self.n_complete = 0
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._note)
        self._timer.start()

    def begin_anew(self) -> None:
        """Forget those until now."""
        self.gaps_s.clear()
        self.worked_s.clear()

    def _note(self) -> None:
        now_s, worked_s, progress = time.perf_counter(), time.thread_time(), self._session.scan.progress
        self.n_complete = progress.n_complete if progress is not None else 0
        if self.n_complete and now_s - self._last_s > 0.01:
            self.gaps_s.append(now_s - self._last_s)
            self.worked_s.append(worked_s - self._last_worked_s)
        self._last_s, self._last_worked_s = now_s, worked_s


def report(turns: Turns) -> None:
    print(f"{turns.n_complete:,} points; {psutil.Process().memory_info().rss / 1e6:.0f} MB")
    for what, times_s in (("by the clock", turns.gaps_s), ("at work", turns.worked_s)):
        longest = ", ".join(f"{1000 * time_s:.0f}" for time_s in sorted(times_s, reverse=True)[:8])
        print(f"longest turns {what} (ms): {longest}; above 50 ms: {sum(time_s > 0.05 for time_s in times_s)}")
