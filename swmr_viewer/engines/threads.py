"""Reductions on threads of this process: raw chunks are read one after the other, decoded and reduced side by side."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

import h5py

from swmr_viewer.core.number_text import count_text
from swmr_viewer.engines.batch_reading import BatchReader
from swmr_viewer.engines.frame_worker import FrameWorker, reduced_or_told
from swmr_viewer.engines.plan import Batch, BatchResult, Plan
from swmr_viewer.engines.task_queue import TaskQueue
from swmr_viewer.reductions import Reduction, prepared_copy

CLOSING_S = 4.0
"""Longest wait for threads at the end; one that hangs in storage is left behind."""


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
        self._tasks = TaskQueue()
        self._shared = (ready or prepared_copy(plan.reduction, plan.description)) if plan.reduction.is_thread_safe else None
        self._reader = BatchReader(plan, h5file, lock)
        self._threads = [threading.Thread(target=self._serve, name=f"reducing-{number}", daemon=True) for number in range(n_workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, batch: Batch, *, priority: int = 0, apart_from: Future[BatchResult] | None = None) -> Future[BatchResult]:
        """Have a batch reduced by the next thread that is free."""
        return self._tasks.submit(batch, priority)

    def close(self) -> None:
        """End the threads; what waits is cancelled, what is worked on is waited for, within a bound."""
        self._tasks.end(len(self._threads))
        until = time.monotonic() + CLOSING_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        if not any(thread.is_alive() for thread in self._threads):
            self._reader.close()

    def _serve(self) -> None:
        worker: FrameWorker | None = None

        def reduced(batch: Batch) -> BatchResult:
            nonlocal worker
            worker = worker or FrameWorker(self._plan, reader=self._reader, reduction=self._shared)
            return reduced_or_told(worker, batch)

        self._tasks.serve(reduced)
