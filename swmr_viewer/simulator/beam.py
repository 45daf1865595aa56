"""What else is measured at each scan point: the beam's intensity, which drifts, and the temperature of the sample."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.noise import noise
from swmr_viewer.simulator.orders import IndexArray, visits_of
from swmr_viewer.simulator.plan import ScanPlan

Floats = npt.NDArray[np.float64]

MONITOR_COUNTS: Final = 100_000.0
"""Of the full beam."""
DECAY: Final = 0.4
"""What is lost before the ring is filled again."""
N_FILLS: Final = 2
"""How often the ring is filled in a scan, that before its start included."""
MONITOR_NOISE, TEMPERATURE_NOISE = 50, 51
START_K, RISE_K, SCATTER_K = 295.0, 12.0, 0.05


def intensities(plan: ScanPlan, indices: IndexArray) -> Floats:
    """Return the beam's intensity at stored indices, float64, shape (n,): a part of the full one; 1 where the plan has no monitor."""
    if not plan.monitor:
        return np.ones(len(indices))
    return 1 - DECAY * (N_FILLS * _progress(plan, indices) % 1)


def monitor_counts(plan: ScanPlan, indices: IndexArray) -> Floats:
    """Return what the monitor counts at stored indices: whole numbers as float64, with the noise of counting."""
    expected = MONITOR_COUNTS * intensities(plan, indices)
    return np.rint(expected + np.sqrt(expected) * noise(plan.seed, MONITOR_NOISE, indices))


def temperatures(plan: ScanPlan, indices: IndexArray) -> Floats:
    """Return the sample's temperature at stored indices, float64, kelvin: it creeps up while the scan runs."""
    rise = 1 - np.exp(-2 * _progress(plan, indices))
    return START_K + RISE_K * rise + SCATTER_K * noise(plan.seed, TEMPERATURE_NOISE, indices)


def _progress(plan: ScanPlan, indices: IndexArray) -> Floats:
    return np.asarray(visits_of(plan, indices) / plan.n_points)
