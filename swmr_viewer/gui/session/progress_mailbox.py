"""Keys between the reader's thread and the window: merged while they wait, handed out in pieces that cost a few milliseconds each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from threading import Lock

import numpy as np

from swmr_viewer.core.ranges import Ranges, joined
from swmr_viewer.reader import messages as m

PIECE = 1 << 17
"""About so many points at a time: a scan of ten million that is opened comes as one message, which took the window 0.6 s."""


class ProgressMailbox:
    """What is not taken yet is merged, so that nothing queues."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[m.KeysChanged] = deque()

    @property
    def holds_any(self) -> bool:
        """Whether keys wait."""
        return bool(self._waiting)

    def offer(self, keys: m.KeysChanged) -> None:
        """Take keys in; many of them are parted here, in the thread that brings them."""
        pieces = list(_pieces(keys))
        with self._lock:
            for piece in pieces:
                if self._waiting and _continues(piece, self._waiting[-1]):
                    piece = _merged(self._waiting.pop(), piece)
                self._waiting.append(piece)

    def take(self, generation: int) -> list[m.KeysChanged]:
        """Hand out what came for this generation since the last time, the oldest first, about a piece; all else is stale and dropped."""
        taken: list[m.KeysChanged] = []
        with self._lock:
            self._waiting = deque(keys for keys in self._waiting if keys.generation == generation)
            n_points = 0
            while self._waiting and (not taken or n_points + _n_points(self._waiting[0]) <= PIECE):
                taken.append(self._waiting.popleft())
                n_points += _n_points(taken[-1])
        return taken


def _continues(later: m.KeysChanged, earlier: m.KeysChanged) -> bool:
    is_same_scan = (later.generation, later.scan_shape) == (earlier.generation, earlier.scan_shape)
    return not later.whole and is_same_scan and _n_points(later) + _n_points(earlier) <= PIECE


def _merged(earlier: m.KeysChanged, later: m.KeysChanged) -> m.KeysChanged:
    added = tuple(joined(parts) for parts in zip(earlier.added, later.added, strict=True))
    return replace(later, added=added, whole=earlier.whole, completed=joined((earlier.completed, later.completed)))


def _n_points(keys: m.KeysChanged) -> int:
    return max((int((stops - starts).sum()) for starts, stops in keys.added), default=0)


def _pieces(keys: m.KeysChanged) -> Iterator[m.KeysChanged]:
    """Yield the keys by intervals of indices, each with the frames that its keys completed."""
    if _n_points(keys) <= PIECE:
        yield keys
        return
    added, completed = [_ascending(ranges) for ranges in keys.added], _ascending(keys.completed)
    edges = _edges(max(added, key=lambda ranges: int((ranges[1] - ranges[0]).sum())))
    for number, (low, high) in enumerate(pairwise(edges)):
        parts = tuple(_within(ranges, low, high) for ranges in added)
        yield replace(keys, added=parts, whole=keys.whole and number == 0, completed=_within(completed, low, high))


def _ascending(ranges: Ranges) -> Ranges:
    starts, stops = ranges
    if (starts[1:] >= starts[:-1]).all():
        return ranges
    order = np.argsort(starts)
    return starts[order], stops[order]


def _edges(ranges: Ranges) -> list[int]:
    """Return where intervals of indices begin and end that hold a piece of these points each; the first and the last reach on."""
    starts, stops = ranges
    behind = np.cumsum(stops - starts)
    wanted = np.arange(PIECE, int(behind[-1]), PIECE)
    at = np.searchsorted(behind, wanted)
    return [0, *(stops[at] - (behind[at] - wanted)).tolist(), np.iinfo(np.int64).max]


def _within(ranges: Ranges, low: int, high: int) -> Ranges:
    """Return what lies in an interval of ascending disjoint ranges."""
    starts, stops = ranges
    here = slice(int(np.searchsorted(stops, low, "right")), int(np.searchsorted(starts, high)))
    return np.maximum(starts[here], low), np.minimum(stops[here], high)
