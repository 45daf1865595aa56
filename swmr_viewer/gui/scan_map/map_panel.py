"""The map with its caption and legend."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.scan_map import map_image as mi
from swmr_viewer.gui.scan_map.gaps import ScanGaps
from swmr_viewer.gui.scan_map.map_colors import map_colors
from swmr_viewer.gui.scan_map.map_pages import MapPages
from swmr_viewer.gui.scan_map.map_text import shape_caption
from swmr_viewer.gui.scan_map.page_actions import PageActions
from swmr_viewer.gui.scan_map.page_row import PageRow
from swmr_viewer.gui.scan_map.progress_map import ProgressMap, scan_axis_names
from swmr_viewer.gui.session import Session

SHOWN = -1


class Swatch(Painted, QWidget):
    """A sample of one state, drawn as the map draws it."""

    def __init__(self, state: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setFixedSize(QSize(12, 12))
        theme_of_application().changed.connect(self.update)

    def paint_on(self, painter: QPainter) -> None:
        colors, table = tokens(), [QColor(color) for color in map_colors()]
        rect = self.rect().adjusted(0, 0, -1, -1)
        if self._state == SHOWN:
            painter.fillRect(rect, QColor(colors.accent))
            painter.setPen(QPen(QColor(colors.text), 1.5))
            painter.drawRect(rect)
            return
        painter.fillRect(rect, table[self._state])
        if self._state == mi.PARTLY:
            painter.setPen(QPen(table[mi.HATCH], 1))
            for offset in range(-12, 13, 4):
                painter.drawLine(offset, 11, offset + 12, -1)
        if self._state == mi.MISSING:
            painter.fillRect(rect.adjusted(1, 1, -1, -1), table[mi.HOLLOW])


class MapPanel(QFrame):
    """Caption, map, legend."""

    def __init__(self, session: Session, gaps: ScanGaps, pages: MapPages, page_actions: PageActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gaps = gaps
        self.pages = pages
        self.setProperty("panel", "true")
        self.caption = ElidedLabel("caption")
        self.count = PlainLabel("muted")
        self.map = ProgressMap(session, gaps, self.pages)
        self.whole = QPushButton("Whole scan")
        self.whole.setProperty("kind", "link")
        self.page_row = PageRow(session, self.pages, page_actions)
        top = QHBoxLayout()
        self.whole.ensurePolished()
        top.addStrut(self.whole.sizeHint().height())  # the map stays where it is when the button comes
        top.addWidget(self.caption, 1)
        top.addWidget(self.whole)
        top.addWidget(self.count)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(8)
        box.addLayout(top)
        box.addWidget(self.page_row)
        box.addWidget(self.map, 1)
        self.legend = Legend()
        box.addWidget(self.legend)
        box.addStretch(0)
        for signal in (session.progress_changed, session.request_changed, session.state_changed, session.finished):
            signal.connect(self._show)
        self.whole.clicked.connect(self.map.fit)
        self.map.view_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        progress, names = self._session.scan.progress, scan_axis_names(self._session)
        self.caption.say("SCAN" if progress is None else f"SCAN  {shape_caption(progress.scan_shape)}")
        self.caption.setToolTip("" if progress is None else tip(shape_caption(progress.scan_shape, names)))
        what = "page" if self.pages.shows_one else "scan"
        self.whole.setText(f"Whole {what}")
        self.whole.setToolTip(f"Show the whole {what} again (double click on the map)")
        self.whole.setVisible(self.map.is_zoomed)
        self.legend.setVisible(progress is not None)
        self.legend.set_over(is_over=self._gaps.scan_is_over)
        self.count.say("" if progress is None or self.map.is_zoomed else f"{count_text(progress.n_complete)} complete")


class Legend(QWidget):
    """What the map's colours and patterns mean."""

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
