"""The workers of a Dask scheduler as an engine. Futures, not arrays: they get batches of indices and open the file themselves."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from swmr_viewer.engines.choice import EngineChoice
from swmr_viewer.engines.plan import Batch, BatchResult, EngineError, Plan

if TYPE_CHECKING:
    from swmr_viewer.engines.dask_session import DaskSession
    from swmr_viewer.engines.dask_worker import MakeWorker
    from swmr_viewer.engines.dask_workers import Attempt

_FIRST_WORKER_S = 10.0
"""Longest wait for the workers that are there to say whether they fit; they may be busy with something else."""
_OTHER_WORKERS_S = 2.0
"""Longest wait for more of them once one is ready."""
_LONGEST_START_S = 60.0
_LONGEST_CLOSE_S = 4.8


def start_dask_engine(plan: Plan, choice: EngineChoice, note: Callable[[str], None], *, make: MakeWorker | None = None) -> DaskEngine:
    """Return an engine whose workers are those of a Dask scheduler.

    Parameters
    ----------
    plan : Plan
        What is reduced to what.
    choice : EngineChoice
        ``scheduler`` is its address, its file, or ``slurm``.
    note : callable
        Told sentences, from any thread: what is waited for, what a worker lacks.
    make : callable, optional
        Makes, in the worker, what reduces of a plan; by default a ``FrameWorker``.

    Returns
    -------
    DaskEngine
        Its workers may still have to come.

    Raises
    ------
    EngineError
        If dask is not installed, the scheduler is not there, or none of its workers can do it.
    """
    try:
        from swmr_viewer.engines.dask_quiet import Quiet
        from swmr_viewer.engines.dask_session import DaskSession
        from swmr_viewer.engines.dask_worker import make_frame_worker
    except ImportError as error:
        if (error.name or "").split(".")[0] not in ("dask", "distributed"):
            raise
        raise EngineError(f"Reductions on a cluster need dask.distributed: {error}.", "pip install 'swmr-viewer[dask]'") from error
    Quiet.begin()
    try:
        engine = DaskEngine(DaskSession(plan, choice, note, make or make_frame_worker), note)
        engine.start()
    except BaseException:
        Quiet.end()
        raise
    return engine


class DaskEngine:
    """See `start_dask_engine`; the face of an ``Engine``."""

    def __init__(self, session: DaskSession, note: Callable[[str], None]) -> None:
        self._session = session
        self._note = note
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="swmr-viewer-dask", daemon=True)
        self._is_connected = threading.Event()
        self._failed: BaseException | None = None
        self._end: asyncio.Event | None = None
        self._is_closed = False
        self._attempts: dict[Future[BatchResult], Attempt] = {}

    @property
    def n_workers(self) -> int:
        """Workers that fit, by now."""
        return len(self._session.workers)

    @property
    def words(self) -> str:
        """Such as ``8 workers of tcp://10.1.2.3:8786``."""
        n = self.n_workers
        return f"{n} worker{'' if n == 1 else 's'} of {self._session.address}"

    def start(self) -> None:
        """Reach the scheduler, and wait until its workers are ready, if it has any."""
        self._thread.start()
        try:
            self._wait_for_workers()
        except BaseException:
            self._stop()
            raise

    def _wait_for_workers(self) -> None:
        session = self._session
        is_there = self._is_connected.wait(_LONGEST_START_S)
        began_at = time.monotonic()
        while self._failed is None and session.error is None and session.asked:
            waited_s = time.monotonic() - began_at
            if waited_s > (_OTHER_WORKERS_S if session.workers else _FIRST_WORKER_S):
                break
            time.sleep(0.02)
        if error := self._failed or session.error:
            raise error
        if not is_there:
            raise EngineError(f"The Dask scheduler {session.address} does not answer.", "Look at its machine.")
        if session.asked and not session.workers:
            self._note(f"The workers of {session.address} are busy: waiting for one.")

    def submit(self, batch: Batch, *, priority: int = 0, apart_from: Future[BatchResult] | None = None) -> Future[BatchResult]:
        """Have a batch reduced; never blocks."""
        from swmr_viewer.engines.dask_workers import Attempt

        earlier = self._attempts.get(apart_from) if apart_from is not None else None
        attempt = Attempt(batch, priority, earlier)
        self._attempts[attempt.future] = attempt
        attempt.future.add_done_callback(self._forget)
        if self._is_closed:
            attempt.future.cancel()
            return attempt.future
        with contextlib.suppress(RuntimeError):  # the loop is over: `close` was called meanwhile
            self._loop.call_soon_threadsafe(self._session.take, attempt)
        return attempt.future

    def close(self) -> None:
        """Let the workers go, and end the thread; what is not done is cancelled."""
        if not self._is_closed:
            self._stop()
            from swmr_viewer.engines.dask_quiet import Quiet

            Quiet.end()

    def _stop(self) -> None:
        self._is_closed = True
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._wish_end)
        self._thread.join(_LONGEST_CLOSE_S)
        for future in list(self._attempts):
            future.cancel()

    def _wish_end(self) -> None:
        if self._end is not None:
            self._end.set()

    def _forget(self, future: Future[BatchResult]) -> None:
        attempt = self._attempts.pop(future, None)
        if attempt is not None and future.cancelled():
            with contextlib.suppress(RuntimeError):
                future.set_running_or_notify_cancel()  # whoever waits for several is told
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._session.drop, attempt)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda _loop, _context: None)  # of what is cut off at the end
        try:
            self._loop.run_until_complete(self._live())
        except Exception as error:
            self._failed = error
        finally:
            self._is_connected.set()
            self._wind_up()

    async def _live(self) -> None:
        self._end = asyncio.Event()
        if self._is_closed:  # before there was an event to set
            return
        ended = asyncio.ensure_future(self._end.wait())
        work = asyncio.ensure_future(self._work())
        try:
            await asyncio.wait({ended, work}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                await ended  # the scheduler is lost, and whoever asks is told so
        finally:
            work.cancel()
            ended.cancel()
            await self._session.close()

    async def _work(self) -> None:
        await self._session.connect()
        self._is_connected.set()
        try:
            await self._session.watch()
        except Exception as error:
            self._session.fail(EngineError(f"The Dask scheduler {self._session.address} cannot be used: {error!r}."))

    def _wind_up(self) -> None:
        """Cancel what Dask left in the loop, and close it."""
        with contextlib.suppress(Exception):
            left: set[asyncio.Task[Any]] = asyncio.all_tasks(self._loop)
            for task in left:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), 0.5))
        with contextlib.suppress(Exception):
            self._loop.run_until_complete(asyncio.wait_for(self._loop.shutdown_default_executor(), 0.3))
        self._loop.close()
