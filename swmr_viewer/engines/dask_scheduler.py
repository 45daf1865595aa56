"""The scheduler that a person names: by its address, by a file, or ``slurm``, where it is started here and its workers by jobs."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
from distributed import Status

from swmr_viewer.engines.choice import EngineChoice
from swmr_viewer.engines.plan import EngineError

SLURM = "slurm"
_SLURM_WORKERS = 4
_MEMORY = "4GB"
"""For each worker, where the user's Dask configuration names none: the interpreter, some frames, an integrator."""
_NO_PAGES = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""Without a dashboard there is still a page of its health, by default on port 8787 of all networks, which another's scheduler may have."""
_REMEDY = "Give tcp://HOST:PORT (or tls://), the file that the scheduler was started with (--scheduler-file), or slurm."


def address_of(scheduler: str) -> str:
    """Return the address of a scheduler that runs already.

    Raises
    ------
    EngineError
        If it names none.
    """
    if not scheduler:
        raise EngineError("No Dask scheduler is named.", _REMEDY)
    if "://" in scheduler:
        return scheduler
    file = Path(scheduler).expanduser()
    if file.is_file():
        return _address_in(file)
    host, _, port = scheduler.rpartition(":")
    if host and port.isdigit() and "/" not in host:
        return f"tcp://{scheduler}"
    raise EngineError(f"{scheduler} is neither the address of a Dask scheduler nor a scheduler file that is there.", _REMEDY)


def _address_in(file: Path) -> str:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        address = told["address"]
    except OSError as error:
        raise EngineError(f"The scheduler file {file} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EngineError(f"{file} is no scheduler file: it names no address.", _REMEDY) from error
    if not isinstance(address, str) or "://" not in address:
        raise EngineError(f"{file} is no scheduler file: it names no address.", _REMEDY)
    return address


async def start_slurm(choice: EngineChoice) -> Any:
    """Start a scheduler in this loop, and have slurm start its workers by jobs, as the user's Dask configuration says.

    Raises
    ------
    EngineError
        If dask-jobqueue or slurm is missing, or jobs are refused.
    """
    if shutil.which("sbatch") is None:
        raise EngineError("There is no sbatch here: slurm takes no jobs from this machine.", "Start it where jobs are submitted from.")
    try:
        with _without_effects():
            jobqueue = importlib.import_module("dask_jobqueue")
    except ImportError as error:
        raise EngineError(f"Workers by slurm need dask-jobqueue: {error}.", "Install it: pip install dask-jobqueue.") from error
    configured = dask.config.get("jobqueue.slurm", {})
    cluster = None
    try:
        cluster = jobqueue.SLURMCluster(
            cores=1,
            processes=1,
            memory=configured.get("memory") or _MEMORY,
            scheduler_options={**_NO_PAGES, **(configured.get("scheduler-options") or {})},
            asynchronous=True,
        )
        await cluster
        while len(cluster.worker_spec) < (choice.n_workers or _SLURM_WORKERS):
            cluster.worker_spec.update(cluster.new_worker_spec())
        await cluster._correct_state()  # as `scale` does, which keeps to itself that a job was refused
    except Exception as error:  # of whatever the user's configuration holds
        if cluster is not None:
            await close_slurm(cluster)
        raise EngineError(f"slurm starts no workers: {_reason(error)}.", "Look at ~/.config/dask/jobqueue.yaml.") from error
    return cluster


async def close_slurm(cluster: Any) -> None:
    """End the jobs and the scheduler, within 3 s; a job that is told nothing any more ends by itself, a minute later."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(cluster.close(timeout=2.0), 2.5)
    if cluster.status is not Status.closed:  # it cannot close one whose jobs were refused
        with contextlib.suppress(Exception):
            await asyncio.wait_for(cluster.scheduler.close(), 0.5)
        cluster.status = Status.closed


def _reason(error: Exception) -> str:
    """Return what the command said, where a command failed, or the last line of what was said."""
    text = str(error).partition("stderr:")[2].strip() or str(error).strip() or type(error).__name__
    return " ".join(text.splitlines()[:3]).rstrip(".")


@contextlib.contextmanager
def _without_effects() -> Iterator[None]:
    """When it is first loaded, dask-jobqueue writes a file into the user's configuration, and takes Ctrl-C for itself: not for us."""
    ensure_file, handle, thread = dask.config.ensure_file, signal.signal, threading.get_ident()

    def handle_of_others(*arguments: Any) -> Any:
        return signal.SIG_DFL if threading.get_ident() == thread else handle(*arguments)

    dask.config.ensure_file = lambda *_args, **_kwargs: None
    signal.signal = handle_of_others  # type: ignore[assignment]
    try:
        yield
    finally:
        dask.config.ensure_file, signal.signal = ensure_file, handle
