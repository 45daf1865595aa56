"""Display levels of a frame: extremes and percentiles of the pixels that hold a measurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from swmr_viewer.analysis.masks import Pixels, sentinel_of, valid_mask

LOW_PERCENTILE, HIGH_PERCENTILE = 0.5, 99.5
MAX_SAMPLES = 200_000
"""Pixels looked at for the percentiles: more cost time and move them by less than a grey step."""

_STRIP_PIXELS = 1 << 16
"""Pixels taken at a time: the temporaries stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class LevelStatistics:
    """What display levels need, computed on unmasked pixels (a regular subsample for the percentiles)."""

    minimum: float
    maximum: float
    low: float
    """The 0.5th percentile."""
    high: float
    """The 99.5th percentile; equals ``low`` where nearly every pixel has the same value."""
    n_masked: int


def level_statistics(pixels: Pixels) -> LevelStatistics | None:
    """Measure a frame for its display levels.

    Parameters
    ----------
    pixels : ndarray
        A frame of any shape and numeric type (complex numbers: their magnitude).

    Returns
    -------
    LevelStatistics or None
        Minimum, maximum and the number of masked pixels are exact, the percentiles those of a regular
        subsample of about 200,000 pixels; None when every pixel is masked.
    """
    if pixels.dtype.kind == "c":
        pixels = np.abs(pixels)
    elif pixels.dtype.kind == "b":
        pixels = pixels.view(np.uint8)
    measured = [strip for strip in map(_measure, _strips(pixels)) if strip is not None]
    if not measured:
        return None
    minimum, maximum = float(min(m[0] for m in measured)), float(max(m[1] for m in measured))
    low, high = _percentiles(pixels) or (minimum, maximum)
    return LevelStatistics(minimum, maximum, low, high, n_masked=pixels.size - sum(m[2] for m in measured))


def _strips(pixels: Pixels) -> Iterator[Pixels]:
    flat = pixels.reshape(-1)
    return (flat[start : start + _STRIP_PIXELS] for start in range(0, flat.size, _STRIP_PIXELS))


def _measure(strip: Pixels) -> tuple[float, float, int] | None:
    """Minimum, maximum and number of the unmasked pixels of one strip."""
    sentinel = sentinel_of(strip.dtype)
    highest = strip.max()
    if sentinel is None or highest < sentinel or (strip.dtype.kind == "f" and np.isfinite(highest) and np.isfinite(strip.min())):
        return strip.min(), highest, strip.size
    if strip.dtype.kind == "f":
        finite = strip[np.isfinite(strip)]
        return (finite.min(), finite.max(), finite.size) if finite.size else None
    n_valid = int(np.count_nonzero(strip != sentinel))
    # Adding 1 wraps the sentinel, the type's maximum, round to its minimum: the maximum without a boolean selection.
    return (strip.min(), (strip + strip.dtype.type(1)).max() - 1, n_valid) if n_valid else None


def _percentiles(pixels: Pixels) -> tuple[float, float] | None:
    sample = _subsample(pixels)
    sample = sample[valid_mask(sample)]
    if not sample.size:
        return None
    low, high = np.percentile(sample, (LOW_PERCENTILE, HIGH_PERCENTILE))
    return float(low), float(high)


def _subsample(pixels: Pixels) -> Pixels:
    """Drop every other line along the longest axis until few enough pixels are left."""
    while pixels.size > MAX_SAMPLES:
        longest = int(np.argmax(pixels.shape))
        pixels = pixels[tuple(slice(None, None, 2 if axis == longest else 1) for axis in range(pixels.ndim))]
    return pixels
