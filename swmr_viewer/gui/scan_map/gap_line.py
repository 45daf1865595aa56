"""The line that names the first gaps, or says that nobody can tell them yet; a click on one shows it and the nearest frame."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from swmr_viewer.gui.look.labels import line_height
from swmr_viewer.gui.look.text import count_text
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.scan_map.map_gaps import first_gaps, gaps_text, n_gap_points
from swmr_viewer.gui.scan_map.map_text import missing_text
from swmr_viewer.gui.scan_map.scan_gaps import ScanGaps
from swmr_viewer.gui.session.session import Session

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
        self._later.timeout.connect(self._look_again)
        self._is_due = False
        for signal in (session.progress_changed, session.request_changed, session.state_changed, session.finished):
            signal.connect(self._look_soon)
        theme_of_application().changed.connect(self._look)
        self.plain = ""
        """What is said, without links."""

    @property
    def is_current(self) -> bool:
        """Whether everything that is known is told."""
        return not self._is_due

    def _look_soon(self) -> None:
        self._is_due = True
        if not self._later.isActive():
            self._look()

    def _look_again(self) -> None:
        if self._is_due:
            self._look()

    def _look(self) -> None:
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
        progress, passed = self._session.progress, self._gaps.passed
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
        self._look_soon()

    def _choose(self, index: int) -> None:
        session, description = self._session, self._session.description
        if session.progress is not None:
            session.note(missing_text(session.progress, index, description.key_paths if description is not None else (), session.is_over))
            session.pin_nearest(index)
            self.gap_chosen.emit(index)
