"""Whether the reader answers: times in, what to do out. Pure."""

from __future__ import annotations

from swmr_viewer.core.frozen import frozen

SILENCE_S = 2.0
"""A reader sends something at least twice a second."""
_STARTING_S = 10.0
_LONGEST_START_S = 60.0
_REPEAT_S = 1.0
_LATE_S = 1.0
"""A check that is later by more than this was not made in time: what lies between is time in which nobody listened, as in a computer that
slept, and is not held against the reader."""


@frozen
class HealthCheck:
    """What to do about a reader now."""

    stuck_s: float | None = None
    """Seconds of silence to report, or None."""
    kill: bool = False


class Health:
    """Keeps the times at which the reader answered.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which a reader is killed.
    now : float
        Monotonic seconds at its start.
    """

    def __init__(self, stuck_after_s: float, now: float) -> None:
        self.stuck_after_s = stuck_after_s
        """May be changed at any time."""
        self._answered_at = self._checked_at = now
        self._started = False
        self._reported_at: float | None = None

    @property
    def is_reported(self) -> bool:
        """Whether it was reported that it is stuck."""
        return self._reported_at is not None

    @property
    def _limits_s(self) -> tuple[float, float]:
        if not self._started:
            return _STARTING_S, max(_LONGEST_START_S, self.stuck_after_s)
        return min(SILENCE_S, self.stuck_after_s / 2), self.stuck_after_s

    def note_sign_of_life(self, now: float) -> None:
        """Note that the reader sent something."""
        self._answered_at = now
        self._started = True
        self._reported_at = None

    def silence_s(self, now: float) -> float:
        """Return the seconds since it answered."""
        return now - self._answered_at

    def check(self, now: float) -> HealthCheck:
        """Return what to do now; to be asked when nothing that it sent is left unread."""
        self._forget_what_nobody_heard(now)
        silence_s = now - self._answered_at
        report_after_s, kill_after_s = self._limits_s
        if silence_s >= kill_after_s:
            return HealthCheck(kill=True)
        if silence_s < report_after_s or (self._reported_at is not None and now - self._reported_at < _REPEAT_S):
            return HealthCheck()
        self._reported_at = now
        return HealthCheck(stuck_s=silence_s)

    def _forget_what_nobody_heard(self, now: float) -> None:
        due_at = self._checked_at + self.next_check_s(self._checked_at)
        if now > due_at + _LATE_S:
            self._answered_at = min(now, self._answered_at + now - due_at)
        self._checked_at = now

    def next_check_s(self, now: float) -> float:
        """Return the seconds until that may change."""
        report_after_s, kill_after_s = self._limits_s
        report_at = self._answered_at + report_after_s if self._reported_at is None else self._reported_at + _REPEAT_S
        return max(0.0, min(report_at, self._answered_at + kill_after_s) - now)
