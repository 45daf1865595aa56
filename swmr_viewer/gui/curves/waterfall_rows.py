"""Spectra over the scan as rows of one picture, bounded in memory; what was not seen stays empty (pure numpy)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MOST_ROWS = 1024
MOST_COLUMNS = 2048


class WaterfallRows:
    """A picture of at most 1024 x 2048: neighbouring channels give their maximum, neighbouring frames the newest of them."""

    def __init__(self) -> None:
        self._total = 0
        self._length = 0
        self._column_factor = 1
        self._row_factor = 1
        self._seen: set[int] = set()
        self.picture: npt.NDArray[np.float32] = np.empty((0, 0), np.float32)
        """NaN where nothing was seen."""

    @property
    def n_seen(self) -> int:
        """How many different frames went into it."""
        return len(self._seen)

    @property
    def size(self) -> tuple[int, int]:
        """How many frames and channels the whole picture stands for."""
        return (self._row_factor * self.picture.shape[0], self._column_factor * self.picture.shape[1])

    def clear(self) -> None:
        self._total = self._length = 0
        self._seen.clear()
        self.picture = np.empty((0, 0), np.float32)

    def put(self, index: int, values: npt.NDArray[np.float64], total: int) -> None:
        """Put one spectrum into its row.

        Parameters
        ----------
        index : int
            Of the frame, below ``total``.
        values : float64 array (n,)
            NaN where masked.
        total : int
            Frames of the scan; where it grew, what was seen is kept as well as it can be.
        """
        if len(values) != self._length:
            self.clear()
        if total > self._total or len(values) != self._length:
            self._make_room(max(total, index + 1), len(values))
        starts = np.arange(0, self._length, self._column_factor)
        self.picture[index // self._row_factor] = np.fmax.reduceat(values, starts)
        self._seen.add(index)

    def _make_room(self, total: int, length: int) -> None:
        before, factor_before = self.picture, self._row_factor
        self._total, self._length = total, length
        self._row_factor = max(1, -(-total // MOST_ROWS))
        self._column_factor = max(1, -(-length // MOST_COLUMNS))
        self.picture = np.full((-(-total // self._row_factor), -(-length // self._column_factor)), np.nan, np.float32)
        for number, row in enumerate(before):
            if row.size == self.picture.shape[1] and not np.isnan(row).all():
                self.picture[min(number * factor_before // self._row_factor, len(self.picture) - 1)] = row
