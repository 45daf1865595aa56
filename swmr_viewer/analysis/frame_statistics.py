"""Statistics of whole frames: levels, total counts, the hottest pixel, how many pixels are masked and saturated. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from swmr_viewer.analysis.masks import Pixels, sentinel_of, valid_mask
from swmr_viewer.core.frozen import frozen

MAX_SAMPLES = 200_000
"""Pixels looked at for the percentiles: more cost time and move them by less than a grey step."""
_STRIP_PIXELS = 1 << 16
"""Pixels taken at a time: the temporaries stay in the processor's cache."""
_HALF = 32
_SAFE = 1 << 46
"""A strip of 64-bit integers below this cannot overflow when it is added up."""


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


@dataclass(slots=True)
class _StripTotals:
    """Of the strips so far."""

    minimum: Any = None
    maximum: Any = None
    hottest: int = 0
    total: Any = 0
    n_valid: int = 0
    n_saturated: int = 0

    def note(self, strip: Pixels, start: int, lowest: Any, highest: Any, n_valid: int) -> None:
        if self.minimum is None or lowest < self.minimum:
            self.minimum = lowest
        if self.maximum is None or highest > self.maximum:
            self.maximum, self.hottest = highest, start + int((strip == highest).argmax())
        self.n_valid += n_valid


def examine(
    pixels: Pixels, percentiles: tuple[float, float] | None = (0.5, 99.5), saturation: float | None = None
) -> tuple[LevelStatistics | None, FrameStatistics]:
    """Measure a frame in one pass.

    Parameters
    ----------
    pixels : ndarray
        A frame whose masked pixels are known by their value alone (see `marked`), of any shape and numeric type.
    percentiles : tuple of float, optional
        Which ones are the levels; None: no levels are wanted.
    saturation : float, optional
        Count pixels from this value on.

    Returns
    -------
    LevelStatistics or None
        None when every pixel is masked, or no percentiles are given.
    FrameStatistics
        Exact for integers; floats are added up in float64.
    """
    if pixels.dtype.kind == "c":
        pixels = np.abs(pixels)
    elif pixels.dtype.kind == "b":
        pixels = pixels.view(np.uint8)
    totals = _StripTotals()
    for start, strip in _strips(pixels):
        _note_strip(totals, strip, start, saturation)
    n_masked = pixels.size - totals.n_valid
    if not totals.n_valid:
        return None, FrameStatistics(0, None, None, None, n_masked, 0)
    y, x = _place(totals.hottest, pixels.shape)
    statistics = FrameStatistics(totals.total, _plain(totals.maximum), x, y, n_masked, totals.n_saturated)
    if percentiles is None:
        return None, statistics
    minimum, maximum = _plain(totals.minimum), _plain(totals.maximum)
    # Percentiles are float64, which beyond 2**53 may be rounded past the exact extremes.
    low, high = (min(max(level, minimum), maximum) for level in percentiles_of(pixels, percentiles) or (minimum, maximum))
    return LevelStatistics(minimum, maximum, low, high, n_masked), statistics


def exact_sum(pixels: Pixels) -> int:
    """Return the sum of integers (or booleans) of any shape, without overflow."""
    if pixels.dtype.itemsize < 8:
        return int(pixels.sum(dtype=np.int64 if pixels.dtype.kind == "i" else np.uint64))
    return sum(_exact_sum(strip, strip.min(), strip.max()) for _, strip in _strips(pixels))


def _strips(pixels: Pixels) -> Iterator[tuple[int, Pixels]]:
    flat = pixels.reshape(-1)
    return ((start, flat[start : start + _STRIP_PIXELS]) for start in range(0, flat.size, _STRIP_PIXELS))


def _note_strip(totals: _StripTotals, strip: Pixels, start: int, saturation: float | None) -> None:
    if strip.dtype.kind == "f":
        _note_floats(totals, strip, start, saturation)
        return
    sentinel = sentinel_of(strip.dtype)
    lowest, highest = strip.min(), strip.max()
    if sentinel is not None and highest == sentinel:
        _note_masked(totals, strip, start, saturation, lowest)
        return
    totals.note(strip, start, lowest, highest, strip.size)
    totals.total += _exact_sum(strip, lowest, highest)
    if saturation is not None and highest >= saturation:
        totals.n_saturated += int(np.count_nonzero(strip >= saturation))


def _note_masked(totals: _StripTotals, strip: Pixels, start: int, saturation: float | None, lowest: Any) -> None:
    """Add 1 and let it wrap round: the sentinel becomes the type's minimum, and no pixel has to be selected."""
    one = strip.dtype.type(1)
    raised = strip + one
    if strip.dtype.kind == "u":
        n_valid = int(np.count_nonzero(raised))
    else:
        masked = raised == np.iinfo(strip.dtype).min
        n_valid = strip.size - int(np.count_nonzero(masked))
    if not n_valid:
        return
    highest = raised.max() - one
    if strip.dtype.kind == "i":
        raised[masked] = one
    # What is masked adds 0 here if it is unsigned, and was made to add 1 - 1 if it is signed.
    ones = n_valid if strip.dtype.kind == "u" else strip.size
    totals.note(strip, start, lowest, highest, n_valid)
    totals.total += _exact_sum(raised, lowest, raised.max()) - ones
    if saturation is not None and highest >= saturation:
        totals.n_saturated += int(np.count_nonzero(strip >= saturation)) - (strip.size - n_valid)


def _note_floats(totals: _StripTotals, strip: Pixels, start: int, saturation: float | None) -> None:
    lowest, highest = strip.min(), strip.max()
    chosen = strip
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        chosen = strip[np.isfinite(strip)]
        if not chosen.size:
            return
        lowest, highest = chosen.min(), chosen.max()
    totals.note(strip, start, lowest, highest, chosen.size)
    with np.errstate(over="ignore", invalid="ignore"):  # beyond the largest float64 the sum is infinite or no number
        totals.total += float(chosen.sum(dtype=np.float64))
    if saturation is not None and highest >= saturation:
        totals.n_saturated += int(np.count_nonzero(chosen >= saturation))


def _exact_sum(strip: Pixels, lowest: Any, highest: Any) -> int:
    """Add up without overflow, in 32 bits where these are enough (three times as fast), 64-bit values in two halves."""
    signed = strip.dtype.kind == "i"
    wide: Any = np.int64 if signed else np.uint64
    largest = max(int(highest), -int(lowest))
    if strip.dtype.itemsize <= 4 and largest * strip.size < 1 << 31:
        return int(strip.sum(dtype=np.int32 if signed else np.uint32))
    if strip.dtype.itemsize < 8 or largest < _SAFE:
        return int(strip.sum(dtype=wide))
    upper, lower = strip >> wide(_HALF), strip & wide((1 << _HALF) - 1)
    return (int(upper.sum(dtype=wide)) << _HALF) + int(lower.sum(dtype=np.uint64))


def _place(flat: int, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (row, column); the row is that of the last two axes."""
    columns = shape[-1] if shape else 1
    rows = shape[-2] if len(shape) > 1 else 1
    return flat // columns % rows, flat % columns


def _plain(value: Any) -> int | float:
    return int(value) if value.dtype.kind in "iu" else float(value)


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
