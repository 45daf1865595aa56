"""The pop-up of the rings: a calibrant, or values; and what is known of the geometry."""

from __future__ import annotations

import re
from math import isfinite

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from swmr_viewer.analysis import CALIBRANTS, RingChoice, RingUnit
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import ActionButton, Popup
from swmr_viewer.gui.rings.geometry_text import geometry_text
from swmr_viewer.gui.rings.rings import Rings
from swmr_viewer.gui.session import Session

NONE, VALUES = "", "values"
WIDTH_PX = 280


class RingsEditor(Popup):
    """Shows what is chosen for the shown data set, and changes it at once.

    Parameters
    ----------
    session : Session
        Whose geometry.
    rings : Rings
        What is chosen.
    geometry : ActionButton
        Leads to where the geometry is given.
    parent : QWidget
        The window.
    """

    def __init__(self, session: Session, rings: Rings, geometry: ActionButton, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._rings = session, rings
        self.what = QComboBox()
        self.what.setAccessibleName("Rings of")
        for words, key in (("No rings", NONE), *((name, name) for name in CALIBRANTS), ("Values of my own", VALUES)):
            self.what.addItem(words, key)
        self.unit = QComboBox()
        self.unit.setAccessibleName("What the values are")
        for unit in RingUnit:
            self.unit.addItem(unit.value, unit)
        self.values = QLineEdit(placeholderText="4.16, 2.94, 2.40")
        self.values.setAccessibleName("Values of the rings")
        self.what.setToolTip("Rings of a calibrant, or at values that you type")
        self.unit.setToolTip("What you type: lattice spacings, scattering vectors or angles")
        self.values.setToolTip("Numbers, with commas or spaces between them")
        self.told = QLabel(wordWrap=True)
        self.told.setProperty("role", "muted")
        self.told.setFixedWidth(WIDTH_PX)
        title = PlainLabel("caption")
        title.say("RINGS OVER THE PICTURE")
        row = QHBoxLayout()
        row.addWidget(self.unit)
        row.addWidget(self.values, 1)
        self.box.addWidget(title)
        self.box.addWidget(self.what)
        self.box.addLayout(row)
        self.box.addWidget(self.told)
        self.box.addWidget(geometry)
        self.what.activated.connect(self._take)
        self.unit.activated.connect(self._take)
        self.values.editingFinished.connect(self._take)
        rings.changed.connect(self.show_choice)
        session.geometry_changed.connect(self.show_choice)
        self.show_choice()

    def show_choice(self) -> None:
        """Show what is chosen for the shown data set."""
        choice = self._rings.choice
        key = choice.calibrant or (VALUES if choice.values else NONE)
        if not (key == NONE and self.what.currentData() == VALUES and self.isVisible()):  # values are about to be typed
            self.what.setCurrentIndex(self.what.findData(key))
        if choice.values:
            with QSignalBlocker(self.values):
                self.values.setText(", ".join(f"{value:.10g}" for value in choice.values))
            self.unit.setCurrentIndex(self.unit.findData(choice.unit))
        self._enable()
        self.told.setText("\n".join(filter(None, (self._rings.why_not, geometry_text(self._session.scan)))))

    def _enable(self) -> None:
        for part in (self.unit, self.values):
            part.setEnabled(self.what.currentData() == VALUES)

    def _take(self) -> None:
        key = str(self.what.currentData())
        self._enable()
        if key != VALUES:
            self._rings.choose(RingChoice(key))
            return
        values, wrong = numbers_of(self.values.text())
        if wrong:
            self.told.setText(wrong)
            return
        self._rings.choose(RingChoice("", values, RingUnit(self.unit.currentData())))
        if not values:
            self.values.setFocus()


def numbers_of(text: str) -> tuple[tuple[float, ...], str]:
    """Return the numbers that are typed, or a sentence that says what is none."""
    values = []
    for word in filter(None, re.split(r"[\s,;]+", text)):
        try:
            value = float(word)
        except ValueError:
            return (), f"\u201c{word[:20]}\u201d is no number: write 4.16, 2.94, 2.40"
        if not (isfinite(value) and value > 0):
            return (), f"\u201c{word[:20]}\u201d: rings are at values above 0"
        values.append(value)
    return (tuple(values), "") if len(values) <= 100 else ((), "These are more than 100 values")
