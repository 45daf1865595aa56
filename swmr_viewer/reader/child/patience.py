"""How long a frame may lag its key: some writers flush keys before the frames they announce. Pure."""

from __future__ import annotations

from collections import deque

PATIENCE_S = 5.0
"""Longest wait (s) for a frame whose key is set."""

_SAME_MOMENT_S = 0.1


class Patience:
    """When frames became ready, by how many were ready at which time."""

    def __init__(self) -> None:
        self._ready: deque[tuple[int, float]] = deque()

    def note(self, n_ready: int, now: float) -> None:
        """Take note that by now so many frames are ready."""
        if self._ready and self._ready[-1][0] >= n_ready:
            return
        if len(self._ready) > 1 and now - self._ready[-1][1] < _SAME_MOMENT_S:
            now = self._ready.pop()[1]
        self._ready.append((n_ready, now))

    def ready_since(self, number: int, otherwise: float) -> float:
        """Return when the ``number``-th frame (from 1, never falling from call to call) became ready."""
        while self._ready and self._ready[0][0] < number:
            self._ready.popleft()
        return self._ready[0][1] if self._ready else otherwise
