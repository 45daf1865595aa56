"""The button of a fit: which model, and whether single hot points count."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.fitting import fit_offers
from swmr_viewer.gui.look.choice_button import ChoiceButton
from swmr_viewer.quantities import FitModel

SHORT = {FitModel.NONE: "Fit", FitModel.GAUSSIAN: "Gauss", FitModel.LORENTZIAN: "Lorentz", FitModel.PSEUDO_VOIGT: "Voigt"}
LEAVE_OUT = "Leave out single hot points"


class FitChoice(ChoiceButton):
    """``chosen`` tells a value of ``FitModel``."""

    leaving_out_chosen = Signal(bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, fit_offers, parent)
        self._leaves_out = False

    def show_fit(self, model: FitModel, *, leaves_out: bool) -> None:
        """Say what is chosen."""
        self._leaves_out = leaves_out
        words = SHORT.get(model, model.words)
        self.show_chosen(model, words, words)

    def _fill(self) -> None:
        super()._fill()
        self.menu().addSeparator()
        action = self.menu().addAction(LEAVE_OUT)
        action.setCheckable(True)
        action.setChecked(self._leaves_out)
        action.setToolTip("A point far off the fit, and off those beside it, does not count; it is crossed out")
        action.triggered.connect(self.leaving_out_chosen)
