"""A few threads, shared by the process, that help a calling thread with what it does piece by piece."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue

_MOST_HELPERS = 3
"""More than four cores gain little: writing to memory is the limit then."""

Unit = Callable[[], None]


def share(units: Iterable[Unit], n_helpers: int) -> None:
    """Run units of work on the calling thread and on helpers, and return when all are done.

    Each thread takes the next unit when it is through with one. A helper that is busy elsewhere is not waited for.

    Parameters
    ----------
    units : iterable of callable
        Taken by one thread at a time, whichever comes; none is taken after an error.
    n_helpers : int
        How many threads besides this one can be of use. Without any, nothing but a loop is run.

    Raises
    ------
    BaseException
        The first error of a unit, or of taking one; the others are lost.
    """
    n_helpers = min(n_helpers, _n_helpers())
    if n_helpers < 1:
        for unit in units:
            unit()
        return
    work = _Work(units)
    for _ in range(n_helpers):
        _crew().put(work)
    work.lead()


class _Work:
    """Units that several threads take from."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = iter(units)
        self._taking = threading.Lock()
        self._changed = threading.Condition()
        self._n_helping = 0
        self._is_open = True
        self._error: BaseException | None = None

    def lead(self) -> None:
        """Take part until all units are taken, then wait for those who still work on one.

        Also after Ctrl-C: they write to memory that the caller would let go.
        """
        self._take_part()
        is_over = False
        while not is_over:
            try:
                self._wait()
                is_over = True
            except BaseException as error:
                self._error = self._error or error
        if self._error is not None:
            raise self._error

    def _wait(self) -> None:
        with self._changed:
            self._is_open = False
            self._changed.wait_for(lambda: self._n_helping == 0)

    def help(self) -> None:
        """Take part, if the work is not over yet."""
        with self._changed:
            if not self._is_open:
                return
            self._n_helping += 1
        self._take_part()
        with self._changed:
            self._n_helping -= 1
            self._changed.notify()

    def _take_part(self) -> None:
        try:
            while (unit := self._take()) is not None:
                unit()
        except BaseException as error:
            with self._taking:
                self._error = self._error or error

    def _take(self) -> Unit | None:
        with self._taking:
            return None if self._error is not None else next(self._units, None)


_waiting: SimpleQueue[_Work] = SimpleQueue()
_hired = threading.Lock()
_n_hired = 0


def _n_helpers() -> int:
    """Return how many threads help at most: as many as there are other cores for this process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST_HELPERS, cores - 1)


def _crew() -> SimpleQueue[_Work]:
    """Return where helpers wait for work; they are started at the first call, and end with the process."""
    global _n_hired
    with _hired:
        while _n_hired < _n_helpers():
            _n_hired += 1
            threading.Thread(target=_serve, name=f"decoding-{_n_hired}", daemon=True).start()
    return _waiting


def _serve() -> None:
    while True:
        _waiting.get().help()
