"""A small button that shows what is chosen, and opens a menu of what else there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from swmr_viewer.gui.look.labels import button_text, tip

ARROW = " \u25be"
LEAST_CHARACTERS = 8
"""Of a name; longer ones are cut in the middle: motors of one stage differ at their ends."""
SIDES = 10
"""Room (px) beside the words: border, and a little more."""


class ChoiceButton(QToolButton):
    """Shows what is chosen, and opens a menu of what else there is.

    Parameters
    ----------
    name : str
        What is chosen with it.
    offers : callable
        Returns what can be chosen now: key and words.
    """

    chosen = Signal(str)
    """The key of what was chosen in the menu."""
    room_changed = Signal()
    """It needs more room than before, or less."""

    def __init__(self, name: str, offers: Callable[[], Mapping[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers = offers
        self._long = self._short = self.key = ""
        self._prefers_short = False
        self.is_offered, self.has_other_way = True, False
        """Whether there is a choice; whether it can be chosen elsewhere as well, where there is little room."""
        self.setProperty("bare", "true")
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)

    def show_chosen(self, key: str, words: str, short: str = "") -> None:
        """Say what is chosen; in short where there is little room."""
        self.key = key
        if (words, short or words) != (self._long, self._short):
            self._long, self._short = words, short or words
            self.setAccessibleDescription(words)
            self.setToolTip(tip(f"{self.accessibleName()}: {words}"))
            self._fit_words()
            self.updateGeometry()
            self.room_changed.emit()

    def room_for(self, *, short: bool) -> int:
        """Return how wide (px) it is with its short, or its long words."""
        return self._size_for(self._short if short else self._long).width()

    def sizeHint(self) -> QSize:
        return self._size_for(self._short if self._prefers_short else self._long)

    def prefer_short(self, on: bool) -> None:
        """Take no more room than the short words need, or as much as the long ones do."""
        if on != self._prefers_short:
            self._prefers_short = on
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return self._size_for(self._short[:LEAST_CHARACTERS])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.showMenu()
        else:
            super().keyPressEvent(event)

    def _size_for(self, words: str) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(words + ARROW) + SIDES, super().sizeHint().height())

    def _fit_words(self) -> None:
        metrics = self.fontMetrics()
        room = self.width() - SIDES
        words = next((one for one in (self._long, self._short) if metrics.horizontalAdvance(one + ARROW) <= room), "")
        if not words:
            words = metrics.elidedText(self._short, Qt.TextElideMode.ElideMiddle, max(0, room - metrics.horizontalAdvance(ARROW)))
        if button_text(words) + ARROW != self.text():
            self.setText(button_text(words) + ARROW)

    def _empty(self) -> None:
        """Take away what is in the menu, with the menus that open from it."""
        for action in self.menu().actions():
            if action.menu() is not None:
                action.menu().deleteLater()
        self.menu().clear()

    def _fill(self) -> None:
        menu = self.menu()
        self._empty()
        group = QActionGroup(menu)
        for key, words in self._offers().items():
            action = menu.addAction(button_text(words))
            action.setCheckable(True)
            action.setChecked(key == self.key)
            group.addAction(action)
            action.triggered.connect(lambda _, key=key: self.chosen.emit(key))
