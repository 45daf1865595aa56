"""What the reader has measured so far, by column and frame index; what is not there yet is visibly missing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.scan import moved

Values = npt.NDArray[np.float64]
_LEAST = 1024


class MeasuredValues:
    """Columns of float64, NaN where a frame was not measured."""

    def __init__(self) -> None:
        self._columns: dict[str, Values] = {}
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
            Frames, each at least 0.
        values : float64 array (n, len(columns))
            What was measured of each.
        """
        if not indices.size:
            return
        self._size = max(self._size, int(indices.max()) + 1)
        for number, name in enumerate(columns):
            self._room_for(name)[indices] = values[:, number]

    def column(self, name: str) -> Values:
        """Return one value per frame index up to the highest measured one (a read-only view); empty where nothing is known."""
        column = self._columns.get(name)
        if column is None:
            return np.empty(0)
        seen = column[: self._size]
        if len(seen) < self._size:  # a column that nobody wrote since others grew
            seen = self._room_for(name)[: self._size]
        seen = seen.view()
        seen.flags.writeable = False
        return seen

    def at(self, name: str, index: int) -> float | None:
        """Return what was measured at this index, or None."""
        column = self._columns.get(name)
        if column is None or not 0 <= index < len(column) or np.isnan(column[index]):
            return None
        return float(column[index])

    def n_known(self, name: str) -> int:
        """Return for how many frames there is a value."""
        return int(np.count_nonzero(~np.isnan(self.column(name))))

    def move(self, after: tuple[int, ...]) -> None:
        """Take note that another axis of the scan than the first grew: what was measured is at other indices now."""
        known = np.arange(self._size)
        there = moved(known, self.scan_shape, after)
        before, self._columns = self._columns, {}
        self._size, self.scan_shape = int(there[-1]) + 1 if there.size else 0, after
        for name, column in before.items():
            seen = min(len(column), len(known))
            self._room_for(name)[there[:seen]] = column[:seen]

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

    def _room_for(self, name: str) -> Values:
        column = self._columns.get(name)
        if column is None or len(column) < self._size:
            grown = np.full(max(_LEAST, 1 << (self._size - 1).bit_length()), np.nan)
            if column is not None:
                grown[: len(column)] = column
            self._columns[name] = column = grown
        return column
