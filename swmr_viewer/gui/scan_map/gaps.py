"""Which points are gaps and which are still to come, during the scan and after its end; and the line that names them."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.progress import COMPLETE, MISSING, KeyProgress
from swmr_viewer.core.ranges import IndexArray, no_ranges, runs_of
from swmr_viewer.gui.look.labels import line_height
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.scan_map.map_text import missing_text
from swmr_viewer.gui.scan_map.time_left import Arrival, Passed, n_points
from swmr_viewer.gui.session import Session

STILL_RUNNING = {"stopped", "frame_count"}
"""Reasons why following ends that say nothing about the scan: it may go on without us."""


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


NAMED = 3
"""Gaps that are named where there is room for them."""
GAPS_TIP = "Points that the scan has come past and that are not complete; click one to see where it is"
NO_ORDER_TIP = "The frames come in no order that is known: which of them are lost is told when the scan has ended"
LONGEST_SHARE = 0.05
"""Of the window's time that may be spent on looking for gaps."""


class GapLine(QLabel):
    """``2 gaps: 191, 274``, and after the end ``No gaps, 12 missing``; in a scan without order ``204 not complete yet``."""

    gap_chosen = Signal(int)

    def __init__(self, session: Session, gaps: ScanGaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gaps = gaps
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(line_height(self))
        self.setToolTip(GAPS_TIP)
        self.linkActivated.connect(lambda link: self._choose(int(link)))
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._update_if_due)
        self._is_due = False
        for signal in (session.progress_changed, session.request_changed, session.state_changed, session.finished):
            signal.connect(self._update_soon)
        theme_of_application().changed.connect(self._update_line)
        self.plain = ""
        """What is said, without links."""

    @property
    def is_current(self) -> bool:
        """Whether everything that is known is told."""
        return not self._is_due

    def _update_soon(self) -> None:
        self._is_due = True
        if not self._later.isActive():
            self._update_line()

    def _update_if_due(self) -> None:
        if self._is_due:
            self._update_line()

    def _update_line(self) -> None:
        self._is_due = False
        began = time.perf_counter()
        pieces = self._pieces()
        self._later.setInterval(round(1000 * (time.perf_counter() - began) / LONGEST_SHARE))
        if self._later.interval() > 0:
            self._later.start()
        color = tokens().accent
        self.plain = "".join(words for words, _ in pieces)
        html = "".join(words if at is None else f'<a href="{at}" style="color: {color}">{words}</a>' for words, at in pieces)
        if html != self.text():
            self.setText(html)

    def _pieces(self) -> list[tuple[str, int | None]]:
        progress, passed = self._session.scan.progress, self._gaps.passed
        if progress is None:
            return []
        self.setToolTip(GAPS_TIP if passed is not None else NO_ORDER_TIP)
        left = progress.total - progress.n_complete
        if passed is None:
            return [(f"{count_text(left)} not complete yet", None)]
        n_gaps, gaps = n_gap_points(progress, passed), first_gaps(progress, passed, NAMED)
        n_missing = left - n_gaps if self._gaps.scan_is_over else 0
        while len(gaps) > 1 and not self._has_room_for(gaps_text(n_gaps, gaps, n_missing)):
            gaps.pop()
        pieces = gaps_text(n_gaps, gaps, n_missing)
        return pieces if self._has_room_for(pieces) else gaps_text(n_gaps, gaps)

    def _has_room_for(self, pieces: list[tuple[str, int | None]]) -> bool:
        return self.fontMetrics().horizontalAdvance("".join(words for words, _ in pieces)) <= self.width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_soon()

    def _choose(self, index: int) -> None:
        session, description = self._session, self._session.scan.description
        if session.scan.progress is not None:
            session.note(
                missing_text(session.scan.progress, index, description.key_paths if description is not None else (), session.scan.is_over)
            )
            session.pin_nearest(index)
            self.gap_chosen.emit(index)
