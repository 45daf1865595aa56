"""The tabs of the map panel: how far the scan is, and maps of what was measured, of which one is seen at a time."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from swmr_viewer.gui.look.labels import button_text, tip

LONGEST_NAME = 110
"""Of a tab (px)."""


class MapTabs(QTabBar):
    """A tab per map; lay ``maps`` out where they shall stand before the first one is added."""

    clicked_again = Signal(int)
    """The tab that is seen already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("flat", "true")
        self.setDrawBase(False)
        self.setProperty("flat", "true")
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName("Maps")
        self.maps = QVBoxLayout()
        """Where the maps stand; as high as the one that is seen."""
        self._widgets: list[QWidget] = []
        self.currentChanged.connect(self._show)
        self.tabBarClicked.connect(self._on_press)

    def add_map(self, name: str, widget: QWidget) -> int:
        """Add a map, and return the number of its tab; the first one is seen."""
        self._widgets.append(widget)
        self.maps.addWidget(widget)
        widget.setVisible(len(self._widgets) == 1)
        return self.addTab(button_text(name))

    def set_name(self, number: int, name: str) -> None:
        """Name a map anew, with an arrow for what else there is; the end of long names is left out."""
        short = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, LONGEST_NAME)
        self.setTabText(number, f"{button_text(short)} \u25be")
        self.setTabToolTip(number, tip(f"{name}\nClick again, or press Q, to show another quantity"))

    def place_below(self, number: int) -> QPoint:
        """Return where a menu of this tab opens, on the screen."""
        return self.mapToGlobal(self.tabRect(number).bottomLeft())

    def _on_press(self, number: int) -> None:
        if number >= 0 and number == self.currentIndex():  # Qt tells it before it changes the tab
            self.clicked_again.emit(number)

    def _show(self, current: int) -> None:
        for number, widget in enumerate(self._widgets):
            widget.setVisible(number == current)
