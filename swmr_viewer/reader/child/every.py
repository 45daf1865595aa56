"""`Every frame`: complete frames wait in line, in the order in which they completed. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved


class EveryLine:
    """Frames that are still to be shown, the oldest first.

    Parameters
    ----------
    passed : int64 array, optional
        Frames that are not to be shown (again).
    """

    def __init__(self, passed: IndexArray | None = None) -> None:
        self._passed = np.empty(0, np.int64) if passed is None else passed
        self._waiting: deque[tuple[IndexArray, float]] = deque()

    @property
    def is_empty(self) -> bool:
        """Whether every complete frame was shown."""
        return not self._waiting

    @property
    def first(self) -> int | None:
        """The frame to be shown next."""
        return int(self._waiting[0][0][0]) if self._waiting else None

    @property
    def first_since(self) -> float:
        """When the frame to be shown next became complete."""
        return self._waiting[0][1] if self._waiting else 0.0

    def note_completed(self, indices: IndexArray, backwards: bool, now: float = 0.0) -> None:
        """Take note of frames that became complete at the same time, by index or, where a snake runs back, against it."""
        indices = np.sort(indices)
        if self._passed.size:
            indices = indices[~np.isin(indices, self._passed)]
        if indices.size:
            self._waiting.append((indices[::-1] if backwards else indices, now))

    def pop(self) -> int:
        """Take the first one out of the line."""
        first, since = self._waiting.popleft()
        if first.size > 1:
            self._waiting.appendleft((first[1:], since))
        return int(first[0])

    def move(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that the scan shape grew."""
        self._waiting = deque((moved(indices, before, after), since) for indices, since in self._waiting)
        self._passed = moved(self._passed, before, after)

    def left(self) -> IndexArray:
        """Return what still waits."""
        return np.concatenate([*(indices for indices, _ in self._waiting), np.empty(0, np.int64)])
