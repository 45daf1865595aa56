"""What runs in a Dask worker: the plan that it keeps, with the file open, and the batches that it is given.

Every task is ``pickle.loads`` of bytes (`call`): so a scheduler need not have this package, and a worker that cannot take a call gives
an error of its own instead of ending.
"""

from __future__ import annotations

import pickle
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any, Protocol

from distributed import WorkerPlugin, get_worker
from distributed.protocol.pickle import dumps
from distributed.utils import sync

from swmr_viewer.core.errors import FileReplacedError, SwmrViewerError
from swmr_viewer.engines.dask_fitness import Facts, worker_facts
from swmr_viewer.engines.plan import Batch, BatchResult, EngineError, Plan, WorkerLostError, not_there_yet
from swmr_viewer.reductions import ReductionError

_IDLE_S = 600.0
"""After that long without a batch a worker lets go of the file: whoever gave it the plan may be gone without a word."""
_LOOK_S = 60.0
_INSTALL_S = 30.0


class PlanNotHereError(SwmrViewerError):
    """The worker has no such plan (any more): it is to be given to it again."""


class DoesBatches(Protocol):
    """What opens the file and reduces: ``FrameWorker``, or what stands for it."""

    def reduce(self, batch: Batch) -> BatchResult: ...
    def close(self) -> None: ...


MakeWorker = Callable[[Plan], DoesBatches]


def make_frame_worker(plan: Plan) -> DoesBatches:
    """Open the file of a plan and prepare its reduction."""
    from swmr_viewer.engines.frame_worker import FrameWorker  # it loads HDF5

    return FrameWorker(plan)


class _Call:
    """Pickled, it is a call that is made where it is unpickled."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._made_of = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._made_of


def call(function: Callable[..., Any], *arguments: Any) -> bytes:
    """Return bytes that call a function of this package, and give its result, when they are unpickled."""
    return pickle.dumps(_Call(function, *arguments), protocol=5)


def packed(plan: Plan) -> bytes:
    """Return a plan as it is sent: masks become small, and a reduction of a script or a notebook goes along as a whole."""
    return zlib.compress(dumps(plan, protocol=5), 1)


class PlanKeeper(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """Keeps one plan in a worker, with one open file. One batch at a time: HDF5 has one lock for each process.

    Parameters
    ----------
    name : str
        Of the plan: nothing else has it.
    plan : bytes
        As `packed` makes it. It is unpacked for the first batch, in the thread of a task.
    make : callable
        Makes what reduces of a plan.
    """

    def __init__(self, name: str, plan: bytes, make: MakeWorker) -> None:
        self.name = name
        self._plan = plan
        self._make = make
        self._lock = threading.Lock()
        self._worker: DoesBatches | None = None
        self._is_over = False
        self._used_at = time.monotonic()

    def setup(self, worker: Any) -> None:
        """Look now and then whether anybody still gives batches."""
        worker.loop.call_later(_LOOK_S, self._look, worker)

    def teardown(self, worker: Any) -> None:
        """Let the file go, once the batch that is worked on is done; never waits."""
        self._is_over = True
        threading.Thread(target=self._let_go, name="swmr-viewer-closing", daemon=True).start()

    def reduce(self, batch: Batch) -> BatchResult:
        """Work on a batch."""
        with self._lock:
            if self._is_over:
                raise PlanNotHereError(f"{self.name} is over.")
            try:
                return self._opened().reduce(batch)
            finally:
                self._used_at = time.monotonic()

    def _opened(self) -> DoesBatches:
        if self._worker is None:
            self._worker = self._make(_unpacked(self._plan))
        return self._worker

    def _let_go(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def _look(self, worker: Any) -> None:
        if self._is_over:
            return
        if not self._lock.locked() and time.monotonic() - self._used_at > _IDLE_S:
            worker.loop.add_callback(worker.plugin_remove, name=self.name)
        else:
            worker.loop.call_later(_LOOK_S, self._look, worker)


def install(name: str, plan: bytes, make: MakeWorker, path: str, places: tuple[int, ...]) -> Facts:
    """Give the plan to the worker in which this is called, and return what it is and sees."""
    worker = get_worker()
    facts = worker_facts(path, places, worker.state.nthreads)
    if name not in worker.plugins:
        sync(worker.loop, worker.plugin_add, plugin=PlanKeeper(name, plan, make), name=name, callback_timeout=_INSTALL_S)
    return facts


def reduce_batch(name: str, batch: Batch) -> BatchResult:
    """Work on a batch in the worker in which this is called."""
    worker = get_worker()
    keeper = worker.plugins.get(name)
    if keeper is None:
        raise PlanNotHereError(f"There is no {name} in {worker.address}.")
    try:
        result: BatchResult = keeper.reduce(batch)
    except (ReductionError, EngineError, FileReplacedError, PlanNotHereError):
        raise
    except SwmrViewerError as error:  # of opening: a batch tells of its frames by their faults
        if not error.retryable:
            raise EngineError(f"A worker cannot open the file: {error.message}", error.remedy) from error
        return not_there_yet(batch, str(error))
    except Exception as error:  # another worker may do better; who asked counts how often
        raise WorkerLostError(f"A worker on {worker.address} failed: {type(error).__name__}: {error}") from error
    return result


async def let_go(name: str, dask_worker: Any) -> None:
    """Have a worker forget a plan."""
    if name in dask_worker.plugins:
        await dask_worker.plugin_remove(name=name)


def _unpacked(plan: bytes) -> Plan:
    try:
        unpacked: Plan = pickle.loads(zlib.decompress(plan))
    except (ImportError, AttributeError) as error:
        raise EngineError(
            f"The workers cannot load the reduction: {error}.", "Install there what it needs, in the same versions as here."
        ) from error
    return unpacked
