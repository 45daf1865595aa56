"""The state in words, with a dot: what two metres away is told at a glance."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from swmr_viewer.gui.labels import Words
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.state import StateKind
from swmr_viewer.gui.theme import Tokens, theme_of_application, tokens
from swmr_viewer.gui.words import age_words, rate_words

_TONES = {
    StateKind.LIVE: "good", StateKind.QUIET: "warn", StateKind.STORAGE: "warn", StateKind.FAILED: "bad",
    StateKind.WAITING_FOR_FILE: "accent", StateKind.WAITING_FOR_SWMR: "accent", StateKind.WAITING_FOR_KEYS: "accent",
}  # fmt: skip


def tone_of(kind: StateKind, colors: Tokens) -> str:
    """Return the colour of a state; what is over or empty is grey."""
    return str(getattr(colors, _TONES.get(kind, "muted")))


class StateDot(QWidget):
    """Filled while following, a ring when it is over."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedSize(QSize(14, 14))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(tone_of(self._session.state.kind, tokens()))
        painter.setPen(color)
        is_over = self._session.state.kind in (StateKind.FINISHED, StateKind.STOPPED, StateKind.EMPTY)
        painter.setBrush(QColor(0, 0, 0, 0) if is_over else color)
        painter.drawEllipse(2, 2, 10, 10)


class StateLine(QWidget):
    """Dot, words, rate, age of the last key."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.dot = StateDot(session)
        self.words = Words("strong", room_for="Storage not answering")
        self.rate = Words("muted", room_for="000.0 frames/s")
        self.age = Words("muted", room_for="last key 00.0 s ago")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.dot, self.words, self.rate, self.age):
            row.addWidget(part)
        for signal in (session.state_changed, session.mode_changed):
            signal.connect(self._show)
        session.ticked.connect(self._show_numbers)
        session.progress_changed.connect(self._show_numbers)
        theme_of_application().changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        state, colors = self._session.state, tokens()
        is_held = not self._session.is_live and state.kind in (StateKind.LIVE, StateKind.QUIET)
        self.words.say(f"{state.words} \u00b7 held" if is_held else state.words)
        self.setToolTip(state.detail)
        self.words.setStyleSheet(f"color: {tone_of(state.kind, colors)};")
        self.dot.update()
        self._show_numbers()

    def _show_numbers(self) -> None:
        session = self._session
        self.rate.say("" if session.is_over else rate_words(session.frames_per_second))
        age = session.key_age_s
        self.age.say("" if age is None else f"last key {age_words(age)}")
