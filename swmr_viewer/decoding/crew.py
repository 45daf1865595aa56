"""A few threads, shared by the process, that help a calling thread with what it does piece by piece."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue

from swmr_viewer.decoding.alone import is_alone

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
    n_helpers = 0 if is_alone() else min(n_helpers, _n_helpers())
    if n_helpers < 1:
        for unit in units:
            unit()
        return
    work = _Work(units)
    _crew.call(work, n_helpers)
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
        # A helper that was busy finds this work later: until then it would hold the caller's memory, and so would a failure its own frame.
        failure, self._units, self._error = self._error, iter(()), None
        try:
            if failure is not None:
                raise failure
        finally:
            del failure

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


class _Crew:
    """The helpers, and where they wait for work."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[_Work] = SimpleQueue()
        self._hiring = threading.Lock()
        self._n_hired = 0

    def call(self, work: _Work, n_helpers: int) -> None:
        """Offer work to helpers; they are started when they are needed first, and end with the process."""
        with self._hiring:
            while self._n_hired < n_helpers:
                self._n_hired += 1
                threading.Thread(target=_serve, args=(self._waiting,), name=f"decoding-{self._n_hired}", daemon=True).start()
        for _ in range(n_helpers):
            self._waiting.put(work)


def _serve(waiting: SimpleQueue[_Work]) -> None:
    while True:
        waiting.get().help()


_crew = _Crew()


def _start_anew() -> None:
    """Forget the helpers: a forked process has none of its parent's."""
    global _crew
    _crew = _Crew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)


def _n_helpers() -> int:
    """Return how many threads help at most: as many as there are other cores for this process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST_HELPERS, cores - 1)
