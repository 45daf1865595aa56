"""A small window beside the scan: how long each stage of a frame takes, what was skipped, what memory is held."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from swmr_viewer.gui.diagnostics.account import STAGES_ARE, TOTAL, Account
from swmr_viewer.gui.diagnostics.report import account_of
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.stage_times import Stage, StageAccount, ms_text

if TYPE_CHECKING:
    from swmr_viewer.reader.supervision import ProcessMemory

INTERVAL_MS = 500
"""From one look to the next, while it is seen."""
MEMORY_EVERY = 4
"""In so many looks the memory is read once: the system counts pages for it, some milliseconds for each process."""
STEPS = 1000
BAR_HEIGHT = 8
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
WIDEST_TIME, WIDEST_VALUE = "00,000", "0,000 MB of chunks and buffers, 0,000 MB of values"
WIDEST_SLOWEST = "Slowest: waiting for the window, 0,000 ms of 0,000"


class StageRow:
    """Name, bar, median and p99 of one stage; the bar is its share of the whole way."""

    def __init__(self, name: str, meaning: str) -> None:
        self.name, self.median, self.p99 = PlainLabel(), PlainLabel(room_for=WIDEST_TIME), PlainLabel("muted", room_for=WIDEST_TIME)
        self.name.say(name)
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.bar.setAccessibleName(f"Share of {name}")
        for label in (self.median, self.p99):
            label.setAlignment(RIGHT)
        for part in (self.name, self.bar, self.median, self.p99):
            part.setToolTip(tip(meaning))

    def show(self, median_s: float, p99_s: float, share: float = 0.0) -> None:
        self.bar.setValue(round(STEPS * share))
        self.median.say(ms_text(median_s))
        self.p99.say(ms_text(p99_s))

    def clear(self) -> None:
        self.bar.setValue(0)
        self.median.say("")
        self.p99.say("")


class DiagnosticsPanel(QDialog):
    """Not modal; looks twice a second while it is seen, and does nothing while it is not."""

    def __init__(self, session: Session, copy: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looks = 0
        self.setWindowTitle("Diagnostics")
        self.setModal(False)
        self._memory: ProcessMemory | None = None
        self._build()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.look)
        self.copy.clicked.connect(copy)
        self.close_button.clicked.connect(self.close)
        session.request_changed.connect(self._look_if_seen)

    @property
    def is_looking(self) -> bool:
        """Whether it looks now and then."""
        return self._timer.isActive()

    @property
    def account(self) -> Account:
        """What there is to tell now."""
        return account_of(self._session, self._memory)

    # ---- building

    def _build(self) -> None:
        self.rows = {stage: StageRow(stage, STAGES_ARE[stage]) for stage in Stage}
        self.total = StageRow(TOTAL, "From the key to the picture; how long the key lay in the file before, only its writer knows")
        self.total.bar.hide()
        self.last, self.slowest = PlainLabel("muted"), PlainLabel("strong", room_for=WIDEST_SLOWEST)
        self.slowest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.values: dict[str, PlainLabel] = {}
        self.copy, self.close_button = QPushButton("&Copy"), QPushButton("C&lose")
        self.copy.setToolTip(
            "Put all of it on the clipboard as text, with versions and the end of the log, for a message to whom it concerns"
        )
        self.close_button.setToolTip("Close this window, and measure no more than what is counted anyway")
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(10)
        box.addLayout(self._stages_grid())
        box.addWidget(self.slowest)
        box.addSpacing(6)
        box.addLayout(self._values_grid())
        box.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        box.addLayout(buttons)

    def _stages_grid(self) -> QGridLayout:
        grid = _grid()
        for column, words in ((2, "median (ms)"), (3, "p99")):
            title = PlainLabel("muted")
            title.say(words)
            grid.addWidget(title, 0, column, RIGHT)
        grid.addWidget(self.last, 0, 0)
        for number, row in enumerate((*self.rows.values(), self.total), 1):
            for column, part in enumerate((row.name, row.bar, row.median, row.p99)):
                grid.addWidget(part, number, column)
        return grid

    def _values_grid(self) -> QGridLayout:
        grid = _grid()
        for number, (name, _, meaning) in enumerate(self.account.rows):
            title, value = PlainLabel("muted"), PlainLabel(room_for=WIDEST_VALUE)
            title.say(name)
            self.values[name] = value
            for column, part in enumerate((title, value)):
                part.setToolTip(tip(meaning))
                grid.addWidget(part, number, column)
        return grid

    # ---- showing

    def look(self) -> None:
        """Show what there is to tell now."""
        if self._looks % MEMORY_EVERY == 0:
            self._memory = self._session.memory()
        self._looks += 1
        account = self.account
        self._show_stages(account.stages)
        self.last.say(account.last_text)
        self.slowest.say(account.slowest_text)
        for name, words, _ in account.rows:
            self.values[name].say(words)

    def _show_stages(self, stages: StageAccount) -> None:
        if not stages.n_frames:
            for row in (*self.rows.values(), self.total):
                row.clear()
            return
        for one in stages.stages:
            self.rows[one.stage].show(one.median_s, one.p99_s, min(1.0, one.median_s / stages.median_s) if stages.median_s else 0.0)
        self.total.show(stages.median_s, stages.p99_s)

    def _look_if_seen(self) -> None:
        if self.is_looking:
            self.look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looks = 0
        self.look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    return grid
