"""How many frames arrive per second, how much of them was shown, and how fast it reached the screen."""

from __future__ import annotations

from collections import deque

from swmr_viewer.scan_model.live_frame import LiveFrame


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


class ShownCounts:
    """Counts over the life of a request."""

    def __init__(self) -> None:
        self.n_shown = 0
        self.n_skipped = 0
        """Frames that became complete between two live ones that were shown; nothing is lost, the map and the slider reach them."""
        self.latency_s: float | None = None
        """From the moment its key was seen to the end of painting, for the last frame that was shown as it came (s)."""
        self.expects_all = False
        """Every frame is delivered in order: then those that wait are late, not skipped."""
        self._complete_at_last: int | None = None

    def note_shown(self, frame: LiveFrame, n_complete: int) -> None:
        """Count a frame that is shown while ``n_complete`` are complete."""
        self.n_shown += 1
        if not frame.live:
            return
        if self._complete_at_last is not None and not self.expects_all:
            self.n_skipped += max(0, n_complete - self._complete_at_last - 1)
        self._complete_at_last = max(n_complete, self._complete_at_last or 0)

    def note_painted(self, frame: LiveFrame, now_s: float) -> None:
        """Measure how long a frame took to the screen whose key just came; of others it is not known when it came."""
        if frame.is_new:
            self.latency_s = max(0.0, now_s - frame.key_seen_at_s)

    def pause(self) -> None:
        """Forget the last live frame: what comes while another is held is not skipped."""
        self._complete_at_last = None
