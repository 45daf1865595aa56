"""Which points are gaps and which are still to come, during the scan and after its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QObject

from swmr_viewer.core.number_text import count_text, short_count
from swmr_viewer.core.progress import COMPLETE, MISSING, KeyProgress
from swmr_viewer.core.ranges import IndexArray, no_ranges, runs_of
from swmr_viewer.gui.scan_map.time_left import Arrival, Passed, n_points
from swmr_viewer.gui.session import Session

STILL_RUNNING = {"stopped", "frame_count"}
"""Reasons why following ends that say nothing about the scan: it may go on without us."""

SHORTER_FROM = 10_000
"""Counts from which on there is ``20 k`` for what has to be short."""


class ScanGaps(QObject):
    """Watches how frames arrive."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._arrival = Arrival()
        session.request_changed.connect(self._forget)
        session.opened.connect(self._forget)
        session.frames_completed.connect(self._note)
        session.progress_changed.connect(lambda: self._note(no_ranges()[0]))

    @property
    def scan_is_over(self) -> bool:
        """Whether nothing more is to come: following ended for that, or another scan has the name of the file (also after a stop)."""
        ended = self._session.scan.ended
        has_ended = ended is not None and not ended.still_following and ended.reason not in STILL_RUNNING
        return has_ended or self._session.scan.replaced is not None

    @property
    def passed(self) -> Passed | None:
        """The points at which a frame that is not complete is a gap; None while nobody can tell."""
        progress, passed = self._session.scan.progress, self._arrival.passed
        return below_newest(progress) if passed is None and progress is not None and self.scan_is_over else passed

    @property
    def n_gaps(self) -> int | None:
        """How many points the scan has come past without their frame; None where nobody can tell."""
        progress, passed = self._session.scan.progress, self.passed
        return None if progress is None or passed is None else n_gap_points(progress, passed)

    @property
    def n_missing(self) -> int:
        """How many points the scan did not come to before it ended."""
        progress, n_gaps = self._session.scan.progress, self.n_gaps
        return progress.total - progress.n_complete - n_gaps if self.scan_is_over and progress is not None and n_gaps is not None else 0

    def lost(self) -> tuple[int, Callable[[], int | None]] | None:
        """Return how many frames will not come, and what finds the first of them; None where nobody can tell."""
        n_gaps = self.n_gaps
        return None if n_gaps is None else (n_gaps + self.n_missing, lambda: next((start for start, _ in self.first(1)), None))

    def first(self, most: int) -> list[tuple[int, int]]:
        """Return the first gaps as half-open ranges of indices; it may take tens of ms."""
        progress, passed = self._session.scan.progress, self.passed
        return [] if progress is None or passed is None else first_gaps(progress, passed, most)

    @property
    def short_text(self) -> str:
        """How many gaps there are, and how much is missing; large numbers in short."""
        progress, n_gaps, n_missing = self._session.scan.progress, self.n_gaps, self.n_missing
        if progress is None:
            return ""
        if n_gaps is None:
            return f"{short_count(progress.total - progress.n_complete, SHORTER_FROM)} not complete yet"
        missing = [f"{short_count(n_missing, SHORTER_FROM)} missing"] if n_missing else []
        found = [f"{short_count(n_gaps, SHORTER_FROM)} {'gap' if n_gaps == 1 else 'gaps'}"] if n_gaps else []
        return "; ".join([*found, *missing]) or "no gaps"

    def text(self, most: int) -> str:
        """Say how many gaps there are, and which the first ones are; in a scan without order, how much is not complete yet."""
        progress, n_gaps = self._session.scan.progress, self.n_gaps
        if progress is None:
            return ""
        if n_gaps is None:
            return f"{count_text(progress.total - progress.n_complete)} not complete yet"
        return gaps_text(n_gaps, self.first(most) if n_gaps else (), self.n_missing)

    def fate_text(self, index: int) -> str:
        """Say what becomes of a point that is not complete, as far as that is known."""
        progress, passed = self._session.scan.progress, self.passed
        if progress is None or passed is None or progress.is_complete(index):
            return ""
        if any(start <= index < stop for start, stop in passed):
            return "A gap: the scan has come past it"
        if self.scan_is_over:
            return "Missing: it was not complete at the end"
        return "Still to come" if progress.state_codes(index, index + 1)[0] == MISSING else ""

    def _forget(self) -> None:
        self._arrival = Arrival()
        self._note(no_ranges()[0])

    def _note(self, completed: IndexArray) -> None:
        if self._session.scan.progress is not None:
            self._arrival.note(completed, self._session.scan.progress)


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


def next_gap(progress: KeyProgress, passed: Passed, start: int) -> int | None:
    """Return the first gap at this index or behind it, or None."""
    for begin, end in passed:
        for at in range(max(begin, start, progress.frontier), end, BLOCK):
            is_gap = progress.state_codes(at, min(at + BLOCK, end)) != COMPLETE
            first = int(is_gap.argmax())
            if is_gap[first]:
                return at + first
    return None


def _joined(found: list[tuple[int, int]], gaps: np.ndarray) -> list[tuple[int, int]]:
    """Add ascending indices to ranges, of which the last one may go on."""
    if not gaps.size:
        return found
    starts, stops = runs_of(gaps)
    ranges = list(zip(starts.tolist(), stops.tolist(), strict=True))
    if found and found[-1][1] == ranges[0][0]:
        ranges[0] = (found[-1][0], ranges[0][1])
        found = found[:-1]
    return found + ranges


def gaps_text(n_gaps: int, gaps: Sequence[tuple[int, int]] = (), n_missing: int = 0) -> str:
    """Say how many gaps there are, and which as far as these are given: ``2 gaps: 191, 274``, ``no gaps, 12 missing``.

    ``n_missing`` points never came because the scan ended before it came to them.
    """
    missing = f"{count_text(n_missing)} missing" if n_missing else ""
    if not n_gaps:
        return f"no gaps, {missing}" if missing else "no gaps"
    found = f"{count_text(n_gaps)} {'gap' if n_gaps == 1 else 'gaps'}"
    if gaps:
        more = " \u2026" if sum(stop - start for start, stop in gaps) < n_gaps else ""
        found += f": {', '.join(range_text(*gap) for gap in gaps)}{more}"
    return f"{found}; {missing}" if missing else found


def range_text(start: int, stop: int) -> str:
    """Return the indices from start to stop (exclusive) as people write them: ``7``, ``7\u20139``."""
    return count_text(start) if stop == start + 1 else f"{count_text(start)}\u2013{count_text(stop - 1)}"
