"""Lines that come again and again fill no disk: after some of them they are counted, and no more written."""

from __future__ import annotations

import re
from collections.abc import Callable

MOST = 30
WITHIN_S = 60.0
_MOST_KINDS = 200
_DIGITS = re.compile(r"\d+")


class Repeats:
    """Lets lines through that are alike but for their numbers: so many in so many seconds, and where there were more, one from then on.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float], most: int = MOST, within_s: float = WITHIN_S) -> None:
        self._clock, self._most, self._within_s = clock, most, within_s
        self._seen: dict[str, tuple[float, int, int]] = {}

    def passed(self, text: str) -> tuple[bool, int]:
        """Return whether this line is written, and how many like it were left out since the last that was."""
        kind, now = _DIGITS.sub("#", text), self._clock()
        since, count, most = self._seen.pop(kind, (now, 0, self._most))
        if now - since >= self._within_s:
            left_out = max(0, count - most)
            self._seen[kind] = now, 1, 1 if left_out else self._most
            return True, left_out
        self._seen[kind] = since, count + 1, most
        if len(self._seen) > _MOST_KINDS:
            del self._seen[next(iter(self._seen))]
        return count < most, 0
