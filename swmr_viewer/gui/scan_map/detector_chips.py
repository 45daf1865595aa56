"""One line below the map: a chip per detector with its count, who is behind, the gaps, and the time left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QSizePolicy, QWidget

from swmr_viewer.core.number_text import count_text, short_count
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import PlainLabel, button_text, line_height, tip
from swmr_viewer.gui.scan_map.chip_room import chips_in_room
from swmr_viewer.gui.scan_map.detector_popup import LEAST_HOLD_UP, DetectorPopup, hold_up_text
from swmr_viewer.gui.scan_map.gap_button import GapButton
from swmr_viewer.gui.scan_map.gap_walk import GapWalk
from swmr_viewer.gui.scan_map.gaps import SHORTER_FROM, ScanGaps
from swmr_viewer.gui.scan_map.map_text import detector_names
from swmr_viewer.gui.scan_map.time_left import TimeLeft
from swmr_viewer.gui.session import Session

CHIP_FRAME = 15
"""Padding and border of a chip, left and right, and a little for letters that lean (px)."""
LONGEST_NAME = 150
"""Of a name that is longer the middle is left out (px)."""
SPACING = 4
_FIGURES = str.maketrans("123456789", "000000000")
LINK_FRAME = 8
"""Padding of what looks like a link, left and right (px)."""


class DetectorChip(QPushButton):
    """``mca 350 · 4 behind``; keeps room for the scan's total, and for as much behind as it ever was."""

    def __init__(self, name: str, path: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = plain(name)
        self._path = plain(path)
        self._n_set = self._behind = 0
        self._room_for = ("", "")
        self.setProperty("chip", "true")
        self.setAccessibleName(f"Keys of {self.name}")

    def tell(self, n_set: int, total: int, behind: int, *, holds_up: bool) -> None:
        """Show how many keys are set, and how far that is behind the first detector where it holds the scan up."""
        self._n_set, self._behind = n_set, behind if holds_up else 0
        self._room_for = count_room(total), max(self._room_for[1], zeros(self._numbers()[1]), key=len)
        is_behind = "true" if holds_up else "false"
        if self.property("behind") != is_behind:
            self.setProperty("behind", is_behind)
            self.style().polish(self)
        exact = f"{count_text(n_set)} of {count_text(total)} keys set{f', {count_text(behind)} behind' if behind else ''}"
        self.setToolTip(tip(f"{self._path}\n{exact}"))

    def _numbers(self, whole_below: int = 1_000_000) -> tuple[str, str]:
        behind = f" \u00b7 {short_count(self._behind, whole_below)} behind" if self._behind else ""
        return short_count(self._n_set, whole_below), behind

    @property
    def wanted(self) -> int:
        """The width (px) that it keeps while the numbers grow."""
        return CHIP_FRAME + min(LONGEST_NAME, self._advance(self.name)) + self._advance(f" {''.join(self._room_for)}")

    def _advance(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words)

    def fit(self, room: int) -> None:
        """Take this room; where it is less than is wanted, numbers become shorter, then the middle of the name is left out."""
        for numbers in (self._numbers(), self._numbers(SHORTER_FROM)):
            words = " ".join((self.name, "".join(numbers)))
            if CHIP_FRAME + self._advance(words) <= room:
                break
        else:
            left = room - CHIP_FRAME - self._advance(f" {''.join(numbers)}")
            words = f"{self.fontMetrics().elidedText(self.name, Qt.TextElideMode.ElideMiddle, left)} {''.join(numbers)}"
        if button_text(words) != self.text():
            self.setText(button_text(words))
        if room != self.width() or room != self.minimumWidth():
            self.setFixedSize(room, self.sizeHint().height())  # as high as well: else Qt lays out the window with each other count


def count_room(total: int) -> str:
    """Return the widest that a count is written."""
    return "000\u2009000" if total >= 1_000_000 else zeros(count_text(total))


def zeros(words: str) -> str:
    """Return words with each digit as wide as any."""
    return words.translate(_FIGURES)


class DetectorChips(QWidget):
    """A chip per key dataset; where there are too many, the first ones, who is most behind, and how many more there are."""

    gap_chosen = Signal(int)
    """A gap was chosen: the index of its first point."""

    def __init__(self, session: Session, gaps: ScanGaps, walk: GapWalk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._scan_gaps = gaps
        self._paths: tuple[str, ...] | None = None
        self._counts: list[int] = []
        self._slowest = 0
        self._left_words = ""
        self.chips: list[DetectorChip] = []
        self.popup = DetectorPopup(self)
        self.more = QPushButton(self)
        self.more.setProperty("chip", "true")
        self.gaps = GapButton(session, gaps, walk)
        self.time_left = TimeLeft(session, self)
        self.left = PlainLabel("muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACING)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for part in (self.more, None, self.left, self.gaps):
            self._row.addStretch(1) if part is None else self._row.addWidget(part)
        self.more.clicked.connect(lambda: self.popup.open_at(self.more))
        walk.gap_chosen.connect(self.gap_chosen)
        session.ticked.connect(self._show_left)
        for signal in (session.opened, session.progress_settled, session.request_changed, session.state_changed, session.finished):
            signal.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(280, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        self.more.ensurePolished()
        return QSize(0, max(self.more.sizeHint().height(), line_height(self.left)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    # ---- what is told

    def _show(self) -> None:
        description, progress = self._session.scan.description, self._session.scan.progress
        paths = description.key_paths if description is not None else ()
        if paths != self._paths:
            self._rebuild(paths)
        self.setVisible(bool(paths))
        self.gaps.show_now()
        if progress is None or progress.n_keys != len(self.chips) or not self.chips:
            return
        self._counts = [progress.n_set(key) for key in range(progress.n_keys)]
        least, most = min(self._counts), max(self._counts)
        is_held_up = most - least >= (1 if self._scan_gaps.scan_is_over else LEAST_HOLD_UP)
        if is_held_up and self._counts[self._slowest] > least:  # else the chips that have room would change with every key
            self._slowest = self._counts.index(least)
        for chip, n_set in zip(self.chips, self._counts, strict=True):
            chip.tell(n_set, progress.total, most - n_set, holds_up=is_held_up and n_set == least)
        self.popup.tell(self._counts, progress.total)
        self._lay_out()

    def _show_left(self) -> None:
        words = self.time_left.words()
        if words == self._left_words:
            return
        self._left_words = words
        self.left.say(f"{words} \u00b7" if words else "")
        self._lay_out()
        self.gaps.time_left = f"About {words} at the rate at which frames came lately" if words else ""
        self.left.setToolTip(self.gaps.time_left)

    def _rebuild(self, paths: tuple[str, ...]) -> None:
        self._paths, self._slowest, self._counts = paths, 0, []
        for chip in self.chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        names = detector_names(paths)
        self.chips = [DetectorChip(name, path, self) for name, path in zip(names, paths, strict=True)]
        for number, chip in enumerate(self.chips):
            self._row.insertWidget(number, chip)
            chip.tell(0, 0, 0, holds_up=False)
            chip.clicked.connect(lambda _=False, chip=chip: self.popup.open_at(chip))
        self.popup.set_detectors(names, paths)

    # ---- where it stands

    def _lay_out(self) -> None:
        if not self.chips:
            return
        for number, room in enumerate(self._rooms()):
            if room:
                self.chips[number].fit(room)
            if self.chips[number].isHidden() is (room > 0):
                self.chips[number].setVisible(room > 0)

    def _rooms(self) -> list[int]:
        """Return how wide each chip may be, 0 where it is left out; decide what else there is room for."""
        wanted, room = (
            [chip.wanted for chip in self.chips],
            self.width() - self._advance("00 gaps", self.gaps.text()) - LINK_FRAME - SPACING,
        )
        left = self._advance("00 s left \u00b7", self.left.text()) + SPACING
        self.left.setVisible(not self._scan_gaps.scan_is_over and width_of(wanted) <= room - left)
        for words in ("+{} more", "+{}"):
            more = self._advance(words.format(len(wanted))) + CHIP_FRAME
            shown = chips_in_room(wanted, room, more, SPACING, self._slowest)
            if width_of([wanted[number] for number in shown]) + SPACING + more <= room:
                break
        self._tell_more(words, len(wanted) - len(shown))
        room -= more + SPACING if len(shown) < len(wanted) else 0
        return [min(wanted[number], room) if number in shown else 0 for number in range(len(wanted))]

    def _advance(self, *expected: str) -> int:
        return max(self.left.fontMetrics().horizontalAdvance(zeros(words)) for words in expected)

    def _tell_more(self, words: str, n_more: int) -> None:
        self.more.setVisible(n_more > 0)
        self.more.setText(words.format(n_more))
        self.more.setToolTip(tip(hold_up_text([chip.name for chip in self.chips], self._counts) or "Show every detector"))


def width_of(widths: Sequence[int]) -> int:
    """Return what chips take side by side (px)."""
    return sum(widths) + SPACING * (len(widths) - 1)
