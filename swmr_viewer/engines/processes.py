"""Reductions in processes of this machine: for those that are written in plain Python, which threads would run one after the other."""

from __future__ import annotations

import multiprocessing
import pickle
import threading
import time
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import NoReturn

from swmr_viewer.core.blas import one_thread_for_each_caller
from swmr_viewer.core.child_process import exit_reason, let_go_of, prepare_process, serve_until_closed, start_quietly
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.number_text import count_text
from swmr_viewer.engines.plan import Batch, BatchResult, EngineError, Plan, WorkerLostError
from swmr_viewer.engines.task_queue import TaskQueue

_DYING_S = 2.0
_MOST_FAILED_STARTS = 3
"""Of one process after the other that was never ready for a frame."""
_READY = "ready"


class ProcessEngine:
    """Processes that open the file themselves; one that dies is replaced, and its batch raises ``WorkerLostError``.

    Parameters
    ----------
    plan : Plan
        What is reduced to what.
    n_workers : int
        How many processes.
    """

    def __init__(self, plan: Plan, n_workers: int) -> None:
        self.n_workers = n_workers
        self.words = f"{count_text(n_workers)} process{'es' if n_workers > 1 else ''}"
        self._tasks = TaskQueue()
        packed = _packed(plan)
        self._holders = [_Holder(packed, self._tasks, number) for number in range(n_workers)]

    @property
    def pids(self) -> list[int]:
        """The processes' numbers, of those that run."""
        return [pid for holder in self._holders if (pid := holder.pid) is not None]

    def submit(self, batch: Batch, *, priority: int = 0, apart_from: Future[BatchResult] | None = None) -> Future[BatchResult]:
        """Have a batch reduced by the next process that is free; a process that works on ``apart_from`` is not."""
        return self._tasks.submit(batch, priority)

    def close(self) -> None:
        """End the processes; what is not done is cancelled."""
        for holder in self._holders:
            holder.begin_to_close()
        self._tasks.end(len(self._holders))
        until = time.monotonic() + _DYING_S + 1
        for holder in self._holders:
            holder.join(max(0.0, until - time.monotonic()))


class _Holder:
    """A thread that holds one process: gives it a batch, waits for the result, starts another process where this one is gone."""

    def __init__(self, plan: bytes, tasks: TaskQueue, number: int) -> None:
        self._plan, self._tasks = plan, tasks
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._changing = threading.Lock()
        self._is_closing = False
        self._n_failed_starts = 0
        self._thread = threading.Thread(target=self._serve, name=f"reducing-{number}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        process = self._process
        return None if process is None else process.pid

    def begin_to_close(self) -> None:
        with self._changing:
            self._is_closing = True
            if self._process is not None:
                self._process.kill()

    def join(self, longest_s: float) -> None:
        self._thread.join(longest_s)

    def _serve(self) -> None:
        self._tasks.serve(self._reduced)
        self._end()

    def _reduced(self, batch: Batch) -> BatchResult:
        try:
            connection = self._started()
            connection.send(batch)
            while (answer := connection.recv()) == _READY:
                self._n_failed_starts = 0  # what ends it from now on is a frame
        except (EOFError, OSError) as error:
            why = "it was closed" if self._process is None else exit_reason(self._process)
            self._n_failed_starts += 1
            self._end()
            if self._n_failed_starts >= _MOST_FAILED_STARTS:
                raise EngineError(f"Processes that reduce end again and again: {why}.", "Try threads, or fewer of them.") from error
            raise WorkerLostError(f"A process that reduced is gone: {why}.") from error
        self._n_failed_starts = 0
        if isinstance(answer, BaseException):
            raise answer
        result: BatchResult = answer
        return result

    def _started(self) -> Connection:
        if self._connection is not None:
            return self._connection
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve_batches, args=(theirs, self._plan), name="swmr-viewer reduces", daemon=True)
        with self._changing:
            if self._is_closing:
                raise EOFError
            with _starting:  # what it does to this process for a moment is for one at a time
                start_quietly(process)
            self._process, self._connection = process, ours
        theirs.close()
        return ours

    def _end(self) -> None:
        with self._changing:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join(_DYING_S)
            if process.is_alive():
                let_go_of(process)


_starting = threading.Lock()


def _packed(plan: Plan) -> bytes:
    """Return a plan as it is sent.

    Raises
    ------
    EngineError
        If its reduction cannot be sent.
    """
    try:
        return pickle.dumps(plan, protocol=5)
    except Exception as error:
        raise EngineError(
            f"{plan.reduction.name} cannot be sent to a process: {error}.",
            "Define it in a module, and keep what it opens out of it; or use threads.",
        ) from error


def _unpacked(plan: bytes) -> Plan:
    try:
        unpacked: Plan = pickle.loads(plan)
    except Exception as error:
        raise EngineError(
            f"The reduction cannot be loaded in a process: {type(error).__name__}: {error}.",
            "Put it into a module of its own, or use threads.",
        ) from error
    return unpacked


def serve_batches(connection: Connection, plan: bytes) -> NoReturn:
    """Reduce one batch after the other, in a process of its own, until the other side is gone; does not return."""
    prepare_process()
    one_thread_for_each_caller()
    from swmr_viewer.core.locking import load_hdf5

    load_hdf5()
    from swmr_viewer.engines.frame_worker import FrameWorker, reduced_or_told

    def serve() -> None:
        worker: FrameWorker | None = None
        while True:
            batch: Batch = connection.recv()
            try:
                if worker is None:
                    worker = FrameWorker(_unpacked(plan))
                    connection.send(_READY)
                answer: BatchResult | SwmrViewerError = reduced_or_told(worker, batch)
            except SwmrViewerError as error:
                answer = error
            connection.send(answer)

    serve_until_closed(serve)
