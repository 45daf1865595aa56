"""What is told of every frame: total counts, the hottest pixel, how many are masked and saturated. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
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
