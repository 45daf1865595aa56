"""What the map's colours and patterns mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.scan_map import map_image as mi
from swmr_viewer.gui.scan_map.map_colors import map_colors
from swmr_viewer.gui.scan_map.marker import draw_shown

SHOWN = -1


class Swatch(Painted, QWidget):
    """A sample of one state, drawn as the map draws it."""

    def __init__(self, state: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setFixedSize(QSize(12, 12))
        theme_of_application().changed.connect(self.update)

    def paint_on(self, painter: QPainter) -> None:
        table = [QColor(color) for color in map_colors()]
        rect = self.rect().adjusted(0, 0, -1, -1)
        if self._state == SHOWN:
            draw_shown(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), self.rect())
            return
        painter.fillRect(rect, table[self._state])
        if self._state == mi.PARTLY:
            painter.setPen(QPen(table[mi.HATCH], 1))
            for offset in range(-12, 13, 4):
                painter.drawLine(offset, 11, offset + 12, -1)
        if self._state == mi.MISSING:
            painter.fillRect(rect.adjusted(1, 1, -1, -1), table[mi.HOLLOW])


class Legend(QWidget):
    """A sample of each state, with its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        self.missing = PlainLabel("muted", room_for="missing")
        for state, words in ((mi.COMPLETE, "complete"), (mi.PARTLY, "partly"), (mi.MISSING, ""), (SHOWN, "shown")):
            label = PlainLabel("muted") if words else self.missing
            label.say(words)
            row.addWidget(Swatch(state))
            row.addWidget(label)
            row.addSpacing(2)
        row.addStretch(1)

    def set_over(self, *, is_over: bool) -> None:
        """Name the points without a key: nothing is missing while the scan goes on."""
        self.missing.say("missing" if is_over else "not yet")
