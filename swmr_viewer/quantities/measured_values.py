"""What the reader has told of the scan points so far: by column and index; what is missing is NaN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.scan import moved
from swmr_viewer.quantities.column import StoredColumn
from swmr_viewer.quantities.decimation import Values


class MeasuredValues:
    """Columns of float64, NaN where a frame was not measured."""

    def __init__(self) -> None:
        self._columns: dict[str, StoredColumn] = {}
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
            self._columns.setdefault(name, StoredColumn()).put(indices, values[:, number])

    def _of(self, name: str) -> StoredColumn:
        return self._columns.get(name) or StoredColumn()

    def column(self, name: str) -> Values:
        """Return one value per frame index up to the highest measured one, as a new array; empty where nothing is known."""
        return self._of(name).dense(self._size if name in self._columns else 0)

    def part(self, name: str, start: int, stop: int) -> Values:
        """Return the values from one frame index up to another as a new array; NaN where nothing is known."""
        return self._of(name).part(start, stop)

    def curve(self, name: str) -> tuple[Values, Values]:
        """Return x and y of the column's curve, few enough points to draw at once; NaN where nothing is known."""
        return self._of(name).curve(self._size if name in self._columns else 0)

    def block_numbers(self, name: str) -> list[int]:
        """Return which blocks of the column hold values, ascending, for those who take it piece by piece."""
        return self._of(name).block_numbers

    def block(self, name: str, number: int) -> Values:
        """Return the values of a block (NaN where nothing was measured), which are not to be written to."""
        return self._of(name).block(number)

    def stored(self, name: str) -> StoredColumn | None:
        """Return a column as it is kept, or None where nothing of it was told."""
        return self._columns.get(name)

    def above(self, name: str, level: float) -> tuple[int, int | None]:
        """Return how many of the column's values lie above a level, and the index of the first (None: there is none)."""
        return self._of(name).above(level)

    def at(self, name: str, index: int) -> float | None:
        """Return what was measured at this index, or None."""
        return self._of(name).at(index)

    def n_known(self, name: str) -> int:
        """Return for how many frames there is a value."""
        return self._of(name).n_known

    def move(self, after: tuple[int, ...]) -> None:
        """Take note that another axis of the scan than the first grew: what was measured is at other indices now."""
        known = np.arange(self._size)
        there = moved(known, self.scan_shape, after)
        before, self._columns = self._columns, {}
        self._size, self.scan_shape = int(there[-1]) + 1 if there.size else 0, after
        for name, column in before.items():
            self._columns[name] = StoredColumn()
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
