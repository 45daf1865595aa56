"""In which order scan points are visited, and which of their keys are dropped: pure functions of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.plan import ScanPlan

IndexArray = npt.NDArray[np.int64]


def raster(scan_shape: Sequence[int]) -> IndexArray:
    """Return every index, slowest axis first: each row from its start."""
    return np.arange(np.prod(scan_shape, dtype=np.int64), dtype=np.int64)


def snake(scan_shape: Sequence[int]) -> IndexArray:
    """Return every index such that each step moves one axis by one: rows turn round at their ends."""
    order = np.zeros(1, np.int64)
    for length in reversed(scan_shape):
        rows = np.arange(length)[:, None] * len(order) + order
        rows[1::2] = rows[1::2, ::-1]
        order = rows.ravel()
    return order


def shuffled(scan_shape: Sequence[int], seed: int) -> IndexArray:
    """Return every index once, in an order that only the seed decides."""
    return np.random.default_rng([seed, 1]).permutation(raster(scan_shape))


@lru_cache(maxsize=4)
def _visits(scan_shape: tuple[int, ...], order: str, seed: int) -> IndexArray:
    visits = shuffled(scan_shape, seed) if order == "random" else snake(scan_shape) if order == "snake" else raster(scan_shape)
    visits.flags.writeable = False
    return visits


def scan_points(plan: ScanPlan) -> IndexArray:
    """Return the flat index on ``plan.scan_shape`` of each visit, int64, shape (n_points,)."""
    return _visits(plan.scan_shape, plan.order, plan.seed)


def stored_indices(plan: ScanPlan) -> IndexArray:
    """Return the flat index on ``plan.stored_shape`` that each visit writes, int64, shape (n_points,)."""
    return raster(plan.stored_shape) if plan.layout == "areadetector" else scan_points(plan)


@lru_cache(maxsize=4)
def _visit_numbers(scan_shape: tuple[int, ...], order: str, seed: int) -> IndexArray:
    visits = _visits(scan_shape, order, seed)
    numbers = np.empty_like(visits)
    numbers[visits] = np.arange(visits.size)
    numbers.flags.writeable = False
    return numbers


def visits_of(plan: ScanPlan, indices: IndexArray) -> IndexArray:
    """Return as which visits the frames stored at these indices are written, from 0, int64, shape (n,)."""
    is_by_index = plan.layout == "areadetector" or plan.order == "raster"
    return indices if is_by_index else _visit_numbers(plan.scan_shape, plan.order, plan.seed)[indices]


def scan_point_of(plan: ScanPlan, index: int) -> int:
    """Return where on the scan the frame stored at this index was taken."""
    return int(scan_points(plan)[index]) if plan.layout == "areadetector" else index


def scan_points_of(plan: ScanPlan, indices: IndexArray) -> IndexArray:
    """Return where on the scan the frames stored at these indices were taken, int64, shape (n,)."""
    return scan_points(plan)[indices] if plan.layout == "areadetector" else indices


def dropped_indices(plan: ScanPlan) -> frozenset[int]:
    """Return the stored indices whose first key is never set: about 1 in 50, at least one, never the last visited."""
    if plan.fault != "drop-key":
        return frozenset()
    eligible = stored_indices(plan)[:-1]
    n_dropped = max(1, plan.n_points // 50)
    return frozenset(map(int, np.random.default_rng([plan.seed, 2]).choice(eligible, n_dropped, replace=False)))
