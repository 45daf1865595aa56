"""Which grey curve is of which scan: a piece of its line, and its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from swmr_viewer.gui.curves import earlier_pen
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import tokens

SAMPLE_PX, GAP_PX = 26, 6
LEAST_NAME_PX = 90
"""So wide is a name at least; where there is less room, names stand in several lines."""


class ComparedLegend(Painted, QWidget):
    """No room is taken where there are no other scans; a name that has no room is cut in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def say(self, names: Sequence[str]) -> None:
        """Name the scans, in the order in which they are numbered."""
        if tuple(names) != self.names:
            self.names = tuple(names)
            words = "; ".join(self.names)
            self.setAccessibleName(f"grey: {words}" if words else "")
            self.setToolTip(tip("\n".join(self.names)))
            self.setVisible(bool(names))
            self._fit()
            self.update()

    @property
    def _n_columns(self) -> int:
        return max(1, min(len(self.names), self.width() // (SAMPLE_PX + 2 * GAP_PX + LEAST_NAME_PX)))

    def _fit(self) -> None:
        n_lines = -(-len(self.names) // self._n_columns)
        if self.height() != n_lines * self.fontMetrics().height():
            self.setFixedHeight(n_lines * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paint_on(self, painter: QPainter) -> None:
        n, high = self._n_columns, self.fontMetrics().height()
        for number, name in enumerate(self.names):
            left, top = number % n * self.width() // n, number // n * high
            painter.setPen(earlier_pen(self, number))
            painter.drawLine(left, top + high // 2, left + SAMPLE_PX, top + high // 2)
            painter.setPen(tokens().muted)
            room = QRect(left + SAMPLE_PX + GAP_PX, top, self.width() // n - SAMPLE_PX - 2 * GAP_PX, high)
            cut = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)
