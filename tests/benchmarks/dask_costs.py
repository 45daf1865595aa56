"""What a Dask engine costs each of the processes that take part, by their processor time: it tells what limits many workers.

    python -m tests.benchmarks.dask_costs

Processor time is counted, not the clock's: all of them share this machine, and would not on a cluster.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import wait
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil

from swmr_viewer.engines import Batch, EngineChoice, EngineKind
from swmr_viewer.engines.dask_engine import DaskEngine, start_dask_engine
from tests.engines.dask_fakes import BINS, Patterns, plan_for
from tests.engines.dask_processes import ROOT, DaskProcesses

N_BATCHES, N_AT_ONCE = 2000, 8
LENGTHS = (0, 1, 10, 100)
"""Patterns of 1,000 float32 that come back with each batch."""


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory() as folder, closing(DaskProcesses(Path(folder))) as cluster:
        scan = Path(folder) / "scan.h5"
        scan.write_bytes(os.urandom(100_000))
        cluster.add_worker()
        cluster.add_worker()
        choice = EngineChoice(EngineKind.DASK, scheduler=str(cluster.scheduler_file))
        with closing(start_dask_engine(plan_for(scan), choice, print, make=Patterns)) as engine:
            while engine.n_workers < 2:
                time.sleep(0.01)
            _run(engine, 200, 0)
            print(f"{'result':>10} {'scheduler':>10} {'client':>10} {'workers':>10}   ms of a processor for each batch")
            for length in LENGTHS:
                print(_row(engine, cluster, length))
    print(f"idle workers: {_idle(0):.2f}, {_idle(20):.2f}, {_idle(60):.2f} % of the scheduler's processor with 0, 20, 60 of them")


def _row(engine: DaskEngine, cluster: DaskProcesses, length: int) -> str:
    n = N_BATCHES if length < 100 else N_BATCHES // 4
    processes = [psutil.Process(pid) for pid in (cluster.scheduler.pid, os.getpid(), *(worker.pid for worker in cluster.workers))]
    before = [_spent_s(one) for one in processes]
    _run(engine, n, length)
    scheduler, client, *workers = [(_spent_s(one) - then) / n * 1e3 for one, then in zip(processes, before, strict=True)]
    return f"{length * BINS * 4 / 1000:7.0f} kB {scheduler:10.3f} {client:10.3f} {sum(workers):10.3f}"


def _run(engine: DaskEngine, n: int, length: int) -> None:
    at_work: set[Any] = set()
    for number in range(n):
        at_work.add(engine.submit(Batch(number, (0,), max(1, length), (1,) if length else (2,))))
        if len(at_work) >= N_AT_ONCE:
            _, at_work = wait(at_work, return_when="FIRST_COMPLETED")
    for future in at_work:
        future.result()


def _idle(n_workers: int, time_s: float = 10.0) -> float:
    """Return what a scheduler takes of a processor while nobody works."""
    with tempfile.TemporaryDirectory() as folder, closing(DaskProcesses(Path(folder))) as cluster:
        code = f"from tests.benchmarks.dask_costs import be_workers; be_workers({str(cluster.scheduler_file)!r}, {n_workers})"
        with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as workers:
            assert workers.stdout is not None
            workers.stdout.readline()
            process = psutil.Process(cluster.scheduler.pid)
            time.sleep(2.0)
            before = _spent_s(process)
            time.sleep(time_s)
            spent = _spent_s(process) - before
            workers.kill()
    return 100 * spent / time_s


def be_workers(scheduler_file: str, n: int) -> None:
    """Be many idle workers in one process."""
    from distributed import Worker

    async def live() -> None:
        workers = [await Worker(scheduler_file=scheduler_file, nthreads=1) for _ in range(n)]
        print(len(workers), flush=True)
        await asyncio.sleep(600)

    asyncio.run(live())


def _spent_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
