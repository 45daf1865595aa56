"""What was set since somebody asked: nothing lost, and nothing that grows without a bound."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.keys import handout
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import Ranges, indices_of


def one(index: int) -> Ranges:
    return np.array([index]), np.array([index + 1])


def test_what_nobody_takes_is_merged_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handout, "_MOST_PARTS", 8)
    progress = KeyProgress(2, (100,))
    kept = handout.UnreportedChanges(progress)
    kept.take()
    for index in range(50):
        for number in (0, 1):
            completed = progress.add(number, *one(index))
            kept.add([(number, one(index))], [completed], reshaped=False)
        assert all(len(parts) <= 8 for parts in kept._added)
    taken = kept.take()
    assert [sorted(set(indices_of(ranges).tolist())) for ranges in taken.added] == [list(range(50))] * 2
    assert sorted(taken.completed.tolist()) == list(range(50))
    assert [starts.size for starts, _ in kept.take().added] == [0, 0]


def test_the_first_time_everything_is_new_that_was_set_before() -> None:
    progress = KeyProgress(1, (4,))
    kept = handout.UnreportedChanges(progress)
    kept.add([(0, one(2))], [progress.add(0, *one(2))], reshaped=False)
    taken = kept.take()
    assert ([part.tolist() for part in taken.added[0]], taken.completed.tolist()) == ([[2], [3]], [2])
    assert not kept.take().completed.size


def test_after_the_scan_grew_everything_is_told_anew() -> None:
    progress = KeyProgress(1, (2, 2))
    kept = handout.UnreportedChanges(progress)
    kept.take()
    kept.add([(0, one(2))], [progress.add(0, *one(2))], reshaped=False)
    progress.grow((2, 5))
    kept.add([], [], reshaped=True)
    taken = kept.take()
    ((starts, stops),) = taken.added
    assert taken.completed.tolist() == [5]
    assert (starts.tolist(), stops.tolist()) == ([5], [6])
