"""Values of the scan points as a picture of the scan's grid (no Qt)."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

MOST_SIDE = 1000
"""Cells of the picture on a side: about what the screen has for it; up to twice as many while the scan grows."""


class GridPicture:
    """The last axis of the scan to the right, all others downwards; a cell is the largest of its values, NaN where none is known.

    Parameters
    ----------
    scan_shape : tuple of int
        Of two axes or more; with fewer there is nothing to be seen.
    """

    def __init__(self, scan_shape: tuple[int, ...]) -> None:
        self.scan_shape = scan_shape
        total = prod(scan_shape)
        self.columns = scan_shape[-1] if len(scan_shape) > 1 else 0
        self.rows = -(-total // self.columns) if self.columns else 0  # a scan that has not begun has axes of length 0
        self._factors = -(-self.rows // MOST_SIDE) or 1, -(-self.columns // MOST_SIDE) or 1
        self._shape = -(-self.rows // self._factors[0]), -(-self.columns // self._factors[1])
        self._cells = np.full(prod(self._shape), np.nan, np.float32)

    @property
    def picture(self) -> npt.NDArray[np.float32]:
        """The cells, float32 (rows, columns)."""
        return self._cells[: prod(self._shape)].reshape(self._shape)

    def grow(self, scan_shape: tuple[int, ...]) -> bool:
        """Take on a scan shape whose first axis grew; return whether what is there could stay, else another picture is to be filled."""
        rows = -(-prod(scan_shape) // self.columns) if self.columns else 0
        height = -(-rows // self._factors[0])
        if scan_shape[1:] != self.scan_shape[1:] or len(scan_shape) < 2 or height > 2 * MOST_SIDE:
            return False
        self.scan_shape, self.rows, self._shape = scan_shape, rows, (height, self._shape[1])
        missing = prod(self._shape) - self._cells.size
        if missing > 0:
            room = max(missing, self._cells.size)  # twice as much: else each row that comes would copy all others
            self._cells = np.append(self._cells, np.full(room, np.nan, np.float32))
        return True

    def take(self, indices: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> None:
        """Take the values of some frames, by flat index; those outside the scan are left out."""
        inside = (indices >= 0) & (indices < self.rows * self.columns)
        row, column = np.divmod(indices[inside], max(1, self.columns))
        cells = row // self._factors[0] * self._shape[1] + column // self._factors[1]
        np.fmax.at(self._cells, cells, values[inside].astype(np.float32))

    def extremes(self) -> tuple[float, float] | None:
        """Return the lowest and the highest cell, or None where nothing is known."""
        known = self.picture[~np.isnan(self.picture)]
        return (float(known.min()), float(known.max())) if known.size else None
