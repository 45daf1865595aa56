"""Scalars on the scan grid as one picture, brought up to date by what is new (pure numpy)."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

MOST_SIDE = 1000
"""Cells of the picture on a side: about what the screen has for it."""


class GridPicture:
    """The last axis of the scan to the right, all others downwards; a cell is the largest of its values, NaN where none is known.

    Parameters
    ----------
    scan_shape : tuple of int
        A scan of one axis is folded into a square.
    """

    def __init__(self, scan_shape: tuple[int, ...]) -> None:
        self.scan_shape = scan_shape
        total = prod(scan_shape)
        self.columns = scan_shape[-1] if len(scan_shape) > 1 else max(1, round(total**0.5))
        self.rows = -(-total // self.columns) if self.columns else 0  # a scan that has not begun has axes of length 0
        self._factors = -(-self.rows // MOST_SIDE) or 1, -(-self.columns // MOST_SIDE) or 1
        self.picture = np.full((-(-self.rows // self._factors[0]), -(-self.columns // self._factors[1])), np.nan, np.float32)
        """float32, at most 1000 cells on a side."""

    def take(self, indices: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> None:
        """Take the values of some frames, by flat index; those outside the scan are left out."""
        inside = (indices >= 0) & (indices < self.rows * self.columns)
        row, column = np.divmod(indices[inside], max(1, self.columns))
        np.fmax.at(self.picture, (row // self._factors[0], column // self._factors[1]), values[inside].astype(np.float32))

    def extremes(self) -> tuple[float, float] | None:
        """Return the lowest and the highest cell, or None where nothing is known."""
        known = self.picture[~np.isnan(self.picture)]
        return (float(known.min()), float(known.max())) if known.size else None
