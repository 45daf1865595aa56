"""Sets of indices: each once, and in which blocks."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.ranges import ascending, blocks_of, indices_of, no_ranges


def test_each_index_once_and_the_blocks_that_ranges_touch() -> None:
    random = np.random.default_rng(0)
    for indices in (np.arange(0), np.arange(9), random.integers(0, 50, 70), np.array([5, 5])):
        np.testing.assert_array_equal(ascending(indices), np.unique(indices))
    starts = random.permutation(np.arange(0, 4000, 40))
    ranges = starts, starts + random.integers(0, 30, starts.size)
    assert blocks_of(ranges, 16) == np.unique(indices_of(ranges) // 16).tolist()
    assert blocks_of((np.array([3]), np.array([65])), 16) == [0, 1, 2, 3, 4], "those between as well"
    assert blocks_of(no_ranges(), 16) == []
