"""What the reader has measured so far, by column and frame index; what is not there yet is visibly missing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.scan import moved
from swmr_viewer.gui.curves.curve_axes import Values
from swmr_viewer.gui.measuring.measured_column import MeasuredColumn


class MeasuredValues:
    """Columns of float64, NaN where a frame was not measured."""

    def __init__(self) -> None:
        self._columns: dict[str, MeasuredColumn] = {}
        self._size = 0
        self.scan_shape: tuple[int, ...] = ()
        """What the indices count on."""

    def take(self, columns: tuple[str, ...], indices: npt.NDArray[np.int64], values: Values) -> None:
        """Take what was measured.

        Parameters
        ----------
        columns : tuple of str
            Names.
        indices : int64 array (n,)
            Frames, each at least 0 and each once.
        values : float64 array (n, len(columns))
            What was measured of each.
        """
        if not indices.size:
            return
        self._size = max(self._size, int(indices.max()) + 1)
        for number, name in enumerate(columns):
            self._columns.setdefault(name, MeasuredColumn()).put(indices, values[:, number])

    def column(self, name: str) -> Values:
        """Return one value per frame index up to the highest measured one, as a new array; empty where nothing is known."""
        column = self._columns.get(name)
        return column.dense(self._size) if column is not None else np.empty(0)

    def curve(self, name: str) -> tuple[Values, Values]:
        """Return x and y of the column's curve, few enough points to draw at once; NaN where nothing is known."""
        column = self._columns.get(name)
        return column.curve(self._size) if column is not None else (np.empty(0), np.empty(0))

    def block_numbers(self, name: str) -> list[int]:
        """Return which blocks of the column hold values, ascending, for those who take it piece by piece."""
        column = self._columns.get(name)
        return column.block_numbers if column is not None else []

    def block(self, name: str, number: int) -> tuple[npt.NDArray[np.int64], Values]:
        """Return the frame indices of a block and its values (NaN where nothing was measured), which are not to be written to."""
        return self._columns[name].block(number)

    def above(self, name: str, level: float) -> tuple[int, int | None]:
        """Return how many of the column's values lie above a level, and the index of the first (None: there is none)."""
        column = self._columns.get(name)
        return column.above(level) if column is not None else (0, None)

    def at(self, name: str, index: int) -> float | None:
        """Return what was measured at this index, or None."""
        column = self._columns.get(name)
        return column.at(index) if column is not None else None

    def n_known(self, name: str) -> int:
        """Return for how many frames there is a value."""
        column = self._columns.get(name)
        return column.n_known if column is not None else 0

    def move(self, after: tuple[int, ...]) -> None:
        """Take note that another axis of the scan than the first grew: what was measured is at other indices now."""
        known = np.arange(self._size)
        there = moved(known, self.scan_shape, after)
        before, self._columns = self._columns, {}
        self._size, self.scan_shape = int(there[-1]) + 1 if there.size else 0, after
        for name, column in before.items():
            self._columns[name] = MeasuredColumn()
            self._columns[name].put(there, column.dense(known.size))

    def forget(self, names: set[str]) -> None:
        """Forget these columns."""
        for name in names:
            self._columns.pop(name, None)

    def clear(self) -> None:
        """Forget everything."""
        self._columns.clear()
        self._size = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._columns)
