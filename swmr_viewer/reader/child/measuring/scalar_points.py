"""Which points of some scalars are still to be read, and those whose value was not there when it was."""

from __future__ import annotations

from collections import deque
from contextlib import suppress

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.ranges import IndexArray, Ranges, indices_of, runs_of
from swmr_viewer.core.scalars import Scalar
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S
from swmr_viewer.reader.child.measuring.pending_points import PendingPoints

_MOST_VALUES = 1 << 18
"""In one message: two megabytes."""
_JOINED_S, _JOINED_POINTS = 1.0, 4096
"""What was missed within so long is looked at together, as long as it is few."""
Values = npt.NDArray[np.float64]


class ReadScalar:
    """A scalar that is read; values that are not there yet are looked at again."""

    def __init__(self, scalar: Scalar) -> None:
        self.scalar = scalar
        self._missed: deque[tuple[float, Ranges]] = deque()
        """Since when (s) which points are missed."""
        self._has_something = False
        """Asked once it is so, and no more: HDF5 looks at every chunk for it."""

    @property
    def name(self) -> str:
        return self.scalar.fact.name

    @property
    def n_parts_missed(self) -> int:
        """How often ``look_again`` is to be called until it comes to the first one again."""
        return 0 if not self._missed or self._has_nothing() else len(self._missed)

    def read(self, scan_shape: tuple[int, ...], indices: IndexArray, now: float, is_over: bool) -> Values:
        """Return the values at some ascending points, NaN where there is none yet; ``is_over``: nothing more will be written."""
        values = self._values(scan_shape, indices)
        is_missed = np.isnan(values)
        is_fill = self._is_fill(values)
        if is_fill.any() and (not is_over or self._has_nothing() or not self.scalar.source.is_at_rest):
            is_missed |= is_fill
        values[is_missed] = np.nan
        self._miss(indices[is_missed], now)
        return values

    def look_again(self, scan_shape: tuple[int, ...], now: float) -> tuple[IndexArray, Values]:
        """Return which of some points that were missed are known by now, and their values.

        What is fill, as a 0 that was counted may be, is taken as it is after a while.
        """
        since, ranges = self._missed.popleft()
        indices = indices_of(ranges)
        values = self._values(scan_shape, indices)
        is_missed = np.isnan(values)
        if now - since < FRAME_TIMEOUT_S:
            is_missed |= self._is_fill(values)
        if is_missed.any():
            self._missed.append((since, runs_of(indices[is_missed])))
        return indices[~is_missed], values[~is_missed]

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self._missed = deque((since, runs_of(np.sort(moved(indices_of(part), before, after)))) for since, part in self._missed)

    def _values(self, scan_shape: tuple[int, ...], indices: IndexArray) -> Values:
        source = self.scalar.source
        start, values = 0, np.full(indices.size, np.nan)
        try:
            source.refresh()
            while start < indices.size:
                first = int(indices[start])
                stop = int(np.searchsorted(indices, first + source.window))
                last = int(indices[stop - 1]) + 1
                values[start:stop] = source.read(scan_shape, first, last)[indices[start:stop] - first]
                start = stop
        except Exception:  # a scalar is worth no scan, and what is being written now can be read later
            values[start:] = np.nan
        return values

    def _is_fill(self, values: Values) -> npt.NDArray[np.bool_]:
        return self.scalar.source.is_fill(values)

    def _has_nothing(self) -> bool:
        if not self._has_something:
            with suppress(Exception):  # as above
                self.scalar.source.refresh()
                self._has_something = not self.scalar.source.has_nothing
        return not self._has_something

    def _miss(self, indices: IndexArray, now: float) -> None:
        if not indices.size:
            return
        if self._missed and indices.size < _JOINED_POINTS:
            since, ranges = self._missed[-1]
            before = indices_of(ranges)
            if now - since < _JOINED_S and before.size < _JOINED_POINTS:
                self._missed[-1] = since, runs_of(np.union1d(before, indices))
                return
        self._missed.append((now, runs_of(indices)))


class ScalarGroup:
    """Scalars that are read together, at points that are still to be read."""

    def __init__(self, scalars: list[ReadScalar], complete: Ranges) -> None:
        self.scalars = scalars
        self.pending = PendingPoints()
        self.pending.add_ranges(complete)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(scalar.name for scalar in self.scalars)

    @property
    def most_points(self) -> int:
        """How many points one message may hold."""
        return max(1, _MOST_VALUES // len(self.scalars))

    def read_block(self, scan_shape: tuple[int, ...], now: float, is_over: bool) -> tuple[IndexArray, Values]:
        """Return some of the newest points, ascending, and their values, float64 (points, scalars)."""
        window = min(self.most_points, *(scalar.scalar.source.window for scalar in self.scalars))
        indices = self.pending.last(window)
        values = np.column_stack([scalar.read(scan_shape, indices, now, is_over) for scalar in self.scalars])
        self.pending.drop_last(indices.size)
        return indices, values

    def keep(self, names: tuple[str, ...]) -> bool:
        """Go on with these alone; return whether any are left."""
        self.scalars = [scalar for scalar in self.scalars if scalar.name in names]
        return bool(self.scalars)

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self.pending.remap_indices(before, after)
        for scalar in self.scalars:
            scalar.remap_indices(before, after)
