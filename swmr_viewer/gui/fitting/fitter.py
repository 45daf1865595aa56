"""Has curves fitted off the window's thread: one fit at a time, the newest request of each key, at most some times a second."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from swmr_viewer.gui.fitting.fit_process import FitProcess
from swmr_viewer.quantities import FitModel, FitRequest, FitResult, fit_curve

EVERY_S = 0.25
"""Of one curve, no more often."""
IDLE_S = 300.0
"""After so long without a fit its process ends; the next one starts another."""
BOUND_S = 5.0
_Job = tuple[str, FitRequest]


class _FitThread(QThread):
    """Waits for the process, so that nobody else has to."""

    done = Signal(str, object)

    def __init__(self, process: FitProcess, idle_s: float, parent: QObject) -> None:
        super().__init__(parent)
        self._process, self._idle_s = process, idle_s
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()

    def put(self, job: _Job | None) -> None:
        self._jobs.put(job)

    def run(self) -> None:
        try:
            while (job := self._next()) is not None:
                self.done.emit(job[0], self._result(job[1]))
        finally:
            self._process.close()

    def _next(self) -> _Job | None:
        try:
            return self._jobs.get(timeout=self._idle_s)
        except Empty:
            self._process.close()
            return self._jobs.get()

    def _result(self, request: FitRequest) -> FitResult:
        try:
            return fit_curve(request) if request.model is FitModel.NONE else self._process.fit(request)
        except ValueError as error:
            return FitResult(request.model, message=f"This curve cannot be fitted: {error}.")


class Fitter(QObject):
    """Fits curves; each asker has keys of its own.

    ``ask(key, request)`` as often as there is something new: at most four times a second per key the newest request is fitted, in a
    process of its own that is started with the first one; the answer comes by ``fitted(key, result)``. With ``FitModel.NONE`` the
    statistics alone are calculated, without that process. ``forget(key)`` when the curve is gone: no answer comes then.

    Parameters
    ----------
    every_s, bound_s, idle_s : float
        Shortest time between two fits of a key; longest time of a fit, after which it is ended and says so;
        time without fits after which the process ends.
    """

    fitted = Signal(str, object)
    """Key and ``FitResult``; where there is no fit, its ``message`` says why."""

    def __init__(
        self, parent: QObject | None = None, *, every_s: float = EVERY_S, bound_s: float = BOUND_S, idle_s: float = IDLE_S
    ) -> None:
        super().__init__(parent)
        self._every_s = every_s
        self._waiting: dict[str, FitRequest] = {}
        self._began_at: dict[str, float] = {}
        self._running = ""
        self._is_wanted = self._is_closed = False
        self.process = FitProcess(bound_s)
        self._thread = _FitThread(self.process, idle_s, self)
        self._thread.done.connect(self._on_done)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._go_on)

    def ask(self, key: str, request: FitRequest) -> None:
        """Have this fitted soon; what waits under the same key is dropped for it. ``key`` is not empty."""
        if self._is_closed:
            return
        self._waiting.pop(key, None)  # the newest of several keys is the last in line
        self._waiting[key] = request
        self._go_on()

    def forget(self, key: str) -> None:
        """Drop what was asked under this key; its answer is not told any more."""
        self._waiting.pop(key, None)
        self._began_at.pop(key, None)
        if key == self._running:
            self._is_wanted = False

    @property
    def is_busy(self) -> bool:
        """Whether there is something to fit."""
        return bool(self._running or self._waiting)

    def close(self, within_s: float = 5.0) -> bool:
        """End thread and process now, whatever they do; return whether they ended in time."""
        self._is_closed = True
        self._later.stop()
        self._waiting.clear()
        self.process.kill()
        self._thread.put(None)
        return not self._thread.isRunning() or self._thread.wait(round(1000 * within_s))

    def _go_on(self) -> None:
        """Give the thread what may be fitted now, or come back when something may."""
        if self._running or not self._waiting:
            return
        now = time.monotonic()
        due_s = {key: max(0.0, self._began_at.get(key, -1e9) + self._every_s - now) for key in self._waiting}
        key = min(due_s, key=due_s.__getitem__)  # of equal ones the first in line
        if due_s[key] > 0:
            self._later.start(int(1000 * due_s[key]) + 1)
            return
        self._running, self._is_wanted, self._began_at[key] = key, True, now
        self._thread.put((key, self._waiting.pop(key)))
        if not self._thread.isRunning():
            self._thread.start()

    def _on_done(self, key: str, result: FitResult) -> None:
        is_wanted, self._running = self._is_wanted, ""
        if self._is_closed:
            return
        if is_wanted:
            self.fitted.emit(key, result)
        self._go_on()
