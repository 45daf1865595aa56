"""The areas of peaks: what stands in ranges of a pattern, as it is or above a straight line (pure functions)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.reductions.contract import ReductionError

FloatArray = npt.NDArray[np.float64]
ENDS = 0.1
"""Part of a range, at either end, whose mean the background goes through."""
FEWEST_WITH_BACKGROUND = 3


@frozen(eq=False)
class Peak:
    """One range."""

    name: str
    low: float
    high: float
    bins: slice
    """Those whose centres are in the range."""
    at: FloatArray
    """Their centres."""
    bin_width: float
    has_background: bool

    def area(self, pattern: npt.NDArray[Any]) -> float:
        """Return the sum of the pattern's bins times their width, less the line where there is one.

        Bins without a value are taken from the straight line between their neighbours; NaN where they are more than half of the range.
        """
        values = pattern[self.bins].astype(np.float64)
        has_value = np.isfinite(values)
        if not has_value.all():
            if 2 * np.count_nonzero(has_value) < len(values):
                return float("nan")
            values = np.interp(self.at, self.at[has_value], values[has_value])
        area = float(values.sum()) * self.bin_width
        return area - self._below_line(values) if self.has_background else area

    def _below_line(self, values: FloatArray) -> float:
        n = max(1, int(ENDS * len(values)))
        left, right = values[:n].mean(), values[-n:].mean()
        start, stop = self.at[:n].mean(), self.at[-n:].mean()
        line = left + (right - left) * (self.at - start) / (stop - start)
        return float(line.sum()) * self.bin_width


def peaks_of(axis: FloatArray, ranges: Sequence[tuple[float, float]], has_background: bool, unit: str) -> tuple[Peak, ...]:
    """Return the peaks in ranges of a pattern's axis.

    Parameters
    ----------
    axis : float64 array (n,)
        Centres of the bins, evenly spaced and rising.
    ranges : sequence of (low, high)
        In the axis' unit.
    has_background : bool
        Whether the line through both ends of each range is taken away.
    unit : str
        The axis' unit, for messages.

    Raises
    ------
    ReductionError
        If a range holds too few bins.
    """
    width = float(axis[-1] - axis[0]) / (len(axis) - 1)
    return tuple(_peak(axis, f"peak_{number}", low, high, width, has_background, unit) for number, (low, high) in enumerate(ranges, 1))


def _peak(axis: FloatArray, name: str, low: float, high: float, width: float, has_background: bool, unit: str) -> Peak:
    first, last = int(np.searchsorted(axis, low, "left")), int(np.searchsorted(axis, high, "right"))
    if last - first < (FEWEST_WITH_BACKGROUND if has_background else 1):
        raise ReductionError(
            f"The range {low:g} to {high:g} {unit} of {name} holds {max(0, last - first)} of the pattern's bins, which go from "
            f"{axis[0]:.4g} to {axis[-1]:.4g} in steps of {width:.3g}.",
            "Choose a wider range, or more bins.",
        )
    bins = slice(first, last)
    return Peak(name, low, high, bins, axis[bins], width, has_background)
