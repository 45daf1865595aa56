"""What polls changed since somebody last asked: which keys were set, and which frames are complete by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray, Ranges, joined
from swmr_viewer.core.scan import moved

_MOST_PARTS = 4096
"""Polls that are kept apart: ten million single keys would cost gigabytes."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyChanges:
    """Indices are flat, in C order on the scan shape as it is now."""

    added: tuple[Ranges, ...]
    """Per key dataset, the ranges of keys that were set; after an inner axis grew, or when much has come, of all set keys."""
    completed: IndexArray
    """Frames that became complete, each once; not sorted."""


class UnreportedChanges:
    """Collects what polls find from the first time that it is taken: scripts that only iterate never ask.

    Parameters
    ----------
    progress : KeyProgress
        The whole state, with what polls found added already.
    """

    def __init__(self, progress: KeyProgress) -> None:
        self._progress = progress
        self._is_collecting = False
        self._added: list[list[Ranges]] = [[] for _ in range(progress.n_keys)]
        self._completed: list[IndexArray] = []
        self._scan_shape = progress.scan_shape

    def add(self, added: Iterable[tuple[int, Ranges]], completed: Iterable[IndexArray], reshaped: bool) -> None:
        """Add newly set keys by the number of their dataset, and completed frames; ``reshaped``: indices mean other points now."""
        if not self._is_collecting:
            return
        before, self._scan_shape = self._scan_shape, self._progress.scan_shape
        if reshaped:
            self._completed = [moved(indices, before, self._scan_shape) for indices in self._completed]
        self._completed += completed
        for number, ranges in added:
            self._added[number].append(ranges)
        if reshaped or any(len(parts) > _MOST_PARTS for parts in self._added):
            self._added = [[ranges] for ranges in self._progress.whole()]
            self._completed = [np.concatenate(self._completed)] if self._completed else []

    def take(self) -> KeyChanges:
        """Return what changed since the last call (the first time: everything that is set)."""
        if self._is_collecting:
            added = tuple(joined(parts) for parts in self._added)
            completed = np.concatenate([np.empty(0, np.int64), *self._completed])
        else:
            added, completed = self._progress.whole(), np.flatnonzero(self._progress.complete_mask())
            self._is_collecting, self._scan_shape = True, self._progress.scan_shape
        self._added, self._completed = [[] for _ in added], []
        return KeyChanges(added, completed)
