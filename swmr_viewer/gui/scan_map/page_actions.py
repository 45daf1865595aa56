"""The actions of the map's pages: all or one, back and on, follow; the menu, the keys and the row at the map share them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.scan_map.map_pages import MapPages


@dataclass(frozen=True, slots=True)
class PageActions:
    """What can be done with the pages of a scan that has three or more axes."""

    all_pages: QAction
    one_page: QAction
    back: QAction
    on: QAction
    follow: QAction


def make_page_actions(pages: MapPages, owner: QWidget) -> PageActions:
    """Make the actions and connect them."""
    action = partial(make_action, owner)
    actions = PageActions(
        all_pages=action("&All pages", "Ctrl+Shift+P", "Show the planes of the last two axes side by side", pages.show_all, checkable=True),
        one_page=action("&One page", "Ctrl+P", "Show one plane of the last two axes", pages.show_one, checkable=True),
        back=action("Page &back", "Ctrl+PgUp", "Hold the page before", lambda: pages.step(-1)),
        on=action("Page o&n", "Ctrl+PgDown", "Hold the next page", lambda: pages.step(+1)),
        follow=action("&Follow the shown frame", "Ctrl+Shift+F", "Let the page be the shown frame's", pages.follow, checkable=True),
    )
    for made, icon_text in ((actions.back, "\u2039"), (actions.on, "\u203a"), (actions.follow, "Follow")):
        made.setIconText(icon_text)
    choice = QActionGroup(owner)
    choice.addAction(actions.all_pages)
    choice.addAction(actions.one_page)
    _keep_true(actions, pages)
    return actions


def _keep_true(actions: PageActions, pages: MapPages) -> None:
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


def add_page_menu(actions: PageActions, menu: QMenu) -> None:
    """Put the actions into the window's menu, before what concerns the picture."""
    submenu = make_menu("Map", menu, (actions.all_pages, actions.one_page, actions.back, actions.on, actions.follow))
    before = next(action for action in menu.actions() if action.text() == "Picture")
    menu.insertMenu(before, submenu)
