"""When the next poll is worth it: soon after a file was written, near the next beat of the keys, and seldom else. Counting only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from swmr_viewer.core.waiting import pause_after

_BURST = 16.0
"""Polls: what one frame brings is several writes, and is polled for at once. Else writes cause no more polls than there would be without
the kernel's word: 1,000 a second while keys come, and fewer the longer a writer writes without any key."""
_AFTERMATH_S, _AFTERMATH_PAUSE_S = 0.4, 0.05
"""What else shows behind a write is looked for with a delay, such as whether the file was closed."""
_UNPROVEN_PAUSE_S, _QUIET_PAUSE_S = 0.1, 0.25
_MOST_MISSES, _FORGIVEN_AFTER = 2, 20
_N_INTERVALS, _LEAST_INTERVALS = 8, 4
_SHORTEST_BEAT_S, _STEADY = 0.008, 0.25
_FINE_PAUSE_S, _MARGIN_S, _COARSE_PAUSE_S = 0.0005, 0.002, 0.02


class Pause(NamedTuple):
    """How long to wait before the next poll (s)."""

    least_s: float
    """However often files are written."""
    most_s: float
    """Though none is written."""


class Pace:
    """Says how long to wait before the next poll.

    Where the kernel tells that a file was written, that ends a pause. It is trusted as long as keys come with such a word: writers that map
    files into memory, or go past the system's cache, write without one. After two keys that nobody told of, and where
    nobody tells at all, keys are polled for by their beat, as far as they have one.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._beat = Beat()
        self._allowance, self._allowed_at = _BURST, clock()
        self._written_at = float("-inf")
        self._found_at = clock()
        self._n_told = self._n_missed = 0

    def note_poll(self, found: bool, told: bool | None) -> None:
        """Take note of a poll: whether it found keys, and whether the kernel had told of a write (None: it tells nothing)."""
        now = self._clock()
        self._allowance = max(0.0, self._allowance_at(now) - 1)  # polls that nobody paused between leave no debt
        self._allowed_at = now
        if told:
            self._written_at = now
        if found:
            self._found_at = now
            self._beat.note(now)
            if told is not None:
                self._judge(told)

    def _judge(self, told: bool) -> None:
        self._n_told = self._n_told + 1 if told else 0
        self._n_missed += not told
        if self._n_told >= _FORGIVEN_AFTER:
            self._n_missed = 0

    def _allowance_at(self, now: float) -> float:
        return min(_BURST, self._allowance + (now - self._allowed_at) / pause_after(now - self._found_at))

    def pause(self, quiet_s: float, is_told: bool) -> Pause:
        """Return how long to wait where no key came for so long (s); ``is_told``: the kernel tells of every write."""
        plain_s = self._beat.pause_after(quiet_s)
        if not is_told:
            return Pause(plain_s, plain_s)
        now = self._clock()
        least_s = max(0.0, 1 - self._allowance_at(now)) * pause_after(now - self._found_at)
        if self._n_missed >= _MOST_MISSES:
            return Pause(min(least_s, plain_s), plain_s)
        quiet_pause_s = _QUIET_PAUSE_S if self._n_told else _UNPROVEN_PAUSE_S
        return Pause(least_s, _AFTERMATH_PAUSE_S if now - self._written_at < _AFTERMATH_S else quiet_pause_s)


class Beat:
    """The period of the keys, if they have one."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._intervals: deque[float] = deque(maxlen=_N_INTERVALS)

    def note(self, now: float) -> None:
        """Take note that keys were found."""
        if self._last is not None:
            self._intervals.append(now - self._last)
        self._last = now

    def pause_after(self, quiet_s: float) -> float:
        """Return how long to wait where no key came for so long (s): finely around the next beat, seldom before it.

        Behind it, and without a beat, as `waiting.pause_after` says.
        """
        if len(self._intervals) < _LEAST_INTERVALS:
            return pause_after(quiet_s)
        period = median(self._intervals)
        spread = max(abs(interval - period) for interval in self._intervals)
        margin = spread + _MARGIN_S
        if period < _SHORTEST_BEAT_S or spread > _STEADY * period or quiet_s > period + margin:
            return pause_after(quiet_s)
        return max(_FINE_PAUSE_S, min(period - margin - quiet_s, _COARSE_PAUSE_S))
