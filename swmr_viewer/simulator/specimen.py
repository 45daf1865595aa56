"""Where on the scan a frame was taken, and how much of the specimen is in the beam there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.scan import position_of
from swmr_viewer.simulator.orders import IndexArray, scan_point_of, scan_points_of
from swmr_viewer.simulator.plan import ScanPlan


def fractions(plan: ScanPlan, index: int) -> tuple[float, ...]:
    """Return where on the scan the frame stored at this index was taken: 0 to 1 along each axis."""
    position = position_of(scan_point_of(plan, index), plan.scan_shape)
    return tuple(at / max(1, length - 1) for at, length in zip(position, plan.scan_shape, strict=True))


def sample_at(where: tuple[float, ...]) -> float:
    """Return how much sample is in the beam, 0 to 1: a round specimen in the middle of the scan."""
    return float(np.exp(-4 * sum((at - 0.5) ** 2 for at in where)))


def samples(plan: ScanPlan, indices: IndexArray) -> npt.NDArray[np.float64]:
    """Return how much sample is in the beam at many stored indices at once, float64, 0 to 1."""
    distance = np.zeros(len(indices))
    for at, length in zip(np.unravel_index(scan_points_of(plan, indices), plan.scan_shape), plan.scan_shape, strict=True):
        distance += (at / max(1, length - 1) - 0.5) ** 2
    return np.exp(-4 * distance)
