"""How far each detector is: counts, and who holds the scan up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, line_height, tip
from swmr_viewer.gui.scan_map.gaps import GapLine, ScanGaps
from swmr_viewer.gui.scan_map.map_text import detector_names, listed
from swmr_viewer.gui.scan_map.time_left import TimeLeft
from swmr_viewer.gui.session import Session

STEPS = 1000
ROWS_SEEN = 5
BAR_HEIGHT = 8
ROW_SPACING = 4
LEAST_HOLD_UP = 2
NAMES_TOLD = 3


class DetectorRow:
    """Name, count, lag and bar of one key dataset."""

    def __init__(self, name: str, path: str) -> None:
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.name.say(name)
        self.name.setToolTip(tip(plain(path)))
        self.count = PlainLabel("muted")
        self.behind = PlainLabel("warn", room_for="000 behind")
        self.behind.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.bar.setAccessibleName(f"Keys of {name}")

    def show(self, n_set: int, total: int, behind: int) -> None:
        self.count.say(f"{count_text(n_set)} / {count_text(total)}")
        self.behind.say(f"{count_text(behind)} behind" if behind else "")
        self.bar.setValue(round(STEPS * n_set / total) if total else 0)
        is_behind = "true" if behind else "false"
        if self.bar.property("behind") != is_behind:
            self.bar.setProperty("behind", is_behind)
            self.bar.style().polish(self.bar)


def hold_up_text(names: Sequence[str], counts: Sequence[int]) -> str:
    """Say which detectors the others wait for; nothing where nobody is two frames behind."""
    behind = max(counts, default=0) - min(counts, default=0)
    if behind < LEAST_HOLD_UP:
        return ""
    slowest = [name for name, count in zip(names, counts, strict=True) if count == min(counts)]
    who = listed(slowest) if len(slowest) <= NAMES_TOLD else f"{len(slowest)} detectors"
    return f"{who} {'holds' if len(slowest) == 1 else 'hold'} the scan up: {count_text(behind)} behind"


class _RowsArea(QScrollArea):
    """As high as its rows if it can be, and at least as high as one."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_row_height(self, row_height: int, n_rows: int) -> None:
        self.setMinimumHeight(row_height)
        self.setMaximumHeight(row_height * n_rows)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.maximumHeight())


class DetectorList(QFrame):
    """One row per key dataset; below them who holds the scan up, the gaps, and the time left."""

    gap_chosen = Signal(int)
    """A gap was clicked: the index of its first point."""
    height_wanted = Signal()
    """There are other detectors: another height is worth having."""

    def __init__(self, session: Session, gaps: ScanGaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paths: tuple[str, ...] | None = None
        self._height = 0
        self.rows: list[DetectorRow] = []
        self.setProperty("panel", "true")
        caption = PlainLabel("caption")
        caption.say("DETECTORS")
        self.hold_up = ElidedLabel("warn", Qt.TextElideMode.ElideRight)
        self.gaps = GapLine(session, gaps)
        self.gaps.gap_chosen.connect(self.gap_chosen)
        self.time_left = TimeLeft(session, self)
        self.left = PlainLabel("muted")
        self._area = _RowsArea()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(8)
        box.addWidget(caption)
        box.addWidget(self._area)
        box.addWidget(self.hold_up)
        foot = QHBoxLayout()
        foot.addWidget(self.gaps, 1)
        foot.addWidget(self.left)
        box.addLayout(foot)
        session.ticked.connect(lambda: self.left.say(self.time_left.words()))
        for signal in (session.opened, session.progress_changed, session.request_changed):
            signal.connect(self._show)
        self._show()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.sizeHint().height() != self._height:
            self._height = self.sizeHint().height()
            self.height_wanted.emit()
        return handled

    def _show(self) -> None:
        description, progress = self._session.scan.description, self._session.scan.progress
        paths = description.key_paths if description is not None else ()
        if paths != self._paths:
            self._rebuild(paths)
        if progress is None or progress.n_keys != len(self.rows):
            return
        counts = [progress.n_set(key) for key in range(progress.n_keys)]
        for row, n_set in zip(self.rows, counts, strict=True):
            row.show(n_set, progress.total, max(counts) - n_set)
        self.hold_up.say(hold_up_text(detector_names(self._paths or ()), counts))

    def _rebuild(self, paths: tuple[str, ...]) -> None:
        self._paths = paths
        self.hold_up.setVisible(len(paths) > 1)
        self.rows = [DetectorRow(name, path) for name, path in zip(detector_names(paths), paths, strict=True)]
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(ROW_SPACING)
        grid.setColumnStretch(0, 1)
        if not self.rows:
            grid.addWidget(self._nothing(), 0, 0)
        for at, row in enumerate(self.rows):
            for column, label in enumerate((row.name, row.count, row.behind)):
                grid.addWidget(label, 2 * at, column)
            grid.addWidget(row.bar, 2 * at + 1, 0, 1, 3)
        self._area.setWidget(inside)
        self.left.ensurePolished()
        row_height = line_height(self.left) + BAR_HEIGHT + 2 * ROW_SPACING
        self._area.set_row_height(row_height, min(ROWS_SEEN, max(1, len(self.rows))))

    def _nothing(self) -> PlainLabel:
        words = PlainLabel("muted")
        words.say("Known once the file is open")
        return words
