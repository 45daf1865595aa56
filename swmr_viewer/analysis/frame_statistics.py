"""Statistics of whole frames: levels, total counts, the hottest pixel, how many pixels are masked and saturated. Pure numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from swmr_viewer.analysis.masks import Pixels, sentinel_of
from swmr_viewer.analysis.strips import exact_total
from swmr_viewer.core.frozen import frozen

_STRIP_PIXELS = 1 << 16
"""Pixels taken at a time: the temporaries stay in the processor's cache."""


@frozen
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


@frozen
class FrameStatistics:
    """Of the unmasked pixels of one frame (complex numbers: their magnitude)."""

    total: float
    """Sum of the pixels: an exact int for integers, 0 when every pixel is masked."""
    maximum: float | None
    """None when every pixel is masked, as are ``hottest_x`` and ``hottest_y``."""
    hottest_x: int | None
    """Column of the (first) pixel that has the maximum; the place in a spectrum; 0 for scalars."""
    hottest_y: int | None
    """Its row; 0 where the frame is no image."""
    n_masked: int
    n_saturated: int
    """Unmasked pixels at or above the saturation value (see `saturation_of`)."""


def saturation_of(dtype: Any, declared: float | None = None) -> float | None:
    """Return the value from which on a pixel is saturated.

    Parameters
    ----------
    dtype : dtype
        The pixels' type.
    declared : float, optional
        By the file, as NXdetector/saturation_value: "the value at which the detector goes into saturation"
        (NeXus, NXdetector). Where both are given it counts, as long as the type can hold it.

    Returns
    -------
    float or None
        If the file declares none: the type's maximum where that is a measurement (8-bit and signed 16-bit pictures), and None
        where it stands for "no measurement" (see `sentinel_of`): one less than that means nothing for counting detectors.
    """
    kind = np.dtype(dtype)
    if declared is not None:
        return declared
    if kind.kind in "iu" and sentinel_of(kind) is None:
        return int(np.iinfo(kind).max)
    return None


def exact_sum(pixels: Pixels) -> int:
    """Return the sum of integers (or booleans) of any shape, without overflow."""
    if pixels.dtype.itemsize < 8:
        return int(pixels.sum(dtype=np.int64 if pixels.dtype.kind == "i" else np.uint64))
    flat = pixels.reshape(-1)
    strips = (flat[start : start + _STRIP_PIXELS] for start in range(0, flat.size, _STRIP_PIXELS))
    return sum(exact_total(strip, strip.min(), strip.max()) for strip in strips)
