"""The tabs of the map panel: how far the scan is, and maps of what was measured, of which one is seen at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from swmr_viewer.gui.look.labels import button_text


class MapTabs(QTabBar):
    """A tab per map; lay ``maps`` out where they shall stand before the first one is added."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("flat", "true")
        self.setDrawBase(False)
        self.setProperty("flat", "true")
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName("Maps")
        self.maps = QVBoxLayout()
        """Where the maps stand; as high as the one that is seen."""
        self._widgets: list[QWidget] = []
        self.currentChanged.connect(self._show)

    def add_map(self, name: str, widget: QWidget) -> None:
        """Add a map; the first one is seen."""
        self._widgets.append(widget)
        self.maps.addWidget(widget)
        widget.setVisible(len(self._widgets) == 1)
        self.addTab(button_text(name))

    def _show(self, current: int) -> None:
        for number, widget in enumerate(self._widgets):
            widget.setVisible(number == current)
