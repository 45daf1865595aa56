"""How many gaps there are, in a few words beside the detectors; a click lists the first ones, and a click on one goes there."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QPushButton, QToolTip, QWidget

from swmr_viewer.core.number_text import count_text, position_text
from swmr_viewer.core.scan import position_of
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.scan_map.gap_walk import NEXT_GAP_KEY, GapWalk
from swmr_viewer.gui.scan_map.gaps import ScanGaps, range_text
from swmr_viewer.gui.session import Session

NAMED = 3
"""Gaps that the tooltip names."""
LISTED = 12
"""Gaps that the pop-up lists."""
GAPS_TIP = "Points that the scan has come past and that are not complete"
NO_ORDER_TIP = "The frames come in no order that is known: which of them are lost is told when the scan has ended"


class GapButton(QPushButton):
    """``no gaps``, ``2 gaps``; in a scan without order ``204 not complete yet``."""

    def __init__(self, session: Session, gaps: ScanGaps, walk: GapWalk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gaps = gaps
        self.popup = GapPopup(session, gaps, walk, self)
        self.time_left = ""
        """What the tooltip says of the time left, which has not always room beside it."""
        self.setProperty("kind", "link")
        self.setAccessibleName("Gaps")
        self.clicked.connect(self.popup.open)

    def show_now(self) -> None:
        """Say how many there are now; it costs nothing to know."""
        words = self._gaps.short_text
        if words != self.text():
            self.setText(words)
        self.setEnabled(bool(self._gaps.n_gaps))

    @property
    def plain(self) -> str:
        """What there is to say, with the first gaps."""
        return self._gaps.text(NAMED)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.told, self)
            return True
        return super().event(event)

    @property
    def told(self) -> str:
        """The tooltip: the first gaps are looked for when it is asked for."""
        if self._gaps.n_gaps is None:
            lines = [self.plain, NO_ORDER_TIP]
        else:
            words = self.plain
            lines = [f"{words[:1].upper()}{words[1:]}", f"{GAPS_TIP}{'; click to choose one' if self._gaps.n_gaps else ''}"]
        return "\n".join([*lines, self.time_left] if self.time_left else lines)


class GapPopup(Popup):
    """The first gaps, a line each."""

    def __init__(self, session: Session, gaps: ScanGaps, walk: GapWalk, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._session = session
        self._gaps = gaps
        self._walk = walk
        self._anchor = anchor
        self.box.setSpacing(2)
        self.lines: list[QPushButton] = []

    def open(self) -> None:
        """List those that there are now, and show them."""
        while (item := self.box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fill(self._gaps.first(LISTED))
        if self.lines:
            self.open_below(self._anchor)
            self.lines[0].setFocus()

    def _fill(self, found: list[tuple[int, int]]) -> None:
        self.lines = [self._line(*gap) for gap in found]
        for line in self.lines:
            self.box.addWidget(line)
        left = (self._gaps.n_gaps or 0) - sum(stop - start for start, stop in found)
        foot = [f"and {count_text(left)} more"] * (left > 0) + [f"{NEXT_GAP_KEY}: the next gap"]
        label = PlainLabel("muted")
        label.say("; ".join(foot))
        self.box.addWidget(label)

    def _line(self, start: int, stop: int) -> QPushButton:
        position = position_text(position_of(start, self._session.scan.scan_shape))
        line = QPushButton(f"{range_text(start, stop)} {'at' if stop == start + 1 else 'from'} {position}")
        line.setProperty("kind", "link")
        line.setProperty("line", "true")
        line.setToolTip("Show where it is, and the nearest complete frame")
        line.clicked.connect(partial(self._choose, start))
        return line

    def _choose(self, index: int) -> None:
        self.hide()
        self._walk.choose(index)
