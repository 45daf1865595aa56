"""What the beam meets and gives: how much of the specimen is in it at a scan point, and the spectra and scalars of that."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.beam import intensities
from swmr_viewer.simulator.motors import fractions_at
from swmr_viewer.simulator.noise import noise
from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.plan import ScanPlan, saturation_value

Floats = npt.NDArray[np.float64]


def fractions(plan: ScanPlan, index: int) -> tuple[float, ...]:
    """Return where the motors were when the frame stored at this index was taken: 0 to 1 of each one's travel, slowest first."""
    return tuple(fractions_at(plan, np.array([index], np.int64))[:, 0].tolist())


def sample_at(where: tuple[float, ...]) -> float:
    """Return how much sample is in the beam, 0 to 1: a round specimen in the middle of the scan."""
    return float(np.exp(-4 * sum((at - 0.5) ** 2 for at in where)))


def samples(plan: ScanPlan, indices: IndexArray) -> npt.NDArray[np.float64]:
    """Return how much sample is in the beam at many stored indices at once, float64, 0 to 1."""
    distance: Floats = np.sum((fractions_at(plan, indices) - 0.5) ** 2, axis=0)
    return np.exp(-4 * distance)


PEAK_AT: Final = 0.45
PEAK_FWHM: Final = 0.3
"""Where the reflection of ``--peak`` is brightest, and how wide it is, as parts of each motor's travel."""
PEAK_LINE: Final = (0.66, 0.012)
"""Centre and width of the line that it is in spectra."""


def peak_at(where: tuple[float, ...]) -> float:
    """Return how bright the reflection is, 0 to 1: a Gaussian of the motors."""
    return float(np.exp(-4 * np.log(2) * sum(((at - PEAK_AT) / PEAK_FWHM) ** 2 for at in where)))


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


def draw_spectrum(plan: ScanPlan, where: tuple[float, ...], rng: np.random.Generator, beam: float = 1.0) -> npt.NDArray[Any]:
    """Return a new spectrum of the plan's length and dtype: Poisson counts.

    Parameters
    ----------
    plan : ScanPlan
        Says how long, and of what dtype.
    where : tuple of float
        The position on the scan, 0 to 1 along each axis: lines drift with the last one, and grow with the specimen.
    rng : Generator
        The spectrum's own noise.
    beam : float
        The beam's intensity, as a part of the full one.
    """
    counts = rng.poisson(beam * expected_spectrum(plan, where))
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
    if plan.peak:
        expected += BRIGHTEST * peak_at(where) * np.exp(-0.5 * ((at - PEAK_LINE[0]) / max(PEAK_LINE[1], 0.7 / length)) ** 2)
    return expected * scale


MOST_LEVELS: Final = 40_000
MIN_LEVELS: Final = 8
ALARM_GAIN: Final = 4
"""Ordinary levels keep below a quarter of the highest, so that an alarm has room to rise."""
EXACT_INTEGERS: Final = {"float32": 2**24, "float64": 2**53}
"""Up to here every whole number has a float of its own."""


def make_scalars(plan: ScanPlan, indices: IndexArray) -> npt.NDArray[Any]:
    """Return the values that a plan of scalars stores at these indices, of the plan's dtype, shape (n,)."""
    room = _top_level(plan) // ALARM_GAIN
    expected = room * (0.4 + 0.55 * samples(plan, indices)) * intensities(plan, indices)
    levels = np.clip(np.rint(_counts(expected, plan.seed, 0, indices)), 1, room).astype(np.int64)
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
    return 1000.0 * (1 + samples(plan, indices)) * intensities(plan, indices) + 5 * noise(plan.seed, number, indices)


def _top_level(plan: ScanPlan) -> int:
    capacity = _capacity(plan.dtype)
    return min(MOST_LEVELS, capacity // _base(plan) - 1 if carries_index(plan) else capacity)


def _capacity(dtype: str) -> int:
    return EXACT_INTEGERS.get(dtype) or int(saturation_value(dtype)) - 1


def _base(plan: ScanPlan) -> int:
    return int(10 ** len(str(plan.n_points - 1)))


def _counts(expected: Floats, seed: int, stream: int, indices: IndexArray) -> Floats:
    return expected + np.sqrt(expected) * noise(seed, stream, indices)
