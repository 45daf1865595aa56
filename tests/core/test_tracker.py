"""The tracker finds every key, none early, with bounded work, whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swmr_viewer.core.keys.key_dataset import KeyDataset
from swmr_viewer.core.keys.tracker import KeyTracker, SweepTurns
from swmr_viewer.core.progress import KeyProgress


class MemoryKeys(KeyDataset):
    """A key dataset in memory that counts what is read."""

    def __init__(self, n_points: int) -> None:
        self.values = np.zeros(n_points, bool)
        self.full_shape = (n_points,)
        self.n_read = 0

    def cost(self, length: int) -> int:
        return length

    def confirm(self) -> bool:
        return True

    def set_in(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.bool_]:
        self.n_read += stop - start
        return self.values[start:stop].copy()


def tracked(n_points: int) -> tuple[MemoryKeys, KeyProgress, KeyTracker]:
    keys, progress = MemoryKeys(n_points), KeyProgress(1, (n_points,))
    return keys, progress, KeyTracker(keys, progress, 0)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 1999), max_size=50), max_size=20))
def test_each_key_is_found_at_the_poll_after_it_was_set(arrivals: list[list[int]]) -> None:
    keys, progress, tracker = tracked(2000)
    for indices in arrivals:
        keys.values[indices] = True
        found = tracker.poll()
        assert np.array_equal(progress.complete_mask(), keys.values)
        assert not found.unset_again


ORDERS: dict[str, Callable[[int], npt.NDArray[np.intp]]] = {
    "raster": lambda n: np.arange(n),
    "backwards": lambda n: np.arange(n)[::-1],
    "snake": lambda n: np.concatenate([row if i % 2 == 0 else row[::-1] for i, row in enumerate(np.arange(n).reshape(4, -1))]),
    "random": lambda n: np.random.default_rng(1).permutation(n),
    "four writers": lambda n: np.arange(n).reshape(4, -1).T.reshape(-1),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_poll_costs_the_same_at_the_start_and_at_the_end_of_a_large_scan(order: str) -> None:
    n = 400_000
    keys, progress, tracker = tracked(n)
    sequence, costs = ORDERS[order](n), []
    for at in range(0, n, n // 80):
        keys.values[sequence[at : at + n // 80]] = True
        before = keys.n_read
        tracker.poll()
        costs.append(keys.n_read - before)
    for _ in range(2 + n // (1 << 16)):
        tracker.poll()
    assert progress.n_complete == n
    assert max(costs) < (1 << 20) + 3 * (1 << 16)
    assert sorted(costs)[-3] < 3 * (1 << 16)


def test_keys_that_arrive_one_by_one_far_ahead_are_found_at_once_after_the_first() -> None:
    n = 1_000_000
    keys, progress, tracker = tracked(n)
    place = 700_000
    keys.values[place] = True
    while not progress.n_complete:
        tracker.poll()
    for index in range(place - 1, place - 500, -1):
        keys.values[index] = True
        tracker.poll()
        assert progress.is_complete(index)


def test_polls_of_several_datasets_cost_little_and_no_key_is_waited_for_long() -> None:
    n, now = 10_000_000, 0.0
    both = [tracked(n), tracked(n)]
    turns = SweepTurns(lambda: now)
    for keys, _, tracker in both:
        keys.values[: n // 2] = True
        while tracker.poll(sweep=0).is_behind:
            pass
        keys.values[n - 7] = True
    costs = []
    while not all(progress.is_complete(n - 7) for _, progress, _ in both):
        now += 0.001
        turn, budget = turns.next([0, 1])
        before = sum(keys.n_read for keys, _, _ in both)
        for number, (_, _, tracker) in enumerate(both):
            tracker.poll(sweep=budget if number == turn else 0)
        costs.append(sum(keys.n_read for keys, _, _ in both) - before)
    assert now < 5
    assert sorted(costs)[int(0.9 * len(costs))] < 1 << 13


def test_where_keys_come_that_only_the_sweep_finds_each_poll_looks_at_as_much_as_it_may() -> None:
    n = 60_000
    keys, progress, tracker = tracked(n)
    for index in np.random.default_rng(1).permutation(n)[:50].tolist():
        keys.values[index] = True
        for _ in range(1 if progress.n_complete else 20):
            tracker.poll(sweep=1 << 12)
        assert progress.is_complete(index)


def test_a_key_that_turns_unset_again_is_reported_once_and_not_believed() -> None:
    keys, progress, tracker = tracked(1000)
    keys.values[:600] = True
    tracker.poll()
    keys.values[37] = False
    reported = [index for _ in range(100) for index in tracker.poll().unset_again]
    assert reported == [37]
    assert progress.is_complete(37)
    assert prod(progress.scan_shape) == 1000
