"""A scan that another process writes is reduced while it grows: each frame once, as numpy has it."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
import pytest

from swmr_viewer.core.conditions import AllKeys, FileClosed, FinishedFlag, Timeout
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.reducing.job import ReductionJob
from swmr_viewer.reducing.messages import (
    FrameFailed,
    Prepared,
    Reduced,
    ReduceRequest,
    ReductionChoice,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ReductionProgress,
    ShownReduced,
    Waiting,
)
from tests.engines.reductions_here import Refuses, Sums
from tests.live.conftest import live_writer
from tests.live.writers import LiveWriter

__all__ = ["live_writer"]

Writer = Callable[..., LiveWriter]
E = TypeVar("E", bound=ReductionEvent)
NOTHING = ReductionChoice("sums")


class Run:
    """A job in this thread, and what it told."""

    def __init__(self, path: Path, reduction: Any = None, clock: Callable[[], float] = time.monotonic, **request: Any) -> None:
        self.events: list[ReductionEvent] = []
        asked = ReduceRequest(str(path), NOTHING, sends_values=True, **request)
        self.job = ReductionJob(asked, self.events.append, reduction=reduction or Sums(), clock=clock)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Let it go on until something is so, or it is over."""
        while not is_so() and self.job.step():
            pass
        if not is_so():
            self.job.close()  # what follows shall not fail for it as well
            pytest.fail(f"It ended before: {self.events[-1:]}")

    def to_the_end(self) -> ReductionEnded:
        try:
            while self.job.step():
                pass
        finally:
            self.job.close()
        (ended,) = self.of(ReductionEnded)
        assert self.events[-1] is ended
        return ended

    @property
    def totals(self) -> dict[int, float]:
        """By index; each came once."""
        found: dict[int, float] = {}
        for event in self.of(Reduced):
            for index, total in zip(event.indices.tolist(), event.numbers["total"].tolist(), strict=True):
                assert index not in found
                found[index] = total
        return found


class FailsNow(Sums):
    """Fails for every fourth frame by its sum."""

    def __call__(self, frame: np.ndarray, mask: np.ndarray | None) -> Any:
        if int(frame.sum()) % 4 == 0:
            raise ZeroDivisionError("nothing to divide by")
        return super().__call__(frame, mask)


def totals_of(writer: LiveWriter) -> dict[int, float]:
    """What numpy has of each frame that the writer completed."""
    return {index: float(unmasked(writer, index).sum(dtype="f8")) for index in writer.complete}


def unmasked(writer: LiveWriter, index: int) -> np.ndarray:
    """A frame with 0 where its value says that there is no measurement."""
    frame = np.asarray(writer.expected(index))
    return np.where(frame == np.iinfo(frame.dtype).max, 0, frame)


@pytest.mark.live
@pytest.mark.parametrize("order", ["raster", "snake", "random"])
def test_a_growing_scan_is_reduced_in_any_order(live_writer: Writer, order: str) -> None:
    writer = live_writer(scan_shape=(4, 5), order=order)
    run = Run(writer.path)
    writer.step(7)
    run.until(lambda: len(run.totals) == 7)
    assert run.totals == totals_of(writer)
    writer.finish()
    ended = run.to_the_end()
    assert run.totals == totals_of(writer)
    assert len(run.totals) == 20
    assert (ended.n_reduced, ended.n_failed, ended.n_complete, ended.is_finished) == (20, 0, 20, True)


@pytest.mark.live
def test_lost_frames_are_missing_and_the_rest_is_reduced(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5), fault="drop-key")
    writer.finish()
    run = Run(writer.path, conditions=(FinishedFlag(), FileClosed()))
    ended = run.to_the_end()
    assert 0 < len(run.totals) < 20
    assert run.totals == totals_of(writer)
    assert ended.is_finished


@pytest.mark.live
def test_it_waits_for_a_file_that_is_not_there(live_writer: Writer, tmp_path: Path) -> None:
    run = Run(tmp_path / "scan.h5", wait_s=None)
    run.until(lambda: bool(run.of(Waiting)))
    writer = live_writer()
    writer.finish()
    run.to_the_end()
    assert run.totals == totals_of(writer)
    assert len(run.totals) == 12


def test_without_a_wait_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    run = Run(tmp_path / "scan.h5")
    assert not run.job.step()
    (failed,) = run.of(ReductionFailed)
    assert "scan.h5" in failed.message
    assert failed.kind.can_be_retried


def test_an_unknown_reduction_is_said_before_anything_is_waited_for(tmp_path: Path) -> None:
    events: list[ReductionEvent] = []
    job = ReductionJob(ReduceRequest(str(tmp_path / "scan.h5"), ReductionChoice("sun"), wait_s=None), events.append)
    assert not job.step()
    assert isinstance(events[0], ReductionFailed)
    assert "statistics" in events[0].message + events[0].remedy


@pytest.mark.live
def test_what_cannot_be_prepared_is_said_and_nothing_is_written(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer()
    run = Run(writer.path, Refuses(), output=str(tmp_path / "out.h5"))
    while run.job.step():
        pass
    run.job.close()
    (failed,) = run.of(ReductionFailed)
    assert (failed.message, failed.remedy) == ("There is no wavelength.", "Give one.")
    assert not (tmp_path / "out.h5").exists()


@pytest.mark.live
def test_frames_that_fail_are_told_and_counted(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(20,))
    writer.finish()
    run = Run(writer.path, FailsNow())
    ended = run.to_the_end()
    failed = {event.index: event.message for event in run.of(FrameFailed)}
    assert len(failed) == ended.n_failed > 0
    assert len(run.totals) == ended.n_reduced == 20 - ended.n_failed
    assert not failed.keys() & run.totals.keys()
    assert run.totals == {index: total for index, total in totals_of(writer).items() if index in run.totals}


@pytest.mark.live
def test_the_shown_frame_is_told_whole_and_again(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(10)
    run = Run(writer.path)
    run.until(lambda: len(run.totals) == 10)
    index = writer.complete[3]
    for n in (1, 2):
        run.job.show(index, (4, 5))
        run.until(lambda n=n: len(run.of(ShownReduced)) == n)
    shown = run.of(ShownReduced)[-1]
    np.testing.assert_array_equal(shown.outputs["columns"], unmasked(writer, index).sum(axis=0).astype("f4"))
    assert len(run.totals) == 10
    run.job.show(19, (4, 5))
    run.until(lambda: len(run.of(ShownReduced)) == 3)
    assert run.of(ShownReduced)[-1].outputs == {}
    assert "not complete" in run.of(ShownReduced)[-1].fault
    run.job.close()


@pytest.mark.live
def test_shown_frames_alone_are_reduced_where_nothing_else_is_wanted(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(10)
    run = Run(writer.path, shows_only=True)
    run.until(lambda: bool(run.of(Prepared)))
    index = writer.complete[3]
    run.job.show(index, (4, 5))
    run.until(lambda: bool(run.of(ShownReduced)))
    np.testing.assert_array_equal(run.of(ShownReduced)[-1].outputs["columns"], unmasked(writer, index).sum(axis=0).astype("f4"))
    writer.step(3)
    run.job.show(writer.complete[-1], (4, 5))
    run.until(lambda: len(run.of(ShownReduced)) == 2)
    assert run.totals == {}  # nothing of the scan is counted
    writer.finish()
    assert all(run.job.step() for _ in range(60))  # the scan is over, and frames of it are looked at further
    run.job.show(19, (4, 5))
    run.until(lambda: len(run.of(ShownReduced)) == 3)
    run.job.stop()
    assert run.to_the_end().reason == "stopped"


def test_where_frames_are_only_shown_none_waits_to_be_reduced(tmp_path: Path) -> None:
    path, n = tmp_path / "long.nxs", 200_000
    with h5py.File(path, "w", libver="latest") as h5file:
        h5file["/entry/keys/det"] = np.arange(1, n + 1, dtype=np.int32)
        h5file.create_dataset("/entry/det/data", data=np.ones((n, 4, 4), np.uint16), chunks=(1000, 4, 4))
    run = Run(path, shows_only=True, key_paths=("/entry/keys/det",), data_path="/entry/det/data")
    run.until(lambda: bool(run.of(Prepared)))
    tracemalloc.start()
    try:
        run.job.show(n - 1, (n,))
        run.until(lambda: bool(run.of(ShownReduced)))
        kept_bytes = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        run.job.close()
    np.testing.assert_array_equal(run.of(ShownReduced)[-1].outputs["columns"], np.full(4, 4, np.float32))
    assert kept_bytes < 20 * n


@pytest.mark.live
def test_stopped_from_another_thread_it_ends_with_what_came(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(6)
    run = Run(writer.path)
    run.until(lambda: len(run.totals) == 6)
    threading.Thread(target=run.job.stop).start()
    ended = run.to_the_end()
    assert (ended.reason, ended.n_reduced, ended.is_finished) == ("stopped", 6, False)


@pytest.mark.live
def test_a_timeout_is_no_end_of_the_scan(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(3)
    ended_run = Run(writer.path, conditions=(AllKeys(), Timeout(0.3)))
    ended = ended_run.to_the_end()
    assert (ended.reason, ended.n_reduced, ended.is_finished) == ("timeout", 3, False)


@pytest.mark.live
def test_how_far_it_is_is_told(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.finish()
    run = Run(writer.path)
    run.to_the_end()
    last = run.of(ReductionProgress)[-1]
    assert (last.n_reduced, last.n_failed, last.n_complete, last.n_total, last.n_in_flight) == (20, 0, 20, 20, 0)
    assert (last.lag_s, last.seconds_left) == (0.0, 0.0)
    assert last.rate_per_s > 0
    (prepared,) = run.of(Prepared)
    assert prepared.scan_shape == (4, 5)
    assert [one.name for one in prepared.outputs] == ["total", "n_masked", "columns"]


@pytest.mark.live
def test_a_killed_writer_leaves_what_it_completed(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(5)
    run = Run(writer.path, conditions=(Timeout(3.0),))
    run.until(lambda: len(run.totals) == 5)
    writer.kill()
    run.to_the_end()
    assert run.totals == totals_of(writer)


@pytest.mark.live
def test_what_an_earlier_run_left_is_told_as_well(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer(scan_shape=(4, 5), order="snake")
    writer.step(8)
    out = str(tmp_path / "out.h5")
    first = Run(writer.path, output=out, conditions=(Timeout(3.0),))
    first.until(lambda: len(first.totals) == 8)
    first.job.stop()
    first.to_the_end()
    writer.finish()
    second = Run(writer.path, output=out)
    ended = second.to_the_end()
    assert second.totals == totals_of(writer)
    assert (ended.n_reduced, ended.is_finished) == (20, True)
    (prepared,) = second.of(Prepared)
    assert prepared.n_taken_up == 8
    columns = {int(index): row for event in second.of(Reduced) for index, row in zip(event.indices, event.patterns["columns"], strict=True)}
    for index in writer.complete:
        np.testing.assert_array_equal(columns[index], unmasked(writer, index).sum(axis=0).astype("f4"))


@pytest.mark.live
def test_workers_that_cannot_start_leave_no_output_behind(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer()
    run = Run(writer.path, output=str(tmp_path / "out.h5"), engine=EngineChoice(EngineKind.THREADS, 0))
    while run.job.step():
        pass
    run.job.close()
    assert "workers are not possible" in run.of(ReductionFailed)[0].message
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.live
def test_where_results_are_passed_over_in_pieces_none_behind_them_is_lost(
    live_writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(10)
    out = str(tmp_path / "out.h5")
    first = Run(writer.path, output=out, conditions=(Timeout(3.0),))
    first.until(lambda: len(first.totals) == 10)
    first.job.stop()
    first.to_the_end()
    writer.finish()
    monkeypatch.setattr("swmr_viewer.reducing.job.work._MOST_AT_ONCE", 10)
    ended = Run(writer.path, output=out).to_the_end()
    assert (ended.n_reduced, ended.n_complete, ended.is_finished) == (20, 20, True)


class Slow(Sums):
    """Takes long to prepare, as what loads pyFAI from a slow disk does."""

    clock: Any = None

    def prepare(self, description: Any) -> None:
        super().prepare(description)
        if self.clock is not None:
            self.clock.ahead_s = 20.0


class Ahead:
    """A clock that can be put forward; it is one for all copies of what holds it."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s

    def __deepcopy__(self, memo: Any) -> Ahead:
        return self


@pytest.mark.live
def test_time_that_preparing_takes_is_no_silence_of_the_scan(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    clock, reduction = Ahead(), Slow()
    reduction.clock = clock
    run = Run(writer.path, reduction, clock=clock, conditions=(Timeout(10.0),))
    run.until(lambda: bool(run.of(Prepared)))
    assert all(run.job.step() for _ in range(3))
    writer.step(2)
    run.until(lambda: len(run.totals) == 2)
    run.job.close()


class Held(Sums):
    """Has no result before it may."""

    may = threading.Event()

    def __call__(self, frame: np.ndarray, mask: np.ndarray | None) -> Any:
        assert self.may.wait(60)
        return super().__call__(frame, mask)


@pytest.mark.live
def test_keys_that_come_behind_a_timeout_count_while_earlier_frames_are_worked_on(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(3)
    Held.may = threading.Event()
    clock = Ahead()
    run = Run(writer.path, Held(), clock=clock, conditions=(Timeout(10.0),))
    run.until(lambda: any(told.n_complete == 3 for told in run.of(ReductionProgress)))
    clock.ahead_s = 20.0
    assert all(run.job.step() for _ in range(3))
    writer.step(4)
    run.until(lambda: any(told.n_complete == 7 for told in run.of(ReductionProgress)))
    Held.may.set()
    run.until(lambda: len(run.totals) == 7)
    clock.ahead_s = 40.0
    ended = run.to_the_end()
    assert (ended.reason, ended.n_reduced, ended.n_complete) == ("timeout", 7, 7)
