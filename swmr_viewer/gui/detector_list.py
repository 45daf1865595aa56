"""How far each detector is: counts, and who holds the scan up."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.detector_names import detector_names
from swmr_viewer.gui.labels import ElidedWords, Words, line_height
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.words import count_words

STEPS = 1000
ROWS_SEEN = 5
BAR_HEIGHT = 8
ROW_SPACING = 4


class DetectorRow:
    """Name, count, lag and bar of one key dataset."""

    def __init__(self, name: str, path: str) -> None:
        self.name = ElidedWords(mode=Qt.TextElideMode.ElideRight)
        self.name.say(name)
        self.name.setToolTip(path)
        self.count = Words("muted")
        self.behind = Words("warn", room_for="000 behind")
        self.behind.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.bar.setAccessibleName(f"Keys of {name}")

    def show(self, n_set: int, total: int, behind: int) -> None:
        self.count.say(f"{count_words(n_set)} / {count_words(total)}")
        self.behind.say(f"{count_words(behind)} behind" if behind else "")
        self.bar.setValue(round(STEPS * n_set / total) if total else 0)
        is_behind = "true" if behind else "false"
        if self.bar.property("behind") != is_behind:
            self.bar.setProperty("behind", is_behind)
            self.bar.style().polish(self.bar)


def gap_words(progress: KeyProgress) -> str:
    """Say how many points below the newest complete one are not complete, and where the first is."""
    n_gaps = 0 if progress.newest is None else progress.newest + 1 - progress.n_complete
    if not n_gaps:
        return "No gaps"
    return f"{count_words(n_gaps)} {'gap' if n_gaps == 1 else 'gaps'}, the first at {count_words(progress.frontier)}"


class DetectorList(QFrame):
    """One row per key dataset."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paths: tuple[str, ...] | None = None
        self.rows: list[DetectorRow] = []
        self.setProperty("panel", "true")
        caption = Words("caption")
        caption.say("DETECTORS")
        self.gaps = ElidedWords("muted", Qt.TextElideMode.ElideRight)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(8)
        box.addWidget(caption)
        box.addWidget(self._area)
        box.addWidget(self.gaps)
        for signal in (session.opened, session.progress_changed, session.request_changed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        description, progress = self._session.description, self._session.progress
        paths = description.key_paths if description is not None else ()
        if paths != self._paths:
            self._rebuild(paths)
        self.setVisible(bool(paths))
        if progress is None or progress.n_keys != len(self.rows):
            return
        counts = [progress.n_set(key) for key in range(progress.n_keys)]
        for row, n_set in zip(self.rows, counts, strict=True):
            row.show(n_set, progress.total, max(counts) - n_set)
        self.gaps.say(gap_words(progress))

    def _rebuild(self, paths: tuple[str, ...]) -> None:
        self._paths = paths
        self.rows = [DetectorRow(name, path) for name, path in zip(detector_names(paths), paths, strict=True)]
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(ROW_SPACING)
        grid.setColumnStretch(0, 1)
        for at, row in enumerate(self.rows):
            for column, label in enumerate((row.name, row.count, row.behind)):
                grid.addWidget(label, 2 * at, column)
            grid.addWidget(row.bar, 2 * at + 1, 0, 1, 3)
        self._area.setWidget(inside)
        if self.rows:
            self.rows[0].name.ensurePolished()
            row_height = line_height(self.rows[0].name) + BAR_HEIGHT + 2 * ROW_SPACING
            self._area.setFixedHeight(row_height * min(ROWS_SEEN, len(self.rows)))
