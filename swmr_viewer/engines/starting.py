"""Starts the engine that somebody chose. What is heavy is loaded here, when it is needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from swmr_viewer.engines.choice import EngineChoice, EngineKind
from swmr_viewer.engines.plan import Engine, EngineError, Plan
from swmr_viewer.reductions import Reduction

MOST_WORKERS = 1024


def start_engine(
    plan: Plan,
    choice: EngineChoice,
    h5file: Any = None,
    note: Callable[[str], None] = lambda words: None,
    *,
    lock: threading.Lock | None = None,
    ready: Reduction | None = None,
) -> Engine:
    """Start workers.

    Parameters
    ----------
    plan : Plan
        What is reduced to what.
    choice : EngineChoice
        Where.
    h5file : h5py.File, optional
        The file, if it is open here: threads read from it, as one process must not open data sets twice.
    note : callable
        Takes sentences about what is waited for.
    lock : threading.Lock, optional
        Held by its owner while he uses the file.
    ready : Reduction, optional
        The plan's reduction, prepared already: threads need no other, where several may call it.

    Raises
    ------
    EngineError
        If there can be no such workers.
    SwmrViewerError
        If the file cannot be opened, or the reduction not be prepared.
    """
    n_workers = n_cores() if choice.n_workers is None else choice.n_workers
    if not 1 <= n_workers <= MOST_WORKERS:
        raise EngineError(f"{n_workers} workers are not possible.", f"Ask for 1 to {MOST_WORKERS}.")
    if choice.kind is EngineKind.DASK:
        from swmr_viewer.engines.dask_engine import start_dask_engine

        return start_dask_engine(plan, choice, note)
    if choice.kind is EngineKind.PROCESSES:
        from swmr_viewer.engines.processes import ProcessEngine

        return ProcessEngine(plan, n_workers)
    from swmr_viewer.engines.threads import ThreadEngine

    return ThreadEngine(plan, n_workers, h5file, lock, ready)


def n_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
