"""Moving through the scan: the state as text, first, previous, hold, next, last, slider, live."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QToolButton, QWidget

from swmr_viewer.core.number_text import age_text, count_text
from swmr_viewer.gui.controls.frame_slider import FrameSlider
from swmr_viewer.gui.controls.play_button import PlayButton
from swmr_viewer.gui.look.folding_row import FoldingRow
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import Tokens, theme_of_application, tokens
from swmr_viewer.gui.session import Playback, Session
from swmr_viewer.scan_model import ScanFacts, StateKind


class ControlBar(QWidget):
    """Shows where the view is and moves it."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.state_line = StateLine(session, playback)
        self.play = PlayButton(playback)
        self.first = _transport("first", "First complete frame (Home)", session.pin_first)
        self.previous = _transport("previous", "Previous complete frame (Left)", lambda: session.step(-1))
        self.hold = _transport("pause", "Hold this frame while the scan goes on (H)", session.toggle_hold)
        self.next = _transport("next", "Next complete frame (Right)", lambda: session.step(+1))
        self.last = _transport("last", "Last complete frame, held", session.pin_last)
        self.slider = FrameSlider(session)
        self.live = QPushButton("Live")
        self.live.setProperty("kind", "live")
        self.live.setCheckable(True)
        self.live.setMinimumWidth(76)
        self.live.clicked.connect(self._on_live)
        moving = QWidget()
        row = self._row = QHBoxLayout(moving)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.first, self.previous, self.hold, self.next, self.last):
            row.addWidget(button)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        row.addWidget(self.live)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(FoldingRow(self.state_line, moving, stretched=moving))
        for signal in (session.mode_changed, session.frame_changed, session.request_changed, session.opened, session.state_changed):
            signal.connect(self._show)
        self._show()

    def add_tool(self, button: QWidget) -> None:
        """Put a button before the slider."""
        self._row.insertWidget(self._row.indexOf(self.slider), button)

    def _on_live(self) -> None:
        self._session.follow_live()
        self._show()

    def _show(self) -> None:
        session = self._session
        can_move = session.scan.shown is not None
        for button in (self.first, self.previous, self.hold, self.next, self.last, self.play, self.slider):
            button.setEnabled(can_move)
        is_open = session.scan.progress is not None
        self.live.setEnabled(is_open and not (session.scan.is_over and session.scan.is_live))
        self.live.setChecked(is_open and session.scan.is_live and not session.scan.is_over)
        self.live.setToolTip(
            "The newest complete frame is shown as it comes" if session.scan.is_live else "Go back to the newest frame (End)"
        )
        wear(self.hold, "pause" if session.scan.is_live else "play")
        self.hold.setToolTip("Hold this frame while the scan goes on (H)" if session.scan.is_live else "Follow the newest frame (H)")


def _transport(icon_name: str, tooltip: str, action: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setProperty("transport", "true")
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip.split(" (")[0])
    wear(button, icon_name)
    button.clicked.connect(lambda: action())
    return button


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
    """Dot, state and age of the last key; below them the rates."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self.dot = StateDot(session)
        self.text = PlainLabel("strong", room_for="Storage not answering")
        self.rate = PlainLabel("muted", room_for="000.0 arriving   000.0 shown   000.0 skipped / s")
        self.age = PlainLabel("muted", room_for="keys read 000 min ago")
        self._lay_out()
        for signal in (session.state_changed, session.mode_changed, session.live_mode_changed, playback.changed):
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
        for column, part in enumerate((self.dot, self.text, self.age)):
            grid.addWidget(part, 0, column)
        grid.addWidget(self.rate, 1, 1, 1, 2)

    def _show(self) -> None:
        state, colors = self._session.scan.state, tokens()
        self.text.say(" \u00b7 ".join((state.text, *self._mode_text(state.kind))))
        self.setToolTip(tip(state.detail))
        self.text.setStyleSheet(f"color: {tone_of(state.kind, colors)};")
        self.dot.update()
        self._show_numbers()

    def _mode_text(self, kind: StateKind) -> tuple[str, ...]:
        if self._playback.is_playing:
            return ("playing",) if self._playback.direction > 0 else ("playing back",)
        if kind not in (StateKind.LIVE, StateKind.QUIET, StateKind.LOOKING):
            return ()
        if not self._session.scan.is_live:
            return ("held",)
        return ("every frame",) if self._session.scan.every_frame else ()

    def _show_numbers(self) -> None:
        session = self._session
        self.rate.say("" if session.scan.is_over and not self._playback.is_playing else flow_text(session.scan))
        age = session.scan.key_age_s
        what = "last key" if session.scan.last_key_came else "keys read"
        self.age.say("" if age is None else f"{what} {age_text(age)}")


def flow_text(scan: ScanFacts) -> str:
    """Return ``12.0 arriving   9.9 shown   2.1 skipped / s``, or nothing as long as nothing flows."""
    counts, now_s = scan.counts, scan.now_s
    meters = (("arriving", counts.arriving), ("shown", counts.shown), ("skipped", counts.skipped))
    rates = [(name, meter.per_second(now_s)) for name, meter in meters]
    texts = [f"{_rate_text(rate)} {name}" for name, rate in rates if rate is not None]
    return f"{'   '.join(texts)} / s" if texts else ""


def _rate_text(per_second: float) -> str:
    return count_text(round(per_second)) if per_second >= 99.5 or per_second == 0 else f"{per_second:.1f}"
