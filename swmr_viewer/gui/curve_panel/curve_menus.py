"""The menus of the curve's panel: which quantities are drawn, on which side, divided by what, and against what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice
from swmr_viewer.gui.curve_panel.curve_settings import EVERY
from swmr_viewer.gui.curve_panel.fit_choice import FitChoice
from swmr_viewer.gui.look.choice_button import ChoiceButton
from swmr_viewer.gui.look.labels import button_text
from swmr_viewer.gui.quantities import ExpressionEntry, add_quantities, fill_quantities
from swmr_viewer.quantities import OF_REGION, FitModel, Kind, Quantity
from swmr_viewer.reader.messages import REGION_COLUMNS

MARK_PX = 26
"""So wide is the place of the marks."""
OPEN_KINDS = (Kind.SCAN, Kind.POSITION)
"""Shown at once; those of other kinds one menu further."""
FURTHER_KINDS = (Kind.FRAME, Kind.SCALAR, Kind.POSITION, Kind.SCAN, Kind.EXPRESSION, Kind.REDUCTION)

DIVISOR_KINDS = (Kind.SCALAR, Kind.SCAN, Kind.POSITION, Kind.FRAME, Kind.EXPRESSION, Kind.REDUCTION)
"""Monitors first."""


class MarkingMenu(QMenu):
    """A click on a mark, or Space, changes it and leaves the menu open; elsewhere the entry alone is chosen."""

    marked = Signal(str)
    chosen = Signal(str)

    def offer(self, key: str, words: str, *, is_on: bool) -> QAction:
        """Add an entry with a mark."""
        action = self.addAction(button_text(words))
        action.setCheckable(True)
        action.setChecked(is_on)
        action.setData(key)
        action.setToolTip("A click on the mark, or Space, adds it to what is drawn")
        action.triggered.connect(lambda: self.chosen.emit(key))
        return action

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if self._has_mark(action) and event.position().x() < MARK_PX:
            self._mark(action)
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self._has_mark(self.activeAction()):
            self._mark(self.activeAction())
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _has_mark(action: QAction | None) -> bool:
        return action is not None and action.isCheckable() and action.isEnabled() and bool(action.data())

    def _mark(self, action: QAction) -> None:
        action.setChecked(not action.isChecked())
        self.marked.emit(str(action.data()))


class ShownButton(ChoiceButton):
    """What is drawn: of every region, of the whole frame, from the file, expressions; on which axis, divided by what."""

    def __init__(self, choice: CurveChoice) -> None:
        super().__init__("What the curves show of each frame", dict)
        self._choice = choice
        self.expression: ExpressionEntry | None = None
        self.setMenu(self._marking(self))
        self.menu().aboutToShow.connect(self._fill)

    def show_choice(self) -> None:
        """Say what is chosen."""
        title, n_shown = self._choice.shown_title, len(self._choice.settings.shown)
        self.show_chosen(title, title, title if n_shown == 1 else f"{n_shown} values")

    def _marking(self, parent: QWidget, title: str = "") -> MarkingMenu:
        menu = MarkingMenu(title, parent)
        menu.setToolTipsVisible(True)
        menu.chosen.connect(lambda name: self._choice.put(self._choice.settings.showing(name)))
        menu.marked.connect(lambda name: self._choice.put(self._choice.settings.toggled(name)))
        return menu

    def _marking_below(self, title: str, parent: QMenu) -> QMenu:
        return self._marking(parent, title)

    def _offer(self, menu: QMenu, quantity: Quantity) -> None:
        assert isinstance(menu, MarkingMenu)
        menu.offer(quantity.name, quantity.label, is_on=quantity.name in self._choice.settings.shown)

    def _fill(self) -> None:
        menu, choice = self.menu(), self._choice
        assert isinstance(menu, MarkingMenu)
        settings, table = choice.settings, choice.table
        self._empty()
        for what in table.region_columns or REGION_COLUMNS:
            key = f"{EVERY}{what}"
            menu.offer(key, OF_REGION.get(what, what), is_on=key in settings.shown)
        menu.addSeparator()
        add_quantities(menu, table.offered(), self._offer, kinds=FURTHER_KINDS, open_kinds=(), make_menu=self._marking_below)
        menu.addMenu(self._sides(menu))
        menu.addMenu(self._divisors(menu))
        menu.addSeparator()
        self.expression = ExpressionEntry(table.why_not, menu)
        self.expression.entered.connect(self._on_expression)
        menu.addAction(self.expression)

    def _sides(self, parent: QMenu) -> QMenu:
        menu, settings = QMenu("On the right axis", parent), self._choice.settings
        for name in settings.shown:
            action = menu.addAction(button_text(self._choice.title(name)))
            action.setCheckable(True)
            action.setChecked(name in settings.right)
            action.triggered.connect(lambda _, name=name: self._choice.put(self._choice.settings.on_other_side(name)))
        menu.setEnabled(len(settings.shown) > 1)
        return menu

    def _divisors(self, parent: QMenu) -> QMenu:
        menu, settings = QMenu("Divided by", parent), self._choice.settings
        offered, choose = self._choice.table.offered(), lambda name: self._choice.change(over=name)
        fill_quantities(menu, offered, settings.over, choose, nothing="nothing", kinds=DIVISOR_KINDS)
        return menu

    def _on_expression(self, text: str) -> None:
        self._choice.put(self._choice.settings.showing(text))
        self.menu().close()


class AgainstButton(ChoiceButton):
    """What the curves are drawn against, and how they are joined."""

    def __init__(self, choice: CurveChoice, name: str = "What the frames are drawn against") -> None:
        super().__init__(name, dict)
        self._choice = choice

    def show_choice(self) -> None:
        """Say what is chosen."""
        name, _ = self._choice.against_label
        part = self._choice.plan.part_text
        self.show_chosen(self._choice.against, f"against {name}", name)
        self.setAccessibleDescription(f"against {name}{f', {part}' if part else ''}")

    def _fill(self) -> None:
        menu, choice = self.menu(), self._choice
        self._empty()
        offered = [quantity for quantity in choice.table.offered() if choice.can_be_against(quantity.name)]
        fill_quantities(menu, offered, choice.against, choice.choose, open_kinds=OPEN_KINDS)
        menu.addSeparator()
        for part, words in choice.parts.items():
            self._toggle(menu, words, choice.plan.part == part, partial(choice.change, part=part))
        menu.addSeparator()
        taken = self._toggle(
            menu, "Join as they were taken", choice.settings.as_taken, lambda: choice.change(as_taken=not choice.settings.as_taken)
        )
        taken.setEnabled(choice.can_be_against("order"))
        alone = choice.settings.points_alone
        self._toggle(menu, "Points without lines", alone, lambda: choice.change(points_alone=not alone))
        self._toggle(menu, "Log axis", choice.settings.log_x, lambda: choice.change(log_x=not choice.settings.log_x))

    @staticmethod
    def _toggle(menu: QMenu, words: str, is_on: bool, chosen: Callable[[], None]) -> QAction:
        action = menu.addAction(button_text(f"{words[:1].upper()}{words[1:]}"))
        action.setCheckable(True)
        action.setChecked(is_on)
        action.triggered.connect(lambda: chosen())
        return action


class PartButton(ChoiceButton):
    """Which part of the scan is drawn; not seen where there is but one. Where there is no room for it, ``AgainstButton`` offers it too."""

    def __init__(self, choice: CurveChoice) -> None:
        super().__init__("Which frames the curves show", lambda: choice.parts)
        self._choice = choice
        self.is_offered, self.has_other_way = False, True
        self.chosen.connect(lambda part: choice.change(part=part))

    def show_choice(self) -> None:
        """Say what is chosen."""
        plan = self._choice.plan
        self.show_chosen(plan.part, plan.part_text or "all frames", plan.part_text.split(" of ")[0] or "all")
        if self.is_offered != bool(self._choice.parts):
            self.is_offered = not self.is_offered
            self.room_changed.emit()


class FitButton(FitChoice):
    """What is fitted to the curves."""

    def __init__(self, choice: CurveChoice) -> None:
        super().__init__("What is fitted to the curves")
        self._choice = choice
        self.chosen.connect(lambda key: choice.change(fit=FitModel(key)))
        self.leaving_out_chosen.connect(lambda on: choice.change(leaves_out_hot=on))

    def show_choice(self) -> None:
        """Say what is chosen."""
        self.show_fit(self._choice.settings.fit, leaves_out=self._choice.settings.leaves_out_hot)
