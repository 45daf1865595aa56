"""Four buttons in a row: how values are spread over the colours, one click away."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from swmr_viewer.gui.levels_scale import Scale
from swmr_viewer.gui.levels_words import SCALE_WORDS


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
            button.setProperty("segment", "true")
            button.setDefaultAction(action)
            button.setText(SCALE_WORDS[scale])
            button.setAccessibleName(f"Scale: {scale}")
            row.addWidget(button)
