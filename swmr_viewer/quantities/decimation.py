"""Curves of long scans, in few enough points to be drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

MOST_POINTS = 4000
"""About two for each column of a wide screen."""


def curve_points(values: Values, most: int = MOST_POINTS) -> tuple[Values, Values]:
    """Return x and y of a curve over the index.

    Parameters
    ----------
    values : float64 array (n,)
        NaN where nothing is known.
    most : int
        Above this many values, lowest and highest of each stretch are drawn: a single high one is never lost.

    Returns
    -------
    tuple of float64 arrays
        x and y; y is NaN in gaps. A stretch with no value at all stays a gap.
    """
    if len(values) <= most:
        return np.arange(len(values), dtype=float), values
    starts = np.arange(0, len(values), -(-2 * len(values) // most))
    return stretches(starts, len(values), np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts))


def stretches(starts: npt.NDArray[np.int64], size: int, lowest: Values, highest: Values) -> tuple[Values, Values]:
    """Return x and y of a curve that goes through the lowest and the highest value of each stretch of indices, in its middle."""
    middles = 0.5 * (starts + np.append(starts[1:], size) - 1)
    return np.repeat(middles, 2), np.column_stack((lowest, highest)).ravel()
