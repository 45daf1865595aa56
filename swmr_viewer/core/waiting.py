"""Trying again until something is there, with a bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from swmr_viewer.core.errors import SwmrViewerError

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.001, 0.05
_T = TypeVar("_T")


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
