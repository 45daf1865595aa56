"""What is to be fitted, and what came of it: values that cross from process to process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, field
from enum import StrEnum
from typing import Any

import numpy as np

from swmr_viewer.core.frozen import frozen
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.fits.plain_statistics import CurveStatistics


class FitModel(StrEnum):
    """What is fitted, on a line ``offset + slope x``; the values are what settings keep and files say."""

    NONE = "none"
    GAUSSIAN = "gaussian"
    LORENTZIAN = "lorentzian"
    PSEUDO_VOIGT = "pseudo-voigt"
    STEP = "step"
    """An error function."""

    @property
    def words(self) -> str:
        """What the window says."""
        return _WORDS[self]


_WORDS = {
    FitModel.NONE: "No fit",
    FitModel.GAUSSIAN: "Gaussian",
    FitModel.LORENTZIAN: "Lorentzian",
    FitModel.PSEUDO_VOIGT: "Pseudo-Voigt",
    FitModel.STEP: "Step",
}


@frozen(eq=False)
class FitRequest:
    """A curve, and what to fit to it. The arrays must not be written to afterwards."""

    model: FitModel
    """``NONE``: the statistics alone are wanted."""
    x: Values
    """float64 (n,), in any order; what is NaN or infinite in x or y is left out."""
    y: Values
    span: tuple[float, float] | None = None
    """From which x to which points count, both included; None: all."""
    x_unit: str = ""
    y_unit: str = ""
    leaves_out_hot: bool = False
    """Single points that lie far off the fit do not count."""


@frozen
class FitValue:
    """One number of a fit."""

    name: str
    """``centre``, ``FWHM``, ``height``, ``area``, ``offset``, ``slope``, ``Lorentzian share``; ``residual``: how far off the points lie."""
    value: float
    uncertainty: float | None = None
    """One standard deviation, from the scatter of the points; None where the fit does not tell."""
    unit: str = ""


_NOTHING = np.empty(0)


@frozen(eq=False)
class FitResult:
    """What was found, or why not."""

    model: FitModel = FitModel.NONE
    statistics: CurveStatistics = field(default_factory=CurveStatistics)
    """Of the same points, whether there is a fit or not."""
    values: tuple[FitValue, ...] = ()
    """Empty where there is no fit."""
    x: Values = field(default_factory=lambda: _NOTHING)
    """The fitted curve, to be drawn: ascending, float64."""
    y: Values = field(default_factory=lambda: _NOTHING)
    n_points: int = 0
    """So many points counted."""
    span: tuple[float, float] | None = None
    """From which place to which points counted; None: all of them."""
    left_out: tuple[Values, Values] = field(default_factory=lambda: (_NOTHING, _NOTHING))
    """x and y of points that did not count: they lie far off the others."""
    message: str = ""
    """A sentence: why there is no fit, or what to know of it."""
    doubt: str = ""
    """A sentence: why a fit is not to be trusted; "" where it describes the points."""

    @property
    def is_fitted(self) -> bool:
        """Whether there are values and a curve."""
        return bool(self.values)

    def value(self, name: str) -> FitValue | None:
        """Return a number by its name; None where there is none."""
        return next((one for one in self.values if one.name == name), None)


def fit_description(curve: str, against: str, result: FitResult) -> dict[str, Any]:
    """Return a fit for files, ready for JSON.

    It has ``curve`` and ``against`` (names of quantities), ``model``, ``span``, ``values``, the number of points and of those that were
    left out, and in words what to know of it and why it is to be doubted.
    """
    return {
        "curve": curve,
        "against": against,
        "model": str(result.model),
        "span": list(result.span) if result.span is not None else None,
        "values": [asdict(one) for one in result.values],
        "points": result.n_points,
        "left_out": len(result.left_out[0]),
        "message": result.message,
        "doubt": result.doubt,
    }


def fit_table(results: Iterable[tuple[str, FitResult]], separator: str = "\t") -> str:
    """Return fits as a table with a line of names: curve, model, name, value, uncertainty and unit of each number.

    Parameters
    ----------
    results : iterable of (str, FitResult)
        Each with the name of its curve; those without a fit are left out.
    separator : str
        Between cells; what is told holds none.
    """
    lines = [("curve", "model", "name", "value", "uncertainty", "unit")]
    for curve, result in results:
        lines.extend(
            (curve, str(result.model), one.name, repr(one.value), "" if one.uncertainty is None else repr(one.uncertainty), one.unit)
            for one in result.values
        )
    return "\n".join(separator.join(cell.replace(separator, " ") for cell in line) for line in lines) + "\n"
