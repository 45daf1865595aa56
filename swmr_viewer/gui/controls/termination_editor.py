"""The pop-up where it is chosen what ends following, while following: the conditions with their values."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QSpinBox, QWidget

from swmr_viewer.core.conditions import AllKeys, Condition, FileClosed, FinishedFlag, FrameCount, Timeout, in_order
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.look.settings import read_setting, write_setting
from swmr_viewer.gui.session import Session

MAX_TIMEOUT_S = 86_400.0
MAX_COUNT = 1_000_000_000
INDENT = 20
"""What belongs to the line above it (px)."""
LOOKING_ON_KEY = "following/looks_on"
STUCK_KEY = "following/stuck_after_s"
SHORTEST_STUCK_S, USUAL_STUCK_S, LONGEST_STUCK_S = 3, 30, 3600
FLAG_TEXT, NO_FLAG_TEXT = "finished flag", "finished flag: not in this file"


class TerminationEditor(Popup):
    """An editor of what ends following, of whether a timeout does, and of how long a reader may not answer; it holds at once.

    Parameters
    ----------
    session : Session
        What it ends.
    anchor : QWidget
        Where it opens.
    """

    def __init__(self, session: Session, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._session = session
        self._flag_path: str | None = None
        self._wants_missing_flag = False
        """Whether the finished flag is a condition, though this file has none; for the next one it may."""
        self._setting = False
        self._build()
        self._lay_out()
        session.set_looking_on(read_setting(LOOKING_ON_KEY, True))
        session.set_stuck_after(self.stuck.value())
        self._connect()
        self._show_conditions()

    def _build(self) -> None:
        self.flag = _check(FLAG_TEXT, "End when the scan's finished flag is set")
        self.timeout = _check("quiet for", "Say so when no new key came for so long")
        self.seconds = QDoubleSpinBox(minimum=0.1, maximum=MAX_TIMEOUT_S, value=10.0, decimals=1, suffix=" s")
        self.seconds.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.seconds.setAccessibleName("Seconds without a key")
        self.seconds.setToolTip("How many seconds without a new key")
        self.keeps_looking = _check(
            "after that, keep looking", "Look twice a second after that as well, and go on when keys come; otherwise it ends there"
        )
        self.all_keys = _check("all keys set", "End when every point of the scan is complete")
        self.closed = _check("file closed", "End when the writer closes the file")
        self.frames = _check("frames complete", "End when this many frames are complete")
        self.count = QSpinBox(minimum=1, maximum=MAX_COUNT, value=1)
        self.count.setAccessibleName("How many frames")
        self.count.setToolTip("How many complete frames")
        self.stuck = QSpinBox(minimum=SHORTEST_STUCK_S, maximum=LONGEST_STUCK_S, suffix=" s")
        self.stuck.setValue(read_setting(STUCK_KEY, USUAL_STUCK_S))
        self.stuck.setAccessibleName("Seconds without an answer")
        self.stuck.setToolTip("How long storage, or HDF5, may not answer before another reader process tries (Ctrl+F5: at once)")
        for box in (self.seconds, self.count, self.stuck):
            box.setKeyboardTracking(False)
            box.setMinimumWidth(90)

    def _lay_out(self) -> None:
        caption = PlainLabel("caption")
        caption.say("FOLLOWING STOPS WHEN")
        self.box.addWidget(caption)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        rows = ((self.flag, None), (self.all_keys, None), (self.closed, None), (self.frames, self.count), (self.timeout, self.seconds))
        for row, (box, number) in enumerate(rows):
            grid.addWidget(box, row, 0)
            if number is not None:
                grid.addWidget(number, row, 1)
            grid.setRowMinimumHeight(row, self.seconds.sizeHint().height())
        below = QHBoxLayout()
        below.addSpacing(INDENT)
        below.addWidget(self.keeps_looking)
        reader, told = PlainLabel("caption"), PlainLabel()
        reader.say("THE READER IS REPLACED WHEN")
        reader.setContentsMargins(0, INDENT, 0, 0)
        told.say("it does not answer for")
        grid.addLayout(below, len(rows), 0, 1, 2)
        grid.addWidget(reader, len(rows) + 1, 0, 1, 2)
        grid.addWidget(told, len(rows) + 2, 0)
        grid.addWidget(self.stuck, len(rows) + 2, 1)
        self.box.addLayout(grid)

    def _connect(self) -> None:
        session = self._session
        for box in (self.flag, self.timeout, self.all_keys, self.closed, self.frames):
            box.toggled.connect(self._edited)
        self.seconds.valueChanged.connect(self._edited)
        self.count.valueChanged.connect(self._edited)
        self.stuck.valueChanged.connect(self._choose_stuck)
        self.keeps_looking.toggled.connect(self._choose_looking_on)
        session.conditions_changed.connect(self._show_conditions)
        session.opened.connect(self._show_opened)
        session.request_changed.connect(self._show_conditions)

    @property
    def has_no_flag(self) -> bool:
        """Whether it is known that this file has no finished flag."""
        description = self._session.scan.description
        return description is not None and description.finished_path is None and self._flag_path is None

    # ---- the value

    def value(self) -> tuple[Condition, ...]:
        """Return the conditions as they are set here; a flag that the file lacks is none that could be waited for alone."""
        wanted: list[tuple[QCheckBox, Condition]] = [
            (self.timeout, Timeout(self.seconds.value())), (self.all_keys, AllKeys()),
            (self.closed, FileClosed()), (self.frames, FrameCount(self.count.value())),
        ]  # fmt: skip
        chosen = [condition for box, condition in wanted if box.isChecked()]
        if self.flag.isChecked() or (self._wants_missing_flag and chosen):
            chosen.append(FinishedFlag(self._flag_path))
        return in_order(chosen)

    def set_value(self, conditions: tuple[Condition, ...]) -> None:
        """Show these conditions, and leave the session as it is."""
        self._setting = True
        by_kind = {type(condition): condition for condition in conditions}
        for box, kind in ((self.timeout, Timeout), (self.all_keys, AllKeys), (self.closed, FileClosed), (self.frames, FrameCount)):
            box.setChecked(kind in by_kind)
        for condition in conditions:
            self._take_number(condition)
        self._show_flag(is_wanted=FinishedFlag in by_kind)
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

    def _choose_looking_on(self, on: bool) -> None:
        if not self._setting:
            write_setting(LOOKING_ON_KEY, on)
            self._session.set_looking_on(on)

    def _choose_stuck(self, seconds: int) -> None:
        write_setting(STUCK_KEY, seconds)
        self._session.set_stuck_after(seconds)

    def _enable_numbers(self) -> None:
        self.seconds.setEnabled(self.timeout.isChecked())
        self.keeps_looking.setEnabled(self.timeout.isChecked())
        self.count.setEnabled(self.frames.isChecked())

    # ---- showing the session

    def _show_conditions(self) -> None:
        self.set_value(self._session.scan.conditions)
        self._setting = True
        self.keeps_looking.setChecked(self._session.scan.looks_on)
        self._setting = False

    def _show_flag(self, *, is_wanted: bool) -> None:
        """Show whether the flag ends it: one that is not there does not, whatever is wanted."""
        self._wants_missing_flag = is_wanted and self.has_no_flag
        self.flag.setEnabled(not self.has_no_flag)
        self.flag.setText(NO_FLAG_TEXT if self.has_no_flag else FLAG_TEXT)
        self.flag.setChecked(is_wanted and not self.has_no_flag)

    def _show_opened(self) -> None:
        self._show_conditions()
        progress = self._session.scan.progress
        if progress is not None and progress.total > 0 and not self.frames.isChecked():
            self._setting = True
            _put(self.count, progress.total)
            self._setting = False


def _put(box: QSpinBox | QDoubleSpinBox, value: float) -> None:
    """Show a number, unless somebody is typing another one."""
    is_typed = box.hasFocus() and box.text() != f"{box.prefix()}{box.textFromValue(box.value())}{box.suffix()}"  # type: ignore[arg-type]
    if not is_typed:
        box.setValue(value)  # type: ignore[arg-type]


def _check(text: str, tooltip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tooltip)
    return box
