"""How values are spread along the levels' axis: one bin per whole number where there is room, never a comb of bins that lie between."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import ascending
from swmr_viewer.gui.display.levels_scale import LevelsAxis

BIN_PX = 3
"""No bin is much lower (screen pixels); whole numbers share one where they are nearer together."""
MOST_WHOLE = 1 << 17
"""On axes with more whole numbers it does not matter how many of them each bin has."""
N_TRIED = 256
CLOSED = 0.3
"""Gaps below this share of the axis are closed from both sides where values are no whole numbers."""
CLOSED_PX = 4 * BIN_PX
"""The same for whole numbers, of which only every second, third, or fourth may be there (screen pixels)."""

Values = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@frozen(eq=False)
class ValueBins:
    """Bins from the lowest value to the highest; what is beyond the axis is in its first or last bin."""

    edges: Floats
    """Where they end (widget pixels, falling), one more than there are bins."""
    counts: npt.NDArray[np.int64]
    n_whole: npt.NDArray[np.int64] | None = None
    """How many whole numbers belong to each; None: values are no whole numbers."""

    def lengths(self) -> Floats:
        """Return how long each bar is, as a share of the longest: the logarithm of how many values there are.

        Bars of one whole number count it. Where several share a bin, one more or less of them makes the bin higher or
        lower, and not its bar longer or shorter.
        """
        shown = self.counts.astype(np.float64)
        if self.n_whole is not None:
            shown[self.n_whole > 1] *= BIN_PX / -np.diff(self.edges)[self.n_whole > 1]
        closed = CLOSED_PX if self.n_whole is not None else CLOSED * (self.edges[0] - self.edges[-1])
        shown = np.log1p(_without_gaps(shown, self.edges, closed))
        lengths: Floats = shown / max(1e-9, float(shown.max(initial=0.0)))
        return lengths


def binned(values: Values, axis: LevelsAxis) -> ValueBins:
    """Return how many values fall where on an axis.

    Parameters
    ----------
    values : ndarray
        Any shape; NaN is left out.
    axis : LevelsAxis
        Where the bins are.
    """
    known = values.ravel().astype(np.float64)
    known = known[~np.isnan(known)]
    are_whole = values.dtype.kind in "uib" or _are_whole(known)
    found = _whole_bins(known, axis) if are_whole else None
    return found or _even_bins(known, axis)


def _are_whole(values: Floats) -> bool:
    return all(bool((np.rint(some) == some).all()) for some in (values[:N_TRIED], values))


def _n_bins(axis: LevelsAxis) -> int:
    return max(1, int((axis.bottom - axis.top) // BIN_PX))


def _even_bins(values: Floats, axis: LevelsAxis) -> ValueBins:
    n, (first, last) = _n_bins(axis), axis.shades
    with np.errstate(over="ignore"):  # far beyond the axis is beyond it
        places = np.clip((axis.scale.forward(values) - first) * (n / (last - first)), 0, n - 1).astype(np.intp)
    return ValueBins(np.linspace(axis.bottom, axis.top, n + 1), np.bincount(places, minlength=n).astype(np.int64))


def _whole_bins(values: Floats, axis: LevelsAxis) -> ValueBins | None:
    """Return bins that end halfway between whole numbers; None where the axis has too many of these, or none."""
    n, (first, last) = _n_bins(axis), axis.shades
    low, high = axis.scale.value(first), axis.scale.value(last)
    if not (high - low < MOST_WHOLE and abs(low) + abs(high) < 2**52):
        return None
    below = ascending(np.floor(axis.scale.backward(np.linspace(first, last, n + 1))).astype(np.int64))  # np.unique loads numpy.ma
    """The highest whole number below each border between bins."""
    below = below[(below + 0.5 > low) & (below + 0.5 < high)]
    if not below.size:
        return None
    shades = axis.scale.forward(below + 0.5)
    inner = axis.bottom - (shades - first) / (last - first) * (axis.bottom - axis.top)
    per_number = np.bincount(np.clip(values, below[0], below[-1] + 1).astype(np.int64) - below[0], minlength=below[-1] - below[0] + 2)
    counts = np.add.reduceat(per_number, np.concatenate(([0], below - below[0] + 1)))
    n_whole = np.diff(below, prepend=below[0] - 1, append=below[-1] + 1)
    return ValueBins(np.concatenate(([axis.bottom], inner, [axis.top])), counts, n_whole)


def _without_gaps(shown: Floats, edges: Floats, closed: float) -> Floats:
    """Return the bars with empty bins between two near ones made as long as the nearer of these."""
    there = np.flatnonzero(shown)
    if there.size < 2:
        return shown
    places = np.arange(shown.size)
    above = np.clip(np.searchsorted(there, places), 1, there.size - 1)
    low, high = there[above - 1], there[above]
    is_closed = (shown == 0) & (places > low) & (places < high) & (edges[low + 1] - edges[high] <= closed)
    nearest = np.where(places - low <= high - places, low, high)
    return np.where(is_closed, shown[nearest], shown)
