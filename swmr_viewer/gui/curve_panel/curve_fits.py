"""What is found in the curves that are drawn: statistics always, a fit where a model is chosen; anew as points come."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice
from swmr_viewer.gui.curve_panel.curve_lines import CurveLines
from swmr_viewer.gui.curve_panel.curve_plan import Points
from swmr_viewer.gui.fitting import Fitter
from swmr_viewer.quantities import FitModel, FitRequest, FitResult, fit_description

KEY = "curve."
TOLD_AFTER_MS = 2000
"""After the last change of why there is no fit."""
_Asked = tuple[Points, FitModel, bool, tuple[float, float] | None]


class CurveFits(QObject):
    """Asks the fitter for each curve whose points, model or visible range are others.

    Parameters
    ----------
    choice : CurveChoice
        Which curves, and which model.
    lines : CurveLines
        Where their points are.
    fitter : Fitter
        Fits off the window's thread.
    """

    changed = Signal()
    """``of`` returns something else."""
    told = Signal(str)
    """Why there is no fit, a sentence: once, until another is told; not while points come and it is another each time."""

    def __init__(self, choice: CurveChoice, lines: CurveLines, fitter: Fitter) -> None:
        super().__init__(choice)
        self._choice, self._lines, self._fitter = choice, lines, fitter
        self._asked: dict[str, _Asked] = {}
        self._found: dict[str, FitResult] = {}
        self._found_as: dict[str, tuple[object, ...]] = {}
        """Against what, and by which model, it was found."""
        self._why_not: dict[str, str] = {}
        self._last_told = ""
        self._later = QTimer(self, singleShot=True, interval=TOLD_AFTER_MS)
        self._later.timeout.connect(self._tell)
        fitter.fitted.connect(self._on_fitted)

    def of(self, name: str) -> FitResult | None:
        """Return what was found in a curve, by its name; None before anything is known."""
        return self._found.get(name)

    @property
    def has_any(self) -> bool:
        """Whether something was found."""
        return bool(self._found)

    @property
    def descriptions(self) -> list[dict[str, Any]]:
        """The fits, for files."""
        return [fit_description(name, self._choice.against, found) for name, found in self._found.items() if found.is_fitted]

    def update(self, seen: tuple[float, float] | None) -> None:
        """Have what is drawn looked at, from one place to another, or all of it."""
        settings, table = self._choice.settings, self._choice.table
        model, leaves_out = settings.fit, settings.leaves_out_hot
        names = {curve.name for curve in self._choice.curves}
        for name in self._asked.keys() - names:
            self._forget(name)
        x = table.quantity(self._choice.against)
        for name in names:
            maker = self._lines.maker(name)
            points = maker.points
            before, now = self._asked.get(name), (points, model, leaves_out, seen)
            if before is not None and before[0] is points and before[1:] == now[1:]:
                continue
            self._asked[name] = now
            if self._found_as.get(name) != (
                found_as := (maker.plan.x, maker.plan.part, maker.plan.axis, maker.plan.first, model, leaves_out)
            ):
                self._found_as[name] = found_as
                self._found.pop(name, None)  # of another axis, row or model: no number of this one
            y = table.quantity(name)
            units = (x.unit if x is not None else "", y.unit if y is not None else "")
            # what is drawn of many points are the lowest and highest of stretches, and all are fitted
            x_y, pieces_of = ((points.x, points.y), None) if maker.draws_all else ((np.empty(0), np.empty(0)), maker.pieces)
            self._fitter.ask(f"{KEY}{name}", FitRequest(model, *x_y, seen, *units, leaves_out), pieces_of)

    def forget(self) -> None:
        """Forget everything: another scan is drawn."""
        for name in tuple(self._asked):
            self._forget(name)

    def _forget(self, name: str) -> None:
        self._asked.pop(name, None)
        self._found.pop(name, None)
        self._why_not.pop(name, None)
        self._fitter.forget(f"{KEY}{name}")

    def _on_fitted(self, key: str, result: FitResult) -> None:
        name = key.removeprefix(KEY)
        if key.startswith(KEY) and name in self._asked and self._asked[name][1] is result.model:
            self._found[name] = result
            self.changed.emit()
            why_not = "" if result.is_fitted or result.model is FitModel.NONE or not result.n_points else result.message
            if why_not != self._why_not.get(name, ""):
                self._why_not[name] = why_not
                self._later.start()

    def _tell(self) -> None:
        why_not = next(filter(None, self._why_not.values()), "")
        if why_not and why_not != self._last_told:
            self._last_told = why_not
            self.told.emit(why_not)
