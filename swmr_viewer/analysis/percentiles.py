"""Percentiles of a regular subsample of a frame, by counting: no sort, and no copy in float64. Pure numpy."""

from __future__ import annotations

from math import floor, isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.masks import Pixels, sentinel_of
from swmr_viewer.core.frozen import frozen

MAX_SAMPLES = 1 << 17
"""Pixels looked at for the percentiles: twice as many cost twice the time, and lie no nearer to those of the whole frame."""
_FEW = 2048
"""So many numbers are sorted faster than they are counted."""
_BIN_BITS = 14
"""2 to the power of this: so many bins are counted at a time, and added up in 10 us."""
_MOST_BITS = 16
"""Integers that differ by less than 2 to the power of this are counted one by one."""


def percentiles_of(pixels: Pixels, percentiles: tuple[float, float]) -> tuple[float, float] | None:
    """Return two percentiles of the unmasked pixels of a regular subsample; None where these are all masked, or too far apart.

    Parameters
    ----------
    pixels : ndarray
        A frame whose masked pixels are known by their value alone, of any shape; not of complex numbers.
    percentiles : tuple of float
        From 0 to 100. Between two pixels as ``numpy.percentile`` does by default.
    """
    sample = subsample(pixels).reshape(-1)
    keys = _Keys.of(np.ascontiguousarray(sample, sample.dtype.newbyteorder("=")))
    if not keys.n_valid:
        return None
    places = [(keys.n_valid - 1) * (percent / 100) for percent in percentiles]
    ranks = sorted({rank for place in places for rank in (floor(place), min(floor(place) + 1, keys.n_valid - 1))})
    values = {rank: keys.value_of(key) for rank, key in zip(ranks, _ranked(keys.keys, ranks), strict=True)}
    low, high = (_between(values[floor(at)], values[min(floor(at) + 1, keys.n_valid - 1)], at - floor(at)) for at in places)
    return (low, high) if isfinite(low) and isfinite(high) else None


def subsample(pixels: Pixels, n_most: int = MAX_SAMPLES) -> Pixels:
    """Drop every other line along the longest axis until at most ``n_most`` pixels are left; a view."""
    while pixels.size > n_most:
        longest = int(np.argmax(pixels.shape))
        pixels = pixels[tuple(slice(None, None, 2 if axis == longest else 1) for axis in range(pixels.ndim))]
    return pixels


@frozen(eq=False)
class _Keys:
    """Unsigned integers in the order of the values that they stand for; those of masked pixels come last."""

    keys: npt.NDArray[Any]
    n_valid: int
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, sample: Pixels) -> _Keys:
        if sample.dtype.kind == "b":
            sample = sample.view(np.uint8)
        elif sample.dtype.kind == "f" and sample.dtype.itemsize > 8:
            sample = sample.astype(np.float64)
        keys = _ordered_bits(sample)
        masked = _masked_in(sample)
        if masked is None:
            return cls(keys, keys.size, sample.dtype)
        keys = np.where(masked, keys.max(where=~masked, initial=0), keys)
        return cls(keys, keys.size - int(np.count_nonzero(masked)), sample.dtype)

    def value_of(self, key: int) -> float:
        bits = self.keys.dtype.itemsize * 8
        if self.dtype.kind == "u":
            return float(key)
        if self.dtype.kind == "i":
            return float(key - (1 << bits - 1))
        top = 1 << bits - 1
        return float(np.array(key ^ top if key & top else key ^ (2 * top - 1), self.keys.dtype).view(self.dtype))


def _masked_in(sample: Pixels) -> npt.NDArray[np.bool_] | None:
    """Return which are masked by their value; None: none are, which the extremes tell at once."""
    sentinel = sentinel_of(sample.dtype)
    if sentinel is None or not sample.size:
        return None
    highest = sample.max()
    if sample.dtype.kind != "f":
        return np.asarray(sample == sentinel) if highest == sentinel else None
    return None if np.isfinite(highest) and np.isfinite(sample.min()) else ~np.isfinite(sample)


def _ordered_bits(sample: Pixels) -> npt.NDArray[Any]:
    """Return the bits of numbers such that they rise with them: those of negative floats fall, and their sign is a 1."""
    if sample.dtype.kind == "u":
        return sample
    unsigned = np.dtype(f"u{sample.dtype.itemsize}")
    bits, top = sample.view(unsigned), unsigned.type(1 << unsigned.itemsize * 8 - 1)
    if sample.dtype.kind == "i" or not bits.size or bits.max() < top:
        return np.asarray(bits ^ top)
    return np.asarray(np.where(bits & top, ~bits, bits | top))


def _ranked(keys: npt.NDArray[Any], ranks: list[int]) -> list[int]:
    """Return which keys come at these (rising) places in their order: the bins they are in, then the same within those bins."""
    if keys.size <= _FEW:
        ordered = np.sort(keys)
        return [int(ordered[rank]) for rank in ranks]
    lowest = keys.min()
    bits = int(keys.max() - lowest).bit_length()
    shift = 0 if bits <= _MOST_BITS else bits - _BIN_BITS
    bins = ((keys - lowest) >> keys.dtype.type(shift)).astype(np.intp)
    counts = np.bincount(bins)
    ends = counts.cumsum()
    in_bins = np.searchsorted(ends, ranks, "right")
    if not shift:
        return [int(lowest) + int(at) for at in in_bins]
    found: list[int] = []
    for at in dict.fromkeys(in_bins.tolist()):
        begin = int(ends[at] - counts[at])
        found += _ranked(keys[bins == at], [rank - begin for rank, of in zip(ranks, in_bins, strict=True) if of == at])
    return found


def _between(below: float, above: float, part: float) -> float:
    """As ``numpy.percentile``, to the last digit."""
    step = above - below
    return below + step * part if part < 0.5 else above - step * (1 - part)
