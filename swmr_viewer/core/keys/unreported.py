"""Which keys were set since somebody last asked: for those who keep a mirror of them."""

from __future__ import annotations

from collections.abc import Iterable

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import Ranges, joined

_MOST_PARTS = 4096
"""Polls that are kept apart. A script that only iterates never asks, and 10 million keys would cost it gigabytes."""


class UnreportedRanges:
    """Collects what polls find until it is taken; what grows too long is replaced by the whole state, whose runs are merged.

    Parameters
    ----------
    progress : KeyProgress
        Knows the whole state.
    """

    def __init__(self, progress: KeyProgress) -> None:
        self._progress = progress
        self._parts: list[list[Ranges]] = [[] for _ in range(progress.n_keys)]

    def note(self, added: Iterable[tuple[int, Ranges]], reshaped: bool) -> None:
        """Take note of newly set keys, by number of their dataset; ``reshaped``: flat indices have another meaning now."""
        for number, ranges in added:
            self._parts[number].append(ranges)
        if reshaped or any(len(parts) > _MOST_PARTS for parts in self._parts):
            self._parts = [[ranges] for ranges in self._progress.whole()]

    def take(self) -> tuple[Ranges, ...]:
        """Return, per key dataset, what was set since the last call (or everything), and forget it."""
        taken = tuple(joined(parts) for parts in self._parts)
        self._parts = [[] for _ in taken]
        return taken
