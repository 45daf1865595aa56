"""The actions of the map's pages: all or one, back and on, follow; the menu, the keys and the row at the map share them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

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

    def action(words: str, short: str, keys: str, tip: str, triggered: Callable[[], None], *, checkable: bool = False) -> QAction:
        made = QAction(words, owner)
        made.setIconText(short)
        made.setShortcut(QKeySequence(keys))
        made.setToolTip(f"{tip} ({made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        made.setCheckable(checkable)
        made.triggered.connect(lambda: triggered())
        owner.addAction(made)
        return made

    actions = PageActions(
        all_pages=action(
            "&All pages", "All pages", "Ctrl+Shift+P", "Show the planes of the last two axes side by side", pages.show_all, checkable=True
        ),
        one_page=action("&One page", "One page", "Ctrl+P", "Show one plane of the last two axes", pages.show_one, checkable=True),
        back=action("Page &back", "\u2039", "Ctrl+PgUp", "Hold the page before", lambda: pages.step(-1)),
        on=action("Page o&n", "\u203a", "Ctrl+PgDown", "Hold the next page", lambda: pages.step(+1)),
        follow=action(
            "&Follow the shown frame", "Follow", "Ctrl+Shift+F", "Let the page be the shown frame's", pages.follow, checkable=True
        ),
    )
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
        for one in (actions.all_pages, actions.one_page, actions.back, actions.on):
            one.setEnabled(bool(pages.lengths))
        actions.follow.setEnabled(pages.shows_one)

    pages.changed.connect(show)
    actions.follow.triggered.connect(show)  # a click on what is followed already would take its mark away
    show()


def add_page_menu(actions: PageActions, menu: QMenu) -> None:
    """Put the actions into the window's menu, before what concerns the picture."""
    submenu = QMenu("Map", menu)
    submenu.setToolTipsVisible(True)
    submenu.addActions([actions.all_pages, actions.one_page, actions.back, actions.on, actions.follow])
    before = next(one for one in menu.actions() if one.text() == "Picture")
    menu.insertMenu(before, submenu)
