"""The buttons below: Open, or wait for it, and Cancel."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox

from swmr_viewer.opening.assessment import Assessment


class OpenButtons(QDialogButtonBox):
    """The first one says what opening means."""

    def __init__(self) -> None:
        super().__init__(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self.open_button = self.button(QDialogButtonBox.StandardButton.Open)

    def show_assessment(self, assessment: Assessment) -> None:
        """Offer what can be done."""
        button = self.open_button
        button.setEnabled(assessment.can_open)
        button.setText("Wait for it" if assessment.waits else "Open")
        button.setToolTip("Open as soon as it is there" if assessment.waits else "Follow this file")
        button.setProperty("kind", "primary" if assessment.can_open else "")
        button.style().unpolish(button)
        button.style().polish(button)
