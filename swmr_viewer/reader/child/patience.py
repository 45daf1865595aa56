"""How long a frame may lag its key: some writers flush keys before the frames they announce. Pure."""

from __future__ import annotations

from collections import deque

PATIENCE_S = 5.0
"""Longest wait (s) for a frame whose key is set."""

_SAME_MOMENT_S = 0.1


class Doubt:
    """The first of the newest frames that is in doubt: where all are dark they come faster than any of them is waited for."""

    def __init__(self) -> None:
        self.index: int | None = None
        self._since = 0.0

    def since(self, index: int, now: float) -> float:
        """Return since when this frame has been in doubt."""
        if self.index is None:
            self.index, self._since = index, now
        return self._since if index == self.index else now

    def waited_for(self, now: float) -> int | None:
        """Return the frame that has been waited for, if there is one."""
        return self.index if now - self._since >= PATIENCE_S else None

    def clear(self) -> None:
        """Take note that a frame was shown, or that indices mean other frames."""
        self.index = None


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
