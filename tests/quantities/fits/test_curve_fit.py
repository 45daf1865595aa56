"""Fits beside lmfit called by hand, and what is said where there is none."""

from __future__ import annotations

import math
import sys
import warnings
from typing import Any

import lmfit
import numpy as np
import pytest

import swmr_viewer.quantities.fits.curve_fit as curve_fit_module
from swmr_viewer.quantities import NEEDS_LMFIT, FitModel, FitRequest, FitResult, fit_curve, fit_table

X = np.linspace(7110.0, 7116.0, 61)
CENTRE, FWHM, HEIGHT, OFFSET, SLOPE = 7112.7, 1.1, 450.0, -7000.0, 1.0
MODELS = (FitModel.GAUSSIAN, FitModel.LORENTZIAN, FitModel.PSEUDO_VOIGT, FitModel.STEP)


def shape(model: FitModel, x: np.ndarray) -> np.ndarray:
    u = (x - CENTRE) / FWHM
    gaussian, lorentzian = np.exp(-4 * math.log(2) * u**2), 1 / (1 + 4 * u**2)
    if model is FitModel.STEP:
        return 0.5 * (1 + np.vectorize(math.erf)(2 * math.sqrt(math.log(2)) * u))
    return {FitModel.GAUSSIAN: gaussian, FitModel.LORENTZIAN: lorentzian}.get(model, 0.4 * lorentzian + 0.6 * gaussian)


def by_hand(model: FitModel, x: np.ndarray, y: np.ndarray, sign: int) -> Any:
    models = lmfit.models
    made = {
        FitModel.GAUSSIAN: models.GaussianModel,
        FitModel.LORENTZIAN: models.LorentzianModel,
        FitModel.PSEUDO_VOIGT: models.PseudoVoigtModel,
        FitModel.STEP: lambda: models.StepModel(form="erf"),
    }[model]() + models.LinearModel(prefix="line_")
    start = made.make_params(center=CENTRE, sigma=0.5, amplitude=sign * HEIGHT, line_slope=SLOPE, line_intercept=OFFSET)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return made.fit(y, start, x=x)


@pytest.mark.parametrize("sign", [1, -1], ids=["up", "down"])
@pytest.mark.parametrize("model", MODELS)
def test_a_fit_finds_what_lmfit_finds_from_the_true_numbers(model: FitModel, sign: int) -> None:
    y = sign * HEIGHT * shape(model, X) + OFFSET + SLOPE * X + np.random.default_rng(3).normal(0, 4, len(X))
    order = np.random.default_rng(5).permutation(len(X))
    found = fit_curve(FitRequest(model, np.append(X[order], np.nan), np.append(y[order], 9.0), None, "eV", "counts"))
    assert (found.message, found.n_points) == ("", len(X))
    right = by_hand(model, X, y, sign)
    is_step = model is FitModel.STEP
    for name, theirs, factor in (
        ("centre", "center", 1.0),
        ("FWHM", "sigma" if is_step else "fwhm", 2 * math.sqrt(math.log(2)) if is_step else 1.0),
        ("height", "amplitude" if is_step else "height", 1.0),
        ("area", "amplitude", 1.0),
        ("slope", "line_slope", 1.0),
        ("offset", "line_intercept", 1.0),
        ("Lorentzian share", "fraction", 1.0),
    ):
        ours = found.value(name)
        if (name == "area" and is_step) or (name == "Lorentzian share" and model is not FitModel.PSEUDO_VOIGT):
            assert ours is None
            continue
        assert ours is not None
        assert ours.uncertainty is not None
        param = right.params[theirs]
        assert ours.value == pytest.approx(param.value * factor, abs=0.02 * abs(param.stderr * factor))
        assert ours.uncertainty == pytest.approx(param.stderr * factor, rel=0.02)
    assert {one.name: one.unit for one in found.values}["slope"] == "counts/eV"
    np.testing.assert_allclose(found.y, right.eval(x=found.x), atol=1e-2)
    assert found.x[0] == X[0]
    assert found.x[-1] == X[-1]
    assert found.statistics.n_points == len(X)


def test_pseudo_voigt_of_a_pure_gaussian_tells_uncertainties_all_the_same() -> None:
    y = 50 * shape(FitModel.GAUSSIAN, X) + np.random.default_rng(21).normal(0, 1, len(X))
    found = fit_curve(FitRequest(FitModel.PSEUDO_VOIGT, X, y))
    centre, share = found.value("centre"), found.value("Lorentzian share")
    assert centre is not None
    assert centre.uncertainty is not None
    assert 0 < centre.uncertainty < 0.1
    assert share is not None
    assert share.value < 0.4


def test_the_span_alone_counts_and_of_very_many_points_means_do(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(-10, 10, 50_001)
    y = 30 * np.exp(-(x**2)) + 500 * np.exp(-((x - 6) ** 2)) + np.random.default_rng(2).normal(0, 1, len(x))
    found = fit_curve(FitRequest(FitModel.GAUSSIAN, x, y, (-4, 3)))
    centre = found.value("centre")
    assert centre is not None
    assert centre.value == pytest.approx(0, abs=0.02)
    assert (found.n_points, found.message) == (((x >= -4) & (x <= 3)).sum(), "")
    request = FitRequest(FitModel.GAUSSIAN, x, y, (3.0, 9.0))
    whole = fit_curve(request)
    monkeypatch.setattr(curve_fit_module, "MOST_POINTS", 1000)
    averaged = fit_curve(request)
    assert (whole.message, averaged.message) == ("", "Means of 16 neighbouring points were fitted.")
    assert (averaged.n_points, averaged.statistics) == (whole.n_points, whole.statistics)
    for ours, right in zip(averaged.values[:-1], whole.values[:-1], strict=True):
        assert right.uncertainty is not None
        assert ours.uncertainty is not None
        assert ours.value == pytest.approx(right.value, abs=0.1 * right.uncertainty), ours.name
        assert ours.uncertainty == pytest.approx(right.uncertainty, rel=0.1)


@pytest.mark.parametrize("model", MODELS)
def test_where_there_is_no_fit_a_sentence_says_why(model: FitModel) -> None:
    def said(x: Any, y: Any) -> str:
        found = fit_curve(FitRequest(model, np.asarray(x, float), np.asarray(y, float)))
        assert not found.is_fitted
        assert not len(found.x)
        return found.message

    n = 7 if model is FitModel.PSEUDO_VOIGT else 6
    assert said([], []) == f"A fit of this model needs at least {n} points; there are 0."
    assert said([1, 2, np.nan], [4, np.inf, 9]) == f"A fit of this model needs at least {n} points; there is 1."
    assert said(np.arange(30), np.full(30, 7.0)) == "All values are the same: there is nothing to fit."
    assert said(np.arange(30) % 3, np.arange(30.0)) == f"A fit of this model needs at least {n} different places; the points are at fewer."
    assert said(X, 2 * X + 1)  # a line has neither peak nor edge


def points(hot: dict[int, float]) -> np.ndarray:
    y = HEIGHT * shape(FitModel.GAUSSIAN, X) + 20 + np.random.default_rng(3).normal(0, 4, len(X))
    for at, value in hot.items():
        y[at] += value
    return y


@pytest.mark.parametrize("hot", [{5: 700.0}, {30: 1e6}, {24: -400.0}, {5: 2e4, 40: 300.0}], ids=str)
def test_single_hot_points_are_told_of_or_left_out(hot: dict[int, float]) -> None:
    y = points(hot)
    pulled = fit_curve(FitRequest(FitModel.GAUSSIAN, X, y))
    assert "eave out single hot points" in pulled.doubt + pulled.message
    found = fit_curve(FitRequest(FitModel.GAUSSIAN, X, y, leaves_out_hot=True))
    rest = np.setdiff1d(np.arange(len(X)), list(hot))
    right = fit_curve(FitRequest(FitModel.GAUSSIAN, X[rest], y[rest]))
    assert (found.left_out[0].tolist(), found.left_out[1].tolist()) == (X[sorted(hot)].tolist(), y[sorted(hot)].tolist())
    assert found.doubt == ""
    assert found.message.endswith("far off was left out." if len(hot) == 1 else "2 points far off were left out.")
    for ours, theirs in zip(found.values, right.values, strict=True):
        assert ours.value == pytest.approx(theirs.value, rel=1e-5)
        assert ours.uncertainty == (None if theirs.uncertainty is None else pytest.approx(theirs.uncertainty, rel=1e-3))


def test_nothing_is_left_out_that_is_no_hot_point() -> None:
    counted = np.random.default_rng(1).poisson(10 * points({}).clip(0)).astype(float)
    for model, y in ((FitModel.GAUSSIAN, points({})), (FitModel.GAUSSIAN, counted), (FitModel.LORENTZIAN, counted)):
        plain, strict = (fit_curve(FitRequest(model, X, y, leaves_out_hot=on)) for on in (False, True))
        assert not len(strict.left_out[0])
        assert [one.value for one in strict.values] == [one.value for one in plain.values]


def test_a_fit_that_does_not_describe_the_points_says_so() -> None:
    assert fit_curve(FitRequest(FitModel.GAUSSIAN, X, points({}))).doubt == ""
    two = points({}) + 400 * np.exp(-(((X - 7110.8) / 0.3) ** 2))
    found = fit_curve(FitRequest(FitModel.GAUSSIAN, X, two))
    residual, height = found.value("residual"), found.value("height")
    assert residual is not None
    assert height is not None
    fitted = np.interp(X, found.x, found.y)
    assert residual.value == pytest.approx(np.sqrt(np.mean((two - fitted) ** 2)), rel=1e-2)
    assert found.doubt.startswith(
        f"The fit does not describe the points, which lie {100 * residual.value / height.value:.0f} % of its height off"
    )
    narrow = points({}) + 5000 * np.exp(-(((X - 7114.5) / 0.07) ** 2))
    assert fit_curve(FitRequest(FitModel.GAUSSIAN, X, narrow)).doubt.startswith("The fitted peak rests on 1 point.")


def test_numbers_of_any_size_are_fitted_or_refused() -> None:
    y = HEIGHT * shape(FitModel.GAUSSIAN, X) + np.random.default_rng(3).normal(0, 4, len(X))
    for x_scale, y_scale in ((1e-200, 1e-200), (1e200, 1e-100), (1e-5, 1e290)):
        found = fit_curve(FitRequest(FitModel.GAUSSIAN, X * x_scale, y * y_scale))
        centre, height = found.value("centre"), found.value("height")
        assert centre is not None
        assert height is not None
        assert centre.value / x_scale == pytest.approx(CENTRE, abs=0.01)
        assert height.value / y_scale == pytest.approx(HEIGHT, rel=0.02)
    huge = fit_curve(FitRequest(FitModel.GAUSSIAN, X * 1e300, y * 1e305))
    assert huge.message == "The numbers of this fit are larger than the computer's. Choose another range."


def test_without_lmfit_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lmfit", None)
    found = fit_curve(FitRequest(FitModel.GAUSSIAN, X, shape(FitModel.GAUSSIAN, X)))
    assert (found.message, found.is_fitted) == (NEEDS_LMFIT, False)
    assert found.statistics.fwhm == pytest.approx(FWHM, abs=0.01)  # needs none of it


def test_fits_as_a_table() -> None:
    found = fit_curve(FitRequest(FitModel.GAUSSIAN, X, HEIGHT * shape(FitModel.GAUSSIAN, X) + np.sin(5 * X), x_unit="eV"))
    lines = [line.split("\t") for line in fit_table([("A.sum", found), ("B.sum", FitResult())]).splitlines()]
    assert lines[0] == ["curve", "model", "name", "value", "uncertainty", "unit"]
    assert [line[2] for line in lines[1:]] == ["centre", "FWHM", "height", "area", "offset", "slope", "residual"]
    assert all(line[:2] == ["A.sum", "gaussian"] for line in lines[1:])
    centre = found.value("centre")
    assert centre is not None
    assert (float(lines[1][3]), float(lines[1][4]), lines[1][5]) == (centre.value, centre.uncertainty, "eV")
