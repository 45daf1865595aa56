"""Which frame this is: number, position, age by the file's time; and how it is drawn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import age_text, count_text, moment_text, position_text
from swmr_viewer.gui.look.folding_row import FoldingRow
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import LiveFrame


class FrameHeader(QWidget):
    """``Frame 417   of 600   at (13, 27)   taken 14:03:07.2   0.1 s ago``; where the file has no time, ``read 0.1 s ago``.

    Parameters
    ----------
    session : Session
        What is shown.
    now : callable
        Seconds since 1970 (UTC), now.
    """

    fit_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None, *, now: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        self._session = session
        self._now = now
        self.mark = ChangeMark(session)
        self.title = PlainLabel("title", room_for="Frame 0000")
        self.title.setToolTip("Go to a frame by its number or its position: Ctrl+G")
        self.where = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
        self.fit_button = QPushButton("Fit")
        self.fit_button.setToolTip("Show the whole frame (F)")
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 0, 0, 0)
        box.addWidget(FoldingRow(self._labels(), self._buttons()))
        self.fit_button.clicked.connect(self.fit_wanted)
        for signal in (session.frame_changed, session.progress_changed, session.ticked, session.mode_changed):
            signal.connect(self._show)
        self._show()

    def _labels(self) -> QWidget:
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.title)
        lines.addWidget(self.where)
        labels = QWidget()
        row = QHBoxLayout(labels)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.mark)
        row.addLayout(lines, 1)
        return labels

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

    def _show(self) -> None:
        session, frame = self._session, self._session.scan.shown
        if session.scan.shows_stale_picture and session.scan.wanted_index is not None:
            self.title.say(f"Frame {count_text(session.scan.wanted_index)}")
            self.where.say("cannot be read" if session.scan.wanted_is_unreadable else "being read \u2026")
            return
        if frame is None:
            self.title.say("No frame yet" if session.scan.request is not None else "")
            self.where.say("")
            return
        total = count_text(session.scan.progress.total if session.scan.progress is not None else 0)
        is_one = frame.combined == 1
        self.title.say(f"Frame {count_text(frame.index)}" if is_one else f"{count_text(frame.combined)} frames")
        held = "" if session.scan.is_live else "held"
        taken, age = self._time_text(frame)
        of_total = f"of {total}" if is_one else f"last {count_text(frame.index)} of {total}"
        where = f"at {position_text(frame.position)}" if frame.position else ""  # a scan of no axes is one point
        parts = (of_total, where, session.scan.composition_text, taken, age, held)
        self.where.say(self._fitting(parts, least_needed=(taken, of_total)))

    def _time_text(self, frame: LiveFrame) -> tuple[str, str]:
        """Say when the frame was taken and how long ago; by a clock that is ahead of ours, or without a time, when it was read."""
        now_s, taken_s = self._now(), frame.frame_time
        moment = "" if taken_s is None else moment_text(taken_s, now_s)
        taken = f"taken {moment}" if moment else ""
        if taken_s is None or not moment or taken_s > now_s:
            return taken, f"read {age_text(self._session.scan.frame_read_s)}"
        return taken, age_text(now_s - taken_s)

    def _fitting(self, parts: tuple[str, ...], least_needed: tuple[str, ...]) -> str:
        """Return the words, where there is no room without the least needed ones: whether a picture is current is never cut."""
        for n_left_out in range(len(least_needed) + 1):
            words = "   ".join(part for part in parts if part and part not in least_needed[:n_left_out])
            if self.where.fontMetrics().horizontalAdvance(re.sub(r"\d", "0", words)) <= self.where.width():
                break
        return words


LIT_MS = 400
"""Longer than the usual time between frames, so that it does not flicker while they flow."""


class ChangeMark(Painted, QWidget):
    """Lit for a moment after each new picture."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._last_picture: object = None
        self.setFixedSize(QSize(6, 20))
        self.setToolTip("Lit while the picture is new")
        self._lit = QTimer(self, singleShot=True, interval=LIT_MS)
        self._lit.timeout.connect(self.update)
        session.frame_changed.connect(self._on_frame)
        theme_of_application().changed.connect(self.update)

    @property
    def is_lit(self) -> bool:
        """Whether the picture changed a moment ago."""
        return self._lit.isActive()

    def _on_frame(self) -> None:
        frame = self._session.scan.shown
        if frame is not None and frame.release is not self._last_picture:  # the same picture under another number is not new
            self._last_picture = frame.release
            self._lit.start()
            self.update()

    def paint_on(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = tokens()
        painter.setBrush(QColor(colors.accent if self.is_lit else colors.missing))
        painter.drawRoundedRect(self.rect(), 3, 3)
