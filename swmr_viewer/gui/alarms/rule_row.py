"""One alarm in the editor: what is watched, the level, and what is done when it is raised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGridLayout, QToolButton, QWidget

from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.gui.quantities import list_quantities
from swmr_viewer.quantities import Quantity
from swmr_viewer.scan_model import AlarmRule, Watch

MOST = 1e15
OF_SCAN = {Watch.LOST: "lost frames", Watch.SILENT: "no key", Watch.LAG: "detector behind"}
SUFFIXES = {Watch.LOST: " frames", Watch.SILENT: " s", Watch.LAG: " frames"}
SIDES = {Watch.LOST: "more than", Watch.SILENT: "for", Watch.LAG: "by"}
USUAL = {Watch.LOST: 0.0, Watch.SILENT: 30.0, Watch.LAG: 20.0}
EFFECTS = {
    "border": ("alarm-border", "Border round the picture"),
    "sound": ("sound", "Beep when it is raised"),
    "desktop": ("notification", "Notification of the desktop when it is raised"),
    "command": ("command", "Start the command below when it is raised"),
}
"""By field of the rule: icon, and what it does."""
COLUMNS = 9


class RuleRow(QObject):
    """The widgets of one rule, in a row of the editor's grid.

    Parameters
    ----------
    rule : AlarmRule
        What it shows at first.
    offers : callable
        Returns the quantities that can be watched.
    why_not : callable
        Returns why a text names no quantity, or "".
    """

    edited = Signal()
    removed = Signal()
    refused = Signal(str)
    """Why what was typed cannot be watched."""

    def __init__(self, rule: AlarmRule, offers: Callable[[], Sequence[Quantity]], why_not: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self.rule = rule
        self._offers, self._why_not = offers, why_not
        self._first_of_scan = 0
        """Which entry of what is watched is the first that is no quantity."""
        self._build()
        self._show()
        self.on.toggled.connect(lambda on: self._change(on=on))
        self.what.activated.connect(self._choose)
        line = self.what.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._type)
        self.side.activated.connect(lambda number: self._change(watch=(Watch.ABOVE, Watch.BELOW)[number]))
        self.level.valueChanged.connect(lambda value: self._change(level=value))
        for name, button in self.effects.items():
            button.toggled.connect(lambda on, name=name: self._change(**{name: on}))
        self.remove.clicked.connect(self.removed)

    def _build(self) -> None:
        self.on = QCheckBox()
        self.on.setToolTip("Watch for this; of quantities each frame alone, also where several are shown as one")
        self.on.setAccessibleName("Watch")
        self.what = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self.what.setMinimumWidth(170)
        self.what.setAccessibleName("What is watched")
        self.what.setToolTip("A quantity, or an expression of some: A.sum / I0")
        self.side = QComboBox()
        self.side.setAccessibleName("Which side of the level")
        self.level = QDoubleSpinBox(minimum=-MOST, maximum=MOST, decimals=3)
        self.level.setAccessibleName("Alarm level")
        self.level.setKeyboardTracking(False)
        self.side.setToolTip("On which side of the level it is an alarm")
        self.level.setToolTip("From where on it is an alarm")
        self.level.setMinimumWidth(120)
        self.effects = {name: _effect(icon, words) for name, (icon, words) in EFFECTS.items()}
        self.remove = QToolButton()
        self.remove.setProperty("slim", "true")
        self.remove.setText("\u00d7")
        self.remove.setToolTip("Remove this alarm")
        self.remove.setAccessibleName("Remove this alarm")

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return (self.on, self.what, self.side, self.level, *self.effects.values(), self.remove)

    def place(self, grid: QGridLayout, number: int) -> None:
        """Put the widgets in a row of a grid."""
        for column, widget in enumerate(self.widgets):
            grid.addWidget(widget, number, column)

    def tell(self, words: str, *, is_missing: bool = False) -> None:
        """Say how the alarm is; ``is_missing``: that there is nothing to watch."""
        self.on.setText("\u26a0" if is_missing else "")
        self.on.setToolTip(tip(words) if words else "Watch for this; of quantities each frame alone, also where several are shown as one")

    def allow_command(self, *, is_given: bool) -> None:
        """There is a command to start, or none."""
        self.effects["command"].setEnabled(is_given)

    def _show(self) -> None:
        rule = self.rule
        for widget in self.widgets:
            widget.blockSignals(True)
        self.on.setChecked(rule.on)
        self.what.clear()
        list_quantities(self.what, self._offers())
        self.what.insertSeparator(self.what.count())
        self._first_of_scan = self.what.count()
        self.what.addItems([*OF_SCAN.values()])
        at = self._number()
        self.what.setCurrentIndex(at)
        if at < 0:
            self.what.setEditText(rule.quantity)
        self.side.clear()
        self.side.addItems(["above", "below"] if rule.is_of_values else [SIDES[rule.watch]])
        self.side.setCurrentIndex(1 if rule.watch is Watch.BELOW else 0)
        self.side.setEnabled(rule.is_of_values)
        quantity = self._quantity(at)
        unit = quantity.unit if quantity is not None else ""
        self.level.setSuffix(f" {unit}" if rule.is_of_values and unit else SUFFIXES.get(rule.watch, ""))
        self.level.setMinimum(-MOST if rule.is_of_values else 0.0)
        self.level.setDecimals(3 if rule.is_of_values else 1 if rule.watch is Watch.SILENT else 0)
        self.level.setValue(rule.level)
        for name, button in self.effects.items():
            button.setChecked(getattr(rule, name))
        for widget in self.widgets:
            widget.blockSignals(False)

    def _change(self, **changes: object) -> None:
        changed = replace(self.rule, **changes)  # type: ignore[arg-type]
        if changed != self.rule:
            self.rule = changed
            self._show()
            self.edited.emit()

    def _number(self) -> int:
        """Return which of the offers is watched; -1 where none is."""
        rule = self.rule
        if not rule.is_of_values:
            return self._first_of_scan + list(OF_SCAN).index(rule.watch)
        found = ((number, self._quantity(number)) for number in range(self._first_of_scan))
        return next((number for number, quantity in found if quantity is not None and quantity.name == rule.quantity), -1)

    def _quantity(self, number: int) -> Quantity | None:
        """Return the quantity that is offered there; None: it is none."""
        found = self.what.itemData(number)
        return found if isinstance(found, Quantity) else None

    def _choose(self, number: int) -> None:
        if (quantity := self._quantity(number)) is not None:
            self._watch_quantity(quantity.name)
        elif number >= self._first_of_scan and (chosen := list(OF_SCAN)[number - self._first_of_scan]) is not self.rule.watch:
            self._change(watch=chosen, level=USUAL[chosen])

    def _watch_quantity(self, name: str) -> None:
        self._change(watch=self.rule.watch if self.rule.is_of_values else Watch.ABOVE, quantity=name)

    def _type(self) -> None:
        text = self.what.currentText().strip()
        if (number := self.what.findText(text)) >= 0:
            self._choose(number)
        elif why_not := self._why_not(text):
            self.refused.emit(why_not)
            self._show()
        else:
            self._watch_quantity(text)


def _effect(icon: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setProperty("slim", "true")
    button.setToolTip(words)
    button.setAccessibleName(words)
    wear(button, icon)
    return button
