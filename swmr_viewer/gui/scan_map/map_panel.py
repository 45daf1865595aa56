"""The panel of the scan's maps: tabs and count, pages, the map that is seen, its legend, and the line of detectors and gaps."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from swmr_viewer.gui.look.labels import tip
from swmr_viewer.gui.scan_map.detector_chips import DetectorChips
from swmr_viewer.gui.scan_map.gap_walk import GapWalk
from swmr_viewer.gui.scan_map.gaps import ScanGaps
from swmr_viewer.gui.scan_map.legend import Legend
from swmr_viewer.gui.scan_map.map_actions import MapActions
from swmr_viewer.gui.scan_map.map_header import MapHeader
from swmr_viewer.gui.scan_map.map_menu import MapMenu
from swmr_viewer.gui.scan_map.map_pages import MapPages
from swmr_viewer.gui.scan_map.map_tabs import MapTabs
from swmr_viewer.gui.scan_map.map_text import shape_caption
from swmr_viewer.gui.scan_map.page_row import PageRow
from swmr_viewer.gui.scan_map.progress_map import ProgressMap, scan_axis_names
from swmr_viewer.gui.session import Session

MARGIN, SPACING = 8, 6
LEGEND_FROM = 320
"""The panel's height (px) from which on the legend stands below the map; the map's own menu has it always."""


class ZoomedMap(Protocol):
    """What the panel asks of the map that is seen."""

    @property
    def is_zoomed(self) -> bool:
        """Whether a part of it is seen."""

    def fit(self) -> None:
        """See the whole of it."""


class MapPanel(QFrame):
    """Puts them together; further maps are ``add_map``."""

    def __init__(self, session: Session, gaps: ScanGaps, pages: MapPages, actions: MapActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gaps = gaps
        self._actions = actions
        self.pages = pages
        self.setProperty("panel", "true")
        self.walk = GapWalk(session, gaps, self)
        self.map = ProgressMap(session, gaps, pages)
        self._views: list[ZoomedMap] = [self.map]
        self.tabs = MapTabs()
        self.header = MapHeader(self.tabs)
        self.whole = self.header.whole
        self.page_row = PageRow(session, pages, actions)
        self.legend = Legend()
        self.detectors = DetectorChips(session, gaps, self.walk)
        self.menu = MapMenu(session, gaps, self.walk, pages, actions, self)
        self._lay_out()
        self.tabs.currentChanged.connect(self._show)
        for signal in (session.progress_settled, session.request_changed, session.state_changed, session.finished):
            signal.connect(self._show)
        self.walk.gap_chosen.connect(self.map.reveal)
        self.whole.clicked.connect(lambda: self._seen.fit())
        actions.whole.triggered.connect(lambda: self._seen.fit())
        actions.next_gap.triggered.connect(self.walk.go_on)
        self.map.menu_wanted.connect(self.menu.open)
        self.map.view_changed.connect(self._show)
        self._show()

    def add_map(self, name: str, widget: QWidget, view: ZoomedMap, view_changed: SignalInstance) -> int:
        """Add a map that can be zoomed into; return the number of its tab."""
        number = self.tabs.add_map(name, widget)
        self._views.append(view)
        view_changed.connect(self._show)
        return number

    @property
    def _seen(self) -> ZoomedMap:
        return self._views[max(0, self.tabs.currentIndex())]

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(12, MARGIN, 12, MARGIN)
        box.setSpacing(SPACING)
        box.addWidget(self.header)
        box.addWidget(self.page_row)
        box.addLayout(self.tabs.maps, 1)
        self.tabs.add_map("Progress", self.map)
        box.addWidget(self.legend)
        box.addWidget(self.detectors)
        box.addStretch(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_legend()

    def _show(self) -> None:
        progress = self._session.scan.progress
        about = "" if progress is None else f"Scan of {shape_caption(progress.scan_shape, scan_axis_names(self._session))}"
        self.header.say_count(progress, about)
        self.tabs.setTabToolTip(0, tip("\n".join(filter(None, ("How far the scan is", about)))))
        self.header.say_whole("page" if self.pages.shows_one else "scan", is_zoomed=self._seen.is_zoomed)
        self._actions.whole.setEnabled(self._seen.is_zoomed)
        self._actions.next_gap.setEnabled(bool(self._gaps.n_gaps))
        self.legend.set_over(is_over=self._gaps.scan_is_over)
        self._show_legend()

    def _show_legend(self) -> None:
        is_progress = self._seen is self.map
        has_room = is_progress and self._session.scan.progress is not None and (self.height() >= LEGEND_FROM or self._is_room_left)
        if self.legend.isHidden() is has_room:
            self.legend.setVisible(has_room)

    @property
    def _is_room_left(self) -> bool:
        """Whether the map, which fills no more than its shape allows, leaves room for the legend."""
        parts = [part for part in (self.header, self.page_row, self.detectors) if not part.isHidden()]
        taken = sum(part.sizeHint().height() + SPACING for part in parts) + 2 * MARGIN + self.map.maximumHeight()
        return self.height() - taken >= self.legend.sizeHint().height() + SPACING
