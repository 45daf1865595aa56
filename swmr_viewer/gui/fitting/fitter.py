"""Has curves fitted off the window's thread: one fit at a time, the newest request of each key, at most some times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import Empty, Queue, SimpleQueue

import numpy as np
from PySide6.QtCore import QObject, QThread, QTimer, Signal

from swmr_viewer.gui.fitting.fit_process import FitProcess
from swmr_viewer.quantities import FitModel, FitRequest, FitResult, Pieces, fit_curve

EVERY_S = 0.25
"""Of one curve, no more often."""
IDLE_S = 300.0
"""After so long without a fit its process ends; the next one starts another."""
BOUND_S = 5.0
MOST_IN_MESSAGE = 20_000
"""Points; more are sent in pieces."""
MOST_AHEAD = 4
"""Pieces that wait to be sent: of ten million points no more is held."""
TURN_S = 0.005
"""So long are pieces made in a turn of the event loop."""
AGAIN_MS = 5
_Job = tuple[str, FitRequest, Pieces]
PiecesOf = Callable[[], Pieces]


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
                self.done.emit(job[0], self._result(*job[1:]))
        finally:
            self._process.close()

    def _next(self) -> _Job | None:
        try:
            return self._jobs.get(timeout=self._idle_s)
        except Empty:
            self._process.close()
            return self._jobs.get()

    def _result(self, request: FitRequest, pieces: Pieces) -> FitResult:
        try:
            is_quick = request.model is FitModel.NONE and pieces == ()
            return fit_curve(request) if is_quick else self._process.fit(request, pieces)
        except ValueError as error:
            return FitResult(request.model, message=f"This curve cannot be fitted: {error}.")


class Fitter(QObject):
    """Fits curves; each asker has keys of its own.

    ``ask(key, request)`` as often as there is something new: at most four times a second per key the newest request is fitted, in a
    process of its own that is started with the first one; the answer comes by ``fitted(key, result)``. With ``FitModel.NONE`` the
    statistics alone are calculated, of few points without that process. ``forget(key)`` when the curve is gone: no answer comes then.

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
        self._waiting: dict[str, tuple[FitRequest, PiecesOf | None]] = {}
        self._began_at: dict[str, float] = {}
        self._running = ""
        self._is_wanted = self._is_closed = False
        self.process = FitProcess(bound_s)
        self._thread = _FitThread(self.process, idle_s, self)
        self._thread.done.connect(self._on_done)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._go_on)
        self._source: Iterator[tuple[np.ndarray, np.ndarray]] = iter(())
        self._ahead: Queue[tuple[np.ndarray, np.ndarray] | None] = Queue()
        self._feeding = QTimer(self, singleShot=True)
        self._feeding.timeout.connect(self._feed)

    def ask(self, key: str, request: FitRequest, pieces_of: PiecesOf | None = None) -> None:
        """Have this fitted soon; what waits under the same key is dropped for it.

        Parameters
        ----------
        key : str
            Not empty.
        request : FitRequest
            What is fitted.
        pieces_of : callable, optional
            Returns the points, x and y piece by piece, where the request has none: they are too many to be held in one place.
            Called when it is their turn, and iterated from turn to turn of the event loop.
        """
        if self._is_closed:
            return
        self._waiting.pop(key, None)  # the newest of several keys is the last in line
        self._waiting[key] = request, pieces_of
        self._go_on()

    def forget(self, key: str) -> None:
        """Drop what was asked under this key; its answer is not told any more."""
        self._waiting.pop(key, None)
        self._began_at.pop(key, None)
        if key == self._running:
            self._is_wanted, self._source = False, iter(())

    @property
    def is_busy(self) -> bool:
        """Whether there is something to fit."""
        return bool(self._running or self._waiting)

    def close(self, within_s: float = 5.0) -> bool:
        """End thread and process now, whatever they do; return whether they ended in time."""
        self._is_closed = True
        self._later.stop()
        self._feeding.stop()
        self._waiting.clear()
        self.process.kill()
        if not self._ahead.full():
            self._ahead.put_nowait(None)
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
        self._start(key, *self._waiting.pop(key))
        if not self._thread.isRunning():
            self._thread.start()

    def _start(self, key: str, request: FitRequest, pieces_of: PiecesOf | None) -> None:
        if pieces_of is not None:
            self._source, self._ahead = iter(pieces_of()), Queue(MOST_AHEAD)
            self._thread.put((key, request, iter(self._ahead.get, None)))
            self._feed()
        elif len(request.x) == len(request.y) > MOST_IN_MESSAGE:
            self._thread.put((key, replace(request, x=np.empty(0), y=np.empty(0)), _cut(request)))
        else:
            self._thread.put((key, request, ()))

    def _feed(self) -> None:
        """Make pieces for as long as a turn may take, and as there is room for them."""
        stop_s = time.perf_counter() + TURN_S
        while not self._ahead.full():
            piece = next(self._source, None)
            self._ahead.put_nowait(piece)
            if piece is None:
                return
            if time.perf_counter() > stop_s:
                break
        self._feeding.start(AGAIN_MS)

    def _on_done(self, key: str, result: FitResult) -> None:
        is_wanted, self._running = self._is_wanted, ""
        self._feeding.stop()
        if self._is_closed:
            return
        if is_wanted:
            self.fitted.emit(key, result)
        self._go_on()


def _cut(request: FitRequest) -> Pieces:
    """Yield the points of a request piece by piece, as views."""
    for start in range(0, len(request.x), MOST_IN_MESSAGE):
        here = slice(start, start + MOST_IN_MESSAGE)
        yield request.x[here], request.y[here]
