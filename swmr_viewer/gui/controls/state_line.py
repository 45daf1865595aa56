"""The state in words, with a dot: what two metres away is told at a glance."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGridLayout, QWidget

from swmr_viewer.core.number_text import age_text
from swmr_viewer.gui.controls.flow_rates import FlowRates
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import Tokens, theme_of_application, tokens
from swmr_viewer.gui.session.live_mode import LiveMode
from swmr_viewer.gui.session.playback import Playback
from swmr_viewer.gui.session.session import Session
from swmr_viewer.scan_model import StateKind

_TONES = {
    StateKind.LIVE: "good", StateKind.QUIET: "warn", StateKind.LOOKING: "warn", StateKind.STORAGE: "warn",
    StateKind.REPLACED: "warn", StateKind.FAILED: "bad",
    StateKind.WAITING_FOR_FILE: "accent", StateKind.WAITING_FOR_SWMR: "accent", StateKind.WAITING_FOR_KEYS: "accent",
}  # fmt: skip


def tone_of(kind: StateKind, colors: Tokens) -> str:
    """Return the colour of a state; what is over or empty is grey."""
    return str(getattr(colors, _TONES.get(kind, "muted")))


class StateDot(Painted, QWidget):
    """Filled while following, a ring when it is over."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedSize(QSize(14, 14))

    def paint_on(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(tone_of(self._session.scan.state.kind, tokens()))
        painter.setPen(color)
        is_over = self._session.scan.state.kind in (StateKind.FINISHED, StateKind.STOPPED, StateKind.REPLACED, StateKind.EMPTY)
        painter.setBrush(QColor(0, 0, 0, 0) if is_over else color)
        painter.drawEllipse(2, 2, 10, 10)


class StateLine(QWidget):
    """Dot, words and age of the last key; below them what flows."""

    def __init__(self, session: Session, playback: Playback, mode: LiveMode, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._mode = mode
        self.flow = FlowRates(session, self)
        self.dot = StateDot(session)
        self.words = PlainLabel("strong", room_for="Storage not answering")
        self.rate = PlainLabel("muted", room_for="000.0 arriving   000.0 shown   000.0 skipped / s")
        self.age = PlainLabel("muted", room_for="keys read 000 min ago")
        self._lay_out()
        for signal in (session.state_changed, session.mode_changed, playback.changed, mode.changed):
            signal.connect(self._show)
        session.ticked.connect(self._show_numbers)
        session.progress_changed.connect(self._show_numbers)
        theme_of_application().changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        for column, part in enumerate((self.dot, self.words, self.age)):
            grid.addWidget(part, 0, column)
        grid.addWidget(self.rate, 1, 1, 1, 2)

    def _show(self) -> None:
        state, colors = self._session.scan.state, tokens()
        self.words.say(" \u00b7 ".join((state.words, *self._mode_text(state.kind))))
        self.setToolTip(tip(state.detail))
        self.words.setStyleSheet(f"color: {tone_of(state.kind, colors)};")
        self.dot.update()
        self._show_numbers()

    def _mode_text(self, kind: StateKind) -> tuple[str, ...]:
        if self._playback.is_playing:
            return ("playing",) if self._playback.direction > 0 else ("playing back",)
        if kind not in (StateKind.LIVE, StateKind.QUIET, StateKind.LOOKING):
            return ()
        if not self._session.scan.is_live:
            return ("held",)
        return ("every frame",) if self._mode.every_frame else ()

    def _show_numbers(self) -> None:
        session = self._session
        self.rate.say("" if session.scan.is_over and not self._playback.is_playing else self.flow.words())
        age = session.scan.key_age_s
        what = "last key" if session.scan.last_key_came else "keys read"
        self.age.say("" if age is None else f"{what} {age_text(age)}")
