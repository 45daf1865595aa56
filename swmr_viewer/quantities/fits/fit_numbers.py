"""From lmfit's numbers, which are shares of the ranges, to those of the curve, with units and uncertainties."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swmr_viewer.quantities.fits.fit_values import FitModel, FitRequest, FitValue
from swmr_viewer.quantities.fits.known_points import Stretch
from swmr_viewer.quantities.fits.model_fits import WIDTH_OF_EDGE, height_name, height_of, width_of


def numbers_of(best: Any, request: FitRequest, on_x: Stretch, on_y: Stretch, residual: float) -> tuple[FitValue, ...]:
    """Return what a fit found.

    Parameters
    ----------
    best : lmfit.model.ModelResult
        Fitted within 0 ... 1.
    request : FitRequest
        Which model, and the units.
    on_x, on_y : Stretch
        How the points were brought there.
    residual : float
        How far off the points lie, within 0 ... 1 as well.
    """
    params, model, x_unit, y_unit = best.params, request.model, request.x_unit, request.y_unit
    ratio = on_y.length(1.0) / on_x.length(1.0)
    is_step = model is FitModel.STEP

    def told(name: str, param: Any, value: float, factor: float, unit: str) -> FitValue:
        stderr = param.stderr
        known = stderr is not None and param.vary is not None and math.isfinite(stderr * factor)
        return FitValue(name, value, abs(float(stderr * factor)) if known else None, unit)

    width, per_width = (params["sigma"], WIDTH_OF_EDGE) if is_step else (params["fwhm"], 1.0)
    values = [
        told("centre", params["center"], on_x.place(float(params["center"].value)), on_x.length(1.0), x_unit),
        told("FWHM", width, on_x.length(width_of(best, model)), on_x.length(per_width), x_unit),
        told("height", params[height_name(model)], on_y.length(height_of(best, model)), on_y.length(1.0), y_unit),
    ]
    if not is_step:
        size, area = on_x.length(1.0) * on_y.length(1.0), params["amplitude"]
        values.append(told("area", area, float(area.value) * size, size, _product(y_unit, x_unit)))
    values.append(_offset(best, on_x, on_y, y_unit))
    slope = params["line_slope"]
    values.append(told("slope", slope, float(slope.value) * ratio, ratio, _quotient(y_unit, x_unit)))
    if model is FitModel.PSEUDO_VOIGT:
        share = params["fraction"]
        values.append(
            FitValue("Lorentzian share", float(share.value), None if share.stderr is None or not share.vary else float(share.stderr))
        )
    return (*values, FitValue("residual", on_y.length(residual), None, y_unit))


def _offset(best: Any, on_x: Stretch, on_y: Stretch, unit: str) -> FitValue:
    """Return the line's value at x = 0, with what its two numbers know of one another."""
    zero = -on_x.place(0.0) / on_x.length(1.0)
    value = on_y.place(best.params["line_intercept"].value + best.params["line_slope"].value * zero)
    uncertainty = None
    if best.covar is not None:
        at = [best.var_names.index(name) for name in ("line_intercept", "line_slope")]
        towards = np.array([1.0, zero])
        square = float(towards @ best.covar[np.ix_(at, at)] @ towards)
        uncertainty = on_y.length(math.sqrt(square)) if square >= 0 and math.isfinite(square) else None
    return FitValue("offset", value, uncertainty, unit)


def _product(first: str, second: str) -> str:
    return "\u00b7".join(filter(None, (first, second)))


def _quotient(above: str, below: str) -> str:
    if not below:
        return above
    return f"{above or '1'}/{below}"
