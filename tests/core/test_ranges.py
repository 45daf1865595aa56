"""Sets of indices: each once, and in which blocks."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from swmr_viewer.core.ranges import ascending, blocks_of, indices_of, no_ranges, ranges_of


def test_each_index_once_and_the_blocks_that_ranges_touch() -> None:
    random = np.random.default_rng(0)
    for indices in (np.arange(0), np.arange(9), random.integers(0, 50, 70), np.array([5, 5])):
        np.testing.assert_array_equal(ascending(indices), np.unique(indices))
    starts = random.permutation(np.arange(0, 4000, 40))
    ranges = starts, starts + random.integers(0, 30, starts.size)
    assert blocks_of(ranges, 16) == np.unique(indices_of(ranges) // 16).tolist()
    assert blocks_of((np.array([3]), np.array([65])), 16) == [0, 1, 2, 3, 4], "those between as well"
    assert blocks_of(no_ranges(), 16) == []


@pytest.mark.parametrize("size", [0, 1, 2, 65_535, 65_536, 65_537, 200_000])
@pytest.mark.parametrize("share", [0.0, 0.00005, 0.5, 1.0])
def test_the_runs_of_a_mask_are_its_indices(size: int, share: float) -> None:
    mask = np.random.default_rng(size).random(size) < share
    starts, stops = ranges_of(mask, 7)
    assert (starts.dtype, stops.dtype) == (np.int64, np.int64)
    np.testing.assert_array_equal(indices_of((starts, stops)), np.flatnonzero(mask) + 7)
    assert (stops > starts).all()
    assert (starts[1:] > stops[:-1]).all(), "runs that touch are one"


def test_the_runs_of_a_large_scan_take_little_memory() -> None:
    mask = np.zeros(20_000_000, np.bool_)
    mask[3:5] = mask[-1:] = True
    tracemalloc.start()
    try:
        starts, stops = ranges_of(mask)
        assert tracemalloc.get_traced_memory()[1] < mask.nbytes / 10
    finally:
        tracemalloc.stop()
    assert (starts.tolist(), stops.tolist()) == ([3, mask.size - 1], [5, mask.size])
