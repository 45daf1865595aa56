"""What the reader has told of the scan points so far: by column and index; what is missing is NaN."""

from __future__ import annotations

from math import inf
from time import perf_counter

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.scan import moved
from swmr_viewer.quantities.column import BLOCK, next_version
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.moved_points import MovedPoints
from swmr_viewer.quantities.stored_column import PointsByBlock, StoredColumn

MOVED_AT_ONCE = 4 * BLOCK
"""So many points are moved in some ten milliseconds where an inner axis grew."""


class MeasuredValues:
    """Columns of float64, NaN where a frame was not measured."""

    def __init__(self) -> None:
        self._columns: dict[str, StoredColumn] = {}
        self._size = 0
        self.scan_shape: tuple[int, ...] = ()
        """What the indices count on."""
        self.forgotten_at = 0
        """The version of columns that are no longer there."""

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
        points = PointsByBlock(indices)
        for number, name in enumerate(columns):
            self._columns.setdefault(name, StoredColumn()).put_at(points, values[:, number])

    def take_on(self, scan_shape: tuple[int, ...], columns: tuple[str, ...], indices: npt.NDArray[np.int64], values: Values) -> None:
        """Take what was told on a scan shape: a larger one than before, or one from before the scan grew."""
        self.settle_on(scan_shape)
        self.take(columns, moved(indices, scan_shape, self.scan_shape), values)

    def settle_on(self, scan_shape: tuple[int, ...]) -> None:
        """Have what is known on this scan shape, if it is a larger one."""
        if scan_shape == self.scan_shape:  # it is asked for with each look at a column
            return
        before = self.scan_shape + (1,) * (len(scan_shape) - len(self.scan_shape))
        if self.scan_shape and (len(before) > len(scan_shape) or any(old > new for old, new in zip(before, scan_shape, strict=True))):
            return
        if self.scan_shape and before[1:] != scan_shape[1:]:
            self.move(scan_shape)
        self.scan_shape = scan_shape

    def _of(self, name: str) -> StoredColumn:
        return self._columns.get(name) or StoredColumn()

    def column(self, name: str) -> Values:
        """Return one value per frame index up to the highest measured one, as a new array; empty where nothing is known."""
        return self._of(name).dense(self._size if name in self._columns else 0)

    def stored(self, name: str) -> StoredColumn | None:
        """Return a column as it is kept, or None where nothing of it was told."""
        return self._columns.get(name)

    def at(self, name: str, index: int) -> float | None:
        """Return what was measured at this index, or None."""
        return self._of(name).at(index)

    def n_known(self, name: str) -> int:
        """Return for how many frames there is a value."""
        return self._of(name).n_known

    def move(self, after: tuple[int, ...]) -> None:
        """Take note that another axis of the scan than the first grew: what was measured is at other indices now."""
        points = MovedPoints(self._size, self.scan_shape, after)
        self._columns = {name: column.moved(points) for name, column in self._columns.items()}
        if self._size:
            self._size = int(moved(np.array([self._size - 1]), self.scan_shape, after)[0]) + 1
        self.scan_shape = after
        if self._size <= MOVED_AT_ONCE:
            self.settle(inf)

    def settle(self, seconds: float) -> bool:
        """Go on with moving for so long, at the most; return whether all is done. Whoever asks for values gets them in any case."""
        stop_s = perf_counter() + seconds
        for number in sorted({number for column in self._columns.values() for number in column.unmoved}):
            for column in self._columns.values():
                column.settle(number)
            if perf_counter() > stop_s:
                break
        return not any(column.unmoved for column in self._columns.values())

    def forget(self, names: set[str]) -> None:
        """Forget these columns."""
        for name in names:
            self._columns.pop(name, None)
        self.forgotten_at = next_version()

    def clear(self) -> None:
        """Forget everything."""
        self._columns.clear()
        self._size = 0
        self.forgotten_at = next_version()

    @property
    def n_bytes(self) -> int:
        """How many bytes the values take."""
        return sum(column.n_bytes for column in self._columns.values())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._columns)
