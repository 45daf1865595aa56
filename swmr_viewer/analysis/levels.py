"""Display levels of a frame: extremes and percentiles of the pixels that hold a measurement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swmr_viewer.analysis.masks import Pixels, valid_mask

LOW_PERCENTILE, HIGH_PERCENTILE = 0.5, 99.5
MAX_SAMPLES = 200_000
"""Pixels looked at for the percentiles: more cost time and move them by less than a grey step."""


@dataclass(frozen=True, slots=True)
class LevelStatistics:
    """What display levels need, computed on unmasked pixels (a regular subsample for the percentiles)."""

    minimum: float
    """An exact int for integers, as is ``maximum``."""
    maximum: float
    low: float
    """The lower percentile asked for (0.5)."""
    high: float
    """The upper one (99.5); equals ``low`` where nearly every pixel has the same value."""
    n_masked: int


def percentiles_of(pixels: Pixels, percentiles: tuple[float, float]) -> tuple[float, float] | None:
    """Return two percentiles of the unmasked pixels of a regular subsample; None where these are all masked, or too far apart."""
    sample = subsample(pixels)
    sample = sample[valid_mask(sample)]
    if not sample.size:
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # between the largest float64 and its negative there is no number
        low, high = np.percentile(sample.astype(np.float64), percentiles)  # in a small integer type the steps overflow
    return (float(low), float(high)) if np.isfinite(low) and np.isfinite(high) else None


def subsample(pixels: Pixels, n_most: int = MAX_SAMPLES) -> Pixels:
    """Drop every other line along the longest axis until at most ``n_most`` pixels are left; a view."""
    while pixels.size > n_most:
        longest = int(np.argmax(pixels.shape))
        pixels = pixels[tuple(slice(None, None, 2 if axis == longest else 1) for axis in range(pixels.ndim))]
    return pixels
