"""How far each detector is, in full: counts, who holds the scan up, a bar each; opened by a click on a chip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QScrollArea, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, line_height, tip
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.scan_map.map_text import listed

STEPS = 1000
ROWS_SEEN = 12
BAR_HEIGHT = 8
ROW_SPACING = 4
LEAST_HOLD_UP = 2
NAMES_TOLD = 3
WIDTH = 330


class DetectorRow:
    """Name, count, lag and bar of one key dataset."""

    def __init__(self, name: str, path: str) -> None:
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
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


class DetectorPopup(Popup):
    """One row per key dataset, and above them who holds the scan up; it goes on counting while it is open."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._names: Sequence[str] = ()
        self._paths: Sequence[str] = ()
        self._told: tuple[list[int], int] = ([], 0)
        self.rows: list[DetectorRow] = []
        self.setFixedWidth(WIDTH)
        self.hold_up = ElidedLabel("warn", Qt.TextElideMode.ElideRight)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self.box.addWidget(self.hold_up)
        self.box.addWidget(self._area)

    def set_detectors(self, names: Sequence[str], paths: Sequence[str]) -> None:
        """Be about these; the rows are made when it is opened."""
        self._names, self._paths, self._told, self.rows = names, paths, ([], 0), []
        self.hide()

    def tell(self, counts: list[int], total: int) -> None:
        """Show how many keys of each detector are set."""
        self._told = counts, total
        if self.isVisible():
            self._show_counts()

    def open_at(self, chip: QWidget) -> None:
        """Open below a chip."""
        if not self.rows:
            self._rebuild()
        self._show_counts()
        self.open_below(chip, right=False)

    def _show_counts(self) -> None:
        counts, total = self._told
        for row, n_set in zip(self.rows, counts, strict=False):
            row.show(n_set, total, max(counts) - n_set)
        words = hold_up_text(self._names, counts) if counts else ""
        self.hold_up.say(words or ("Nobody holds the scan up" if len(self.rows) > 1 else ""))
        self.hold_up.setVisible(len(self.rows) > 1)

    def _rebuild(self) -> None:
        self.rows = [DetectorRow(name, path) for name, path in zip(self._names, self._paths, strict=True)]
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setVerticalSpacing(ROW_SPACING)
        grid.setColumnStretch(0, 1)
        for at, row in enumerate(self.rows):
            for column, label in enumerate((row.name, row.count, row.behind)):
                grid.addWidget(label, 2 * at, column)
            grid.addWidget(row.bar, 2 * at + 1, 0, 1, 3)
        self._area.setWidget(inside)
        self.hold_up.ensurePolished()
        row_height = line_height(self.hold_up) + BAR_HEIGHT + 2 * ROW_SPACING
        self._area.setFixedHeight(row_height * min(ROWS_SEEN, len(self.rows)))
