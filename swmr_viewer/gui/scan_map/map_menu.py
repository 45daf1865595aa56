"""The map's own menu: go to the point under the pointer, copy where it is, the whole map, its pages, the next gap, the colours."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget, QWidgetAction

from swmr_viewer.core.number_text import count_text, position_text
from swmr_viewer.core.scan import position_of
from swmr_viewer.gui.look.labels import button_text
from swmr_viewer.gui.look.menus import make_menu
from swmr_viewer.gui.scan_map.gap_walk import GapWalk
from swmr_viewer.gui.scan_map.gaps import ScanGaps
from swmr_viewer.gui.scan_map.legend import Legend
from swmr_viewer.gui.scan_map.map_actions import MapActions
from swmr_viewer.gui.scan_map.map_pages import MapPages
from swmr_viewer.gui.scan_map.map_text import axes_text
from swmr_viewer.gui.scan_map.progress_map import scan_axes
from swmr_viewer.gui.session import Session


class MapMenu:
    """One menu, filled anew for each point that it is opened at."""

    def __init__(self, session: Session, gaps: ScanGaps, walk: GapWalk, pages: MapPages, actions: MapActions, owner: QWidget) -> None:
        self._session = session
        self._gaps = gaps
        self._walk = walk
        self._pages = pages
        self._actions = actions
        self.menu = make_menu("", owner)
        self.legend = Legend()
        self.legend.setContentsMargins(12, 4, 12, 4)
        self._colors = QWidgetAction(owner)
        self._colors.setDefaultWidget(self.legend)

    def open(self, index: int | None, at: QPoint) -> None:
        """Open it for a scan point, or for none, at a place of the screen."""
        if self._session.scan.progress is None:
            return
        self.menu.clear()
        if index is not None:
            self._add_point(index)
            self.menu.addSeparator()
        actions = self._actions
        self.menu.addActions((actions.whole, *((actions.all_pages, actions.one_page) if self._pages.lengths else ()), actions.next_gap))
        self.menu.addSeparator()
        self.legend.set_over(is_over=self._gaps.scan_is_over)
        self.menu.addAction(self._colors)
        self.menu.popup(at)

    def _add_point(self, index: int) -> None:
        progress, shape = self._session.scan.progress, self._session.scan.scan_shape
        place = position_text(position_of(index, shape))
        if progress is not None and progress.is_complete(index):
            self._add(
                f"Go to frame {count_text(index)} at {place}", "Hold this frame while the scan goes on", lambda: self._session.pin(index)
            )
        else:
            words = "This frame is not complete: hold the nearest one that is"
            self._add(f"Go to the frame nearest to {count_text(index)} at {place}", words, lambda: self._walk.choose(index))
        self._add_copy("Copy position", place)
        on_axes = axes_text(scan_axes(self._session), position_of(index, shape))
        if on_axes:
            self._add_copy("Copy", on_axes)

    def _add_copy(self, what: str, words: str) -> None:
        self._add(f"{what} {words}", "Put it on the clipboard", lambda: QGuiApplication.clipboard().setText(words))

    def _add(self, words: str, tip: str, chosen: Callable[[], object]) -> None:
        action = self.menu.addAction(button_text(words))
        action.setToolTip(tip)
        action.triggered.connect(lambda: chosen())
