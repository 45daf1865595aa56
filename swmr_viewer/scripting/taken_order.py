"""As which each point was taken: by the values of keys that count, else by times, else as points were seen to be complete."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from swmr_viewer.core.positions import Counting, PointValues
from swmr_viewer.core.progress import GrowingArray
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities import Values
from swmr_viewer.scripting.known_points import CompletePoints, values_at


class TakenOrder:
    """The order of acquisition of the complete points.

    Parameters
    ----------
    sources : iterable of PointValues
        What may tell it, the best first.
    points : CompletePoints
        Which points there are.
    """

    def __init__(self, sources: Iterable[PointValues], points: CompletePoints) -> None:
        self._sources, self._points = iter(sources), points
        self._source: PointValues | None = None
        self._counting = Counting()
        self._ranks = np.full(0, np.nan)
        self._has_begun = False
        """Only once points are complete: before, keys that links lead to may not be there."""
        self.version = 0

    def at(self, indices: IndexArray) -> Values:
        """Return as which these points were taken, from 0; NaN where that is not known. As of the last ``update``."""
        found = np.full(indices.size, np.nan)
        inside = indices < self._ranks.size
        found[inside] = self._ranks[indices[inside]]
        return found

    def update(self) -> None:
        """Look at the values of points that came."""
        if not self._has_begun and self._points.looks.any():
            self._has_begun = True
            self._take_next()
        while self._source is not None and not self._read(self._source):
            self._take_next()
        values = self._values.flat if self._source is not None else self._points.looks
        known = np.flatnonzero(~np.isnan(values) & (self._points.looks > 0))
        self._ranks = np.full(values.size, np.nan)
        self._ranks[known[np.argsort(values[known], kind="stable")]] = np.arange(known.size)
        self.version += 1

    def _take_next(self) -> None:
        self._source, self._counting = next(self._sources, None), Counting()
        self._taken = GrowingArray(self._points.scan_shape, np.bool_, False)
        self._values = GrowingArray(self._points.scan_shape, np.float64, np.nan)

    def _read(self, source: PointValues) -> bool:
        """Read what is new; return whether this may still tell the order."""
        new = self._points.without(self._taken)
        if self._values.shape != self._points.scan_shape:
            self._values.grow(self._points.scan_shape)
        try:
            source.refresh()
            values = values_at(source, self._points.scan_shape, new)
        except Exception:  # what is being written now can be read later
            return True
        known = ~np.isnan(values)
        if source.are_keys and new.size and not self._counting.goes_on_with(values):
            return False
        self._values.flat[new[known]] = values[known]
        self._taken.flat[new[known]] = True
        return source.are_keys or bool(np.isfinite(self._values.flat).any()) or not new.size
