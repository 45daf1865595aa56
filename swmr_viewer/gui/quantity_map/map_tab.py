"""The quantity's map in the panel of maps: its tab, which says what is shown and opens the menu, and its actions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.gui.look.menus import make_action
from swmr_viewer.gui.quantity_map.quantity_map import QuantityMap
from swmr_viewer.gui.scan_map import MapPages, MapPanel, ScanGaps
from swmr_viewer.gui.session import Session


@dataclass(frozen=True, slots=True)
class QuantityActions:
    """They bring the map into view where they need it."""

    quantity: QAction
    expression: QAction
    look: QAction
    copy_picture: QAction
    copy_values: QAction


class QuantityMapTab(QObject):
    """Adds the map to the panel.

    Parameters
    ----------
    session : Session
        Whose quantities.
    panel : MapPanel
        Where the map stands.
    gaps, pages : ScanGaps, MapPages
        As the panel's.
    owner : QWidget
        Where the keys work.
    """

    def __init__(self, session: Session, panel: MapPanel, gaps: ScanGaps, pages: MapPages, owner: QWidget) -> None:
        super().__init__(owner)
        self._panel = panel
        self.map = QuantityMap(session, gaps, pages)
        self.number = panel.add_map(self.map.title, self.map, self.map, self.map.view_changed)
        self.actions = self._make_actions(owner)
        self._name(self.map.title)
        self.map.title_changed.connect(self._name)
        panel.tabs.clicked_again.connect(self._on_again)
        for plot in (self.map.plot, self.map.line):
            actions = self.actions
            plot.menu.lend((actions.quantity, actions.expression, actions.look), (actions.copy_picture, actions.copy_values))

    def _make_actions(self, owner: QWidget) -> QuantityActions:
        action, shown = partial(make_action, owner), self.map
        return QuantityActions(
            quantity=action("&Quantity of the map \u2026", "Q", "Choose what the map shows", self._choose),
            expression=action("&Expression on the map \u2026", "Shift+Q", "Show what is calculated from quantities", self._edit_expression),
            look=action("&Levels of the map \u2026", "Ctrl+Shift+L", "Choose levels, scale and colours of the map", self._edit_look),
            copy_picture=action("Copy &picture of the map", "Ctrl+Alt+P", "Put the map, as seen, on the clipboard", shown.copy_picture),
            copy_values=action("Copy &values of the map", "Ctrl+Alt+N", "Put positions and values on the clipboard", shown.copy_values),
        )

    def add_to(self, menu: QMenu) -> None:
        """Put the actions into the window's menu of maps."""
        actions = self.actions
        menu.addSeparator()
        menu.addActions((actions.quantity, actions.expression, actions.look))
        menu.addSeparator()
        menu.addActions((actions.copy_picture, actions.copy_values))

    def show(self) -> None:
        """Bring the map into view."""
        self._panel.tabs.setCurrentIndex(self.number)

    def _name(self, title: str) -> None:
        self._panel.tabs.set_name(self.number, title)

    def _on_again(self, number: int) -> None:
        if number == self.number:
            self.map.open_menu(self._below)

    @property
    def _below(self) -> QPoint:
        return self._panel.tabs.place_below(self.number)

    def _choose(self) -> None:
        self.show()
        self.map.open_menu(self._below)

    def _edit_expression(self) -> None:
        self.show()
        self.map.edit_expression(self._below)

    def _edit_look(self) -> None:
        self.show()
        self.map.edit_look()
