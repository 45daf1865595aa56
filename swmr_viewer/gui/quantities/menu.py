"""Menus and lists of quantities: by where they come from, those of a region under its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QMenu

from swmr_viewer.gui.look.labels import button_text
from swmr_viewer.quantities import Kind, Quantity

MOST_IN_A_GROUP = 10
"""More of a kind have a menu of their own."""
EXPRESSION = "Expression\u2026"
ALL_KINDS = tuple(Kind)


def by_kind(offered: Iterable[Quantity], kinds: Iterable[Kind] = ALL_KINDS) -> dict[Kind, list[Quantity]]:
    """Return those of some kinds, in the order of the kinds; kinds of which there is nothing are left out."""
    known = list(offered)
    found = {kind: [quantity for quantity in known if quantity.kind is kind] for kind in kinds}
    return {kind: members for kind, members in found.items() if members}


def add_quantities(
    menu: QMenu,
    offered: Iterable[Quantity],
    offer: Callable[[QMenu, Quantity], object],
    *,
    kinds: Iterable[Kind] = ALL_KINDS,
    open_kinds: Sequence[Kind] = ALL_KINDS,
    make_menu: Callable[[str, QMenu], QMenu] = QMenu,
) -> None:
    """Add what can be chosen to a menu.

    Parameters
    ----------
    menu : QMenu
        Keeps what it has.
    offered : iterable of Quantity
        In their order.
    offer : callable
        Adds one of them to a menu.
    kinds : iterable of Kind
        Which of them, and in which order.
    open_kinds : sequence of Kind
        Shown at once, with a line between kinds, unless they are many; those of other kinds one menu further, below its word.
    make_menu : callable
        Returns a menu with a title that opens from another.
    """
    was_open = True
    for kind, members in by_kind(offered, kinds).items():
        is_open = kind in open_kinds and (len(members) <= MOST_IN_A_GROUP or kind is Kind.REGION)
        if (is_open or was_open) and not menu.isEmpty():
            menu.addSeparator()
        was_open, target = is_open, menu
        if not is_open:
            target = make_menu(kind.value.capitalize(), menu)
            menu.addMenu(target)
        if kind is Kind.REGION:
            _add_regions(target, members, offer, make_menu)
            continue
        for quantity in members:
            offer(target, quantity)


def _add_regions(
    menu: QMenu, members: Iterable[Quantity], offer: Callable[[QMenu, Quantity], object], make_menu: Callable[[str, QMenu], QMenu]
) -> None:
    regions: dict[str, list[Quantity]] = {}
    for quantity in members:
        regions.setdefault(quantity.name.rpartition(".")[0], []).append(quantity)
    for name, of_region in regions.items():
        target = make_menu(button_text(name), menu)
        menu.addMenu(target)
        for quantity in of_region:
            offer(target, quantity)


def offer_marked(menu: QMenu, group: QActionGroup, words: str, *, is_on: bool, choose: Callable[[], object]) -> QAction:
    """Add an entry with a mark to a menu, one of a group of which one is chosen."""
    action = menu.addAction(button_text(words))
    action.setCheckable(True)
    action.setChecked(is_on)
    group.addAction(action)
    action.triggered.connect(lambda: choose())
    return action


def fill_quantities(
    menu: QMenu,
    offered: Iterable[Quantity],
    chosen: str,
    choose: Callable[[str], object],
    *,
    expressions: Iterable[str] = (),
    nothing: str = "",
    kinds: Iterable[Kind] = ALL_KINDS,
    open_kinds: Sequence[Kind] = ALL_KINDS,
) -> QActionGroup:
    """Add quantities of which one is chosen, and return the group of their entries.

    Parameters
    ----------
    menu : QMenu
        Keeps what it has.
    offered : iterable of Quantity
        In their order.
    chosen : str
        The name that has the mark.
    choose : callable
        Takes the name that was chosen.
    expressions : iterable of str
        Those that were used before.
    nothing : str
        What it is called, before all others, to choose none; its name is "".
    kinds, open_kinds
        As of `add_quantities`.
    """
    known = list(offered)
    shown = {quantity.name for quantity in known}
    known += [Quantity(text, Kind.EXPRESSION) for text in expressions if text not in shown]
    group = QActionGroup(menu)

    def offer(target: QMenu, quantity: Quantity) -> None:
        name = quantity.name
        offer_marked(target, group, quantity.label, is_on=name == chosen, choose=lambda: choose(name))

    if nothing:
        offer_marked(menu, group, nothing, is_on=not chosen, choose=lambda: choose(""))
    add_quantities(menu, known, offer, kinds=kinds, open_kinds=open_kinds)
    return group


def list_quantities(box: QComboBox, offered: Iterable[Quantity]) -> None:
    """Add quantities to a list, with a line between their kinds; the data of each entry is its quantity."""
    for members in by_kind(offered).values():
        if box.count():
            box.insertSeparator(box.count())
        for quantity in members:
            box.addItem(quantity.title, quantity)
