"""The actions of the map: the whole of it, its pages, the next gap; the menu, the keys, the map's own menu and its rows share them."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.look.menus import make_action, make_menu, menu_below
from swmr_viewer.gui.scan_map.gap_walk import NEXT_GAP_KEY
from swmr_viewer.gui.scan_map.map_pages import MapPages


@frozen
class MapActions:
    """``whole`` and ``next_gap`` are connected by the panel; the others are for scans of three axes or more."""

    whole: QAction
    next_gap: QAction
    all_pages: QAction
    one_page: QAction
    back: QAction
    on: QAction
    follow: QAction


def make_map_actions(pages: MapPages, owner: QWidget) -> MapActions:
    """Make the actions and connect them."""
    action = partial(make_action, owner)
    actions = MapActions(
        whole=action("&Whole map", "W", "Show the whole scan, or the whole page, on the map again"),
        next_gap=action("Next &gap", NEXT_GAP_KEY, "Show the next gap on the map, and the complete frame nearest to it"),
        all_pages=action("&All pages", "Ctrl+Shift+P", "Show the planes of the last two axes side by side", pages.show_all, checkable=True),
        one_page=action("&One page", "Ctrl+P", "Show one plane of the last two axes", pages.show_one, checkable=True),
        back=action("Page &back", "Ctrl+PgUp", "Hold the page before", lambda: pages.step(-1)),
        on=action("Page o&n", "Ctrl+PgDown", "Hold the next page", lambda: pages.step(+1)),
        follow=action("&Follow the shown frame", "Ctrl+Shift+F", "Let the page be the shown frame's", pages.follow, checkable=True),
    )
    for made, icon_text in ((actions.back, "\u2039"), (actions.on, "\u203a"), (actions.follow, "Follow"), (actions.one_page, "One")):
        made.setIconText(icon_text)
    choice = QActionGroup(owner)
    choice.addAction(actions.all_pages)
    choice.addAction(actions.one_page)
    _keep_true(actions, pages)
    return actions


def _keep_true(actions: MapActions, pages: MapPages) -> None:
    def show() -> None:
        actions.one_page.setChecked(pages.shows_one)
        actions.all_pages.setChecked(not pages.shows_one)
        actions.follow.setChecked(pages.shows_one and pages.follows)
        for action in (actions.all_pages, actions.one_page, actions.back, actions.on):
            action.setEnabled(bool(pages.lengths))
        actions.follow.setEnabled(pages.shows_one)

    pages.changed.connect(show)
    actions.follow.triggered.connect(show)  # a click on what is followed already would take its mark away
    show()


def add_map_menu(actions: MapActions, menu: QMenu) -> QMenu:
    """Put the actions into the window's menu, before what concerns the picture; return the menu of the map."""
    pages = (actions.all_pages, actions.one_page, actions.back, actions.on, actions.follow)
    of_map = make_menu("Map", menu, (actions.whole,), pages)
    menu.insertMenu(menu_below(menu, "Picture").menuAction(), of_map)
    menu_below(menu, "Go").addAction(actions.next_gap)
    return of_map
