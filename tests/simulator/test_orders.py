"""Orders: each visits every point once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.simulator.orders import dropped_indices, raster, scan_point_of, shuffled, snake, stored_indices
from swmr_viewer.simulator.plan import ORDERS, ScanPlan

shapes = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


@given(shape=shapes, seed=st.integers(0, 99))
def test_each_order_visits_every_point_once(shape: tuple[int, ...], seed: int) -> None:
    everything = list(range(int(np.prod(shape))))
    for visits in (raster(shape), snake(shape), shuffled(shape, seed)):
        assert sorted(visits.tolist()) == everything
        assert visits.dtype == np.int64


@given(shape=shapes)
def test_a_snake_moves_one_axis_by_one(shape: tuple[int, ...]) -> None:
    visited = np.stack(np.unravel_index(snake(shape), shape), axis=1)
    assert (np.abs(np.diff(visited, axis=0)).sum(axis=1) == 1).all()
    assert visited[0].tolist() == [0] * len(shape)


def test_raster_and_snake_by_hand() -> None:
    assert raster((2, 3)).tolist() == [0, 1, 2, 3, 4, 5]
    assert snake((3, 3)).tolist() == [0, 1, 2, 5, 4, 3, 6, 7, 8]


def test_random_depends_on_the_seed_alone() -> None:
    assert shuffled((50,), 1).tolist() == shuffled((50,), 1).tolist() != shuffled((50,), 2).tolist()


@pytest.mark.parametrize("order", ORDERS)
def test_areadetector_stores_in_the_order_of_time(order: str) -> None:
    plan = ScanPlan((4, 5), order=order, layout="areadetector")
    beside = ScanPlan((4, 5), order=order)
    assert stored_indices(plan).tolist() == list(range(20))
    assert [scan_point_of(plan, index) for index in range(20)] == stored_indices(beside).tolist()
    assert [scan_point_of(beside, index) for index in range(20)] == list(range(20))


@pytest.mark.parametrize("order", ORDERS)
def test_dropped_keys_are_some_but_never_the_last_visited(order: str) -> None:
    for seed in range(20):
        plan = ScanPlan((10, 15), order=order, fault="drop-key", seed=seed)
        dropped = dropped_indices(plan)
        assert len(dropped) == 3
        assert stored_indices(plan)[-1] not in dropped
        assert dropped_indices(plan) == dropped
    assert dropped_indices(ScanPlan((10, 15), order=order)) == frozenset()
    assert dropped_indices(ScanPlan((2,), order="raster", fault="drop-key")) == {0}
