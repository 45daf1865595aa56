"""Batches that wait for workers of this machine."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count

from swmr_viewer.engines.plan import Batch, BatchResult

_Task = tuple[int, int, Batch | None, "Future[BatchResult] | None"]
_ENDING = 1_000
"""Above all priorities."""


class TaskQueue:
    """Gives each batch to the next thread that is free, those of higher priority first."""

    def __init__(self) -> None:
        self._tasks: queue.PriorityQueue[_Task] = queue.PriorityQueue()
        self._numbers = count()

    def submit(self, batch: Batch, priority: int) -> Future[BatchResult]:
        """Have a batch worked on; return its result to be."""
        future: Future[BatchResult] = Future()
        self._tasks.put((-priority, next(self._numbers), batch, future))
        return future

    def serve(self, work: Callable[[Batch], BatchResult]) -> None:
        """Work on one batch after the other on this thread, until it is ended; what is raised is the batch's."""
        while True:
            _, _, batch, future = self._tasks.get()
            if batch is None or future is None:
                return
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(batch))
                except BaseException as error:  # whoever waits for the result shall not wait for ever
                    future.set_exception(error)
            del batch, future

    def end(self, n_threads: int) -> None:
        """Cancel what waits, and have so many threads that serve return once they are through with their batch."""
        while True:
            try:
                *_, future = self._tasks.get_nowait()
            except queue.Empty:
                break
            if future is not None:
                future.cancel()
        for _ in range(n_threads):
            self._tasks.put((-_ENDING, next(self._numbers), None, None))
