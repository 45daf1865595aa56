"""Scalars in blocks: ten million points cannot afford a Python call each.

A scalar carries its index in its last decimal digits: value = level * base + index, where base is the power of ten
above the last index (600 points: 1000, so that 17042 is level 17 at index 42). A dtype that has no room for that
(fewer than 8 levels: 600 points in uint8, 10 million in uint16 or float32) holds the level alone, and no index.

Cost on one core: about 0.1 us per point.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.plan import ScanPlan, saturation_value
from swmr_viewer.simulator.specimen import samples

Floats = npt.NDArray[np.float64]

MOST_LEVELS: Final = 40_000
MIN_LEVELS: Final = 8
ALARM_GAIN: Final = 4
"""Ordinary levels keep below a quarter of the highest, so that an alarm has room to rise."""
SQRT_6: Final = 6.0**0.5
"""The sum of two numbers of 0..1 has a variance of 1/6."""
EXACT_INTEGERS: Final = {"float32": 2**24, "float64": 2**53}
"""Up to here every whole number has a float of its own."""


def make_scalars(plan: ScanPlan, indices: IndexArray) -> npt.NDArray[Any]:
    """Return the values that a plan of scalars stores at these indices, of the plan's dtype, shape (n,)."""
    room = _top_level(plan) // ALARM_GAIN
    levels = np.clip(np.rint(_counts(room * (0.4 + 0.55 * samples(plan, indices)), plan.seed, 0, indices)), 1, room).astype(np.int64)
    if plan.alarm is not None:
        levels[indices >= plan.alarm] *= ALARM_GAIN
    return (levels * _base(plan) + indices if carries_index(plan) else levels).astype(plan.dtype)


def carries_index(plan: ScanPlan) -> bool:
    """Whether the plan's dtype has room for the index beside the level."""
    return _capacity(plan.dtype) // _base(plan) > MIN_LEVELS


def index_of_scalar(plan: ScanPlan, value: float) -> int | None:
    """Return the index that a value carries; None for fill, or where the dtype has no room for it."""
    level, index = divmod(int(value), _base(plan)) if np.isfinite(value) else (0, 0)
    return index if carries_index(plan) and level > 0 and index < plan.n_points else None


def make_diode(plan: ScanPlan, number: int, indices: IndexArray) -> Floats:
    """Return what a diode beside the main detector reads at these indices, float64, shape (n,)."""
    return 1000.0 * (1 + samples(plan, indices)) + 5 * _noise(plan.seed, number, indices)


def _top_level(plan: ScanPlan) -> int:
    capacity = _capacity(plan.dtype)
    return min(MOST_LEVELS, capacity // _base(plan) - 1 if carries_index(plan) else capacity)


def _capacity(dtype: str) -> int:
    return EXACT_INTEGERS.get(dtype) or int(saturation_value(dtype)) - 1


def _base(plan: ScanPlan) -> int:
    return int(10 ** len(str(plan.n_points - 1)))


def _counts(expected: Floats, seed: int, stream: int, indices: IndexArray) -> Floats:
    return expected + np.sqrt(expected) * _noise(seed, stream, indices)


def _noise(seed: int, stream: int, indices: IndexArray) -> Floats:
    """Noise of mean 0 and variance 1 that each index alone decides: a generator per point would cost 20 us."""
    key = np.uint64(((seed << 8) + stream) % 2**64 * 0xD1342543DE82EF95 % 2**64)
    counter = indices.astype(np.uint64) * np.uint64(2) + key
    return (_uniform(counter) + _uniform(counter + np.uint64(1)) - 1.0) * SQRT_6


def _uniform(counter: npt.NDArray[np.uint64]) -> Floats:
    """Hash each number to 0..1: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    mixed = (counter + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53
