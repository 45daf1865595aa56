"""Fits of one model by lmfit, which is imported here alone, and only when something is fitted; all within 0 ... 1."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.fits.first_guesses import Guess, guesses
from swmr_viewer.quantities.fits.fit_values import FitModel
from swmr_viewer.quantities.fits.known_points import means_of_neighbours

NEEDS_LMFIT = "Fits need lmfit: pip install 'swmr-viewer[fit]'"
START_POINTS = 5000
"""Of more points, means of neighbours tell which start is the best."""
START_EVALUATIONS, MOST_EVALUATIONS = 300, 1000
WIDTH_OF_EDGE = 2 * math.sqrt(math.log(2))
"""From lmfit's sigma of an error function to the full width at half maximum of its slope."""
DRAWN_POINTS = 400
_AT_BOUND = 1e-3
_LEAST_HEIGHT = 1e-9
"""Of all that the values spread over: below, it is what was rounded."""
_STANDS_OUT = 4.0
"""Standard deviations of its height: wherever noise looks most like a peak, it is a peak of two or three."""
_LARGEST_LENGTH = 10.0
"""In ranges of x: what is wider is no peak of this curve."""


def load_lmfit() -> str:
    """Load what fits; return a sentence where that fails, or ""."""
    try:
        import lmfit  # noqa: F401
    except ImportError:
        return NEEDS_LMFIT
    except Exception as error:  # of versions that do not fit one another, anything
        return f"lmfit cannot be loaded: {error}"
    return ""


def best_fit(model: FitModel, u: Values, v: Values, sizes: Values) -> tuple[Any, str]:
    """Return the best of the fits from several starts that is one of the curve's features: lmfit's result; or None, and why.

    Parameters
    ----------
    model : FitModel
        What is fitted.
    u, v : float64 array (n,)
        Points by ascending u, about 0 ... 1 both.
    sizes : float64 array (n,)
        Of how many points each is the mean: so much it weighs.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of what a start far from the curve runs into
        few_u, few_v, _, number = means_of_neighbours(u, v, START_POINTS)
        starts = [_first_fit(model, few_u, few_v, guess) for guess in guesses(few_u, few_v, is_step=model is FitModel.STEP)]
        why_nots = ["The fit did not converge. Choose another range or model."]
        for rank, start in enumerate(sorted((one for one in starts if one is not None), key=lambda one: float(one.chisqr))):
            if rank and not start.success:
                continue  # far from an end, and from the best
            is_done = start.success and number == 1 and (sizes == 1).all()
            best = start if is_done else _fit(start.model, u, v, sizes, start.params)
            if best is None:
                continue
            best = (_with_share_at_bound(best, u, v, sizes) or best) if model is FitModel.PSEUDO_VOIGT else best
            why_nots.append(_why_not_believed(best, model, u))
            if not why_nots[-1]:
                return best, ""
    return None, why_nots[min(1, len(why_nots) - 1)]


def _first_fit(model: FitModel, u: Values, v: Values, guess: Guess) -> Any:
    from lmfit import models

    made = _MAKERS[model](models) + models.LinearModel(prefix="line_")
    amplitude = guess.height if model is FitModel.STEP else guess.height * guess.sigma * _AREA_OF_HEIGHT[model]
    start = made.make_params(
        amplitude=amplitude, center=guess.centre, sigma=guess.sigma, line_slope=guess.slope, line_intercept=guess.offset
    )
    start["center"].set(min=-1.0, max=2.0)
    start["sigma"].set(min=1e-9, max=_LARGEST_LENGTH)
    return _fit(made, u, v, np.ones(len(u)), start, START_EVALUATIONS)


def _fit(made: Any, u: Values, v: Values, sizes: Values, start: Any, most: int = MOST_EVALUATIONS) -> Any:
    """Return a fit that has come to its end, or, of a first one, to the end of its time; None where there is none."""
    try:
        found = made.fit(v, start, x=u, weights=None if (sizes == 1).all() else np.sqrt(sizes), max_nfev=most)
    except (ValueError, ArithmeticError, TypeError, np.linalg.LinAlgError):
        return None
    is_usable = found.success or (most == START_EVALUATIONS and found.aborted)
    return found if is_usable and math.isfinite(found.chisqr) else None


def _with_share_at_bound(found: Any, u: Values, v: Values, sizes: Values) -> Any:
    """Fit again with what came to its bound held there: beyond it no uncertainty can be told, of the others it can."""
    share = found.params["fraction"].value
    if _AT_BOUND < share < 1 - _AT_BOUND:
        return None
    start = found.params.copy()
    start["fraction"].set(value=float(round(share)), vary=False)
    return _fit(found.model, u, v, sizes, start)


_MAKERS: dict[FitModel, Any] = {
    FitModel.GAUSSIAN: lambda models: models.GaussianModel(),
    FitModel.LORENTZIAN: lambda models: models.LorentzianModel(),
    FitModel.PSEUDO_VOIGT: lambda models: models.PseudoVoigtModel(),
    FitModel.STEP: lambda models: models.StepModel(form="erf"),
}
_AREA_OF_HEIGHT = {FitModel.GAUSSIAN: math.sqrt(2 * math.pi), FitModel.LORENTZIAN: math.pi, FitModel.PSEUDO_VOIGT: 2.8}
"""Of a peak with sigma 1 and height 1, about."""


def _why_not_believed(best: Any, model: FitModel, u: Values) -> str:
    """Return why what was fitted is none of the curve's features, or ""."""
    centre, width, height = best.params["center"].value, width_of(best, model), height_of(best, model)
    what = "edge" if model is FitModel.STEP else "peak"
    if not -0.05 <= centre <= 1.05:
        return f"The fitted {what} is outside of the range. Choose another range or model."
    if not 0 < width < 0.99 * _LARGEST_LENGTH or abs(height) > 1e3:
        return f"The fitted {what} is much wider than the range. Choose another range or model."
    near = int(np.searchsorted(u, centre))
    steps = np.diff(np.unique(u[max(0, near - 3) : near + 3]))
    lies_between = model is not FitModel.STEP and not (np.abs(u - centre) <= width / 2).any()
    if lies_between or (len(steps) and width < 0.5 * float(steps.min())):
        return f"The fitted {what} is narrower than the distance of the points. Choose another range or model."
    uncertainty = best.params[height_name(model)].stderr
    if abs(height) < _LEAST_HEIGHT or (uncertainty is not None and abs(height) < _STANDS_OUT * uncertainty):
        return f"No {what} stands out of the noise."
    return ""


# ---- what is read from lmfit's result


def height_name(model: FitModel) -> str:
    """Return the name of lmfit's parameter for the height."""
    return "amplitude" if model is FitModel.STEP else "height"


def height_of(best: Any, model: FitModel) -> float:
    """Return the height, negative for dips and falling edges."""
    return float(best.params[height_name(model)].value)


def width_of(best: Any, model: FitModel) -> float:
    """Return the full width at half maximum, of an edge that of its slope."""
    return float(best.params["sigma"].value) * WIDTH_OF_EDGE if model is FitModel.STEP else float(best.params["fwhm"].value)


def drawn_places(best: Any) -> Values:
    """Return places across the range, and more of them where the curve bends."""
    centre, sigma = best.params["center"].value, best.params["sigma"].value
    near = centre + np.linspace(-6, 6, DRAWN_POINTS // 2) * sigma
    places = np.concatenate((np.linspace(0, 1, DRAWN_POINTS // 2), near[(near > 0) & (near < 1)]))
    return np.unique(places)
