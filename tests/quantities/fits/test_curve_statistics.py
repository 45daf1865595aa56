"""Maximum, centre, width and edge, beside numbers that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from swmr_viewer.quantities import curve_statistics

RANDOM = np.random.default_rng(4)
X = np.linspace(-1.5, 1.5, 301)


def gaussian(x: np.ndarray, centre: float = 0.3, fwhm: float = 0.7) -> np.ndarray:
    return np.exp(-4 * math.log(2) * ((x - centre) / fwhm) ** 2)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("scale", [1.0, 1e-300, 1e306])
def test_a_peak_or_a_dip_in_any_order_with_gaps_and_of_any_size(sign: int, scale: float) -> None:
    order = RANDOM.permutation(301)
    y = sign * scale * (5 + 40 * gaussian(X))
    x, values = np.append(X[order], [np.nan, 0.1, np.inf]), np.append(y[order], [1e9, np.nan, 3.0])
    found = curve_statistics(x, values)
    assert found.n_points == 301
    assert (found.maximum, found.minimum) == (y.max(), y.min())
    assert (found.maximum_at, found.minimum_at) == (X[np.argmax(y)], X[np.argmin(y)])
    assert found.is_dip == (sign < 0)
    assert found.fwhm == pytest.approx(0.7, abs=1e-3)
    assert found.fwhm_centre == pytest.approx(0.3, abs=1e-3)
    above = y / scale - (y / scale).min()
    assert found.centre_of_mass == pytest.approx((above * X).sum() / above.sum(), rel=1e-9)
    assert (found.edge_at, found.edge_direction) == (None, "")


def test_a_peak_that_the_range_cuts_has_no_width() -> None:
    found = curve_statistics(X, gaussian(X), (0.31, 1.5))
    assert (found.fwhm, found.fwhm_centre) == (None, None)
    assert found.maximum_at == pytest.approx(0.31)
    assert found.edge_direction == "down"


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("is_descending", [False, True])
def test_an_edge_is_where_the_curve_passes_half_its_height_however_noisy(direction: str, is_descending: bool) -> None:
    sign = 1 if direction == "up" else -1
    clean = sign * np.tanh((X - 0.2) / 0.3)
    half = np.interp((clean.min() + clean.max()) / 2 * sign, clean * sign, X)
    turned = slice(None, None, -1 if is_descending else 1)
    exact = curve_statistics(X[turned], clean[turned])
    assert (exact.fwhm, exact.edge_direction) == (None, direction)
    assert exact.edge_at == pytest.approx(half, abs=1e-12)
    noisy = curve_statistics(X[turned], (clean + RANDOM.normal(0, 0.2, 301))[turned])
    assert noisy.edge_direction == direction
    assert noisy.edge_at == pytest.approx(0.2, abs=0.15)


def test_what_is_not_there_is_not_told() -> None:
    assert curve_statistics([], []).maximum is None
    constant = curve_statistics([1, 2, 3, 4], [5, 5, 5, 5])
    assert (constant.n_points, constant.maximum, constant.minimum) == (4, 5.0, 5.0)
    assert (constant.maximum_at, constant.centre_of_mass, constant.fwhm, constant.edge_at) == (None, None, None, None)
    one_place = curve_statistics([2, 2, 2], [1, 5, 3])
    assert (one_place.maximum, one_place.centre_of_mass, one_place.fwhm) == (5.0, None, None)
    with pytest.raises(ValueError, match="2 places for 1 values"):
        curve_statistics([1, 2], [1])


def test_several_points_at_one_place_count_as_their_mean() -> None:
    found = curve_statistics([0, 1, 1, 2, 3], [0, 3, 5, 0, 0])
    assert found.fwhm == 1.0
    assert found.fwhm_centre == 1.0
    assert found.centre_of_mass == 1.0


@settings(max_examples=60)
@given(
    arrays(np.float64, 12, elements=st.floats(width=64)), arrays(np.float64, 12, elements=st.one_of(st.floats(width=64), st.integers(0, 3)))
)
def test_whatever_comes_is_told_within_its_range(x: np.ndarray, y: np.ndarray) -> None:
    found = curve_statistics(x, y)
    known = np.isfinite(x) & np.isfinite(y)
    assert found.n_points == known.sum()
    places = [found.maximum_at, found.minimum_at, found.centre_of_mass, found.fwhm_centre, found.edge_at]
    for place in places:
        if place is not None:
            quarter, margin = x[known] / 4, 1e-9 * np.abs(x[known] / 4).max()  # four times as large, the largest numbers are infinite
            assert quarter.min() - margin <= place / 4 <= quarter.max() + margin
    assert found.fwhm is None or found.fwhm >= 0
