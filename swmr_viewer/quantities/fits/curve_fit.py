"""Fits by lmfit, which is imported here alone, and only when something is fitted."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.fits.first_guesses import Guess, guesses
from swmr_viewer.quantities.fits.fit_values import FitModel, FitRequest, FitResult, FitValue
from swmr_viewer.quantities.fits.known_points import Stretch, known_points
from swmr_viewer.quantities.fits.plain_statistics import curve_statistics

NEEDS_LMFIT = "Fits need lmfit: pip install 'swmr-viewer[fit]'"
MOST_POINTS = 20_000
"""Of more points, means of neighbours are fitted."""
DRAWN_POINTS = 400
MOST_EVALUATIONS = 1000
"""Per start: of a function that takes 0.1 ms, or some ms with the most points."""
_WIDTH_OF_EDGE = 2 * math.sqrt(math.log(2))
"""From lmfit's sigma of an error function to the full width at half maximum of its slope."""
_AT_BOUND = 1e-3
_LEAST_HEIGHT = 1e-9
"""Of all that the values spread over: below, it is what was rounded."""
_LARGEST_LENGTH = 10.0
"""In ranges of x: what is wider is no peak of this curve."""


def fit_curve(request: FitRequest) -> FitResult:
    """Fit a model on a line, each point with the same weight, and return what was found.

    Parameters
    ----------
    request : FitRequest
        The curve and the model.

    Returns
    -------
    FitResult
        Always; where there is no fit, its message says why: too few points, constant values, nothing that stands out, no lmfit.

    Raises
    ------
    ValueError
        If x and y differ in length.
    """
    statistics = curve_statistics(request.x, request.y, request.span)
    x, y = known_points(request.x, request.y, request.span)
    found = FitResult(request.model, statistics, n_points=len(x), span=request.span)
    if request.model is FitModel.NONE:
        return found
    why_not = _why_not(request.model, x, y)
    if why_not:
        return replace(found, message=why_not)
    means, averaged = _fewer(x, y)
    fitted = _fitted(request, *means)
    if isinstance(fitted, str):
        return replace(found, message=fitted)
    told = f"Means of {averaged} neighbouring points were fitted." if averaged > 1 else ""
    return replace(found, values=fitted[0], x=fitted[1], y=fitted[2], message=told)


def _why_not(model: FitModel, x: Values, y: Values) -> str:
    needed = (6 if model is FitModel.PSEUDO_VOIGT else 5) + 1
    if len(x) < needed:
        return f"A fit of this model needs at least {needed} points; there {'is' if len(x) == 1 else 'are'} {len(x)}."
    if y.min() == y.max():
        return "All values are the same: there is nothing to fit."
    if len(np.unique(x)) < needed:
        return f"A fit of this model needs at least {needed} different places; the points are at fewer."
    return ""


def _fewer(x: Values, y: Values) -> tuple[tuple[Values, Values], int]:
    """Return the points, or means of so many neighbours."""
    number = -(-len(x) // MOST_POINTS)
    if number == 1:
        return (x, y), 1
    starts = np.arange(0, len(x), number)
    sizes = np.diff(starts, append=len(x))
    return (np.add.reduceat(x / number, starts) * number / sizes, np.add.reduceat(y / number, starts) * number / sizes), number


_Fitted = tuple[tuple[FitValue, ...], Values, Values]


def _fitted(request: FitRequest, x: Values, y: Values) -> _Fitted | str:
    """Return values and curve, or a sentence."""
    try:
        import lmfit
    except ImportError:
        return NEEDS_LMFIT
    except Exception as error:  # of versions that do not fit one another, anything
        return f"lmfit cannot be loaded: {error}"
    on_x, on_y = Stretch.of(x), Stretch.of(y)
    u, v = on_x.apply(x), on_y.apply(y)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of what a start far from the curve runs into
        best, why_not = _best(lmfit.models, request.model, u, v)
        if best is None:
            return why_not
        values = _values(best, request, on_x, on_y)
        drawn = _drawn_places(best)
        curve = best.eval(x=drawn)
    if not all(math.isfinite(one.value) for one in values) or not np.isfinite(curve).all():
        return "The numbers of this fit are larger than the computer's. Choose another range."
    return values, np.array([on_x.place(one) for one in drawn]), np.array([on_y.place(one) for one in curve])


# ---- in units of the ranges


def _best(models: Any, model: FitModel, u: Values, v: Values) -> tuple[Any, str]:
    """Return the best of the fits from several starts that is one of the curve's features; or None, and why."""
    found = [one for guess in guesses(u, v, is_step=model is FitModel.STEP) if (one := _one_fit(models, model, u, v, guess)) is not None]
    why_nots = ["The fit did not converge. Choose another range or model."]
    for one in sorted(found, key=lambda one: float(one.chisqr)):
        best = (_with_share_at_bound(one, u, v) or one) if model is FitModel.PSEUDO_VOIGT else one
        why_nots.append(_why_not_believed(best, model, u, v))
        if not why_nots[-1]:
            return best, ""
    return None, why_nots[min(1, len(why_nots) - 1)]


def _one_fit(models: Any, model: FitModel, u: Values, v: Values, guess: Guess) -> Any:
    made = _MAKERS[model](models) + models.LinearModel(prefix="line_")
    amplitude = guess.height if model is FitModel.STEP else guess.height * guess.sigma * _AREA_OF_HEIGHT[model]
    start = made.make_params(
        amplitude=amplitude, center=guess.centre, sigma=guess.sigma, line_slope=guess.slope, line_intercept=guess.offset
    )
    start["center"].set(min=-1.0, max=2.0)
    start["sigma"].set(min=1e-9, max=_LARGEST_LENGTH)
    try:
        found = made.fit(v, start, x=u, max_nfev=MOST_EVALUATIONS)
    except (ValueError, ArithmeticError, TypeError, np.linalg.LinAlgError):
        return None
    return found if found.success and math.isfinite(found.chisqr) else None


def _with_share_at_bound(found: Any, u: Values, v: Values) -> Any:
    """Fit again with what came to its bound held there: beyond it no uncertainty can be told, of the others it can."""
    share = found.params["fraction"].value
    if _AT_BOUND < share < 1 - _AT_BOUND:
        return None
    start = found.params.copy()
    start["fraction"].set(value=float(round(share)), vary=False)
    try:
        again = found.model.fit(v, start, x=u, max_nfev=MOST_EVALUATIONS)
    except (ValueError, ArithmeticError, TypeError, np.linalg.LinAlgError):
        return None
    return again if again.success and math.isfinite(again.chisqr) else None


_MAKERS: dict[FitModel, Any] = {
    FitModel.GAUSSIAN: lambda models: models.GaussianModel(),
    FitModel.LORENTZIAN: lambda models: models.LorentzianModel(),
    FitModel.PSEUDO_VOIGT: lambda models: models.PseudoVoigtModel(),
    FitModel.STEP: lambda models: models.StepModel(form="erf"),
}
_AREA_OF_HEIGHT = {FitModel.GAUSSIAN: math.sqrt(2 * math.pi), FitModel.LORENTZIAN: math.pi, FitModel.PSEUDO_VOIGT: 2.8}
"""Of a peak with sigma 1 and height 1, about."""


def _why_not_believed(best: Any, model: FitModel, u: Values, v: Values) -> str:
    """Return why what was fitted is none of the curve's features, or ""."""
    centre, width, height = best.params["center"].value, _width(best, model), best.params[_height_name(model)].value
    what = "edge" if model is FitModel.STEP else "peak"
    if not -0.05 <= centre <= 1.05:
        return f"The fitted {what} is outside of the range. Choose another range or model."
    if not 0 < width < 0.99 * _LARGEST_LENGTH or abs(height) > 1e3:
        return f"The fitted {what} is much wider than the range. Choose another range or model."
    near = int(np.searchsorted(u, centre))
    steps = np.diff(np.unique(u[max(0, near - 3) : near + 3]))
    if len(steps) and width < 0.5 * float(steps.min()):
        return f"The fitted {what} is narrower than the distance of the points. Choose another range or model."
    uncertainty = best.params[_height_name(model)].stderr
    if abs(height) < _LEAST_HEIGHT or (uncertainty is not None and abs(height) < 2 * uncertainty):
        return f"No {what} stands out of the noise."
    return ""


def _width(best: Any, model: FitModel) -> float:
    return float(best.params["sigma"].value) * _WIDTH_OF_EDGE if model is FitModel.STEP else float(best.params["fwhm"].value)


def _height_name(model: FitModel) -> str:
    return "amplitude" if model is FitModel.STEP else "height"


def _drawn_places(best: Any) -> Values:
    """Return places across the range, and more of them where the curve bends."""
    centre, sigma = best.params["center"].value, best.params["sigma"].value
    near = centre + np.linspace(-6, 6, DRAWN_POINTS // 2) * sigma
    places = np.concatenate((np.linspace(0, 1, DRAWN_POINTS // 2), near[(near > 0) & (near < 1)]))
    return np.unique(places)


# ---- in units of the curve


def _values(best: Any, request: FitRequest, on_x: Stretch, on_y: Stretch) -> tuple[FitValue, ...]:
    params, model, x_unit, y_unit = best.params, request.model, request.x_unit, request.y_unit
    ratio = on_y.length(1.0) / on_x.length(1.0)

    def told(name: str, param: Any, value: float, factor: float, unit: str) -> FitValue:
        stderr = param.stderr
        known = stderr is not None and param.vary is not None and math.isfinite(stderr * factor)
        return FitValue(name, value, abs(float(stderr * factor)) if known else None, unit)

    centre, height = params["center"], params[_height_name(model)]
    values = [told("centre", centre, on_x.place(float(centre.value)), on_x.length(1.0), x_unit)]
    if model is FitModel.STEP:
        values.append(told("FWHM", params["sigma"], on_x.length(_width(best, model)), on_x.length(_WIDTH_OF_EDGE), x_unit))
    else:
        values.append(told("FWHM", params["fwhm"], on_x.length(_width(best, model)), on_x.length(1.0), x_unit))
    values.append(told("height", height, on_y.length(float(height.value)), on_y.length(1.0), y_unit))
    if model is not FitModel.STEP:
        size = on_x.length(1.0) * on_y.length(1.0)
        area = params["amplitude"]
        values.append(told("area", area, float(area.value) * size, size, _product(y_unit, x_unit)))
    values.append(_offset(best, on_x, on_y, y_unit))
    slope = params["line_slope"]
    values.append(told("slope", slope, float(slope.value) * ratio, ratio, _quotient(y_unit, x_unit)))
    if model is FitModel.PSEUDO_VOIGT:
        share = params["fraction"]
        values.append(
            FitValue("Lorentzian share", float(share.value), None if share.stderr is None or not share.vary else float(share.stderr))
        )
    return tuple(values)


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
