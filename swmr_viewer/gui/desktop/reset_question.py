"""Asks before every setting is forgotten; it stands beside the window and holds nothing up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


class ResetQuestion(QMessageBox):
    """Calls ``reset`` if the answer is yes; nothing is modal, for a scan may run."""

    def __init__(self, reset: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Reset")
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setModal(False)
        self.setText("Forget every setting, and stand as at the very first start?")
        self.setInformativeText(
            "Looks of data sets, regions, recent files, panels and snapshot settings are forgotten. Files and presets stay as they are."
        )
        self.yes = self.addButton("Reset", QMessageBox.ButtonRole.DestructiveRole)
        self.no = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(self.no)
        self.setEscapeButton(self.no)
        self.yes.clicked.connect(reset)
