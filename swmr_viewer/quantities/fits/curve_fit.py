"""A fit of a curve: which points count, what was found in them, and whether it describes them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from swmr_viewer.core.number_text import count_text
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.fits.far_points import Marks, far_off, hot_points, scatter
from swmr_viewer.quantities.fits.fit_numbers import numbers_of
from swmr_viewer.quantities.fits.fit_values import FitModel, FitRequest, FitResult
from swmr_viewer.quantities.fits.known_points import Stretch, known_points, means_of_neighbours
from swmr_viewer.quantities.fits.model_fits import best_fit, drawn_places, height_of, load_lmfit, width_of
from swmr_viewer.quantities.fits.plain_statistics import statistics_of_known

MOST_POINTS = 250_000
"""All of so many points are fitted, in about a second. Of more, means of neighbours are, each with the weight of its points."""
_MOST_ROUNDS = 5
_MOST_LEFT_OUT = 0.1
"""Of all points: more of them are no single ones."""
_MISFIT, _MISFIT_OF_HEIGHT = 3.0, 0.03
"""A fit describes points that lie no further from it than so many times from one another, or than this share of its height."""
_LEAST_WITHIN = 3
"""A peak that rests on fewer points within its width may be none."""
_ROUNDED = 1e-3
"""Of the height: what is off by less is not off."""
_OF_HOT = " Or leave out single hot points."


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
    x, y = known_points(request.x, request.y, request.span)
    found = FitResult(request.model, statistics_of_known(x, y), n_points=len(x), span=request.span)
    if request.model is FitModel.NONE:
        return found
    why_not = _why_not(request.model, x, y) or load_lmfit()
    return replace(found, message=why_not) if why_not else _fitted(request, found, x, y)


def _why_not(model: FitModel, x: Values, y: Values) -> str:
    needed = (6 if model is FitModel.PSEUDO_VOIGT else 5) + 1
    if len(x) < needed:
        return f"A fit of this model needs at least {needed} points; there {'is' if len(x) == 1 else 'are'} {len(x)}."
    if y.min() == y.max():
        return "All values are the same: there is nothing to fit."
    if len(np.unique(x)) < needed:
        return f"A fit of this model needs at least {needed} different places; the points are at fewer."
    return ""


def _fitted(request: FitRequest, found: FitResult, x: Values, y: Values) -> FitResult:
    x, y, sizes, number = means_of_neighbours(x, y, MOST_POINTS)
    hot = hot_points(Stretch.of(y).apply(y))
    kept = ~hot if request.leaves_out_hot else np.ones(len(x), bool)
    has_hot = bool(hot.any()) and not request.leaves_out_hot
    for rounds_left in reversed(range(_MOST_ROUNDS)):
        on_x, on_y = Stretch.of(x[kept]), Stretch.of(y[kept])
        u, v = on_x.apply(x), on_y.apply(y)
        best, why_not = best_fit(request.model, u[kept], v[kept], sizes[kept])
        if best is None:
            return replace(found, message=why_not + (_OF_HOT if has_hot else ""))
        residuals = v - best.eval(x=u)
        far = far_off(residuals, _ROUNDED * abs(height_of(best, request.model)))
        if not (request.leaves_out_hot and rounds_left) or (far == ~kept).all() or far.mean() > _MOST_LEFT_OUT:
            break
        kept = ~far
    residual = math.sqrt(float(np.mean(residuals[kept] ** 2)))
    with np.errstate(all="ignore"):
        values, drawn = numbers_of(best, request, on_x, on_y, residual), drawn_places(best)
        curve = best.eval(x=drawn)
    if not all(math.isfinite(one.value) for one in values) or not np.isfinite(curve).all():
        return replace(found, message="The numbers of this fit are larger than the computer's. Choose another range.")
    return replace(
        found,
        values=values,
        x=np.array([on_x.place(one) for one in drawn]),
        y=np.array([on_y.place(one) for one in curve]),
        left_out=(x[~kept], y[~kept]),
        message=_told(number, int((~kept).sum())),
        doubt=_doubt(best, request.model, u[kept], v[kept], far[kept], has_hot=has_hot or (bool(far.any()) and not request.leaves_out_hot)),
    )


def _told(number: int, n_left_out: int) -> str:
    means = f"Means of {count_text(number)} neighbouring points were fitted." if number > 1 else ""
    one = "mean" if number > 1 else "point"
    left = f"{count_text(n_left_out)} {one}{'s' if n_left_out > 1 else ''} far off {'were' if n_left_out > 1 else 'was'} left out."
    return " ".join(filter(None, (means, left if n_left_out else "")))


def _doubt(best: Any, model: FitModel, u: Values, v: Values, far: Marks, *, has_hot: bool) -> str:
    """Return why a fit is not to be trusted, or ""."""
    centre, width, height = best.params["center"].value, width_of(best, model), abs(height_of(best, model))
    what_to_do = "Leave out single hot points, or choose another range." if has_hot else "Choose another range or model."
    n_within = len(np.unique(u[np.abs(u - centre) <= width / 2]))
    if model is not FitModel.STEP and n_within < _LEAST_WITHIN:
        return f"The fitted peak rests on {n_within} {'points' if n_within != 1 else 'point'}. {what_to_do}"
    residual = math.sqrt(float(np.mean((v[~far] - best.eval(x=u[~far])) ** 2)))
    if residual > max(_MISFIT * scatter(v), _MISFIT_OF_HEIGHT * height):
        share = f"{100 * residual / height:.0f} % of its height"
        return f"The fit does not describe the points, which lie {share} off. {what_to_do}"
    if n_far := int(far.sum()):
        return f"{count_text(n_far)} {'points lie' if n_far > 1 else 'point lies'} far off the fit. {what_to_do}"
    return ""
