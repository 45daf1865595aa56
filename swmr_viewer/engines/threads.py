"""Reductions on threads of this process: raw chunks are read one after the other, decoded and reduced side by side."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from itertools import count

import h5py

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.number_text import count_text
from swmr_viewer.engines.batch_reading import BatchReader
from swmr_viewer.engines.frame_worker import FrameWorker, prepared, reduced_or_told
from swmr_viewer.engines.plan import Batch, BatchResult, Plan
from swmr_viewer.reductions import Reduction

CLOSING_S = 4.0
"""Longest wait for threads at the end; one that hangs in storage is left behind."""
_Task = tuple[int, int, Batch | None, "Future[BatchResult] | None"]


class ThreadEngine:
    """Threads that share one open file, and the reduction where several may call it.

    Parameters
    ----------
    plan : Plan
        What is reduced to what.
    n_workers : int
        How many threads.
    h5file : h5py.File, optional
        The file, if it is open here already, as it is where its keys are followed: it stays its owner's to close.
    lock : threading.Lock, optional
        Held by its owner while he uses the file.
    ready : Reduction, optional
        The plan's reduction, prepared already, where several threads may call it.

    Raises
    ------
    SwmrViewerError
        If the file cannot be opened, or the reduction not be prepared.
    """

    def __init__(
        self,
        plan: Plan,
        n_workers: int,
        h5file: h5py.File | None = None,
        lock: threading.Lock | None = None,
        ready: Reduction | None = None,
    ) -> None:
        self.n_workers = n_workers
        self.words = f"{count_text(n_workers)} thread{'s' if n_workers > 1 else ''}"
        self._plan = plan
        self._tasks: queue.PriorityQueue[_Task] = queue.PriorityQueue()
        self._numbers = count()
        self._shared = (ready or prepared(plan)) if plan.reduction.is_thread_safe else None
        self._reader = BatchReader(plan, h5file, lock)
        self._threads = [threading.Thread(target=self._serve, name=f"reducing-{number}", daemon=True) for number in range(n_workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, batch: Batch, *, priority: int = 0, apart_from: Future[BatchResult] | None = None) -> Future[BatchResult]:
        """Have a batch reduced by the next thread that is free."""
        future: Future[BatchResult] = Future()
        self._tasks.put((-priority, next(self._numbers), batch, future))
        return future

    def close(self) -> None:
        """End the threads; what waits is cancelled, what is worked on is waited for, within a bound."""
        while True:
            try:
                *_, future = self._tasks.get_nowait()
            except queue.Empty:
                break
            if future is not None:
                future.cancel()
        for _ in self._threads:
            self._tasks.put((-1_000, next(self._numbers), None, None))
        until = time.monotonic() + CLOSING_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        if not any(thread.is_alive() for thread in self._threads):
            self._reader.close()

    def _serve(self) -> None:
        worker: FrameWorker | None = None
        while True:
            _, _, batch, future = self._tasks.get()
            if batch is None or future is None:
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or FrameWorker(self._plan, reader=self._reader, reduction=self._shared)
                future.set_result(reduced_or_told(worker, batch))
            except SwmrViewerError as error:
                future.set_exception(error)
            except BaseException as error:  # whoever waits for the result shall not wait for ever
                future.set_exception(error)
            del batch, future
