"""Noise that each index alone decides: a generator per point would cost 20 us."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.orders import IndexArray

Floats = npt.NDArray[np.float64]

SQRT_6: Final = 6.0**0.5
"""The sum of two numbers of 0..1 has a variance of 1/6."""


def noise(seed: int, stream: int, indices: IndexArray) -> Floats:
    """Return noise of mean 0 and variance 1, float64, shape (n,)."""
    key = np.uint64(((seed << 8) + stream) % 2**64 * 0xD1342543DE82EF95 % 2**64)
    counter = indices.astype(np.uint64) * np.uint64(2) + key
    return (_uniform(counter) + _uniform(counter + np.uint64(1)) - 1.0) * SQRT_6


def _uniform(counter: npt.NDArray[np.uint64]) -> Floats:
    """Hash each number to 0..1: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    mixed = (counter + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53
