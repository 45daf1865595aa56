"""A detector that is not perfect: each pixel with an offset and a gain of its own, and the dark and flat frames that tell them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.orders import IndexArray, visits_of
from swmr_viewer.simulator.plan import ScanPlan, saturation_value
from swmr_viewer.simulator.strip import Frame

Floats = npt.NDArray[np.float32]

SAMPLE, FLAT, DARK = 0, 1, 2
"""As in NXtomo's NXdetector/image_key."""
OFFSET: Final = 20.0
OFFSET_SPREAD: Final = 8.0
"""Of columns, as read-out channels have it."""
VIGNETTING: Final = 0.35
"""What the corners lack of the middle's gain."""
GAIN_SPREAD: Final = 0.04
FLAT_COUNTS: Final = 800.0
LARGEST: Final = 2**23
"""Up to here every whole number and its half have a float32 of their own."""


def image_keys(plan: ScanPlan, indices: IndexArray) -> npt.NDArray[np.int32]:
    """Return what the frames stored at these indices are, int32: dark ones are taken first, then flat ones."""
    visits = visits_of(plan, indices)
    return np.where(visits < plan.dark, DARK, np.where(visits < plan.dark + plan.flat, FLAT, SAMPLE)).astype(np.int32)


def as_detected(plan: ScanPlan, counts: Frame | None, image_key: int, rng: np.random.Generator) -> Frame:
    """Return what the detector gives, of the plan's shape and dtype: offset + gain x counts, rounded by chance.

    Parameters
    ----------
    plan : ScanPlan
        The scan.
    counts : ndarray or None
        What a perfect detector would have counted; not looked at for dark and flat frames.
    image_key : int
        ``SAMPLE``, ``FLAT`` (the beam without a sample) or ``DARK`` (no beam).
    rng : Generator
        The frame's own noise.
    """
    offset, gain = response(plan)
    most = int(saturation_value(plan.dtype))
    found = offset + rng.normal(0, 1, offset.shape).astype(np.float32)
    if image_key == FLAT:
        level = min(FLAT_COUNTS, most / 4)
        found += gain * (level + level**0.5 * rng.normal(0, 1, offset.shape).astype(np.float32))
    elif image_key == SAMPLE and counts is not None:
        found += gain * counts
    return rounded(np.clip(found, 0, min(most - 1, LARGEST)), plan.dtype, rng)


def response(plan: ScanPlan) -> tuple[Floats, Floats]:
    """Return each pixel's offset (counts) and gain, float32 of the frame's shape; the seed decides."""
    return _response(plan.frame_shape, min(1.0, int(saturation_value(plan.dtype)) / 1000), plan.seed)


def rounded(values: Floats, dtype: str, rng: np.random.Generator) -> Frame:
    """Return values as whole counts whose mean is right: 0.7 becomes 1 in seven of ten pixels."""
    if np.dtype(dtype).kind == "f":
        return values.astype(dtype)
    whole: Frame = np.floor(values + rng.random(values.shape, np.float32)).astype(dtype)
    return whole


@lru_cache(maxsize=4)
def _response(frame_shape: tuple[int, ...], scale: float, seed: int) -> tuple[Floats, Floats]:
    rows, columns = frame_shape
    rng = np.random.default_rng([seed, 9])
    offset = np.zeros(frame_shape, np.float32) + scale * (OFFSET + OFFSET_SPREAD * rng.uniform(-1, 1, columns))
    y, x = np.ogrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    gain = (1 - VIGNETTING * (y**2 + x**2) / 2) * (1 + GAIN_SPREAD * rng.uniform(-1, 1, frame_shape))
    return offset.astype(np.float32), gain.astype(np.float32)
