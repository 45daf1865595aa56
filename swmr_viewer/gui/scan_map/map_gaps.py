"""Gaps: points that the scan came past and that are not complete, found without looking at the whole scan twice (pure)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from swmr_viewer.core.progress import COMPLETE, KeyProgress
from swmr_viewer.gui.look.text import count_text
from swmr_viewer.gui.scan_map.visit_order import Passed, n_points

BLOCK = 1 << 18


def below_newest(progress: KeyProgress) -> Passed:
    """Return the points up to the newest complete one: what a raster scan has come past."""
    return () if progress.newest is None else ((0, progress.newest + 1),)


def n_gap_points(progress: KeyProgress, passed: Passed) -> int:
    """Return how many points are gaps; everything that is complete has been passed."""
    return max(0, n_points(passed) - progress.n_complete)


def first_gaps(progress: KeyProgress, passed: Passed, most: int) -> list[tuple[int, int]]:
    """Return the first gaps as half-open ranges of neighbouring indices."""
    found: list[tuple[int, int]] = []
    left = n_gap_points(progress, passed)
    frontier = progress.frontier if left else 0
    for begin, end in passed:
        for start in range(max(begin, frontier), end, BLOCK):
            if left <= 0 or len(found) > most:
                return found[:most]
            gaps = np.flatnonzero(progress.state_codes(start, min(start + BLOCK, end)) != COMPLETE) + start
            left -= gaps.size
            found = _joined(found, gaps)
    return found[:most]


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


def gaps_text(n_gaps: int, gaps: Sequence[tuple[int, int]], n_missing: int = 0) -> list[tuple[str, int | None]]:
    """Return the line about gaps as pieces of text; those that can be gone to carry their index.

    ``n_missing`` points never came because the scan ended before it came to them.
    """
    missing: list[tuple[str, int | None]] = [(f"{'; ' if n_gaps else ', '}{count_text(n_missing)} missing", None)] if n_missing else []
    if not n_gaps:
        return [("No gaps", None), *missing]
    pieces: list[tuple[str, int | None]] = [(f"{count_text(n_gaps)} {'gap' if n_gaps == 1 else 'gaps'}: ", None)]
    for number, (start, stop) in enumerate(gaps):
        words = count_text(start) if stop == start + 1 else f"{count_text(start)}\u2013{count_text(stop - 1)}"
        pieces += [(", ", None)] * (number > 0) + [(words, start)]
    named = sum(stop - start for start, stop in gaps)
    return [*pieces, *([(" \u2026", None)] if named < n_gaps else []), *missing]
