"""Spectra as a fluorescence detector gives them: lines on a background, drifting over the scan."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.plan import ScanPlan, saturation_value
from swmr_viewer.simulator.specimen import sample_at

CHANNEL_EV: Final = 20.0
"""Energy per channel."""
LINES: Final = (
    (0.13, 0.006, 0.55, 0.02),
    (0.24, 0.008, 1.0, -0.04),
    (0.31, 0.009, 0.35, 0.05),
    (0.55, 0.011, 0.7, 0.08),
    (0.78, 0.02, 0.25, 0.0),
)
"""Centre, width (both as a part of the length), relative height, and drift from the scan's start to its end."""
BRIGHTEST: Final = 900
MOST_COUNTS: Final = 2**20 - 1
"""No channel ever gets there; uint64's own maximum does not fit numpy's counts."""
BACKGROUND: Final = 12


def draw_spectrum(plan: ScanPlan, where: tuple[float, ...], rng: np.random.Generator) -> npt.NDArray[Any]:
    """Return a new spectrum of the plan's length and dtype: Poisson counts.

    Parameters
    ----------
    plan : ScanPlan
        Says how long, and of what dtype.
    where : tuple of float
        The position on the scan, 0 to 1 along each axis: lines drift with the last one, and grow with the specimen.
    rng : Generator
        The spectrum's own noise.
    """
    counts = rng.poisson(expected_spectrum(plan, where))
    return np.minimum(counts, min(MOST_COUNTS, int(saturation_value(plan.dtype)) - 1)).astype(plan.dtype)


def expected_spectrum(plan: ScanPlan, where: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """Return the counts to expect in each channel, float64, shape ``plan.frame_shape``."""
    (length,) = plan.frame_shape
    at = np.arange(length) / length
    scale = min(1.0, (int(saturation_value(plan.dtype)) // 4) / BRIGHTEST)
    expected = BACKGROUND * np.exp(-2 * at)
    for centre, width, height, drift in LINES:
        # A line narrower than a channel would be seen or not by chance.
        width = max(width, 0.7 / length)
        expected += BRIGHTEST * height * (0.1 + 0.9 * sample_at(where)) * np.exp(-0.5 * ((at - centre - drift * where[-1]) / width) ** 2)
    return expected * scale
