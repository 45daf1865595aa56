"""The menu of quantities: by where they come from, those of a region under its name, and expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from swmr_viewer.gui.look.labels import PlainLabel, button_text
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.quantities import Kind, Quantity, QuantityTable

MOST_IN_A_GROUP = 10
"""More of a kind have a menu of their own."""
EXPRESSION = "Expression \u2026"


def fill_quantities(
    menu: QMenu, offered: Iterable[Quantity], chosen: str, choose: Callable[[str], object], expressions: Iterable[str] = ()
) -> None:
    """Put what can be chosen into a menu, under the words of its kinds.

    Parameters
    ----------
    menu : QMenu
        Is filled anew.
    offered : iterable of Quantity
        In their order.
    chosen : str
        The name that has the mark.
    choose : callable
        Takes the name that was chosen.
    expressions : iterable of str
        Those that were used before.
    """
    menu.clear()
    group = QActionGroup(menu)
    kinds: dict[Kind, list[Quantity]] = {}
    for quantity in offered:
        kinds.setdefault(quantity.kind, []).append(quantity)
    shown = {quantity.name for members in kinds.values() for quantity in members}
    before = [Quantity(text, Kind.EXPRESSION) for text in expressions if text not in shown]
    if before:
        kinds.setdefault(Kind.EXPRESSION, []).extend(before)
    for kind, members in kinds.items():
        if kind is Kind.REGION:
            _add_regions(menu, group, members, chosen, choose)
            continue
        target = menu
        if len(members) > MOST_IN_A_GROUP:
            target = menu.addMenu(kind.value.capitalize())
        else:
            menu.addSection(kind.value)
        for quantity in members:
            _add(target, group, quantity, quantity.title, chosen, choose)


def _add_regions(menu: QMenu, group: QActionGroup, members: list[Quantity], chosen: str, choose: Callable[[str], object]) -> None:
    menu.addSection(Kind.REGION.value)
    regions: dict[str, list[Quantity]] = {}
    for quantity in members:
        regions.setdefault(quantity.name.rpartition(".")[0], []).append(quantity)
    for name, of_region in regions.items():
        target = menu.addMenu(button_text(name))
        for quantity in of_region:
            _add(target, group, quantity, quantity.title, chosen, choose)


def _add(menu: QMenu, group: QActionGroup, quantity: Quantity, words: str, chosen: str, choose: Callable[[str], object]) -> None:
    action = menu.addAction(button_text(words))
    action.setCheckable(True)
    action.setChecked(quantity.name == chosen)
    group.addAction(action)
    action.triggered.connect(lambda _, name=quantity.name: choose(name))


class ExpressionEditor(Popup):
    """A line to type an expression in; below it why it cannot be used.

    Parameters
    ----------
    table : callable
        Returns the quantities that may stand in it.
    choose : callable
        Takes the expression.
    """

    def __init__(self, table: Callable[[], QuantityTable], choose: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._table, self._choose = table, choose
        caption = PlainLabel("caption")
        caption.say("EXPRESSION")
        self.line = QLineEdit()
        self.line.setAccessibleName("Expression of quantities")
        self.line.setPlaceholderText("A.sum / I0")
        self.line.setMinimumWidth(300)
        self.reason = PlainLabel("warn")
        self.reason.setWordWrap(True)
        self.reason.setMinimumHeight(2 * self.reason.fontMetrics().lineSpacing())
        for part in (caption, self.line, self.reason):
            self.box.addWidget(part)
        self.line.textEdited.connect(self._check)
        self.line.returnPressed.connect(self._take)

    def edit(self, text: str) -> None:
        """Let this expression be changed."""
        self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus()
        self._check()

    def _check(self) -> None:
        text = self.line.text().strip()
        self.reason.say(self._table().why_not(text) if text else "")

    def _take(self) -> None:
        text = self.line.text().strip()
        self._check()
        if text and not self.reason.text():
            self.hide()
            self._choose(text)
