"""The thread that waits for the process which reduces, so that nobody else has to."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from threading import Condition
from typing import Protocol, cast

from PySide6.QtCore import QObject, QThread, Signal

from swmr_viewer.reducing.messages import Described, ReduceRequest, ReductionEvent

WAIT_S = 1.0
GRACE_S = 2.0
"""So long may the process take to end by itself."""
STOP_BOUND_S = 5.0


class ProcessLike(Protocol):
    """What the thread needs of ``reducing.process.ReductionProcess``."""

    run_number: int

    def start(self, request: ReduceRequest) -> None: ...
    def show(self, index: int, scan_shape: tuple[int, ...]) -> None: ...
    def stop(self) -> None: ...
    def describe(self, *names: str) -> None: ...
    def wait(self, timeout_s: float | None) -> list[ReductionEvent]: ...
    def wake(self) -> None: ...
    def close(self, grace_s: float = 2.0) -> None: ...


def real_process() -> ProcessLike:
    """Return the process; it is started with the first order."""
    return cast(ProcessLike, import_module("swmr_viewer.reducing.process").ReductionProcess())


class ReductionThread(QThread):
    """Hands on what the process tells, one batch at a time; every method but ``stop_thread`` returns at once.

    What comes is taken by ``take`` after ``came``; until then the process is not read any further, and holds back what it has: nothing
    queues up here while the window is busy.
    """

    came = Signal()
    """There are events for ``take``."""

    def __init__(self, make_process: Callable[[], ProcessLike] = real_process, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reductions")
        self._process = make_process()
        self._changed = Condition()
        self._events: list[ReductionEvent] = []
        self._run = 0
        """Counts what was started: what belongs to a run before is not told."""
        self._is_leaving = False

    def start_reduction(self, request: ReduceRequest) -> None:
        """Begin with this; nothing of what ran before is told any more."""
        with self._changed:
            self._run += 1
            self._events = _of_no_run(self._events)
            self._process.start(request)
            self._changed.notify_all()
        self._be_running()

    def show_frame(self, index: int, scan_shape: tuple[int, ...]) -> None:
        """Have everything of this frame told."""
        self._process.show(index, scan_shape)

    def stop_reduction(self) -> None:
        """Have what runs end soon; its end is told."""
        self._process.stop()

    def describe(self, name: str) -> None:
        """Have a reduction described."""
        self._process.describe(name)
        self._be_running()

    def take(self) -> list[ReductionEvent]:
        """Return what came since the last call."""
        with self._changed:
            taken, self._events = self._events, []
            self._changed.notify_all()
        return taken

    def stop_thread(self, bound_s: float = STOP_BOUND_S) -> bool:
        """End the process and the thread, and wait at most so long (s); return whether they ended."""
        with self._changed:
            self._is_leaving = True
            self._changed.notify_all()
        self._process.wake()
        if not self.isRunning():
            self._process.close(0.0)
        return self.wait(round(1000 * bound_s))

    def _be_running(self) -> None:
        if not self._is_leaving and not self.isRunning():
            self.start()

    def run(self) -> None:
        try:
            while not self._is_leaving:
                events = self._process.wait(WAIT_S)
                self._hand_on(self._process.run_number, events)
        finally:
            self._process.close(GRACE_S)

    def _hand_on(self, run: int, events: list[ReductionEvent]) -> None:
        """Offer events, and wait until they were taken."""
        if not events:
            return
        with self._changed:
            self._events = events if run == self._run else _of_no_run(events)
        self.came.emit()
        with self._changed:
            self._changed.wait_for(lambda: not self._events or self._is_leaving)


def _of_no_run(events: list[ReductionEvent]) -> list[ReductionEvent]:
    return [event for event in events if isinstance(event, Described)]
