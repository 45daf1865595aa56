"""The quantity's map in the panel of maps: its tab, which says what is shown and opens the menu, and its actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import get_args

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.look.menus import make_action
from swmr_viewer.gui.quantity_map.map_selector import LASSO, RECTANGLE
from swmr_viewer.gui.quantity_map.map_settings import Combined, MapChoices
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
    view_changed = Signal()
    """All of the map is seen, or a part."""

    def __init__(self, session: Session, panel: MapPanel, gaps: ScanGaps, pages: MapPages, owner: QWidget) -> None:
        super().__init__(owner)
        self._session, self._panel, self._gaps, self._pages = session, panel, gaps, pages
        self.choices = MapChoices(session, self)
        self._title = ""
        self._page = _Page(lambda: self.map)
        self.number = panel.add_map(self.title, self._page, self, self.view_changed)
        self.actions = self._make_actions(owner)
        self._connect()
        self._name()

    @cached_property
    def map(self) -> QuantityMap:
        """Made when it is first seen, or asked for."""
        made = QuantityMap(self._session, self._gaps, self._pages, self.choices)
        self._page.box.addWidget(made)
        made.view_changed.connect(self.view_changed)
        made.selection.selector.kind_changed.connect(self._show_tool)
        made.selection.changed.connect(self._enable)
        actions, choice = self.actions, (self.actions.quantity, self.actions.expression, self.actions.look)
        drawing = (actions.rectangle, actions.lasso, actions.clear)
        made.plot.menu.lend(drawing, tuple(actions.combine.values()), choice, self._copying)
        made.line.menu.lend(choice, self._copying)
        return made

    @property
    def is_made(self) -> bool:
        """Whether there is a map yet."""
        return "map" in vars(self)

    @property
    def title(self) -> str:
        """What is shown, in a few words."""
        name = self.choices.settings.quantity
        quantity = self._session.scan.quantities.quantity(name)
        return quantity.title if quantity is not None else name

    @property
    def is_zoomed(self) -> bool:
        """Whether a part of the map is seen."""
        return self.is_made and self.map.is_zoomed

    def fit(self) -> None:
        """See all of it."""
        self.map.fit()

    def _make_actions(self, owner: QWidget) -> QuantityActions:
        action = partial(make_action, owner)
        return QuantityActions(
            quantity=action("&Quantity of the map\u2026", "Q", "Choose what the map shows", self._choose),
            expression=action("&Expression on the map\u2026", "Shift+Q", "Show what is calculated from quantities", self._edit_expression),
            look=action("&Levels of the map\u2026", "Shift+C", "Choose levels, scale and colours of the map", self._edit_look),
            rectangle=action(
                "&Select points", "Shift+S", "Drag over points of the map: their frames are shown as one (or drag with Shift)"
            ),
            lasso=action("Select points by a &lasso", "Shift+O", "Draw around points of the map: their frames are shown as one"),
            clear=action(
                "&Clear the selection", "Shift+X", "Show the newest frame again (Esc on the map)", lambda: self.map.selection.clear()
            ),
            combine=self._combine_actions(owner),
            copy_picture=action("Copy &picture of the map", "Ctrl+Alt+P", "Put the map, as seen, on the clipboard", self._copy_picture),
            copy_values=action("Copy &values of the map", "Ctrl+Alt+N", "Put positions and values on the clipboard", self._copy_values),
        )

    def _combine_actions(self, owner: QWidget) -> dict[str, QAction]:
        group, actions = QActionGroup(owner), {}
        for how, keys in zip(get_args(Combined), ("Ctrl+Alt+1", "Ctrl+Alt+2", "Ctrl+Alt+3"), strict=True):
            words = f"{how.capitalize()} of selected frames"
            chosen = partial(self._show_as, how)
            actions[how] = make_action(owner, words, keys, f"Show the {how} of the frames of selected points", chosen, checkable=True)
            group.addAction(actions[how])
        return actions

    def _connect(self) -> None:
        actions, session = self.actions, self._session
        for kind, action in ((RECTANGLE, actions.rectangle), (LASSO, actions.lasso)):
            action.setCheckable(True)
            action.triggered.connect(lambda _, kind=kind: self._take(kind))
        self.choices.changed.connect(self._enable)
        for signal in (self.choices.changed, session.quantities_changed, session.opened, session.data_changed, session.request_changed):
            signal.connect(self._name)
        self._panel.tabs.clicked_again.connect(self._on_again)
        self._enable()

    @property
    def _copying(self) -> tuple[QAction, ...]:
        return self.actions.copy_picture, self.actions.copy_values

    def _enable(self) -> None:
        self.actions.clear.setEnabled(self.is_made and bool(self.map.selection.indices.size))
        self.actions.combine[self.choices.settings.combine].setChecked(True)

    def _show_as(self, how: Combined) -> None:
        self.map.selection.show_as(how)

    def _copy_picture(self) -> None:
        self.map.copy_picture()

    def _copy_values(self) -> None:
        self.map.copy_values()

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
        self.choices.show_quantity(name)
        self.show()

    def show(self) -> None:
        """Bring the map into view."""
        self._panel.tabs.setCurrentIndex(self.number)
        self.shown.emit()

    def _name(self) -> None:
        if self.title != self._title:
            self._title = self.title
            self._panel.tabs.set_name(self.number, self._title)

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


class _Page(QWidget):
    """The place of the map, which is made when it is first seen: a tenth of what making the window takes."""

    def __init__(self, make: Callable[[], object]) -> None:
        super().__init__()
        self._make = make
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)

    def setVisible(self, visible: bool) -> None:
        if visible:
            self._make()
        super().setVisible(visible)
