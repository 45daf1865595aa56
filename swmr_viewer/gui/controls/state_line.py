"""The state of the scan in plain words, what of it is shown, and how fast it comes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from swmr_viewer.core.number_text import age_text, count_text, seconds_text
from swmr_viewer.gui.look.labels import FittingLabel, line_height, room_needed, tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import Tokens, theme_of_application, tokens
from swmr_viewer.gui.session import Playback, Session
from swmr_viewer.scan_model import ScanFacts, StateKind

GAP = 8
"""Between two parts (px)."""
SEPARATOR = " \u00b7 "
_TONES = {
    StateKind.LIVE: "good", StateKind.QUIET: "warn", StateKind.LOOKING: "warn", StateKind.STORAGE: "warn",
    StateKind.REPLACED: "warn", StateKind.FAILED: "bad",
    StateKind.WAITING_FOR_FILE: "accent", StateKind.WAITING_FOR_SWMR: "accent", StateKind.WAITING_FOR_KEYS: "accent",
}  # fmt: skip
_OVER = (StateKind.FINISHED, StateKind.STOPPED, StateKind.REPLACED, StateKind.EMPTY)
_FOLLOWING = (StateKind.LIVE, StateKind.QUIET, StateKind.LOOKING)


def tone_of(kind: StateKind, colors: Tokens) -> str:
    """Return the colour of a state; what is over or empty is in the colour of text."""
    return str(getattr(colors, _TONES.get(kind, "text")))


class StateDot(Painted, QWidget):
    """Filled while following, a ring when it is over."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedSize(QSize(14, 14))

    def paint_on(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        kind = self._session.scan.state.kind
        color = QColor(tone_of(kind, tokens()) if kind not in _OVER else tokens().muted)
        painter.setPen(color)
        painter.setBrush(QColor(0, 0, 0, 0) if kind in _OVER else color)
        painter.drawEllipse(2, 2, 10, 10)


class StateText(Painted, FittingLabel):
    """The state in its colour, and what of the scan is shown beside it."""

    def paint_on(self, painter: QPainter) -> None:
        state, separator, shown = self.text().partition(SEPARATOR)
        aligned = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        area = self.contentsRect()
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, aligned, state)
        area.setLeft(area.left() + self.fontMetrics().horizontalAdvance(state))
        font = self.font()
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(tokens().text))
        painter.drawText(area, aligned, separator + shown)


class StateLine(QWidget):
    """Dot and state; below them what comes per second, and the age of the last key."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self.dot = StateDot(session)
        self.text = StateText()
        self.rate = FittingLabel("muted")
        self.age = FittingLabel("muted")
        self._lay_out()
        for signal in (session.state_changed, session.mode_changed, session.live_mode_changed, session.settled, playback.changed):
            signal.connect(self._show)
        session.ticked.connect(self._show_numbers)
        theme_of_application().changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        numbers = QHBoxLayout()
        numbers.setSpacing(GAP)
        numbers.addWidget(self.rate)
        numbers.addWidget(self.age, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.dot, 0, 0)
        grid.addWidget(self.text, 0, 1)
        grid.addLayout(numbers, 1, 1)
        grid.setColumnStretch(1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setMinimumHeight(2 * line_height(self.age))  # also while there are no numbers

    def _show(self) -> None:
        state, colors = self._session.scan.state, tokens()
        sheet = f"color: {tone_of(state.kind, colors)}; font-weight: 600;"
        if sheet != self.text.styleSheet():  # Qt would polish it anew, with each frame
            self.text.setStyleSheet(sheet)
        words = state_words(state.in_words, shown_words(self._session.scan, self._playback.direction))
        self.text.offer(*words, room=self._room)
        self.dot.update()
        self._show_numbers()

    def _show_numbers(self) -> None:
        scan = self._session.scan
        is_quiet = scan.state.kind is StateKind.QUIET
        all_flow = flow_words(scan)
        flow = () if scan.is_over and not self._playback.is_playing else all_flow[1:]  # all rates: in the tooltip
        what, age = "last key" if scan.last_key_came else "keys read", age_text(scan.key_age_s)
        self._say_numbers((countdown_text(scan.seconds_left),) if is_quiet else flow, (f"{what} {age}", age) if age else ())
        told = tip("\n".join(filter(None, (self.text.text(), scan.state.detail, self.rate.text(), *all_flow[:1]))))
        if told != self.toolTip():
            self.setToolTip(told)

    def _say_numbers(self, rate: tuple[str, ...], age: tuple[str, ...]) -> None:
        """Show them side by side, the rate in a room of its own; one that is alone has all the room."""
        of_rate = room_needed(WIDEST_RATE, self.rate.fontMetrics()) if rate and age else 0
        self.rate.setMinimumWidth(of_rate)
        self.rate.setMaximumWidth(of_rate or QWIDGETSIZE_MAX)
        self.rate.offer(*rate, room=of_rate or self._room)
        self.age.offer(*age, room=self._room - (of_rate + GAP if of_rate else 0))
        for label, words in ((self.rate, rate), (self.age, age)):
            label.setVisible(bool(words))

    @property
    def _room(self) -> int:
        """The width (px) beside the dot."""
        return self.width() - self.dot.width() - GAP


def state_words(state: tuple[str, ...], shown: tuple[str, ...]) -> tuple[str, ...]:
    """Return a state with what is shown beside it, in fewer and fewer words; how a picture is shown is left out last."""
    pairs = [(state[0], one) for one in shown] + [(one, shown[-1]) for one in state[1:]]
    return tuple(SEPARATOR.join(filter(None, pair)) for pair in (pairs or [(one, "") for one in state]))


def shown_words(scan: ScanFacts, direction: int) -> tuple[str, ...]:
    """Return what of the scan is shown, in fewer and fewer words; ``direction``: +1 or -1 where it is played.

    That the newest frame is shown goes without saying where there is little room, and where nothing is new.
    """
    if direction:
        return ("playing",) if direction > 0 else ("playing back",)
    if scan.state.kind not in _FOLLOWING:
        return ("",)
    if scan.wanted_index is not None:
        return f"showing frame {count_text(scan.wanted_index)}, held", f"frame {count_text(scan.wanted_index)}, held", "held"
    if scan.wanted_points is not None:
        return "showing points, held", "held"
    if scan.every_frame:
        return "every frame", ""
    return ("live", "") if scan.state.kind is StateKind.LIVE and scan.shown is not None else ("",)


def countdown_text(seconds_left: float | None) -> str:
    """Return what is left until the timeout, while it is quiet: that is no end yet."""
    return "not finished" if seconds_left is None else f"timeout in {seconds_text(seconds_left)}"


def flow_words(scan: ScanFacts) -> tuple[str, ...]:
    """Return ``12.0 arriving   9.9 shown   2.1 skipped / s``, in fewer and fewer words; nothing as long as nothing flows."""
    counts, now_s = scan.counts, scan.now_s
    meters = (("arriving", counts.arriving), ("shown", counts.shown), ("skipped", counts.skipped))
    rates = {name: rate for name, meter in meters if (rate := meter.per_second(now_s)) is not None}
    texts = [f"{_rate_text(rate)} {name}" for name, rate in rates.items()]
    if not texts:
        return ()
    arriving = rates.get("arriving")
    fewer = () if arriving is None else (f"{_rate_text(arriving)} frames/s", f"{_rate_text(arriving)} / s")
    return (f"{'   '.join(texts)} / s", *fewer)


WIDEST_RATE = "timeout in 000 min"
QWIDGETSIZE_MAX = 16_777_215
"""As Qt has it."""


def _rate_text(per_second: float) -> str:
    return count_text(round(per_second)) if per_second >= 99.5 or per_second == 0 else f"{per_second:.1f}"
