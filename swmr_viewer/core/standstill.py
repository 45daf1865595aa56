"""How long a process, or its computer, stood still between its polls: that counts towards no timeout. Counting only."""

from __future__ import annotations

_LATE_S = 2.0
"""A poll that is later than this did not wait for a key: the process, or the computer, stood still.

Of what is done between polls no more than this counts: it stood still there, or storage is slow, and nobody looked for keys meanwhile."""


class Standstill:
    """Sums up, from poll to poll, the time in which nothing was looked for.

    Parameters
    ----------
    now : float
        The time (s, of a monotonic clock) from which on it is summed up.
    """

    def __init__(self, now: float) -> None:
        self.begin(now)

    def begin(self, now: float) -> None:
        """Sum up from now on."""
        self.seconds = 0.0
        self._polled_at = now
        self._paused_at = self._due_at = float("inf")

    def note_pause(self, now: float, most_s: float) -> None:
        """Take note that the next poll comes in so many seconds at most."""
        self._paused_at, self._due_at = now, now + most_s

    def note_poll(self, now: float) -> None:
        """Take note of a poll."""
        worked_s, late_s = min(now, self._paused_at) - self._polled_at, now - self._due_at
        self._polled_at, self._paused_at, self._due_at = now, float("inf"), float("inf")
        self.seconds += max(0.0, worked_s - _LATE_S)
        if late_s > _LATE_S:
            self.seconds += late_s
