"""Which points of a scan are complete, and which values of them were read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.follower import Follower
from swmr_viewer.core.progress import GrowingArray
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scalars import PointSource, Scalar
from swmr_viewer.quantities import Values

FILL_IS_TAKEN_AFTER_S = 5.0
"""What reads as fill may not be written yet, or be what was counted: so long (s) after its point was complete it is taken as it is."""


class CompletePoints:
    """The points that were complete when it was looked last, and since when."""

    def __init__(self, follower: Follower, clock: Callable[[], float]) -> None:
        self._follower, self._clock = follower, clock
        self._seen = GrowingArray(follower.scan_shape, np.uint32, 0)
        """At which look each point was complete first, from 1."""
        self._looked_at: list[float] = []

    @property
    def scan_shape(self) -> tuple[int, ...]:
        return self._seen.shape

    @property
    def looks(self) -> npt.NDArray[np.uint32]:
        """At which look each point was complete first, from 1, flat; 0: it is not."""
        return self._seen.flat

    def look(self) -> bool:
        """Take note of what is complete by now; return whether there is more than before."""
        progress = self._follower.progress
        if progress.scan_shape != self._seen.shape:
            self._seen.grow(progress.scan_shape)
        new = progress.complete_mask() & (self._seen.flat == 0)
        if not new.any():
            return False
        self._looked_at.append(self._clock())
        self._seen.flat[new] = len(self._looked_at)
        return True

    def without(self, taken: GrowingArray) -> IndexArray:
        """Return the complete points that are not marked in an array."""
        if taken.shape != self.scan_shape:
            taken.grow(self.scan_shape)
        return np.flatnonzero((self._seen.flat != 0) & ~taken.flat)

    def are_old(self, indices: IndexArray, source: PointSource) -> np.ndarray:
        """Return of which points everything should be written by now."""
        if self._follower.file_is_closed() and source.is_at_rest:
            return np.ones(indices.size, np.bool_)
        ages_s = self._clock() - np.array(self._looked_at)
        return np.asarray(ages_s[self._seen.flat[indices] - 1] >= FILL_IS_TAKEN_AFTER_S)


class ScalarValues:
    """Reads the values of one scalar, each once it is there."""

    def __init__(self, scalar: Scalar, points: CompletePoints) -> None:
        self._scalar, self._points = scalar, points
        self._taken = GrowingArray(points.scan_shape, np.bool_, False)

    def read(self) -> tuple[IndexArray, Values]:
        """Return the complete points whose values were not read before and are there now, and these values.

        Raises
        ------
        Exception
            Whatever HDF5 makes of a dataset that cannot be read.
        """
        indices, source = self._points.without(self._taken), self._scalar.source
        if not indices.size:
            return indices, np.empty(0)
        source.refresh()
        values = values_at(source, self._points.scan_shape, indices)
        known = ~np.isnan(values)
        is_fill = source.is_fill(values)
        if is_fill.any():
            known &= ~is_fill | (not source.has_nothing and self._points.are_old(indices, source))
        self._taken.flat[indices[known]] = True
        return indices[known], values[known]


class _Readable(Protocol):
    @property
    def window(self) -> int: ...

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> Values: ...


def values_at(source: _Readable, scan_shape: tuple[int, ...], indices: IndexArray) -> Values:
    """Return the values at ascending indices."""
    start, values = 0, np.empty(indices.size)
    while start < indices.size:
        first = int(indices[start])
        stop = int(np.searchsorted(indices, first + source.window))
        read = source.read(scan_shape, first, int(indices[stop - 1]) + 1)
        values[start:stop] = read[indices[start:stop] - first]
        start = stop
    return values
