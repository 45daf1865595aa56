"""Who gets which frames: the newest first, the rest behind it; each frame has one result, whatever happens to workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.scan import position_along
from swmr_viewer.engines.pending_frames import PendingFrames, Position
from swmr_viewer.engines.plan import Batch, BatchResult, Engine, EngineError, WorkerLostError

REST, NEWEST, SHOWN = 0, 1, 2
"""Priorities."""
_PER_WORKER = 2
"""Batches in flight: one that is worked on, one that waits, so that no worker waits for us."""
_BATCH_S = 0.25
"""About so long is worked on one batch where much waits."""
_MOST_BATCHES_PER_S = 400.0
"""Of all workers: more would keep a Dask scheduler busy (docs/decisions/0043): where they are many, batches are longer."""
_MOST_FRAMES = 1024
_MOST_RESULT_BYTES = 8 << 20
_SLOW_S, _SLOW_TIMES = 10.0, 10.0
"""A batch that takes longer than both (s, and so many times as long as others) is given to another worker as well."""
_MOST_ATTEMPTS = 3
"""At once, and by workers that were lost."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0
"""Before a frame that was not there is tried again."""


@dataclass(frozen=True, eq=False)
class FramesDone:
    """What came of frames side by side."""

    first: Position
    n: int
    scan_shape: Position
    outputs: Mapping[str, npt.NDArray[Any]]
    """By name, (n, *shape)."""
    is_reduced: npt.NDArray[np.bool_]
    """bool (n,): which have a result, for the first and only time."""
    failed: Mapping[int, str]
    """Why those at these offsets will have none."""
    not_there: Mapping[int, str]
    """Why those at these offsets are tried again later."""
    shown: bool = False
    """It answers ``show``: one frame. Where its result came, or comes, in another way, ``is_reduced`` is False."""


@dataclass(eq=False)
class _Flight:
    """A batch that somebody works on."""

    batch: Batch
    priority: int
    counts: bool
    """False: its frame is shown, and has its result elsewhere."""
    began_at: float
    attempts: list[Future[BatchResult]] = field(default_factory=list)


class Dispatcher:
    """Hands frames to an engine, and brings each result once. One thread uses it.

    Parameters
    ----------
    engine : Engine
        Who reduces; its owner closes it.
    scan_shape : tuple of int
        The scan's extent by now.
    chunk_length : int
        How many frames share a chunk along the last axis of the scan.
    result_bytes : int
        Of one frame.
    clock : callable
        Monotonic seconds.
    """

    def __init__(
        self,
        engine: Engine,
        scan_shape: Position,
        *,
        chunk_length: int = 1,
        result_bytes: int = 8,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._clock = engine, clock
        self._pending = PendingFrames(scan_shape, chunk_length)
        self._most_frames = max(1, min(_MOST_FRAMES, _MOST_RESULT_BYTES // max(1, result_bytes)))
        self._flights: dict[int, _Flight] = {}
        self._came: SimpleQueue[tuple[int, Future[BatchResult]]] = SimpleQueue()
        self._numbers = count()
        self._later: list[tuple[float, int, Position]] = []
        self._waits: dict[Position, tuple[float, str]] = {}
        """Frames that are not there yet: the last pause, and why."""
        self._losses: dict[Position, int] = {}
        self._frame_s: float | None = None
        self._flight_s: float | None = None
        self._wanted: Position | None = None
        self.n_lost = 0
        """Attempts that ended with their worker, or were given to another."""

    # ---- what is to be done

    @property
    def scan_shape(self) -> Position:
        """The scan's extent, as far as it was told."""
        return self._pending.scan_shape

    @property
    def n_waiting(self) -> int:
        """How many frames have no result yet and are not in flight."""
        return self._pending.n + len(self._later)

    @property
    def n_in_flight(self) -> int:
        """How many frames somebody works on."""
        return sum(flight.batch.n for flight in self._flights.values())

    @property
    def is_idle(self) -> bool:
        """Whether everything that was added has its result, or never will."""
        return not (self._pending.n or self._later or self._flights or self._wanted is not None)

    @property
    def n_not_there(self) -> int:
        """How many frames are waited for that were not there when a worker looked."""
        return len(self._waits)

    def grow(self, scan_shape: Position) -> None:
        """Take note that the scan is larger."""
        self._pending.grow(scan_shape)

    def add(self, first: Position, n: int) -> None:
        """Have complete frames reduced that lie side by side along the last axis; those that were added before are passed over."""
        self._pending.add(first, n)

    def show(self, position: Position) -> None:
        """Have one frame reduced before all others, also one that has its result; only the last one that was named counts."""
        self._wanted = position

    def give_up_waiting(self) -> list[FramesDone]:
        """Give up frames that are not there, but for those that a worker looks for just now: they have no result."""
        due = [position for position in self._waits if self._pending.is_pending(position)]
        for position in due:
            self._pending.take(position)
        lost = [*due, *(position for _, _, position in self._later)]
        self._later.clear()
        return [self._failed(position, self._waits.pop(position)[1]) for position in lost]

    # ---- turns

    def collect(self, wait_s: float, *, hands_out: bool = True) -> list[FramesDone]:
        """Hand out what waits, and return what came; with nothing there yet, wait for it for so long (s).

        Parameters
        ----------
        wait_s : float
            Longest wait.
        hands_out : bool
            False: nothing more is begun.

        Raises
        ------
        EngineError, ReductionError
            If no worker can do anything, or prepare.
        """
        if hands_out:
            self._hand_out()
        found: list[FramesDone] = []
        try:
            came = self._came.get(timeout=wait_s) if wait_s > 0 and self._flights else self._came.get_nowait()
            while True:
                found += self._take(*came)
                came = self._came.get_nowait()
        except Empty:
            pass
        if hands_out:
            self._hand_out()
        return found

    def _hand_out(self) -> None:
        self._retry_due()
        self._repeat_slow()
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            is_pending = self._pending.is_pending(wanted)
            if is_pending:
                self._pending.take(wanted)
            self._submit(wanted, 1, SHOWN, counts=is_pending)
        room = _PER_WORKER * max(1, self._engine.n_workers) + 1
        while len(self._flights) < room:
            newest = self._pending.take_newest()
            if newest is not None:
                self._submit(newest, 1, NEWEST)
                continue
            run = self._pending.take_first(self._batch_length())
            if run is None:
                return
            self._submit(*run, REST)

    def _batch_length(self) -> int:
        """Return how many frames make a batch: some tenths of a second's work, and something for each worker."""
        if self._frame_s is None:
            return 1
        n_workers = max(1, self._engine.n_workers)
        batch_s = max(_BATCH_S, n_workers / _MOST_BATCHES_PER_S)
        most = min(self._most_frames, int(batch_s / max(self._frame_s, 1e-6)))
        return max(1, min(most, -(-self._pending.n // (_PER_WORKER * n_workers))))

    def _submit(self, first: Position, n: int, priority: int, *, counts: bool = True) -> None:
        batch = Batch(next(self._numbers), first, n, self._pending.scan_shape)
        flight = self._flights[batch.number] = _Flight(batch, priority, counts, self._clock())
        self._attempt(flight)

    def _attempt(self, flight: _Flight, apart_from: Future[BatchResult] | None = None) -> None:
        number = flight.batch.number
        future = self._engine.submit(flight.batch, priority=flight.priority, apart_from=apart_from)
        flight.attempts.append(future)
        future.add_done_callback(lambda done: self._came.put((number, done)))

    def _repeat_slow(self) -> None:
        if self._flight_s is None:
            return
        now, longest_s = self._clock(), max(_SLOW_S, _SLOW_TIMES * self._flight_s)
        for flight in self._flights.values():
            if now - flight.began_at > longest_s and len(flight.attempts) < _MOST_ATTEMPTS and self._engine.n_workers > 1:
                flight.began_at = now
                self.n_lost += 1
                self._attempt(flight, flight.attempts[-1])

    def _retry_due(self) -> None:
        now = self._clock()
        while self._later and self._later[0][0] <= now:
            self._pending.put_back(heappop(self._later)[2])

    # ---- what came

    def _take(self, number: int, future: Future[BatchResult]) -> list[FramesDone]:
        flight = self._flights.get(number)
        if flight is None:  # another attempt was sooner
            return []
        error = CancelledError() if future.cancelled() else future.exception()
        if error is None:
            del self._flights[number]
            for other in flight.attempts:
                if other is not future:
                    other.cancel()
            return self._take_result(flight, future.result())
        if isinstance(error, WorkerLostError | CancelledError):
            return self._take_loss(flight, future)
        if isinstance(error, SwmrViewerError):
            raise error
        raise EngineError(
            f"Workers failed: {type(error).__name__}: {error}.", "This is a fault of the program: please report it."
        ) from error

    def _take_result(self, flight: _Flight, result: BatchResult) -> list[FramesDone]:
        self._note_time(flight, result)
        batch, is_reduced = flight.batch, result.is_reduced
        failed = {fault.offset: fault.message for fault in result.faults if not fault.may_come}
        not_there = {fault.offset: fault.message for fault in result.faults if fault.may_come}
        if flight.counts:
            for offset, why in not_there.items():
                self._wait(position_along(batch.first, offset), why)
            self._forget_trouble(batch, not_there)
        else:
            is_reduced, failed, not_there = np.zeros(batch.n, np.bool_), {}, {**not_there, **failed}  # told, and counted elsewhere
        is_shown = flight.priority == SHOWN
        return [FramesDone(batch.first, batch.n, batch.scan_shape, result.outputs, is_reduced, failed, not_there, is_shown)]

    def _note_time(self, flight: _Flight, result: BatchResult) -> None:
        """Learn how long a frame takes, and a batch from beginning to end; the first ones, which load and prepare, are soon forgotten."""
        frame_s, flight_s = result.took_s / max(1, flight.batch.n), self._clock() - flight.began_at
        self._frame_s = frame_s if self._frame_s is None else 0.5 * (self._frame_s + frame_s)
        self._flight_s = flight_s if self._flight_s is None else max(flight_s, 0.9 * self._flight_s)

    def _wait(self, position: Position, why: str) -> None:
        pause_s = min(2 * self._waits[position][0], _LONGEST_PAUSE_S) if position in self._waits else _FIRST_PAUSE_S
        self._waits[position] = pause_s, why
        heappush(self._later, (self._clock() + pause_s, next(self._numbers), position))

    def _forget_trouble(self, batch: Batch, but: Mapping[int, str]) -> None:
        if self._waits or self._losses:
            for offset in range(batch.n):
                if offset not in but:
                    self._waits.pop(position_along(batch.first, offset), None)
                    self._losses.pop(position_along(batch.first, offset), None)

    def _take_loss(self, flight: _Flight, future: Future[BatchResult]) -> list[FramesDone]:
        """Repeat a batch whose worker is gone, in halves: a frame that ends its workers shall not take others with it."""
        flight.attempts.remove(future)
        self.n_lost += 1
        if flight.attempts:
            return []
        batch = flight.batch
        del self._flights[batch.number]
        if batch.n > 1:
            half = batch.n // 2
            self._submit(batch.first, half, flight.priority)
            self._submit(position_along(batch.first, half), batch.n - half, flight.priority)
            return []
        losses = self._losses[batch.first] = self._losses.get(batch.first, 0) + 1
        if losses < _MOST_ATTEMPTS:
            self._submit(batch.first, 1, flight.priority, counts=flight.counts)
            return []
        del self._losses[batch.first]
        self._waits.pop(batch.first, None)
        why = f"{losses} workers ended while they worked on it."
        return [self._failed(batch.first, why, flight)]

    def _failed(self, position: Position, why: str, flight: _Flight | None = None) -> FramesDone:
        counts, shown = (True, False) if flight is None else (flight.counts, flight.priority == SHOWN)
        nothing = np.zeros(1, np.bool_)
        failed, not_there = ({0: why}, {}) if counts else ({}, {0: why})
        return FramesDone(position, 1, self._pending.scan_shape, {}, nothing, failed, not_there, shown)
