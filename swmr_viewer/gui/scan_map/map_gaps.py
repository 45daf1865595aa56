"""Gaps: points below the newest complete one that are not complete, found without looking at the whole scan twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from swmr_viewer.core.progress import COMPLETE, KeyProgress
from swmr_viewer.gui.look.words import count_words

BLOCK = 1 << 18


def n_gap_points(progress: KeyProgress) -> int:
    """Return how many points are gaps."""
    return 0 if progress.newest is None else progress.newest + 1 - progress.n_complete


def first_gaps(progress: KeyProgress, most: int) -> list[tuple[int, int]]:
    """Return the first gaps as half-open ranges of neighbouring indices."""
    found: list[tuple[int, int]] = []
    left, newest = n_gap_points(progress), progress.newest
    start = progress.frontier if left else 0
    while left > 0 and newest is not None and start <= newest:
        stop = min(start + BLOCK, newest + 1)
        gaps = np.flatnonzero(progress.state_codes(start, stop) != COMPLETE) + start
        left -= gaps.size
        found = _joined(found, gaps)
        if len(found) > most:
            return found[:most]
        start = stop
    return found


def _joined(found: list[tuple[int, int]], gaps: np.ndarray) -> list[tuple[int, int]]:
    """Add ascending indices to ranges, of which the last one may go on."""
    if not gaps.size:
        return found
    breaks = np.flatnonzero(np.diff(gaps) != 1)
    starts, stops = gaps[np.r_[0, breaks + 1]].tolist(), (gaps[np.r_[breaks, gaps.size - 1]] + 1).tolist()
    ranges = list(zip(starts, stops, strict=True))
    if found and found[-1][1] == ranges[0][0]:
        ranges[0] = (found[-1][0], ranges[0][1])
        found = found[:-1]
    return found + ranges


def gaps_words(n_points: int, gaps: Sequence[tuple[int, int]]) -> list[tuple[str, int | None]]:
    """Return the line about gaps as pieces of text; those that can be gone to carry their index."""
    if not n_points:
        return [("No gaps", None)]
    pieces: list[tuple[str, int | None]] = [(f"{count_words(n_points)} {'gap' if n_points == 1 else 'gaps'}: ", None)]
    for number, (start, stop) in enumerate(gaps):
        words = count_words(start) if stop == start + 1 else f"{count_words(start)}\u2013{count_words(stop - 1)}"
        pieces += [(", ", None)] * (number > 0) + [(words, start)]
    named = sum(stop - start for start, stop in gaps)
    return [*pieces, (" \u2026", None)] if named < n_points else pieces
