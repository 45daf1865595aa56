"""Four buttons in a row: how values are spread over the colours, one click away."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from swmr_viewer.gui.display.levels_scale import Scale


class ScaleButtons(QWidget):
    """One button per scale; its action is the one of the menu and the keys."""

    def __init__(self, actions: dict[Scale, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[Scale, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for scale, action in actions.items():
            button = self.buttons[scale] = QToolButton()
            place = "first" if not self.buttons.keys() - {scale} else "last" if len(self.buttons) == len(actions) else "middle"
            button.setProperty("segment", place)
            button.setDefaultAction(action)
            button.setAccessibleName(f"Scale: {scale}")
            row.addWidget(button)
