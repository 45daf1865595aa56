"""The quantity's map in the panel of maps: its tab, which says what is shown and opens the menu, and its actions."""

from __future__ import annotations

from functools import partial
from typing import get_args

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.look.menus import make_action
from swmr_viewer.gui.quantity_map.map_selector import LASSO, RECTANGLE
from swmr_viewer.gui.quantity_map.map_settings import Combined
from swmr_viewer.gui.quantity_map.quantity_map import QuantityMap
from swmr_viewer.gui.scan_map import MapPages, MapPanel, ScanGaps
from swmr_viewer.gui.session import Session


@frozen
class QuantityActions:
    """They bring the map into view where they need it."""

    quantity: QAction
    expression: QAction
    look: QAction
    rectangle: QAction
    lasso: QAction
    clear: QAction
    combine: dict[str, QAction]
    """Mean, sum, maximum: one of them has the mark."""
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

    shown = Signal()
    """The map is to be seen: its panel may be closed."""

    def __init__(self, session: Session, panel: MapPanel, gaps: ScanGaps, pages: MapPages, owner: QWidget) -> None:
        super().__init__(owner)
        self._session, self._panel = session, panel
        self.map = QuantityMap(session, gaps, pages)
        self.number = panel.add_map(self.map.title, self.map, self.map, self.map.view_changed)
        self.actions = self._make_actions(owner)
        self._name(self.map.title)
        self._connect()

    def _make_actions(self, owner: QWidget) -> QuantityActions:
        action, shown = partial(make_action, owner), self.map
        return QuantityActions(
            quantity=action("&Quantity of the map\u2026", "Q", "Choose what the map shows", self._choose),
            expression=action("&Expression on the map\u2026", "Shift+Q", "Show what is calculated from quantities", self._edit_expression),
            look=action("&Levels of the map\u2026", "Shift+C", "Choose levels, scale and colours of the map", self._edit_look),
            rectangle=action(
                "&Select points", "Shift+S", "Drag over points of the map: their frames are shown as one (or drag with Shift)"
            ),
            lasso=action("Select points by a &lasso", "Shift+O", "Draw around points of the map: their frames are shown as one"),
            clear=action("&Clear the selection", "Shift+X", "Show the newest frame again (Esc on the map)", shown.selection.clear),
            combine=self._combine_actions(owner),
            copy_picture=action("Copy &picture of the map", "Ctrl+Alt+P", "Put the map, as seen, on the clipboard", shown.copy_picture),
            copy_values=action("Copy &values of the map", "Ctrl+Alt+N", "Put positions and values on the clipboard", shown.copy_values),
        )

    def _combine_actions(self, owner: QWidget) -> dict[str, QAction]:
        group, actions = QActionGroup(owner), {}
        for how, keys in zip(get_args(Combined), ("Ctrl+Alt+1", "Ctrl+Alt+2", "Ctrl+Alt+3"), strict=True):
            words = f"{how.capitalize()} of selected frames"
            chosen = partial(self.map.selection.show_as, how)
            actions[how] = make_action(owner, words, keys, f"Show the {how} of the frames of selected points", chosen, checkable=True)
            group.addAction(actions[how])
        return actions

    def _connect(self) -> None:
        actions, plot, selection = self.actions, self.map.plot, self.map.selection
        for kind, action in ((RECTANGLE, actions.rectangle), (LASSO, actions.lasso)):
            action.setCheckable(True)
            action.triggered.connect(lambda _, kind=kind: self._take(kind))
        selection.selector.kind_changed.connect(self._show_tool)
        for signal in (selection.changed, self.map.choices.changed):
            signal.connect(self._enable)
        self.map.title_changed.connect(self._name)
        self._panel.tabs.clicked_again.connect(self._on_again)
        choice = (actions.quantity, actions.expression, actions.look)
        plot.menu.lend((actions.rectangle, actions.lasso, actions.clear), tuple(actions.combine.values()), choice, self._copying)
        self.map.line.menu.lend(choice, self._copying)
        self._enable()

    @property
    def _copying(self) -> tuple[QAction, ...]:
        return self.actions.copy_picture, self.actions.copy_values

    def _enable(self) -> None:
        self.actions.clear.setEnabled(bool(self.map.selection.indices.size))
        self.actions.combine[self.map.choices.settings.combine].setChecked(True)

    def _take(self, kind: str) -> None:
        self.show()
        self.map.selection.selector.take(kind)

    def _show_tool(self, kind: str) -> None:
        self.actions.rectangle.setChecked(kind == RECTANGLE)
        self.actions.lasso.setChecked(kind == LASSO)
        told = {RECTANGLE: "Drag over points of the map; Esc gives up", LASSO: "Draw around points of the map; Esc gives up"}
        self._session.note(told.get(kind, ""))

    def add_to(self, menu: QMenu) -> None:
        """Put the actions into the window's menu of maps."""
        actions = self.actions
        menu.addSeparator()
        menu.addActions((actions.quantity, actions.expression, actions.look))
        menu.addSeparator()
        menu.addActions((actions.rectangle, actions.lasso, actions.clear, *actions.combine.values()))
        menu.addSeparator()
        menu.addActions(self._copying)

    def show_quantity(self, name: str) -> None:
        """Bring the map of a quantity into view."""
        self.map.choices.show_quantity(name)
        self.show()

    def show(self) -> None:
        """Bring the map into view."""
        self._panel.tabs.setCurrentIndex(self.number)
        self.shown.emit()

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
