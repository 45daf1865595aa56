"""What every worker is told, what it is given to do, and what it gives back. All of it can be sent to other processes and machines."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import FailureKind, SwmrViewerError
from swmr_viewer.core.scan import position_along
from swmr_viewer.engines.same_file import OpenedFile
from swmr_viewer.reductions import FrameDescription, Reduction


class WorkerLostError(SwmrViewerError):
    """Whoever worked on a batch is gone: another shall do it."""

    kind = FailureKind.ENGINE


class EngineError(SwmrViewerError):
    """No worker can do anything: the scheduler is gone, the file is not seen from there, pyFAI is not installed there ..."""

    kind = FailureKind.ENGINE


@dataclass(frozen=True, eq=False)
class Plan:
    """What is reduced to what."""

    path: str
    """The file, absolute."""
    data_path: Any
    """As ``FrameGrabber`` takes it, without open objects."""
    scan_rank: int
    reduction: Reduction
    """Not prepared yet."""
    description: FrameDescription
    opened: OpenedFile | None = None
    """The file that is followed: what has its path later may be another one. None: whatever is there."""
    external: bool = True
    """Whether data of other files are read, where the file leads to such."""


@dataclass(frozen=True)
class Batch:
    """Frames that lie side by side along the scan's last axis."""

    number: int
    """Of this piece of work; one that is repeated keeps it."""
    first: tuple[int, ...]
    """The position of the first frame."""
    n: int
    scan_shape: tuple[int, ...]
    """The scan's extent when it was made: positions stay true when the scan grows."""

    @property
    def positions(self) -> list[tuple[int, ...]]:
        """Of all of its frames."""
        return [position_along(self.first, offset) for offset in range(self.n)]


@dataclass(frozen=True)
class FrameFault:
    """Why one frame of a batch has no result."""

    offset: int
    """Of the frame in its batch."""
    message: str
    may_come: bool
    """It is not there yet, or not for this worker (another host's cache): try again. False: there is nothing to wait for."""


@dataclass(frozen=True, eq=False)
class BatchResult:
    """What was made of a batch."""

    batch: Batch
    outputs: Mapping[str, npt.NDArray[Any]]
    """By the outputs' names, each (n, *shape) and of the output's dtype; what is in it at the offset of a fault means nothing."""
    faults: tuple[FrameFault, ...] = ()
    took_s: float = 0.0
    """How long the worker worked on it."""

    @property
    def is_reduced(self) -> npt.NDArray[np.bool_]:
        """Bool (n,): which frames have a result."""
        found = np.ones(self.batch.n, np.bool_)
        found[[fault.offset for fault in self.faults]] = False
        return found


def not_there_yet(batch: Batch, why: str) -> BatchResult:
    """Return what is told of a batch of which no frame can be read by now."""
    return BatchResult(batch, {}, tuple(FrameFault(offset, why, True) for offset in range(batch.n)))


class Engine(Protocol):
    """Workers, wherever they are. All but ``close`` is called by one thread."""

    @property
    def n_workers(self) -> int:
        """How many batches are worked on at once, by now; it may change."""

    @property
    def words(self) -> str:
        """What it is: ``2 threads``, ``8 workers of tcp://10.1.2.3:8786``."""

    def submit(self, batch: Batch, *, priority: int = 0, apart_from: Future[BatchResult] | None = None) -> Future[BatchResult]:
        """Have a batch reduced; never blocks.

        Parameters
        ----------
        batch : Batch
            What to do.
        priority : int
            Higher ones first, among those that wait for a worker.
        apart_from : Future, optional
            An earlier attempt at the same batch that takes too long: this one is for another worker.

        Returns
        -------
        concurrent.futures.Future
            Its result comes on any thread. ``WorkerLostError``: to be repeated. ``ReductionError``: the worker could not prepare.
            ``EngineError``: it is all over.
        """

    def close(self) -> None:
        """End the workers, or let them go; what is not done is cancelled. Within 5 s, whatever they do."""
