"""Points of which something is to be read: in blocks that lie together, none lost and none twice, and moved when the scan grows."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.ranges import ranges_of, runs_of
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.child.measuring.pending_points import PendingPoints


def taken_from_the_end(pending: PendingPoints, window: int) -> list[int]:
    found: list[int] = []
    while pending:
        last = pending.last(window)
        assert last.size > 0
        assert last[-1] - last[0] < window
        assert (np.diff(last) > 0).all()
        pending.drop_last(last.size)
        found += last[::-1].tolist()
    return found


def taken(pending: PendingPoints, window: int) -> list[int]:
    found: list[int] = []
    while pending:
        first = pending.first(window)
        assert first.size > 0
        assert first[-1] - first[0] < window
        pending.drop_first(first.size)
        found += first.tolist()
    return found


@pytest.mark.parametrize("window", [1, 3, 16, 1000])
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_every_point_is_taken_once(window: int, share: float) -> None:
    mask = np.random.default_rng(1).random(500) <= share
    for take in (taken, taken_from_the_end):
        pending = PendingPoints()
        pending.add_ranges(ranges_of(mask))
        pending.add_ranges(runs_of(np.array([600, 601, 7000])))
        pending.add_ranges(runs_of(np.empty(0, np.int64)))
        expected = [*np.flatnonzero(mask).tolist(), 600, 601, 7000]
        assert take(pending, window) == (expected if take is taken else expected[::-1])


def test_what_is_left_is_moved_when_an_inner_axis_grows() -> None:
    indices = np.array([1, 2, 3, 7, 11])
    pending = PendingPoints()
    pending.add_ranges(runs_of(indices))
    pending.drop_first(2)
    pending.remap_indices((3, 4), (3, 5))
    assert taken(pending, 100) == moved(indices[2:], (3, 4), (3, 5)).tolist()
