"""Frames are handed to a scripted engine: whatever it does, each has one result, or one reason why it has none."""

from __future__ import annotations

from concurrent.futures import Future
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.engines import Batch, BatchResult, EngineError, FrameFault, WorkerLostError
from swmr_viewer.engines.dispatch import Dispatcher, FramesDone
from swmr_viewer.reductions import ReductionError


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class ScriptedEngine:
    """Does nothing until it is told what came of a batch."""

    words = "a script"

    def __init__(self, n_workers: int = 2) -> None:
        self.n_workers = n_workers
        self.asked: list[tuple[Batch, int, Future[BatchResult]]] = []
        self.apart: list[tuple[Future[BatchResult], Future[BatchResult]]] = []

    def submit(self, batch: Batch, *, priority: int = 0, apart_from: Future[BatchResult] | None = None) -> Future[BatchResult]:
        future: Future[BatchResult] = Future()
        self.asked.append((batch, priority, future))
        if apart_from is not None:
            self.apart.append((apart_from, future))
        return future

    def close(self) -> None:
        pass

    @property
    def open(self) -> list[tuple[Batch, int, Future[BatchResult]]]:
        return [one for one in self.asked if not one[2].done()]

    def finish(self, one: tuple[Batch, int, Future[BatchResult]], took_s: float = 0.01, missing: dict[int, bool] | None = None) -> None:
        """Answer a batch; ``missing`` are offsets without a result, and whether it may come."""
        batch, _, future = one
        values = np.array([value_of(position) for position in batch.positions])
        faults = tuple(FrameFault(offset, f"why {offset}", may_come) for offset, may_come in (missing or {}).items())
        future.set_result(BatchResult(batch, {"value": values}, faults, took_s))


def value_of(position: tuple[int, ...]) -> float:
    return float(sum(at * 1000**power for power, at in enumerate(reversed(position))))


class Collected:
    """What came, by position: everything exactly once."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, ...], float] = {}
        self.failed: dict[tuple[int, ...], str] = {}
        self.shown: list[FramesDone] = []

    def take(self, done: list[FramesDone]) -> None:
        for one in done:
            if one.shown:
                self.shown.append(one)
            for offset in range(one.n):
                position = (*one.first[:-1], one.first[-1] + offset)
                if one.is_reduced[offset]:
                    assert position not in self.values
                    assert position not in self.failed
                    self.values[position] = float(one.outputs["value"][offset])
                elif offset in one.failed:
                    assert position not in self.values
                    assert position not in self.failed
                    self.failed[position] = one.failed[offset]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


def all_of(*shape: int) -> dict[tuple[int, ...], float]:
    return {position: value_of(position) for position in np.ndindex(*shape)}


def test_the_newest_comes_first_and_then_the_rest_from_the_first_on(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (100,)), Collected()
    dispatcher.add((0,), 50)
    dispatcher.collect(0)
    assert [batch.positions for batch, *_ in engine.asked] == [[(49,)], [(0,)], [(1,)], [(2,)], [(3,)]]
    assert engine.asked[0][1] > engine.asked[1][1]
    dispatcher.add((50,), 1)
    engine.finish(engine.asked[1])
    collected.take(dispatcher.collect(0))
    assert collected.values == {(0,): value_of((0,))}
    assert engine.asked[-1][0].positions == [(50,)]


def test_no_more_is_in_flight_than_workers_can_do(engine: ScriptedEngine) -> None:
    dispatcher = Dispatcher(engine, (100_000,))
    dispatcher.add((0,), 100_000)
    dispatcher.collect(0)
    assert len(engine.asked) == 5
    assert dispatcher.n_waiting + dispatcher.n_in_flight == 100_000


def test_batches_are_as_long_as_some_tenths_of_a_second(engine: ScriptedEngine) -> None:
    dispatcher = Dispatcher(engine, (100_000,))
    dispatcher.add((0,), 100_000)
    dispatcher.collect(0)
    engine.finish(engine.asked[0], took_s=0.001)
    dispatcher.collect(0)
    assert engine.asked[-1][0].n == 250
    engine.finish(engine.asked[-1], took_s=250 * 0.1)
    dispatcher.collect(0)
    assert engine.asked[-1][0].n < 10


def test_few_frames_are_shared_among_all_workers(engine: ScriptedEngine) -> None:
    dispatcher = Dispatcher(engine, (100,))
    dispatcher.add((0,), 1)
    dispatcher.collect(0)
    engine.finish(engine.asked[0], took_s=0.0001)
    dispatcher.collect(0)
    dispatcher.add((1,), 41)
    dispatcher.collect(0)
    assert [batch.n for batch, *_ in engine.asked[1:]] == [1, 10, 8, 6, 4]


def test_runs_end_with_rows_and_with_chunks(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (3, 20), chunk_length=8), Collected()
    for row in range(3):
        dispatcher.add((row, 0), 20)
    while not dispatcher.is_idle:
        collected.take(dispatcher.collect(0))
        for one in engine.open:
            engine.finish(one, took_s=0.001)
    assert collected.values == all_of(3, 20)
    assert any(batch.n in (8, 16) for batch, *_ in engine.asked)
    for batch, *_ in engine.asked:
        assert batch.first[1] + batch.n <= 20
        assert batch.n == 1 or (batch.first[1] + batch.n) % 8 == 0 or batch.first[1] + batch.n in (19, 20)  # 19: before the newest
    assert dispatcher.is_idle


def test_the_shown_frame_is_reduced_at_once_and_counted_once(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (100,)), Collected()
    dispatcher.add((0,), 100)
    dispatcher.collect(0)
    dispatcher.show((70,))
    dispatcher.collect(0)
    batch, priority, _ = engine.asked[-1]
    assert batch.positions == [(70,)]
    assert priority > engine.asked[0][1]
    while engine.open:
        for one in engine.open:
            engine.finish(one)
        collected.take(dispatcher.collect(0))
    assert len(collected.values) == 100
    dispatcher.show((3,))
    dispatcher.collect(0)
    engine.finish(engine.asked[-1])
    collected.take(dispatcher.collect(0))
    assert [one.first for one in collected.shown] == [(70,), (3,)]
    assert collected.shown[1].outputs["value"] == [3.0]
    assert dispatcher.is_idle


def test_what_is_asked_for_meanwhile_replaces_what_was_asked_for(engine: ScriptedEngine) -> None:
    dispatcher = Dispatcher(engine, (100,))
    for index in range(50):
        dispatcher.show((index,))
    dispatcher.collect(0)
    assert [batch.positions for batch, *_ in engine.asked] == [[(49,)]]


def test_a_lost_worker_costs_a_repeat_and_no_result(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (64,)), Collected()
    dispatcher.add((0,), 64)
    losses = 0
    while not dispatcher.is_idle:
        collected.take(dispatcher.collect(0))
        for number, one in enumerate(engine.open):
            if number % 2:
                losses += 1
                one[2].set_exception(WorkerLostError("A worker is gone."))
            else:
                engine.finish(one, took_s=0.001)
    assert collected.values == all_of(64)
    assert not collected.failed
    assert dispatcher.n_lost == losses > 10


def test_a_frame_that_ends_every_worker_is_found_and_given_up(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (300,)), Collected()
    dispatcher.add((0,), 300)
    n_deaths = 0
    while not dispatcher.is_idle:
        collected.take(dispatcher.collect(0))
        for one in engine.open:
            if (77,) in one[0].positions:
                n_deaths += 1
                one[2].set_exception(WorkerLostError("A worker is gone."))
            else:
                engine.finish(one, took_s=0.001)
    assert collected.failed == {(77,): "3 workers ended while they worked on it."}
    assert len(collected.values) == 299
    assert n_deaths <= 12


def test_a_batch_that_takes_too_long_is_given_to_another_worker_as_well(engine: ScriptedEngine) -> None:
    clock = Clock()
    dispatcher, collected = Dispatcher(engine, (10,), clock=clock), Collected()
    dispatcher.add((0,), 10)
    dispatcher.collect(0)
    first = engine.asked[0]
    for one in engine.open[1:]:
        engine.finish(one)
    while len(engine.open) > 1 or len(collected.values) < 9:
        collected.take(dispatcher.collect(0))
        for one in engine.open[1:]:
            engine.finish(one)
    clock.now += 9
    dispatcher.collect(0)
    assert not engine.apart
    clock.now += 2
    dispatcher.collect(0)
    assert [before for before, _ in engine.apart] == [first[2]]
    engine.finish(engine.asked[-1])
    collected.take(dispatcher.collect(0))
    assert first[2].cancelled()
    assert collected.values == all_of(10)
    assert dispatcher.is_idle


def test_the_late_result_of_a_slow_worker_is_dropped(engine: ScriptedEngine) -> None:
    clock = Clock()
    dispatcher, collected = Dispatcher(engine, (2,), clock=clock), Collected()
    dispatcher.add((0,), 2)
    dispatcher.collect(0)
    slow, quick = engine.asked
    slow[2].set_running_or_notify_cancel()
    engine.finish(quick)
    collected.take(dispatcher.collect(0))
    clock.now += 11
    dispatcher.collect(0)
    engine.finish(engine.asked[-1])
    collected.take(dispatcher.collect(0))
    engine.finish(slow)
    collected.take(dispatcher.collect(0))
    assert collected.values == all_of(2)
    assert dispatcher.is_idle


def test_a_frame_that_is_not_there_is_tried_again_after_growing_pauses(engine: ScriptedEngine) -> None:
    clock = Clock()
    dispatcher, collected = Dispatcher(engine, (4,), clock=clock), Collected()
    dispatcher.add((0,), 1)
    tries = 0
    began_at = clock.now
    while clock.now < began_at + 10:
        collected.take(dispatcher.collect(0))
        for one in engine.open:
            tries += 1
            engine.finish(one, missing={0: True})
        clock.now += 0.01
    assert 5 < tries < 15
    assert not collected.failed
    assert dispatcher.n_not_there == 1
    clock.now += 2.1
    dispatcher.collect(0)
    engine.finish(engine.asked[-1])
    collected.take(dispatcher.collect(0))
    assert collected.values == all_of(1)
    assert dispatcher.n_not_there == 0
    assert dispatcher.is_idle


def test_what_does_not_come_is_given_up_with_its_reason(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (4,)), Collected()
    dispatcher.add((0,), 2)
    dispatcher.collect(0)
    engine.finish(engine.asked[0], missing={0: True})
    engine.finish(engine.asked[1], missing={0: False})
    collected.take(dispatcher.collect(0))
    collected.take(dispatcher.give_up_waiting())
    assert collected.failed == {(0,): "why 0", (1,): "why 0"}
    assert dispatcher.is_idle


def test_frames_keep_their_positions_when_an_inner_axis_grows(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (2, 3)), Collected()
    dispatcher.add((1, 0), 2)
    dispatcher.collect(0)
    dispatcher.grow((2, 50))
    dispatcher.add((0, 0), 50)
    dispatcher.add((1, 0), 50)
    while not dispatcher.is_idle:
        for one in engine.open:
            engine.finish(one, took_s=0.001)
        collected.take(dispatcher.collect(0))
    assert collected.values == all_of(2, 50)


@pytest.mark.parametrize("error", [ReductionError("It cannot be done."), EngineError("The scheduler is gone.")])
def test_what_nobody_can_do_is_an_error(engine: ScriptedEngine, error: SwmrViewerError) -> None:
    dispatcher = Dispatcher(engine, (4,))
    dispatcher.add((0,), 1)
    dispatcher.collect(0)
    engine.asked[0][2].set_exception(error)
    with pytest.raises(type(error)):
        dispatcher.collect(0)


def test_a_fault_of_an_engine_is_told_as_one(engine: ScriptedEngine) -> None:
    dispatcher = Dispatcher(engine, (4,))
    dispatcher.add((0,), 1)
    dispatcher.collect(0)
    engine.asked[0][2].set_exception(KeyError("x"))
    with pytest.raises(EngineError, match="KeyError"):
        dispatcher.collect(0)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), rows=st.integers(1, 4), columns=st.integers(1, 12), chunk=st.integers(1, 5))
def test_whatever_happens_each_frame_has_one_result(seed: int, rows: int, columns: int, chunk: int) -> None:
    random, clock = Random(seed), Clock()
    engine = ScriptedEngine(random.randint(1, 3))
    shape = (rows, columns)
    dispatcher, collected = Dispatcher(engine, shape, chunk_length=chunk, clock=clock), Collected()
    left = list(np.ndindex(*shape))
    random.shuffle(left)
    troubles = 100
    while left or not dispatcher.is_idle:
        if left and random.random() < 0.5:
            row, column = left.pop()
            dispatcher.add((row, column), random.randint(1, columns - column))
        if random.random() < 0.1:
            dispatcher.show((random.randrange(rows), random.randrange(columns)))
        for one in random.sample(engine.open, random.randint(0, len(engine.open))):
            trouble, troubles = random.random() if troubles > 0 else 1.0, troubles - 1
            if trouble < 0.2:
                one[2].set_exception(WorkerLostError("gone"))
            elif trouble < 0.4:
                engine.finish(one, missing={random.randrange(one[0].n): True})
            else:
                engine.finish(one, took_s=random.choice([0.0, 0.001, 1.0]))
        collected.take(dispatcher.collect(0))
        clock.now += random.choice([0.0, 0.1, 12.0])
    assert collected.values | dict.fromkeys(collected.failed, 0.0) == all_of(rows, columns) | dict.fromkeys(collected.failed, 0.0)
    assert all("3 workers" in why for why in collected.failed.values())


def test_batches_are_longer_where_workers_are_many() -> None:
    longest = []
    for n_workers in (2, 1000):
        engine = ScriptedEngine(n_workers)
        dispatcher = Dispatcher(engine, (1_000_000,), clock=Clock())
        dispatcher.add((0,), 1_000_000)
        dispatcher.collect(0)
        first = len(engine.asked)
        engine.finish(engine.asked[0], took_s=0.01)
        dispatcher.collect(0)
        longest.append(max(batch.n for batch, _, _ in engine.asked[first:]))
    assert longest == [25, 250]


def test_a_frame_that_failed_and_is_shown_is_told_why_and_never_as_values(engine: ScriptedEngine) -> None:
    dispatcher, collected = Dispatcher(engine, (5,)), Collected()
    dispatcher.add((2,), 1)
    dispatcher.collect(0)
    engine.finish(engine.asked[0], missing={0: False})
    collected.take(dispatcher.collect(0))
    dispatcher.show((2,))
    dispatcher.collect(0)
    engine.finish(engine.open[0], missing={0: False})
    collected.take(dispatcher.collect(0))
    (shown,) = collected.shown
    assert {**shown.failed, **shown.not_there} == {0: "why 0"}
    assert collected.failed == {(2,): "why 0"}  # once
