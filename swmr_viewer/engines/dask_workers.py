"""Which workers there are, and who works on which attempt: bookkeeping without Dask.

Each attempt is given to one worker, by us. So it is known at any moment who has it: one that is gone is repeated at once, and a second
attempt goes elsewhere.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import Future

from swmr_viewer.engines.plan import Batch, BatchResult


class Attempt:
    """One try at a batch.

    Parameters
    ----------
    batch : Batch
        What to do.
    priority : int
        Higher ones first.
    apart_from : Attempt, optional
        An earlier one, whose worker must not get this one.
    """

    def __init__(self, batch: Batch, priority: int, apart_from: Attempt | None = None) -> None:
        self.batch = batch
        self.priority = priority
        self.future: Future[BatchResult] = Future()
        self.worker = ""
        """Its address; "": none has it yet."""
        self._avoided: frozenset[Attempt] = frozenset() if apart_from is None else apart_from._avoided | {apart_from}

    def may_go_to(self, worker: str) -> bool:
        """Return whether none of the attempts before is (or was last) there and still not done."""
        return not any(one.worker == worker and not one.future.done() for one in self._avoided)


class Workers:
    """The workers that may be given something, and what waits for one."""

    def __init__(self) -> None:
        self._loads: dict[str, set[Attempt]] = {}
        self._waiting: list[tuple[int, int, Attempt]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._loads)

    def __contains__(self, address: str) -> bool:
        return address in self._loads

    def __iter__(self) -> Iterator[str]:
        return iter(self._loads)

    def add(self, address: str) -> None:
        """Count on a worker."""
        self._loads.setdefault(address, set())

    def remove(self, address: str) -> frozenset[Attempt]:
        """Count on a worker no more, and return what it had."""
        return frozenset(self._loads.pop(address, ()))

    def wait(self, attempts: Iterable[Attempt]) -> None:
        """Put attempts into the queue."""
        for attempt in attempts:
            attempt.worker = ""
            heapq.heappush(self._waiting, (-attempt.priority, next(self._numbers), attempt))

    def assign(self) -> list[Attempt]:
        """Give what waits to the workers with the least to do, and return what was given; the rest goes on waiting."""
        given, kept = [], []
        while self._waiting and self._loads:
            entry = heapq.heappop(self._waiting)
            attempt = entry[-1]
            if attempt.future.done():
                continue
            attempt.worker = self._least_loaded(attempt)
            if attempt.worker:
                self._loads[attempt.worker].add(attempt)
                given.append(attempt)
            else:
                kept.append(entry)
        for entry in kept:
            heapq.heappush(self._waiting, entry)
        return given

    def done(self, attempt: Attempt) -> None:
        """Take an attempt off its worker."""
        self._loads.get(attempt.worker, set()).discard(attempt)

    def take_all(self) -> list[Attempt]:
        """Return everything that waits or is worked on, and forget it."""
        found = [attempt for *_, attempt in self._waiting]
        self._waiting.clear()
        for load in self._loads.values():
            found += load
            load.clear()
        return found

    def _least_loaded(self, attempt: Attempt) -> str:
        allowed = (address for address in self._loads if attempt.may_go_to(address))
        return min(allowed, key=lambda address: len(self._loads[address]), default="")
