"""Which frame this is: number, position, age; and how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from swmr_viewer.gui.look.folding_row import FoldingRow
from swmr_viewer.gui.look.labels import ElidedWords, Words
from swmr_viewer.gui.look.words import age_words, clock_words, count_words, position_words
from swmr_viewer.gui.picture.change_mark import ChangeMark
from swmr_viewer.gui.session.session import Session


class FrameHeader(QWidget):
    """``Frame 417   of 600   at (13, 27)   0.1 s ago``."""

    fit_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.mark = ChangeMark(session)
        self._made_of: Callable[[], str] = str
        self.title = Words("title", room_for="Frame 0000")
        self.title.setToolTip("Go to a frame by its number or its position: Ctrl+G")
        self.where = ElidedWords("muted", Qt.TextElideMode.ElideRight)
        self.fit_button = QPushButton("Fit")
        self.fit_button.setToolTip("Show the whole frame (F)")
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 0, 0, 0)
        box.addWidget(FoldingRow(self._told(), self._buttons()))
        self.fit_button.clicked.connect(self.fit_wanted)
        for signal in (session.frame_changed, session.progress_changed, session.ticked, session.mode_changed):
            signal.connect(self._show)
        self._show()

    def _told(self) -> QWidget:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.where)
        told = QWidget()
        row = QHBoxLayout(told)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.mark)
        row.addLayout(words, 1)
        return told

    def _buttons(self) -> QWidget:
        buttons = QWidget()
        row = self._row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addStretch()
        row.addWidget(self.fit_button)
        return buttons

    def add_button(self, button: QWidget) -> None:
        """Put a button before *Fit*, the last one."""
        self._row.insertWidget(self._row.indexOf(self.fit_button), button)

    def tell_made_of(self, words: Callable[[], str]) -> None:
        """Say with each frame what the picture is made of, where that is not the frame alone."""
        self._made_of = words

    def _show(self) -> None:
        session, frame = self._session, self._session.shown
        if session.shows_stale_picture and session.wanted_index is not None:
            self.title.say(f"Frame {count_words(session.wanted_index)}")
            self.where.say("cannot be read" if session.wanted_is_unreadable else "being read \u2026")
            return
        if frame is None:
            self.title.say("No frame yet" if session.request is not None else "")
            self.where.say("")
            return
        self.title.say(f"Frame {count_words(frame.index)}")
        total = session.progress.total if session.progress is not None else 0
        held = "" if session.is_live else "held"
        clock = "" if frame.frame_time is None else clock_words(frame.frame_time)
        taken = f"taken {clock}" if clock else ""
        place = (f"of {count_words(total)}", f"at {position_words(frame.position)}")
        parts = (*place, self._made_of(), taken, age_words(session.frame_age_s), held)
        self.where.say(self._fitting([part for part in parts if part], taken))

    def _fitting(self, parts: list[str], least_needed: str) -> str:
        """Return all the words, or all but the least needed ones where there is no room: whether a picture is current is never cut."""
        words = "   ".join(parts)
        if self.where.fontMetrics().horizontalAdvance(re.sub(r"\d", "0", words)) <= self.where.width():
            return words
        return "   ".join(part for part in parts if part != least_needed)
