"""The line that names the first gaps; a click on one shows where it is, and the nearest frame."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from swmr_viewer.gui.look.labels import line_height
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.scan_map.map_gaps import first_gaps, gaps_words, n_gap_points
from swmr_viewer.gui.scan_map.map_words import missing_words
from swmr_viewer.gui.session.session import Session

NAMED = 3
LONGEST_SHARE = 0.05
"""Of the window's time that may be spent on looking for gaps."""


class GapLine(QLabel):
    """``2 gaps: 191, 274``."""

    gap_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(line_height(self))
        self.setToolTip("Points below the newest complete frame that are not complete; click one to see where it is")
        self.linkActivated.connect(lambda link: self._choose(int(link)))
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._look)
        for signal in (session.progress_changed, session.request_changed):
            signal.connect(self._look_soon)
        theme_of_application().changed.connect(self._look)
        self.plain = ""
        """What is said, without links."""

    def _look_soon(self) -> None:
        if not self._later.isActive():
            self._look()

    def _look(self) -> None:
        progress = self._session.progress
        began = time.perf_counter()
        pieces = [] if progress is None else gaps_words(n_gap_points(progress), first_gaps(progress, NAMED))
        self._later.setInterval(round(1000 * (time.perf_counter() - began) / LONGEST_SHARE))
        if self._later.interval() > 0:
            self._later.start()
        color = tokens().accent
        self.plain = "".join(words for words, _ in pieces)
        html = "".join(words if at is None else f'<a href="{at}" style="color: {color}">{words}</a>' for words, at in pieces)
        if html != self.text():
            self.setText(html)

    def _choose(self, index: int) -> None:
        session, description = self._session, self._session.description
        if session.progress is not None:
            session.note(missing_words(session.progress, index, description.key_paths if description is not None else ()))
            session.pin_nearest(index)
            self.gap_chosen.emit(index)
