"""What ends following: the conditions with their values, changed while following; stop and resume."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QPushButton, QSpinBox, QVBoxLayout, QWidget

from swmr_viewer.core.conditions import AllKeys, Condition, FileClosed, FinishedFlag, FrameCount, Timeout, in_order
from swmr_viewer.core.number_text import seconds_text
from swmr_viewer.gui.look.folding_row import FoldingRow, group
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import Ended
from swmr_viewer.scan_model import StateKind

MAX_TIMEOUT_S = 86_400.0
MAX_COUNT = 1_000_000_000
LEAST_BUTTON = 76
"""Width (px)."""


class TerminationBar(QWidget):
    """An editor of ``session.scan.conditions``.

    Parameters
    ----------
    session : Session
        What it ends.
    now : callable
        The time of day, for when it ended.
    """

    def __init__(self, session: Session, parent: QWidget | None = None, *, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(parent)
        self._now = now
        self._session = session
        self._flag_path: str | None = None
        self._setting = False
        self._build()
        self._lay_out()
        self._connect()
        self._show_conditions()
        self._show_end()

    def _build(self) -> None:
        self.flag = _check("finished flag", "End when the scan's finished flag is set")
        self.timeout = _check(
            "quiet for", "After so long without a new key say so, and look on gently; following goes on by itself when keys come"
        )
        self.seconds = QDoubleSpinBox(minimum=0.1, maximum=MAX_TIMEOUT_S, value=10.0, decimals=1, suffix=" s")
        self.seconds.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.seconds.setFixedWidth(78)
        self.all_keys = _check("all keys set", "End when every point of the scan is complete")
        self.closed = _check("file closed", "End when the writer closes the file")
        self.frames = _check("frames", "End when this many frames are complete")
        self.count = QSpinBox(minimum=1, maximum=MAX_COUNT, value=1)
        for box in (self.seconds, self.count):
            box.setKeyboardTracking(False)
        self.count.setFixedWidth(78)
        self.countdown = PlainLabel("muted", room_for="quiet, not finished: timeout in 00.0 s")
        self.ended = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
        self.restart = QPushButton("Restart")
        self.restart.setToolTip("Open the same file again and follow it from its beginning (F5)")
        self.stop = QPushButton("Stop")
        self.stop.setProperty("kind", "stop")
        self.stop.setToolTip("End following now; the scan is not touched (Ctrl+.)")
        self.resume = QPushButton("Resume")
        self.resume.setProperty("kind", "primary")
        self.resume.setToolTip("Go on following; the timeout starts anew (Ctrl+R)")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for button in (self.stop, self.restart, self.resume):  # one stands where another was: nothing should move
            button.ensurePolished()
            button.setMinimumWidth(max(LEAST_BUTTON, button.sizeHint().width()))

    def _lay_out(self) -> None:
        lead = PlainLabel("muted")
        lead.say("Stop when")
        conditions = group(lead, self.flag, self.timeout, self.seconds, self.all_keys, self.closed, self.frames, self.count)
        end = group(self.ended, self.countdown, self.restart, self.stop, self.resume, stretched=self.ended)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(FoldingRow(conditions, end, stretched=end))

    def _connect(self) -> None:
        session = self._session
        for box in (self.flag, self.timeout, self.all_keys, self.closed, self.frames):
            box.toggled.connect(self._edited)
        self.seconds.valueChanged.connect(self._edited)
        self.count.valueChanged.connect(self._edited)
        self.stop.clicked.connect(session.stop)
        self.resume.clicked.connect(session.resume)
        self.restart.clicked.connect(session.retry)
        session.finished.connect(self._note_end)
        session.conditions_changed.connect(self._show_conditions)
        session.opened.connect(self._show_total)
        for signal in (session.state_changed, session.request_changed, session.finished):
            signal.connect(self._show_end)
        session.ticked.connect(self._show_countdown)

    # ---- the value

    def value(self) -> tuple[Condition, ...]:
        """Return the conditions as they are set here."""
        wanted: list[tuple[QCheckBox, Condition]] = [
            (self.flag, FinishedFlag(self._flag_path)), (self.timeout, Timeout(self.seconds.value())), (self.all_keys, AllKeys()),
            (self.closed, FileClosed()), (self.frames, FrameCount(self.count.value())),
        ]  # fmt: skip
        return in_order(condition for box, condition in wanted if box.isChecked())

    def set_value(self, conditions: tuple[Condition, ...]) -> None:
        """Show these conditions, and leave the session as it is."""
        self._setting = True
        by_kind = {type(condition): condition for condition in conditions}
        for box, kind in ((self.flag, FinishedFlag), (self.timeout, Timeout), (self.all_keys, AllKeys), (self.closed, FileClosed)):
            box.setChecked(kind in by_kind)
        self.frames.setChecked(FrameCount in by_kind)
        for condition in conditions:
            self._take_number(condition)
        self._setting = False
        self._enable_numbers()

    def _take_number(self, condition: Condition) -> None:
        if isinstance(condition, Timeout):
            _put(self.seconds, min(condition.seconds, MAX_TIMEOUT_S))
        elif isinstance(condition, FrameCount):
            _put(self.count, condition.count)
        elif isinstance(condition, FinishedFlag):
            self._flag_path = condition.path

    def _edited(self) -> None:
        self._enable_numbers()
        if not self._setting:
            self._session.set_conditions(self.value())

    def _enable_numbers(self) -> None:
        self.seconds.setEnabled(self.timeout.isChecked())
        self.count.setEnabled(self.frames.isChecked())

    # ---- showing the session

    def _show_conditions(self) -> None:
        if self._session.scan.conditions != self.value():
            self.set_value(self._session.scan.conditions)
        self._enable_numbers()

    def _show_total(self) -> None:
        progress = self._session.scan.progress
        if progress is not None and progress.total > 0 and not self.frames.isChecked():
            self._setting = True
            _put(self.count, progress.total)
            self._setting = False

    def _note_end(self, end: object) -> None:
        if isinstance(end, Ended):
            self.ended.say(end_text(end, self._session.scan.conditions, self._now()))

    def _show_end(self) -> None:
        session = self._session
        if session.scan.ended is None:
            self.ended.say("")
        self.countdown.setVisible(session.scan.ended is None and not session.scan.is_over)
        self.restart.setVisible(session.scan.is_over or session.scan.is_still_following)
        self.resume.setVisible(session.scan.can_resume)
        self.stop.setVisible(not session.scan.can_resume)
        self.stop.setEnabled(session.scan.request is not None and not session.scan.is_over)
        self._show_countdown()

    def _show_countdown(self) -> None:
        session = self._session
        is_quiet = session.scan.state.kind is StateKind.QUIET
        self.countdown.say(countdown_text(session.scan.seconds_left, is_quiet=is_quiet), "warn" if is_quiet else "muted")


def _put(box: QSpinBox | QDoubleSpinBox, value: float) -> None:
    """Show a number, unless somebody is typing another one."""
    is_typed = box.hasFocus() and box.text() != f"{box.prefix()}{box.textFromValue(box.value())}{box.suffix()}"  # type: ignore[arg-type]
    if not is_typed:
        box.setValue(value)  # type: ignore[arg-type]


def _check(text: str, tooltip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tooltip)
    return box


def end_text(ended: Ended, conditions: Sequence[Condition], now: datetime) -> str:
    """Return ``Ended at 14:03:07: all keys are set``; a timeout after which keys are looked for is no end.

    When a scan ended that was over before it was opened, nobody knows: then it is said when the file was written last.
    """
    if ended.still_following:
        return f"{reason_text(ended.reason, conditions)}, still looking"
    reason = reason_text(ended.reason, conditions)
    if ended.was_over and ended.at is None:
        return f"Over before it was looked at: {reason}"
    at = datetime.fromtimestamp(ended.at) if ended.at is not None else now
    when = f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
    return f"Last written {when}: {reason}" if ended.was_over else f"Ended at {when}: {reason}"


def reason_text(reason: str, conditions: Sequence[Condition]) -> str:
    """Return why following ended."""
    limits = [condition.seconds for condition in conditions if isinstance(condition, Timeout)]
    known = {
        "timeout": f"no new key for {seconds_text(min(limits))}" if limits else "no new key came",
        "finished_flag": "the finished flag was set",
        "all_keys": "all keys are set",
        "frame_count": "the number of frames was reached",
        "file_closed": "the writer closed the file",
        "always_true": "all was read",
        "stopped": "you stopped it",
        "file_replaced": "the file was replaced",
    }
    return known.get(reason, reason)


def countdown_text(seconds_left: float | None, *, is_quiet: bool = False) -> str:
    """Return the countdown to the timeout; while nothing comes, that this is no end yet."""
    if seconds_left is None:
        return "quiet, not finished" if is_quiet else ""
    if is_quiet:
        return f"quiet, not finished: timeout in {seconds_text(seconds_left)}"
    return f"timeout in {seconds_text(seconds_left)} if nothing comes"
