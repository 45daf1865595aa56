"""How long to wait before one looks again: for new keys, and for what is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from swmr_viewer.core.errors import SwmrViewerError

_SHORTEST_POLL_S, _LONGEST_POLL_S = 0.001, 0.01
_POLLS_PER_QUIET = 16
_IDLE_AFTER_S, _IDLE_POLL_S = 2.0, 0.02
_RESTING_AFTER_S, _RESTING_POLL_S = 5.0, 0.05
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.001, 0.05
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 0.5
_SHARE = 9
"""Where a try is slow, the pause is so many times as long as it took: the live picture must not wait for it."""
_T = TypeVar("_T")


def pause_after(quiet_s: float) -> float:
    """Return how long to wait before the next poll (s) where no key came for so long: longer the longer it is quiet."""
    if quiet_s > _IDLE_AFTER_S:
        return _IDLE_POLL_S if quiet_s <= _RESTING_AFTER_S else _RESTING_POLL_S
    return min(max(quiet_s / _POLLS_PER_QUIET, _SHORTEST_POLL_S), _LONGEST_POLL_S)


def wait_for(
    attempt: Callable[[], _T],
    deadline_s: float,
    clock: Callable[[], float],
    sleep: Callable[[float], object],
    is_stopped: Callable[[], bool] = lambda: False,
) -> _T:
    """Return what an attempt returns, as soon as one does.

    Parameters
    ----------
    attempt : callable
        Raises an error that is retryable while what it looks for is not there.
    deadline_s : float
        On the clock: when to stop trying.
    clock, sleep : callable
        Monotonic seconds, and a wait for so many seconds.
    is_stopped : callable
        Whether to try no more.

    Raises
    ------
    SwmrViewerError
        What the last attempt raised.
    """
    pause_s = _FIRST_WAIT_S
    while True:
        try:
            return attempt()
        except SwmrViewerError as error:
            left_s = deadline_s - clock()
            if not error.retryable or left_s <= 0 or is_stopped():
                raise
        sleep(min(pause_s, left_s))
        pause_s = min(2 * pause_s, _LONGEST_WAIT_S)


class Retries:
    """When to try again what costs too much to be tried at each poll: at once, then after longer and longer pauses.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pause_s = _FIRST_PAUSE_S
        self._next_at: float | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is time to try."""
        return self._next_at is None or self._clock() >= self._next_at

    def be_due(self) -> None:
        """Let the next try not wait."""
        self._next_at = None

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Measure a try, and set when the next one is due."""
        began = self._clock()
        try:
            yield
        finally:
            now = self._clock()
            self._next_at = now + max(self._pause_s, _SHARE * (now - began))
            self._pause_s = min(1.5 * self._pause_s, _LONGEST_PAUSE_S)
