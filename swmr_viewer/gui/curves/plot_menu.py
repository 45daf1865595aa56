"""The context menu of a plot: what can be done at the place that was clicked, the whole view, and actions that others lend."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.look.labels import button_text


@frozen
class MenuEntry:
    """A line of the menu that is true of one place alone."""

    words: str
    chosen: Callable[[], object]
    keys: str = ""
    """Named beside the words, where an action of the window does the same."""


class PlotMenu(QMenu):
    """Filled anew each time that it opens; what is lent stays in the window's menu as well."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._lent: tuple[Sequence[QAction], ...] = ()

    def lend(self, *groups: Sequence[QAction]) -> None:
        """Offer these actions below what belongs to the place, with a line between the groups."""
        self._lent = groups

    def open(self, at: QPoint, *groups: Sequence[MenuEntry]) -> None:
        """Open at a place of the screen with these entries."""
        self.clear()
        for group in groups:
            for entry in group:
                words = button_text(entry.words)
                self.addAction(f"{words}\t{entry.keys}" if entry.keys else words).triggered.connect(lambda _, entry=entry: entry.chosen())
            if group:
                self.addSeparator()
        for lent in self._lent:
            self.addActions(list(lent))
            self.addSeparator()
        self.popup(at)

    @property
    def words(self) -> list[str]:
        """What stands in it now."""
        return [action.text() for action in self.actions() if not action.isSeparator()]
