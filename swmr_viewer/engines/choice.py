"""Where reductions run, as a person chooses it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EngineKind(StrEnum):
    """The kinds of workers."""

    THREADS = "threads"
    """Of this process: the usual choice, as what reduces lets Python go on meanwhile."""
    PROCESSES = "processes"
    """On this machine: for reductions that are written in plain Python."""
    DASK = "dask"
    """Workers of a Dask scheduler, on any machine that sees the file by the same path."""


@dataclass(frozen=True)
class EngineChoice:
    """Where reductions run."""

    kind: EngineKind = EngineKind.THREADS
    n_workers: int | None = None
    """None: one for each core of this machine; of Dask as many as there are (``slurm``: 4)."""
    scheduler: str = ""
    """Of Dask: ``tcp://HOST:PORT`` (or ``tls://``), a scheduler file, or ``slurm``."""


THIS_MACHINE = EngineChoice()
