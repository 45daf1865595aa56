"""What was set since somebody asked: nothing lost, and nothing that grows without a bound."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.keys import unreported
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import Ranges, indices_of


def one(index: int) -> Ranges:
    return np.array([index]), np.array([index + 1])


def test_what_nobody_takes_is_merged_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unreported, "_MOST_PARTS", 8)
    progress = KeyProgress(2, (100,))
    kept = unreported.UnreportedRanges(progress)
    for index in range(50):
        for number in (0, 1):
            progress.add(number, *one(index))
            kept.note([(number, one(index))], reshaped=False)
        assert all(len(parts) <= 8 for parts in kept._parts)
    taken = kept.take()
    assert [sorted(set(indices_of(ranges).tolist())) for ranges in taken] == [list(range(50))] * 2
    assert [starts.size for starts, _ in kept.take()] == [0, 0]


def test_after_the_scan_grew_everything_is_told_anew() -> None:
    progress = KeyProgress(1, (2, 2))
    kept = unreported.UnreportedRanges(progress)
    progress.add(0, *one(2))
    kept.note([(0, one(2))], reshaped=False)
    progress.grow((2, 5))
    kept.note([], reshaped=True)
    ((starts, stops),) = kept.take()
    assert (starts.tolist(), stops.tolist()) == ([5], [6])
