"""How many frames arrive per second, over the last seconds."""

from __future__ import annotations

from collections import deque


class RateMeter:
    """Counts over a sliding window.

    Parameters
    ----------
    window_s : float
        How far back (s) it looks.
    """

    def __init__(self, window_s: float = 5.0) -> None:
        self._window_s = window_s
        self._counts: deque[tuple[float, int]] = deque()

    def add(self, at_s: float, count: int) -> None:
        """Note that ``count`` frames became complete at ``at_s``."""
        self._counts.append((at_s, count))
        self._forget(at_s)

    def per_second(self, now_s: float) -> float | None:
        """Return the rate, or None as long as fewer than two arrivals say nothing about it."""
        self._forget(now_s)
        if len(self._counts) < 2:
            return None
        first_s, first_count = self._counts[0]
        spread_s = now_s - first_s
        return (sum(n for _, n in self._counts) - first_count) / spread_s if spread_s > 0 else None

    def clear(self) -> None:
        """Forget everything."""
        self._counts.clear()

    def _forget(self, now_s: float) -> None:
        while self._counts and now_s - self._counts[0][0] > self._window_s:
            self._counts.popleft()
