"""Decoding on the caller's own thread, its lock given back meanwhile: for threads that each read frames of one data set."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext


class _OfThread(threading.local):
    lock: threading.Lock | None = None
    keeps_it: bool = False


_of_thread = _OfThread()


@contextmanager
def decoding_alone(lock: threading.Lock) -> Iterator[None]:
    """While this lasts, this thread decodes what it reads by itself, and holds ``lock`` but for when it does.

    Reading a chunk as it stands takes HDF5's lock and little time; decoding takes none, and most of it. What other threads
    do meanwhile must leave alone what this one reads: see `StoredSource.read`.
    """
    with lock:
        _of_thread.lock = lock
        try:
            yield
        finally:
            _of_thread.lock = None


def is_alone() -> bool:
    """Return whether this thread is to decode without helpers."""
    return _of_thread.lock is not None


def given_back() -> AbstractContextManager[None]:
    """Return what gives this thread's lock back for a while, where it has one."""
    return nullcontext() if _of_thread.lock is None or _of_thread.keeps_it else _given_back(_of_thread.lock)


@contextmanager
def lock_kept() -> Iterator[None]:
    """While this lasts, this thread keeps its lock also when it decodes, where it has one."""
    before, _of_thread.keeps_it = _of_thread.keeps_it, True
    try:
        yield
    finally:
        _of_thread.keeps_it = before


@contextmanager
def _given_back(lock: threading.Lock) -> Iterator[None]:
    lock.release()
    try:
        yield
    finally:
        lock.acquire()
