"""Start, stop, and how far it is: a bar, a line, and what failed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import ActionButton, Popup
from swmr_viewer.gui.reductions.run_state import RunState

STEPS = 1000
BAR_PX = 4
FAULTS_PX = (420, 220)
SHOWN_LINES = 50


class RunBar(QWidget):
    """Shows a run.

    Parameters
    ----------
    start, stop : QAction
        What its buttons do.
    """

    def __init__(self, start: QAction, stop: QAction) -> None:
        super().__init__()
        self._run: RunState | None = None
        self.start = ActionButton("Start", start)
        self.start.setProperty("kind", "primary")
        self.start.setAccessibleName("Start the reduction")
        self.stop = ActionButton("Stop", stop)
        self.stop.setProperty("kind", "stop")
        self.stop.setAccessibleName("Stop the reduction")
        self.words = QLabel(wordWrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("How far the reduction is")
        self.bar = QProgressBar(minimum=0, maximum=STEPS, textVisible=False)
        self.bar.setFixedHeight(BAR_PX)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.faults = QPushButton()
        self.faults.setProperty("kind", "link")
        self.faults.setToolTip("What went wrong, the newest first")
        self.faults.clicked.connect(self._open_faults)
        self._popup: FaultsPopup | None = None
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        row.addWidget(self.faults)
        row.addWidget(self.start)
        row.addWidget(self.stop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(row)
        box.addWidget(self.bar)
        self.show_run(None, "", is_running=False)

    def show_run(self, run: RunState | None, hint: str, *, is_running: bool) -> None:
        """Show how far a run is; ``hint``: what stands there of none, or beside what is known of it."""
        self._run = run
        failed = run is not None and run.failed is not None
        words = "   ".join(filter(None, ("" if run is None else run.words, hint)))
        if plain(words) != self.words.text():
            self.words.setText(plain(words))
        self._wear("bad" if failed else "muted")
        self.start.setVisible(not is_running)
        self.stop.setVisible(is_running)
        share = None if run is None or run.request.shows_only else run.share
        self.bar.setVisible(share is not None)
        self.bar.setValue(round(STEPS * (share or 0.0)))
        self.faults.setVisible(run is not None and bool(run.told))
        if run is not None and run.told:
            self.faults.setText(f"{count_text(run.n_failed)} failed" if run.n_failed else f"{len(run.told)} notes")
        if self._popup is not None and self._popup.isVisible():
            self._popup.show_lines(run)

    def _wear(self, role: str) -> None:
        if self.words.property("role") != role:
            self.words.setProperty("role", role)
            self.words.style().polish(self.words)

    def _open_faults(self) -> None:
        if self._popup is None:
            self._popup = FaultsPopup(self)
        self._popup.show_lines(self._run)
        self._popup.open_below(self.faults)


class FaultsPopup(Popup):
    """Lists what went wrong."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        caption = PlainLabel("caption")
        caption.say("WHAT WENT WRONG")
        self.lines = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.lines.setTextFormat(Qt.TextFormat.PlainText)
        self.lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(self.lines)
        area.setFixedSize(*FAULTS_PX)
        self.box.addWidget(caption)
        self.box.addWidget(area)

    def show_lines(self, run: RunState | None) -> None:
        """Show what was told of a run, the newest first."""
        told = [] if run is None else [*run.told][::-1]
        lines = [plain(one) for one in told[:SHOWN_LINES]]
        left = (0 if run is None else run.n_failed + run.n_noted) - len(lines)
        self.lines.setText("\n".join([*lines, *([f"and {count_text(left)} more"] if left > 0 else [])]))
