"""Scan points of which something is still to be read. Pure: indices in, indices out."""

from __future__ import annotations

from collections import deque

import numpy as np

from swmr_viewer.core.ranges import IndexArray, Ranges, indices_of, runs_of
from swmr_viewer.core.scan import moved


class PendingPoints:
    """Points whose value is to be read, in parts of ascending ranges."""

    def __init__(self) -> None:
        self._parts: deque[Ranges] = deque()

    def __bool__(self) -> bool:
        return bool(self._parts)

    def add_ranges(self, ranges: Ranges) -> None:
        if ranges[0].size:
            self._parts.append(ranges)

    def first(self, window: int) -> IndexArray:
        """Return the first points that lie within so many of each other, ascending."""
        starts, stops = self._parts[0]
        end = int(starts[0]) + window
        n = max(1, int(np.searchsorted(starts, end)))
        return indices_of((starts[:n], np.minimum(stops[:n], end)))

    def drop_first(self, n: int) -> None:
        """Take the first points away: they were read."""
        starts, stops = self._parts.popleft()
        ends = np.cumsum(stops[: n + 1] - starts[: n + 1])
        whole = int(np.searchsorted(ends, n, side="right"))
        rest = starts[whole:].copy(), stops[whole:]
        if rest[0].size:
            rest[0][0] += n - (int(ends[whole - 1]) if whole else 0)
            self._parts.appendleft(rest)

    def last(self, window: int) -> IndexArray:
        """Return the last points that were added and lie within so many of each other, ascending."""
        starts, stops = self._parts[-1]
        start = int(stops[-1]) - window
        first = min(int(np.searchsorted(stops, start, side="right")), starts.size - 1)
        return indices_of((np.maximum(starts[first:], start), stops[first:]))

    def drop_last(self, n: int) -> None:
        """Take the last points away: they were read."""
        starts, stops = self._parts.pop()
        lengths = (stops - starts)[-n:][::-1]
        ends = np.cumsum(lengths)
        whole = int(np.searchsorted(ends, n, side="right"))
        rest = starts[: starts.size - whole], stops[: stops.size - whole].copy()
        if rest[0].size:
            rest[1][-1] -= n - (int(ends[whole - 1]) if whole else 0)
            self._parts.append(rest)

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self._parts = deque(runs_of(np.sort(moved(indices_of(part), before, after))) for part in self._parts)
