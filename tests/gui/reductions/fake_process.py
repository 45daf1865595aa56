"""A process that says what a test tells it to, with the face of ``ReductionProcess``."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from swmr_viewer.reducing.messages import (
    Described,
    Prepared,
    Reduced,
    ReduceRequest,
    ReductionEnded,
    ReductionEvent,
    ReductionProgress,
    ShownReduced,
)
from swmr_viewer.reductions import Output, OutputAxis, ReductionInfo

PATTERN = Output("pattern", (50,), "counts", axes=(OutputAxis("q", np.linspace(0.0, 4.9, 50), "1/angstrom"),))
AREA = Output("area", (), "counts")
OUTPUTS = (AREA, PATTERN)


class FakeProcess:
    """Requests are kept for the test; events come when it says so. A stop is answered at once, unless ``answers_stop`` is False."""

    def __init__(self, infos: Mapping[str, ReductionInfo | str]) -> None:
        self.infos = infos
        self.requests: list[ReduceRequest] = []
        self.shown: list[tuple[int, tuple[int, ...]]] = []
        self.described: list[str] = []
        self.n_stops = 0
        self.answers_stop = True
        self.is_closed = False
        self._events: deque[ReductionEvent] = deque()
        self._something = threading.Condition()
        self._is_woken = False
        self._next: ReduceRequest | None = None
        self._n_starts = self.run_number = 0
        self._once_begun: tuple[ReductionEvent, ...] = ()
        self.before_wait: Callable[[], object] = lambda: None
        """Called by the thread as it begins to wait."""

    # ---- the process's face

    def start(self, request: ReduceRequest) -> None:
        with self._something:
            self._next = request
            self._n_starts += 1
        self.wake()

    def show(self, index: int, scan_shape: tuple[int, ...]) -> None:
        self.shown.append((index, scan_shape))

    def stop(self) -> None:
        self.n_stops += 1
        if self.answers_stop:
            self.say(ReductionEnded("stopped", 0, 0, 0, None, False))

    def describe(self, *names: str) -> None:
        self.described += names
        for name in names:
            found = self.infos.get(name, f"There is no reduction {name}.")
            is_there = isinstance(found, ReductionInfo)
            self.say(Described(name, found if is_there else None, "" if is_there else str(found)))

    def wait(self, timeout_s: float | None) -> list[ReductionEvent]:
        self.before_wait()
        with self._something:
            if self._next is not None:  # as the real one: it is begun here, and nothing of what ran before is told
                self._events = deque(event for event in self._events if isinstance(event, Described))
                self.requests.append(self._next)
                self._next, self.run_number = None, self._n_starts
                self._events.extend(self._once_begun)
                self._once_begun = ()
            self._something.wait_for(lambda: self._events or self._is_woken, timeout_s)
            self._is_woken = False
            events = list(self._events)
            self._events.clear()
        return events

    def wake(self) -> None:
        with self._something:
            self._is_woken = True
            self._something.notify_all()

    def close(self, grace_s: float = 2.0) -> None:
        self.is_closed = True

    # ---- what the test says

    @property
    def last(self) -> ReduceRequest:
        return self.requests[-1]

    def say(self, *events: ReductionEvent) -> None:
        with self._something:
            self._events.extend(events)
            self._something.notify_all()

    def say_once_begun(self, *events: ReductionEvent) -> None:
        """Answer the next start at once."""
        self._once_begun = events

    def say_prepared(self, scan_shape: tuple[int, ...], outputs: tuple[Output, ...] = OUTPUTS) -> None:
        self.say(Prepared(self.last.reduction.name, "/d", ("/k",), scan_shape, outputs, "2 threads", self.last.output, 0))

    def say_reduced(self, scan_shape: tuple[int, ...], *indices: int) -> None:
        at = np.array(indices, np.int64)
        self.say(Reduced(scan_shape, at, {"area": 10.0 * at}, {"pattern": np.array([pattern_of(index) for index in indices], np.float32)}))

    def say_shown(self, scan_shape: tuple[int, ...], index: int, **more: Any) -> None:
        self.say(ShownReduced(scan_shape, index, {"area": np.float64(10 * index), "pattern": pattern_of(index)}, **more))

    def say_progress(self, n_reduced: int, n_complete: int, n_total: int | None, **more: Any) -> None:
        told: dict[str, Any] = {"n_failed": 0, "n_in_flight": 1, "rate_per_s": 20.0, "seconds_left": 3.0, "lag_s": 0.0, **more}
        self.say(ReductionProgress(n_reduced=n_reduced, n_complete=n_complete, n_total=n_total, **told))

    def say_ended(self, n_reduced: int, reason: str = "all_keys") -> None:
        self.say(ReductionEnded(reason, n_reduced, 0, n_reduced, n_reduced, True))


def pattern_of(index: int) -> np.ndarray:
    return 10.0 + index + np.arange(50.0)
