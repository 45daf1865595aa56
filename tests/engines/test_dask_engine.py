"""A real scheduler with real workers, which die, stop, come late, or do not fit."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from swmr_viewer.engines import Batch, BatchResult, EngineChoice, EngineError, EngineKind, WorkerLostError
from swmr_viewer.reductions import ReductionError
from tests.engines import dask_fakes
from tests.engines.dask_processes import LEAVES_CONNECTIONS, ROOT, DaskProcesses, go_on, pause

pytest.importorskip("distributed")

from swmr_viewer.engines.dask_engine import DaskEngine, start_dask_engine
from swmr_viewer.engines.dask_worker import let_go

pytestmark = LEAVES_CONNECTIONS
MOST_REPEATS = 5_000
LONGEST_S = 20.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskProcesses]:
    with closing(DaskProcesses(tmp_path_factory.mktemp("dask"))) as processes:
        processes.add_worker()
        processes.add_worker()
        processes.wait_for_workers(2)
        yield processes


@pytest.fixture
def own(tmp_path: Path) -> Iterator[DaskProcesses]:
    """A scheduler for one test, without workers."""
    folder = tmp_path / "dask"
    folder.mkdir()
    with closing(DaskProcesses(folder)) as processes:
        yield processes


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.h5"
    path.write_bytes(os.urandom(50_000))
    return path


def _started(
    cluster: DaskProcesses, scan: Path, kind: type[Any] = dask_fakes.Numbers, *, n: int = 2, notes: list[str] | None = None, **choice: Any
) -> Any:
    told = [] if notes is None else notes
    chosen = EngineChoice(EngineKind.DASK, scheduler=str(cluster.scheduler_file), **choice)
    engine = start_dask_engine(dask_fakes.plan_for(scan), chosen, told.append, make=kind)
    try:
        until(lambda: engine.n_workers == n)
    except BaseException:
        engine.close()
        raise
    return closing(engine)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def batches(n_frames: int = 100, length: int = 5) -> list[Batch]:
    return [Batch(number, (first,), length, (n_frames,)) for number, first in enumerate(range(0, n_frames, length))]


def all_of(engine: DaskEngine, wanted: Iterable[Batch], *, seen: Callable[[int], None] = lambda _: None) -> dict[int, list[float]]:
    """Return the values of each frame; what is lost, or not there yet, is asked for again."""
    found: dict[int, list[float]] = {}
    n_asked = 0
    at_work = {engine.submit(batch): batch for batch in wanted}
    while at_work:
        done, _ = wait(at_work, LONGEST_S, "FIRST_COMPLETED")
        assert done, "nothing comes any more"
        for future in done:
            batch = at_work.pop(future)
            missing = _take(future, batch, found)
            n_asked += len(missing)
            assert n_asked < MOST_REPEATS, "workers are lost again and again"
            at_work |= {engine.submit(again): again for again in missing}
        seen(len(found))
    return found


def _take(future: Future[BatchResult], batch: Batch, found: dict[int, list[float]]) -> list[Batch]:
    try:
        result = future.result()
    except WorkerLostError:
        return [batch]
    first = batch.first[0]
    for offset in np.flatnonzero(result.is_reduced):
        found.setdefault(first + int(offset), []).append(float(result.outputs["value"][offset]))
    return [Batch(batch.number, (first + fault.offset,), 1, batch.scan_shape) for fault in result.faults]


def expected(n_frames: int = 100) -> dict[int, list[float]]:
    return {index: [2.0 * index + 1] for index in range(n_frames)}


def test_every_frame_once_by_both_workers(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan) as engine:
        assert all_of(engine, batches()) == expected()
        futures = [engine.submit(batch) for batch in batches()]
        pids = {int(future.result(LONGEST_S).outputs["pid"][0]) for future in futures}
        assert pids == {worker.pid for worker in cluster.workers}
        assert engine.words == f"2 workers of {engine._session.address}"
    until(lambda: len(list(scan.parent.glob("scan.*.closed"))) == 2)  # they let the file go


@pytest.mark.slow
def test_a_worker_is_killed_half_way(own: DaskProcesses, scan: Path) -> None:
    victim, _ = own.add_worker(), own.add_worker()
    with _started(own, scan, dask_fakes.SlowNumbers) as engine:

        def kill(n_found: int) -> None:
            if n_found >= 30 and victim.poll() is None:
                victim.kill()
                victim.wait()

        assert all_of(engine, batches(), seen=kill) == expected()
        until(lambda: engine.n_workers == 1)
        own.add_worker()  # one that joins later gets the plan, too
        until(lambda: engine.n_workers == 2)
        assert all_of(engine, batches()) == expected()


def test_a_worker_is_stopped_for_a_while(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan, dask_fakes.SlowNumbers) as engine:
        first = {engine.submit(batch): batch for batch in batches()}
        stopped = cluster.workers[0]
        pause(stopped)
        try:
            until(lambda: _quiet_for(first, 0.5))
            late = {future: batch for future, batch in first.items() if not future.done()}
            assert late
            second = [(engine.submit(batch, apart_from=future), future) for future, batch in late.items()]
            for future, before in second:
                assert int(future.result(LONGEST_S).outputs["pid"][0]) != stopped.pid
                assert not before.done()
        finally:
            go_on(stopped)
        for future, batch in first.items():
            result = future.result(LONGEST_S)
            assert result.outputs["value"].tolist() == [2.0 * index + 1 for (index,) in batch.positions]


def _quiet_for(futures: Iterable[Future[Any]], time_s: float) -> bool:
    left = [future for future in futures if not future.done()]
    return not wait(left, time_s, "FIRST_COMPLETED").done


def test_a_frame_that_this_host_does_not_see_yet_comes(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan, dask_fakes.LateNumbers) as engine:
        assert all_of(engine, batches(20)) == expected(20)


def test_the_urgent_come_first(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan, dask_fakes.Waits, n=1, n_workers=1) as engine:
        futures = [engine.submit(batch, priority=-batch.number) for batch in batches(50)[:1]]
        until(scan.with_suffix(".begun").exists)
        futures += [engine.submit(batch, priority=-batch.number) for batch in batches(50)[1:]]
        futures += [engine.submit(Batch(99, (3,), 1, (50,)), priority=1000)]
        until(lambda: 11 in in_loop(engine, lambda: engine._session._client.run(_n_tasks)).values())
        scan.with_suffix(".go").touch()
        results = sorted((future.result(LONGEST_S) for future in futures), key=lambda result: result.outputs["at"][0])
        order = [result.batch.number for result in results]
        assert [order[0], *sorted(order[1:3])] == [0, 1, 99]  # one may be on its way already
        assert [number for number in order if number != 99] == list(range(10))


def _n_tasks(dask_worker: Any) -> int:
    return len(dask_worker.state.tasks)


def in_loop(engine: DaskEngine, work: Callable[[], Any]) -> Any:
    """Return what a coroutine gives in the thread of the engine."""

    async def done() -> Any:
        return await work()

    return asyncio.run_coroutine_threadsafe(done(), engine._loop).result(LONGEST_S)


@pytest.mark.slow
def test_of_those_that_are_not_asked_for_one_takes_the_place_of_one_that_is_lost(own: DaskProcesses, scan: Path) -> None:
    own.add_worker()
    own.add_worker()
    with _started(own, scan, n=1, n_workers=1) as engine:
        (pid,) = {int(engine.submit(batch).result(LONGEST_S).outputs["pid"][0]) for batch in batches(20)}
        for worker in own.workers:
            if worker.pid == pid:
                worker.kill()
        assert all_of(engine, batches(20)) == expected(20)


def test_what_is_cancelled_does_not_come(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan, dask_fakes.Waits) as engine:
        futures = [engine.submit(batch) for batch in batches(50)]
        assert futures[5].cancel()
        scan.with_suffix(".go").touch()
        wait(futures, LONGEST_S)
        assert [future.cancelled() for future in futures] == [number == 5 for number in range(10)]


def test_closing_does_not_wait_for_a_batch(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan, dask_fakes.Waits) as engine:
        futures = [engine.submit(batch) for batch in batches(50)]
        until(scan.with_suffix(".begun").exists)
        engine.close()
        assert all(future.cancelled() for future in futures)
        assert engine.submit(batches()[0]).cancelled()
    scan.with_suffix(".go").touch()
    until(lambda: len(list(scan.parent.glob("scan.*.closed"))) >= 1)  # and the workers let the file go


def test_closing_does_not_wait_for_a_worker_that_is_stopped(cluster: DaskProcesses, scan: Path) -> None:
    pause(cluster.workers[0])
    try:
        with _started(cluster, scan, n=1) as engine:
            future = engine.submit(batches()[0])
            assert future.result(LONGEST_S).batch == batches()[0]
    finally:
        go_on(cluster.workers[0])


def test_a_reduction_that_cannot_be_prepared_says_so(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan, dask_fakes.Unready) as engine, pytest.raises(ReductionError, match=r"cannot be prepared.*Choose another"):
        engine.submit(batches()[0]).result(LONGEST_S)


@pytest.mark.slow
def test_a_frame_that_ends_its_worker_is_told(own: DaskProcesses, scan: Path) -> None:
    own.add_worker()
    own.add_worker()
    with _started(own, scan, dask_fakes.Deadly) as engine:
        with pytest.raises(WorkerLostError):
            engine.submit(Batch(0, (5,), 5, (100,))).result(LONGEST_S)
        assert engine.submit(Batch(1, (0,), 5, (100,))).result(LONGEST_S).batch.number == 1


def test_a_worker_that_forgot_the_plan_is_given_it_again(cluster: DaskProcesses, scan: Path) -> None:
    with _started(cluster, scan) as engine:
        session = engine._session
        in_loop(engine, lambda: session._client.run(let_go, session._name))
        assert all_of(engine, batches()) == expected()


def test_a_file_that_workers_do_not_see_is_refused(cluster: DaskProcesses, scan: Path) -> None:
    with pytest.raises(EngineError, match=r"do not see .*none.h5: Not a directory.* on a file system that both share"):
        start_dask_engine(dask_fakes.plan_for(scan / "none.h5"), _choice(cluster), print, make=dask_fakes.Numbers)


def test_a_reduction_of_a_script_goes_along(cluster: DaskProcesses, scan: Path) -> None:
    class OfAScript(dask_fakes.Nothing):
        """Known to nobody by its name, as is what a script or a notebook makes."""

    OfAScript.__module__ = "__main__"
    plan = replace(dask_fakes.plan_for(scan), reduction=OfAScript())
    with closing(start_dask_engine(plan, _choice(cluster), print, make=dask_fakes.Numbers)) as engine:
        assert all_of(engine, batches(20)) == expected(20)


def _choice(cluster: DaskProcesses) -> EngineChoice:
    return EngineChoice(EngineKind.DASK, scheduler=str(cluster.scheduler_file))


def test_no_scheduler_there(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swmr_viewer.engines.dask_session.CONNECT_S", 0.5)
    choice = EngineChoice(EngineKind.DASK, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(EngineError, match=r"No Dask scheduler answers at tcp://127.0.0.1:1"):
        start_dask_engine(dask_fakes.plan_for(scan), choice, print)


@pytest.mark.slow
def test_something_else_answers(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swmr_viewer.engines.dask_session.CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        choice = EngineChoice(EngineKind.DASK, scheduler=f"tcp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(EngineError, match="No Dask scheduler answers"):
            start_dask_engine(dask_fakes.plan_for(scan), choice, print)


def test_workers_come_later_and_the_scheduler_goes(own: DaskProcesses, scan: Path) -> None:
    notes: list[str] = []
    with _started(own, scan, n=0, notes=notes) as engine:
        future = engine.submit(batches()[0])
        until(lambda: notes)
        assert notes == [f"Waiting for workers of {engine._session.address}."]
        own.add_worker()
        assert future.result(LONGEST_S).batch == batches()[0]
        own.scheduler.kill()
        with pytest.raises(EngineError, match=r"connection to the Dask scheduler .* is lost"):
            engine.submit(batches()[0]).result(LONGEST_S)
        with pytest.raises(EngineError):
            engine.submit(batches()[0]).result(LONGEST_S)


def test_closing_does_not_wait_for_a_scheduler_that_is_stopped(own: DaskProcesses, scan: Path) -> None:
    with _started(own, scan, n=0) as engine:
        pause(own.scheduler)
        future = engine.submit(batches()[0])
        engine.close()
        with pytest.raises(CancelledError):
            future.result(0)


def test_workers_without_the_program_are_told(own: DaskProcesses, scan: Path) -> None:
    own.add_worker(path=own.without_program)
    with (
        _started(own, scan, n=0) as engine,
        pytest.raises(EngineError, match=r"cannot load swmr_viewer: there is no swmr_viewer here.*Install there"),
    ):
        engine.submit(batches()[0]).result(LONGEST_S)


def test_what_ends_the_start_ends_the_thread(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_self: DaskEngine) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(DaskEngine, "_wait_for_workers", interrupt)
    with socket.create_server(("127.0.0.1", 0)) as server:  # which never answers
        choice = EngineChoice(EngineKind.DASK, scheduler=f"tcp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(KeyboardInterrupt):
            start_dask_engine(dask_fakes.plan_for(scan), choice, print)
    assert not [thread for thread in threading.enumerate() if thread.name == "swmr-viewer-dask"]


def test_without_dask_it_says_what_to_install(scan: Path) -> None:
    code = f"""if True:
        import sys
        sys.modules["distributed"] = None
        from pathlib import Path
        from swmr_viewer.engines import EngineChoice, EngineError, EngineKind, start_engine
        from tests.engines.dask_fakes import plan_for
        try:
            start_engine(plan_for(Path({str(scan)!r})), EngineChoice(EngineKind.DASK, scheduler="tcp://127.0.0.1:1"))
        except EngineError as error:
            print(error)
    """
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "need dask.distributed" in said
    assert "pip install 'swmr-viewer[dask]'" in said
