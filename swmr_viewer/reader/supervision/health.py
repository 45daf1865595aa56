"""Whether the reader answers: times in, what to do out. Pure."""

from __future__ import annotations

from collections.abc import Callable

from swmr_viewer.core.frozen import frozen

SILENCE_S = 2.0
"""A reader sends something at least twice a second."""
_STARTING_S = 10.0
_LONGEST_START_S = 60.0
_REPEAT_S = 1.0
_LATE_S = 1.0
"""A check that is later by more than this was not made in time: what lies between is time in which nobody listened, as in a computer that
slept, and is not held against the reader."""
_LOOK_EVERY_S = 0.25


@frozen
class HealthCheck:
    """What to do about a reader now."""

    stuck_s: float | None = None
    """Seconds of silence to report, or None."""
    kill: bool = False


class Health:
    """Keeps the times at which the reader answered.

    A reader that waits for a processor cannot answer, and is not stuck: that time does not count (measured with thirteen busy processes
    for each processor: readers that were well were killed as they opened the file, and the file was given up).

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which a reader is killed.
    now : float
        Monotonic seconds at its start.
    starved_s : callable
        Returns for how long (s) it has waited for a processor since its start.
    """

    def __init__(self, stuck_after_s: float, now: float, starved_s: Callable[[], float] = lambda: 0.0) -> None:
        self.stuck_after_s = stuck_after_s
        """May be changed at any time."""
        self._answered_at = self._looked_at = now
        self._starved_s = starved_s
        self._starved_before_s = 0.0
        self._started = False
        self._reported_at: float | None = None
        self._due_at = now + self.next_check_s(now)

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
        self._due_at = now + self._limits_s[0]
        if now - self._looked_at > _LOOK_EVERY_S:
            self._looked_at, self._starved_before_s = now, self._starved_s()

    def silence_s(self, now: float) -> float:
        """Return the seconds in which it could have answered since it last did."""
        silence_s = now - self._answered_at
        if silence_s <= _LOOK_EVERY_S:
            return silence_s
        return max(0.0, silence_s - max(0.0, self._starved_s() - self._starved_before_s))

    def check(self, now: float) -> HealthCheck:
        """Return what to do now; to be asked when nothing that it sent is left unread."""
        if now > self._due_at + _LATE_S:
            self._answered_at = min(now, self._answered_at + now - self._due_at)
        silence_s = self.silence_s(now)
        report_after_s, kill_after_s = self._limits_s
        kill = silence_s >= kill_after_s
        is_due = silence_s >= report_after_s and (self._reported_at is None or now - self._reported_at >= _REPEAT_S)
        if is_due and not kill:
            self._reported_at = now
        self._due_at = now + self.next_check_s(now)
        return HealthCheck(silence_s if is_due and not kill else None, kill)

    def next_check_s(self, now: float) -> float:
        """Return the seconds until that may change."""
        silence_s = self.silence_s(now)
        report_after_s, kill_after_s = self._limits_s
        report_in_s = report_after_s - silence_s if self._reported_at is None else self._reported_at + _REPEAT_S - now
        return max(0.0, min(report_in_s, kill_after_s - silence_s))
