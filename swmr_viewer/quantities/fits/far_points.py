"""Points that lie far off the others, and by how much the others scatter: what a fit is judged by."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from swmr_viewer.quantities.decimation import Values

Marks = npt.NDArray[np.bool_]

FAR = 6.0
"""Standard deviations: what scatters at random is not further off than this in any curve that is measured."""
_SIDE = 4
"""Points on each side with which one is compared: where a curve is not described by its model, or counts scatter, those of one side are
off as well."""
_SIGMA = 1.4826
"""From the median of sizes to the standard deviation of what scatters normally."""
_ALONE = 0.25
"""Beside a single hot point the others lie half of its height off the line to it, this close; beside the top of a peak they do not."""


def scatter(values: Values) -> float:
    """Return the standard deviation of values about a smooth curve: by how much they differ from the middle of their neighbours."""
    if len(values) < 2 * _SIDE:
        return 0.0
    return _SIGMA / math.sqrt(6) * float(np.median(np.abs(np.diff(values, 2))))


def far_off(residuals: Values, least: float = 0.0) -> Marks:
    """Return which residuals are far larger than most, and than those beside them.

    Parameters
    ----------
    residuals : float64 array (n,)
        By ascending place.
    least : float
        What is smaller than some times this is rounding.
    """
    if len(residuals) <= 2 * _SIDE:
        return np.zeros(len(residuals), bool)
    sizes = np.abs(residuals)
    medians = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(sizes, _SIDE, "reflect"), _SIDE), axis=1)
    beside = np.maximum(medians[: len(sizes)], medians[_SIDE + 1 :])  # those before, and those after
    usual = _SIGMA * np.maximum(beside, np.median(sizes))
    return np.asarray(sizes > FAR * np.maximum(usual, least))


def hot_points(values: Values) -> Marks:
    """Return which points stand alone, far above or below the line between those on both sides; without a model, to begin with."""
    if len(values) <= 2 * _SIDE:
        return np.zeros(len(values), bool)
    away = np.pad(values[1:-1] - (values[:-2] + values[2:]) / 2, 1)
    beside = np.pad(away, 1)
    with np.errstate(all="ignore"):
        shares = np.stack((beside[:-2], beside[2:])) / away
    is_alone = (np.abs(shares + 0.5) < _ALONE).all(axis=0)
    return np.asarray(far_off(away) & is_alone)
