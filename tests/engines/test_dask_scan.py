"""A real scan, followed here and reduced by real workers: one of them is killed half-way, or stopped for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer import Follower
from swmr_viewer.core.errors import FileReplacedError
from swmr_viewer.core.files import open_swmr
from swmr_viewer.engines import Batch, Dispatcher, EngineChoice, EngineKind, Plan, opened_file, start_engine
from swmr_viewer.reductions import Frame, FrameDescription
from swmr_viewer.simulator.plan import ScanPlan
from tests.engines.dask_fakes import SlowSums
from tests.engines.dask_processes import LEAVES_CONNECTIONS, DaskProcesses, go_on, pause
from tests.live.writers import LiveWriter

pytest.importorskip("distributed")

pytestmark = LEAVES_CONNECTIONS
DATA, KEYS = "/entry/detector/data", "/entry/diamond_scan/keys"
LONGEST_S = 90.0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskProcesses]:
    folder = tmp_path / "dask"
    folder.mkdir()
    with closing(DaskProcesses(folder)) as processes:
        processes.add_worker()
        processes.add_worker()
        yield processes


def _reduced_live(cluster: DaskProcesses, path: Path, order: str, meanwhile: Callable[[int], None]) -> int:
    """Follow a scan that is written meanwhile, hold each result against the frame that was written, and return how many attempts were lost.

    ``meanwhile`` is called while both workers have something to do: with how many lines of the scan are written.
    """
    scan = ScanPlan((12, 10), (32, 40), period_s=0.0, compression="bslz4", order=order)
    found: dict[tuple[int, ...], list[float]] = {}
    with LiveWriter(path, scan) as writer, open_swmr(path) as h5file:
        plan = Plan(str(path), DATA, 2, SlowSums(), FrameDescription(scan.frame_shape, np.dtype(scan.dtype).str))
        choice = EngineChoice(EngineKind.DASK, scheduler=str(cluster.scheduler_file))
        with closing(start_engine(plan, choice)) as engine, closing(Follower(h5file, KEYS, LONGEST_S, order="arrival")) as follower:
            deadline = time.monotonic() + LONGEST_S
            while engine.n_workers < 2:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            dispatcher = Dispatcher(engine, scan.scan_shape)
            for line in range(1, 13):
                for _ in writer.step(10):
                    dispatcher.add(_position(next(follower), scan), 1)
                _collect(dispatcher, found, 0.0)
                meanwhile(line)
            while not dispatcher.is_idle:
                assert time.monotonic() < deadline
                _collect(dispatcher, found, 0.1)
        expected = {_position(index, scan): [_sum(writer.expected(index))] for index in range(120)}
    assert found == expected
    return dispatcher.n_lost


def _sum(frame: Frame) -> float:
    return float(frame[frame < np.iinfo(frame.dtype).max].sum(dtype="f8"))  # the highest value is no measurement


def _position(index: int, scan: ScanPlan) -> tuple[int, ...]:
    return tuple(int(one) for one in np.unravel_index(index, scan.scan_shape))


def _collect(dispatcher: Dispatcher, found: dict[tuple[int, ...], list[float]], wait_s: float) -> None:
    for done in dispatcher.collect(wait_s):
        assert not done.failed
        for offset in np.flatnonzero(done.is_reduced):
            position = (*done.first[:-1], done.first[-1] + int(offset))
            found.setdefault(position, []).append(float(done.outputs["total"][offset]))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a batch given to another worker after half a second."""
    monkeypatch.setattr("swmr_viewer.engines.dispatch._SLOW_S", 0.5)
    monkeypatch.setattr("swmr_viewer.engines.dispatch._SLOW_TIMES", 3.0)


@pytest.mark.parametrize("order", ["raster", pytest.param("snake", marks=pytest.mark.slow)])
def test_each_frame_once_though_a_worker_is_killed(cluster: DaskProcesses, tmp_path: Path, order: str) -> None:
    assert _reduced_live(cluster, tmp_path / "scan.h5", order, lambda line: cluster.workers[0].kill() if line == 6 else None)
    assert cluster.workers[0].poll() is not None


@pytest.mark.usefixtures("impatient")
def test_each_frame_once_though_a_worker_is_stopped(cluster: DaskProcesses, tmp_path: Path) -> None:
    assert _reduced_live(cluster, tmp_path / "scan.h5", "raster", lambda line: pause(cluster.workers[0]) if line == 4 else None)


def test_a_file_that_got_the_name_of_the_followed_one_is_not_reduced(cluster: DaskProcesses, tmp_path: Path) -> None:
    path, aside, scan = tmp_path / "scan.h5", tmp_path / "aside.h5", ScanPlan((2, 5), (32, 40), period_s=0.0)
    with LiveWriter(path, scan) as writer, LiveWriter(aside, scan) as another, open_swmr(path) as h5file:
        plan = Plan(str(path), DATA, 2, SlowSums(), FrameDescription(scan.frame_shape, np.dtype(scan.dtype).str), opened_file(h5file))
        with closing(start_engine(plan, EngineChoice(EngineKind.DASK, scheduler=str(cluster.scheduler_file)))) as engine:
            deadline = time.monotonic() + LONGEST_S
            while not engine.n_workers:  # they have the plan, and did not open the file yet
                assert time.monotonic() < deadline
                time.sleep(0.01)
            writer.step(2)
            another.step(2)
            aside.replace(path)
            with pytest.raises(FileReplacedError):
                engine.submit(Batch(0, (0, 0), 2, scan.scan_shape)).result(LONGEST_S)


@pytest.mark.slow
@pytest.mark.usefixtures("impatient")
def test_what_a_worker_gives_late_counts_for_nothing(cluster: DaskProcesses, tmp_path: Path) -> None:
    def stop_and_go_on(line: int) -> None:
        if line == 4:
            pause(cluster.workers[0])
        elif line == 9:
            go_on(cluster.workers[0])

    _reduced_live(cluster, tmp_path / "scan.h5", "random", stop_and_go_on)
