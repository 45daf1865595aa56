"""The talk with a Dask scheduler, all of it in the loop of one thread: which workers there are, who gets what, what comes back."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from distributed import Client

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.engines.choice import EngineChoice
from swmr_viewer.engines.dask_calls import LostError, answer_of, bounded, first_line, settle
from swmr_viewer.engines.dask_fitness import Facts, facts_here, misfit, places_in
from swmr_viewer.engines.dask_scheduler import SLURM, address_of, close_slurm, start_slurm
from swmr_viewer.engines.dask_worker import MakeWorker, PlanNotHereError, call, install, let_go, packed, reduce_batch
from swmr_viewer.engines.dask_workers import Attempt, Workers
from swmr_viewer.engines.plan import EngineError, Plan, WorkerLostError

CONNECT_S = 10.0
_POLL_S = 0.5
_SILENT_S = 60.0
"""A scheduler that answers no question for so long is given up."""
_ASK_AGAIN_S = 30.0
"""After that a worker that did not fit is looked at once more: a file system may have been mounted."""
_LET_GO_S, _CLOSE_S = 1.0, 1.0
_FIRST = 1_000_000_000
"""Priority of what must come before any batch."""


class DaskSession:
    """Workers of a scheduler, for one plan. Everything is called in its loop.

    Parameters
    ----------
    plan : Plan
        What is reduced to what.
    choice : EngineChoice
        Which scheduler, and how many workers at most.
    note : callable
        Told a sentence about what goes wrong or is waited for.
    make : callable
        Makes, in the worker, what reduces of a plan.
    """

    def __init__(self, plan: Plan, choice: EngineChoice, note: Callable[[str], None], make: MakeWorker) -> None:
        self.workers = Workers()
        self.error: SwmrViewerError | None = None
        """Why it is all over."""
        self.misfits: dict[str, tuple[float, tuple[str, str]]] = {}
        self.asked: dict[str, asyncio.Task[None]] = {}
        """Workers that have not said yet whether they fit."""
        self.address = ""
        self._name = f"swmr_viewer-{uuid4().hex[:12]}"
        self._plan, self._packed, self._path = plan, packed(plan), plan.path
        self._places = places_in(plan.path)
        self._here: Facts = facts_here(plan.path, self._places)
        self._choice, self._note, self._make = choice, note, make
        self._client: Any = None
        self._cluster: Any = None
        self._seen: set[str] = set()
        self._running: dict[Attempt, asyncio.Task[None]] = {}
        self._told: set[str] = set()
        self._numbers = itertools.count()
        self._answered_at = time.monotonic()

    async def connect(self) -> None:
        """Reach the scheduler, and ask the workers that it has by now.

        Raises
        ------
        EngineError
            If it is not there.
        """
        if self._choice.scheduler == SLURM:
            self._cluster = await start_slurm(self._choice)
            address = self._cluster
            self.address = "slurm"
        else:
            address = self.address = address_of(self._choice.scheduler)
        try:
            self._client = Client(address, asynchronous=True, set_as_default=False, timeout=CONNECT_S, name=self._name)
            await asyncio.wait_for(self._client, CONNECT_S + 1.0)
        except (OSError, TimeoutError, ValueError, ImportError, RuntimeError, TypeError) as error:
            raise EngineError(
                f"No Dask scheduler answers at {self.address}: {first_line(error)}.",
                "Start one (dask scheduler), or check the address, the network and, with tls, the certificates.",
            ) from error
        await self._poll()

    async def watch(self) -> None:
        """Look which workers come and go, until the scheduler is lost."""
        while self.error is None:
            await asyncio.sleep(_POLL_S)
            await self._poll()

    def take(self, attempt: Attempt) -> None:
        """Have an attempt made by whoever is free first."""
        if self.error is not None:
            settle(attempt, error=self.error)
            return
        self.workers.wait((attempt,))
        self._hand_out()

    def drop(self, attempt: Attempt) -> None:
        """Nobody wants it any more."""
        self._stop_trying(attempt)
        self.workers.done(attempt)

    def _stop_trying(self, attempt: Attempt) -> None:
        task = self._running.pop(attempt, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def fail(self, error: SwmrViewerError) -> None:
        """End it all: whatever is asked has this answer."""
        if self.error is None:
            self.error = error
            for attempt in self.workers.take_all():
                self.drop(attempt)
                settle(attempt, error=error)

    async def close(self) -> None:
        """Let the workers forget the plan, and leave the scheduler; bounded."""
        for attempt in self.workers.take_all():
            attempt.future.cancel()
        for task in (*self.asked.values(), *self._running.values()):
            task.cancel()
        if self._client is not None and self._client.status == "running":
            known = [address for address in self.workers if address in self._seen]
            if known:
                await bounded(self._client.run(let_go, self._name, workers=known, on_error="ignore"), _LET_GO_S)
        if self._client is not None:
            await bounded(self._client._close(fast=True), _CLOSE_S)
        if self._cluster is not None:
            await close_slurm(self._cluster)

    async def _poll(self) -> None:
        present = await self._present()
        if present is None:
            return
        for address in self._seen - present.keys():
            self._lose(address)
        self._seen = set(present)
        now = time.monotonic()
        unfit = {address for address, (since, _) in self.misfits.items() if now - since < _ASK_AGAIN_S}
        for address in present:
            if not (address in self.workers or address in self.asked or address in unfit):
                self._ask(address)
        if not present and not self.workers:
            self._tell(f"Waiting for workers of {self.address}.")

    async def _present(self) -> dict[str, int] | None:
        """Return all workers and their threads; None: no answer this time."""
        if self._client.status != "running":
            self.fail(EngineError(f"The connection to the Dask scheduler {self.address} is lost.", "Start it again, and go on."))
            return None
        try:
            found: dict[str, int] = await asyncio.wait_for(self._client.scheduler.ncores(), 10.0)
        except (OSError, TimeoutError):
            if time.monotonic() - self._answered_at > _SILENT_S:
                self.fail(EngineError(f"The Dask scheduler {self.address} has not answered for {_SILENT_S:g} s.", "Look at its machine."))
            return None
        self._answered_at = time.monotonic()
        return found

    def _ask(self, address: str) -> None:
        limit = None if self._choice.scheduler == SLURM else self._choice.n_workers
        if limit is None or len(self.workers) + len(self.asked) < limit:
            self.misfits.pop(address, None)
            self.asked[address] = asyncio.ensure_future(self._get_ready(address))

    async def _get_ready(self, address: str) -> None:
        """Give a worker the plan, and count on it if it fits."""
        wrong = await self._wrong_with(address)
        del self.asked[address]
        if wrong is None:
            self.workers.add(address)
            self._hand_out()
            return
        self.misfits[address] = time.monotonic(), wrong
        self._tell(" ".join(wrong))
        if not self.workers and not self.asked:
            self.fail(EngineError(*wrong))

    async def _wrong_with(self, address: str) -> tuple[str, str] | None:
        arguments = self._name, self._packed, self._make, self._path, self._places
        try:
            facts = await self._ask_worker(call(install, *arguments), address, priority=_FIRST)
        except ImportError as error:
            what = f"The workers of {self.address} cannot load swmr_viewer: {error}."
            return what, "Install there the version that is here, with what it needs: pip install 'swmr-viewer[dask]'."
        except Exception as error:
            what = f"The worker {address} cannot take the plan: {type(error).__name__}: {first_line(error)}."
            return what, "Install there the versions that are here."
        if facts.n_threads > 1:
            self._tell(f"Workers on {facts.host} have {facts.n_threads} threads, of which one works: start them with --nthreads 1.")
        return misfit(facts, self._here, self._path)

    def _hand_out(self) -> None:
        for attempt in self.workers.assign():
            self._running[attempt] = asyncio.ensure_future(self._attempted(attempt))

    async def _attempted(self, attempt: Attempt) -> None:
        """See an attempt through to its end."""
        worker = attempt.worker
        try:
            result = await self._ask_worker(call(reduce_batch, self._name, attempt.batch), worker, priority=attempt.priority)
        except PlanNotHereError:
            self._again(attempt)
            return
        except LostError as error:
            if self._client.status != "running":
                return  # the next poll says what that means
            self._finish(attempt, error=WorkerLostError(f"The worker {worker} gave nothing back: {error}."))
        except Exception as error:
            if isinstance(error, EngineError):
                self.fail(error)
            self._finish(attempt, error=error)
        else:
            self._finish(attempt, result=result)

    async def _ask_worker(self, payload: bytes, address: str, *, priority: int) -> Any:
        return await answer_of(self._client, f"{self._name}-{next(self._numbers)}", payload, address, priority)

    def _again(self, attempt: Attempt) -> None:
        """The worker has forgotten the plan, or is another one at the same address: give it to it again."""
        worker = attempt.worker
        for one in {attempt, *self.workers.remove(worker)}:
            self._stop_trying(one)
            self.workers.wait((one,))
        # The next poll finds it as a new one.

    def _lose(self, address: str) -> None:
        """A worker is gone: what it had is for others."""
        self.misfits.pop(address, None)
        if (task := self.asked.pop(address, None)) is not None:
            task.cancel()
        for attempt in self.workers.remove(address):
            self.drop(attempt)
            settle(attempt, error=WorkerLostError(f"The worker {address} is gone."))

    def _finish(self, attempt: Attempt, *, result: Any = None, error: BaseException | None = None) -> None:
        self._running.pop(attempt, None)
        self.workers.done(attempt)
        settle(attempt, result=result, error=error)

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._note(sentence)
