"""Whether the reader answers: times in, a verdict out. Pure."""

from __future__ import annotations

from dataclasses import dataclass

SILENCE_S = 2.0
"""A reader says something at least twice a second."""
_STARTING_S = 10.0
_LONGEST_START_S = 60.0
_REPEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do about a reader now."""

    tell_stuck_s: float | None = None
    """Seconds of silence to tell people about, or None."""
    kill: bool = False


class Health:
    """Keeps the times at which the reader was heard.

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
        self._heard_at = now
        self._started = False
        self._told_at: float | None = None

    @property
    def is_told(self) -> bool:
        """Whether people were told that it is stuck."""
        return self._told_at is not None

    @property
    def _limits_s(self) -> tuple[float, float]:
        if not self._started:
            return _STARTING_S, max(_LONGEST_START_S, self.stuck_after_s)
        return min(SILENCE_S, self.stuck_after_s / 2), self.stuck_after_s

    def heard(self, now: float) -> None:
        """Note that the reader said something."""
        self._heard_at = now
        self._started = True
        self._told_at = None

    def silence_s(self, now: float) -> float:
        """Return the seconds since it was heard."""
        return now - self._heard_at

    def judge(self, now: float) -> Verdict:
        """Return what to do now; to be asked when nothing of what it said is left unread."""
        silence_s = now - self._heard_at
        tell_after_s, kill_after_s = self._limits_s
        if silence_s >= kill_after_s:
            return Verdict(kill=True)
        if silence_s < tell_after_s or (self._told_at is not None and now - self._told_at < _REPEAT_S):
            return Verdict()
        self._told_at = now
        return Verdict(tell_stuck_s=silence_s)

    def next_check_s(self, now: float) -> float:
        """Return the seconds until the verdict may change."""
        tell_after_s, kill_after_s = self._limits_s
        tell_at = self._heard_at + tell_after_s if self._told_at is None else self._told_at + _REPEAT_S
        return max(0.0, min(tell_at, self._heard_at + kill_after_s) - now)
