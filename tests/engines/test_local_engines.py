"""Threads and processes reduce real files: each frame as plain numpy has it, whatever happens to its neighbours."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import pytest

from swmr_viewer.core.errors import FileNotThereError
from swmr_viewer.core.files import open_swmr
from swmr_viewer.engines import (
    Batch,
    BatchResult,
    Dispatcher,
    EngineChoice,
    EngineError,
    EngineKind,
    Plan,
    WorkerLostError,
    start_engine,
)
from swmr_viewer.engines.processes import ProcessEngine
from swmr_viewer.engines.threads import ThreadEngine
from swmr_viewer.reductions import FrameDescription, Reduction, ReductionError
from tests.engines.reductions_here import Deadly, Leaves, OwnState, Refuses, Spoils, Stumbles, Sums, Threads

SENTINEL = 2**32 - 1
LAYOUTS: dict[str, dict[str, Any]] = {
    "plain": {"chunks": (1, 40, 50)},
    "bslz4": {"chunks": (1, 40, 50), **hdf5plugin.Bitshuffle(cname="lz4")},
    "shared": {"chunks": (8, 40, 50), **hdf5plugin.Bitshuffle(cname="lz4")},
    "gzip": {"chunks": (4, 20, 25), "compression": "gzip"},
    "contiguous": {},
}


def frames_of(n: int, seed: int = 1) -> np.ndarray:
    frames = np.random.default_rng(seed).integers(0, 1000, (n, 40, 50), dtype=np.uint32)
    frames[:, 0, 0] = np.arange(n)
    frames[n // 2 :, 3, 4] = SENTINEL
    return frames


def write(path: Path, frames: np.ndarray, **layout: Any) -> str:
    with h5py.File(path, "w", libver="v110") as h5file:
        h5file.create_dataset("data", data=frames, **layout)
    return str(path)


def plan_of(path: str, reduction: Reduction | None = None, mask: np.ndarray | None = None, scan_rank: int = 1) -> Plan:
    return Plan(path, "/data", scan_rank, reduction or Sums(), FrameDescription((40, 50), "<u4", mask))


Start = Callable[..., Any]


@pytest.fixture(params=["threads", "processes"])
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    """Return what starts engines of one kind; they are closed when the test ends."""
    engines: list[Any] = []

    def make(plan: Plan, n_workers: int = 2) -> Any:
        engines.append(start_engine(plan, EngineChoice(EngineKind(request.param), n_workers)))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def result_of(engine: Any, first: tuple[int, ...], n: int, shape: tuple[int, ...]) -> BatchResult:
    found: BatchResult = engine.submit(Batch(0, first, n, shape)).result(60)
    return found


def expected(frames: np.ndarray, mask: np.ndarray | None = None) -> dict[str, np.ndarray]:
    masked = frames == SENTINEL if mask is None else (frames == SENTINEL) | mask
    good = np.where(masked, 0, frames)
    return {"total": good.sum((1, 2), "f8"), "n_masked": masked.sum((1, 2)), "columns": good.sum(1).astype("f4")}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_frame_is_as_numpy_has_it(tmp_path: Path, layout: str) -> None:
    frames = frames_of(50)
    mask = np.zeros((40, 50), bool)
    mask[10:12] = True
    engine = ThreadEngine(plan_of(write(tmp_path / "a.h5", frames, **LAYOUTS[layout]), mask=mask), 3)
    try:
        batches = [Batch(0, (start,), min(7, 50 - start), (50,)) for start in range(0, 50, 7)]
        results = [future.result(60) for future in [engine.submit(batch) for batch in batches]]
    finally:
        engine.close()
    assert not any(result.faults for result in results)
    for name, wanted in expected(frames, mask).items():
        np.testing.assert_array_equal(np.concatenate([result.outputs[name] for result in results]), wanted)
        assert results[0].outputs[name].dtype == {"total": "f8", "n_masked": "i8", "columns": "f4"}[name]


def test_processes_give_the_same(tmp_path: Path) -> None:
    frames = frames_of(20)
    engine = ProcessEngine(plan_of(write(tmp_path / "a.h5", frames, **LAYOUTS["shared"])), 2)
    try:
        results = [engine.submit(Batch(n, (10 * n,), 10, (20,))) for n in range(2)]
        for name, wanted in expected(frames).items():
            np.testing.assert_array_equal(np.concatenate([result.result(60).outputs[name] for result in results]), wanted)
        pids = engine.pids
    finally:
        engine.close()
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_frame_that_cannot_be_reduced_is_a_fault_for_itself(tmp_path: Path, start: Start) -> None:
    frames = frames_of(20)
    result = result_of(start(plan_of(write(tmp_path / "a.h5", frames), Stumbles())), (0,), 20, (20,))
    told = {fault.offset: fault.message for fault in result.faults}
    assert sorted(told) == [n for n in range(20) if n % 5 in (1, 2, 3)]
    assert told[1] == "stumbles: ZeroDivisionError: nothing to divide by"
    assert "no columns" in told[2]
    assert told[3] == "stumbles: This frame is too dark."
    assert not any(fault.may_come for fault in result.faults)
    np.testing.assert_array_equal(result.outputs["total"][result.is_reduced], expected(frames)["total"][result.is_reduced])


def test_a_frame_that_is_not_there_may_come(tmp_path: Path, start: Start) -> None:
    path = write(tmp_path / "a.h5", frames_of(6), maxshape=(None, 40, 50), chunks=(1, 40, 50))
    engine = start(plan_of(path))
    result = result_of(engine, (4,), 4, (10,))
    assert [(fault.offset, fault.may_come) for fault in result.faults] == [(2, True), (3, True)]
    np.testing.assert_array_equal(result.outputs["total"][:2], expected(frames_of(6))["total"][4:])


def test_a_damaged_chunk_is_told_and_its_neighbours_are_reduced(tmp_path: Path, start: Start) -> None:
    frames = frames_of(6)
    path = write(tmp_path / "a.h5", frames, **LAYOUTS["bslz4"])
    with h5py.File(path) as h5file:
        at = h5file["data"].id.get_chunk_info_by_coord((3, 0, 0)).byte_offset
    with open(path, "r+b") as raw:
        raw.seek(at + 12)
        raw.write(b"\xff" * 64)
    result = result_of(start(plan_of(path)), (0,), 6, (6,))
    assert [(fault.offset, fault.may_come) for fault in result.faults] == [(3, False)]
    np.testing.assert_array_equal(result.outputs["total"][[0, 1, 2, 4, 5]], expected(frames)["total"][[0, 1, 2, 4, 5]])


def test_frames_keep_their_positions_when_an_inner_axis_grows(tmp_path: Path) -> None:
    frames = frames_of(12).reshape(3, 4, 40, 50)
    path = str(tmp_path / "a.h5")
    with h5py.File(path, "w", libver="v110") as h5file:
        data = h5file.create_dataset("data", data=frames[:, :2], maxshape=(None, None, 40, 50), chunks=(1, 1, 40, 50))
        h5file.swmr_mode = True
        engine = ProcessEngine(plan_of(path, scan_rank=2), 1)
        try:
            before = result_of(engine, (2, 0), 2, (3, 2))
            data.resize((3, 4, 40, 50))
            data[:, 2:] = frames[:, 2:]
            data.flush()
            after = result_of(engine, (1, 0), 4, (3, 4))
            late = result_of(engine, (2, 0), 2, (3, 2))  # handed out before the scan grew
        finally:
            engine.close()
    wanted = expected(frames.reshape(12, 40, 50))["total"].reshape(3, 4)
    np.testing.assert_array_equal(before.outputs["total"], wanted[2, :2])
    np.testing.assert_array_equal(after.outputs["total"], wanted[1])
    np.testing.assert_array_equal(late.outputs["total"], wanted[2, :2])


def test_threads_share_what_may_be_shared_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5", frames_of(40))
    OwnState.n_prepared = 0
    engine = ThreadEngine(plan_of(path, OwnState()), 3)
    try:
        results = [engine.submit(Batch(n, (4 * n,), 4, (40,))) for n in range(10)]
        assert not any(result.result(60).faults for result in results)
    finally:
        engine.close()
    assert 1 <= OwnState.n_prepared <= 3


def test_what_cannot_be_prepared_is_refused_with_its_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5", frames_of(4))
    with pytest.raises(ReductionError, match="no wavelength"):
        ThreadEngine(plan_of(path, Refuses()), 2)
    engine = ProcessEngine(plan_of(path, Refuses()), 1)
    try:
        with pytest.raises(ReductionError, match="no wavelength"):
            result_of(engine, (0,), 1, (4,))
    finally:
        engine.close()


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotThereError):
        ThreadEngine(plan_of(str(tmp_path / "a.h5")), 2)


def test_a_data_set_that_is_not_there_ends_it(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w", libver="v110") as h5file:
        h5file["other"] = 1
    engine = ThreadEngine(plan_of(str(tmp_path / "a.h5")), 1)
    try:
        found = engine.submit(Batch(0, (0,), 1, (4,)))
        error = found.exception(60)
        assert isinstance(error, EngineError) or found.result().faults[0].may_come
    finally:
        engine.close()


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_process_costs_its_batch_and_is_replaced(tmp_path: Path) -> None:
    frames = frames_of(20)
    engine = ProcessEngine(plan_of(write(tmp_path / "a.h5", frames)), 1)
    try:
        result_of(engine, (0,), 1, (20,))
        (pid,) = engine.pids
        os.kill(pid, signal.SIGKILL)
        futures = [engine.submit(Batch(n, (0,), 20, (20,))) for n in range(2)]
        with pytest.raises(WorkerLostError, match="SIGKILL"):
            futures[0].result(60)
        np.testing.assert_array_equal(futures[1].result(60).outputs["total"], expected(frames)["total"])
        assert engine.pids != [pid]
    finally:
        engine.close()


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize("n_workers", [2, 1])
def test_a_frame_that_ends_its_process_is_found_and_all_others_are_reduced(tmp_path: Path, n_workers: int) -> None:
    """Also where nothing else is asked of the one process meanwhile: frames come one by one then."""
    frames, n_at_once = frames_of(12), 12 if n_workers > 1 else 1
    engine = ProcessEngine(plan_of(write(tmp_path / "a.h5", frames), Deadly()), n_workers)
    try:
        dispatcher = Dispatcher(engine, (12,))
        found, failed, n_added = {}, {}, 0
        while n_added < 12 or not dispatcher.is_idle:
            if dispatcher.is_idle:
                dispatcher.add((n_added,), n_at_once)
                n_added += n_at_once
            for done in dispatcher.collect(10):
                found.update({done.first[0] + int(at): float(done.outputs["total"][at]) for at in np.flatnonzero(done.is_reduced)})
                failed.update({done.first[0] + at: why for at, why in done.failed.items()})
    finally:
        engine.close()
    assert failed == {5: "3 workers ended while they worked on it."}
    assert found == {n: total for n, total in enumerate(expected(frames)["total"]) if n != 5}


def test_a_reduction_that_leaves_python_costs_its_frame(tmp_path: Path, start: Start) -> None:
    frames = frames_of(5)
    result = result_of(start(plan_of(write(tmp_path / "a.h5", frames), Leaves()), 1), (0,), 5, (5,))
    assert [(fault.offset, fault.message) for fault in result.faults] == [(2, "leaves: SystemExit: done")]
    np.testing.assert_array_equal(result.outputs["total"][result.is_reduced], np.delete(expected(frames)["total"], 2))


def test_a_reduction_that_writes_to_what_it_is_given_harms_only_itself(tmp_path: Path, start: Start) -> None:
    frames = frames_of(9)
    mask = np.zeros((40, 50), bool)
    mask[3, 4] = True
    result = result_of(start(plan_of(write(tmp_path / "a.h5", frames), Spoils(), mask), 1), (0,), 9, (9,))
    np.testing.assert_array_equal(result.outputs["total"][result.is_reduced], expected(frames, mask)["total"][result.is_reduced])
    assert 0 < len(result.faults) < 9
    assert all("read-only" in fault.message for fault in result.faults)


def test_what_is_worked_on_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5", frames_of(4))
    engine = ThreadEngine(plan_of(path), 1)
    futures = [engine.submit(Batch(n, (0,), 4, (4,))) for n in range(50)]
    engine.close()
    assert all(future.done() for future in futures)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reducing")]


def test_threads_read_from_the_file_that_is_followed(tmp_path: Path) -> None:
    frames = frames_of(4)
    path = write(tmp_path / "a.h5", frames)
    with open_swmr(path) as h5file:
        engine = ThreadEngine(plan_of(path), 2, h5file)
        np.testing.assert_array_equal(result_of(engine, (0,), 4, (4,)).outputs["total"], expected(frames)["total"])
        engine.close()
        assert h5file


@pytest.mark.parametrize("n_workers", [0, -1, 10**6])
def test_impossible_numbers_of_workers_are_refused(tmp_path: Path, n_workers: int) -> None:
    with pytest.raises(EngineError, match="workers are not possible"):
        start_engine(plan_of(write(tmp_path / "a.h5", frames_of(1))), EngineChoice(EngineKind.THREADS, n_workers))


def test_a_reduction_that_cannot_be_sent_is_refused(tmp_path: Path) -> None:
    reduction = Sums()
    reduction.lock = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(EngineError, match="cannot be sent"):
        ProcessEngine(plan_of(write(tmp_path / "a.h5", frames_of(1)), reduction), 1)


@pytest.mark.parametrize("given", [None, 3])
def test_libraries_start_no_threads_beside_the_processes_unless_somebody_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: int | None
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if given is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", str(given))
    engine = ProcessEngine(plan_of(write(tmp_path / "a.h5", frames_of(1)), Threads()), 1)
    try:
        assert result_of(engine, (0,), 1, (1,)).outputs["n_masked"].tolist() == [given or 1]
    finally:
        engine.close()
    assert os.environ.get("OMP_NUM_THREADS") == (None if given is None else str(given))
