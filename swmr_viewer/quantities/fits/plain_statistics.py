"""What can be told of a curve without a fit: maximum, centre of mass, width at half height, edge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.fits.known_points import Stretch, known_points

UP, DOWN = "up", "down"
_LEAST_POINTS = 3
"""Of fewer points no width and no edge is told."""
_END_SHARE = 0.1
"""The middle one of so many of the points says on which side of the half height an end of the curve is."""


@frozen
class CurveStatistics:
    """Each is None where the curve has none: a width where it does not fall to half its height on both sides, an edge where it does."""

    n_points: int = 0
    maximum: float | None = None
    maximum_at: float | None = None
    """The first place of the maximum; of a constant curve there is none."""
    minimum: float | None = None
    minimum_at: float | None = None
    centre_of_mass: float | None = None
    """Of what stands above the minimum; each point counts by the length that is nearer to it than to others."""
    fwhm: float | None = None
    """Full width at half height, which is half-way between minimum and maximum; straight lines lead from point to point."""
    fwhm_centre: float | None = None
    """In the middle of it."""
    is_dip: bool = False
    """The width is that of a dip: around the minimum."""
    edge_at: float | None = None
    """Where a curve that is low at one end and high at the other passes the half height."""
    edge_direction: str = ""
    """``up`` or ``down``, as x rises; "" where there is no edge."""


def curve_statistics(x: npt.ArrayLike, y: npt.ArrayLike, span: tuple[float, float] | None = None) -> CurveStatistics:
    """Return what can be told of a curve.

    Parameters
    ----------
    x, y : float64 array (n,)
        In any order; what is NaN or infinite in either is left out, and of several points at one x their mean counts.
    span : tuple of float, optional
        From which x to which points count, both included.

    Raises
    ------
    ValueError
        If x and y differ in length.
    """
    return statistics_of_known(*known_points(x, y, span))


def statistics_of_known(places: Values, values: Values) -> CurveStatistics:
    """Return what can be told of points that are all numbers, by ascending place."""
    n_points = len(places)
    if not n_points:
        return CurveStatistics()
    lowest, highest = int(np.argmin(values)), int(np.argmax(values))
    extremes = CurveStatistics(n_points, maximum=float(values[highest]), minimum=float(values[lowest]))
    if values[lowest] == values[highest]:
        return extremes
    on_x, on_y = Stretch.of(places), Stretch.of(values)
    u, v = _each_once(on_x.apply(places), on_y.apply(values))
    mass = _centre_of_mass(u, v)
    left, right, is_dip = _half_height(u, v)
    edge, direction = (None, "") if left is not None else _edge(u, v)
    return CurveStatistics(
        n_points,
        maximum=extremes.maximum,
        maximum_at=float(places[highest]),
        minimum=extremes.minimum,
        minimum_at=float(places[lowest]),
        centre_of_mass=None if mass is None else on_x.place(mass),
        fwhm=None if left is None or right is None else on_x.length(right - left),
        fwhm_centre=None if left is None or right is None else on_x.place((left + right) / 2),
        is_dip=is_dip,
        edge_at=None if edge is None else on_x.place(edge),
        edge_direction=direction,
    )


def _each_once(u: Values, v: Values) -> tuple[Values, Values]:
    """Return the means of points that are at one place."""
    starts = np.flatnonzero(np.diff(u, prepend=-1.0) > 0)
    if len(starts) == len(u):
        return u, v
    return u[starts], np.add.reduceat(v, starts) / np.diff(starts, append=len(u))


def _centre_of_mass(u: Values, v: Values) -> float | None:
    if len(u) < 2:
        return None
    middles = (u[1:] + u[:-1]) / 2
    bounds = np.concatenate(([2 * u[0] - middles[0]], middles, [2 * u[-1] - middles[-1]]))
    weights = (v - v.min()) * np.diff(bounds)
    whole = float(weights.sum())
    return float((weights * u).sum()) / whole if whole > 0 else None


def _half_height(u: Values, v: Values) -> tuple[float | None, float | None, bool]:
    """Return where the curve passes its half height on both sides of its maximum, or else of its minimum; whether it is the latter."""
    if len(u) < _LEAST_POINTS or v.min() == v.max():
        return None, None, False
    half = (v.min() + v.max()) / 2
    for is_dip, heights in ((False, v - half), (True, half - v)):
        top = int(np.argmax(heights))
        left, right = _passed(u[top::-1], heights[top::-1]), _passed(u[top:], heights[top:])
        if left is not None and right is not None:
            return left, right, is_dip
    return None, None, False


def _passed(u: Values, heights: Values) -> float | None:
    """Return where heights, the first of which is above 0, come to 0 first."""
    below = np.flatnonzero(heights <= 0)
    return None if not len(below) else _between(u, heights, int(below[0]) - 1)


def _between(u: Values, heights: Values, at: int) -> float:
    """Return where the line from a point to the next is 0."""
    before, after = float(heights[at]), float(heights[at + 1])
    return float(u[at]) + (float(u[at + 1]) - float(u[at])) * before / (before - after)


def _edge(u: Values, v: Values) -> tuple[float | None, str]:
    """Return where the curve goes over from one end's side of the half height to the other's, and whether it rises there.

    Where noise passes it several times, it is the passage with the fewest points on the wrong side.
    """
    if len(u) < _LEAST_POINTS:
        return None, ""
    heights = v - (v.min() + v.max()) / 2
    n_end = max(1, int(_END_SHARE * len(u)))
    first, last = float(np.median(heights[:n_end])), float(np.median(heights[-n_end:]))
    if not first * last < 0:
        return None, ""
    if first > 0:
        heights = -heights
    is_high = heights > 0
    passages = np.flatnonzero(~is_high[:-1] & is_high[1:])
    n_right = np.cumsum(~is_high)[passages] + np.cumsum(is_high[::-1])[::-1][passages + 1]
    at = int(passages[np.argmax(n_right)])
    return _between(u, heights, at), UP if first < 0 else DOWN
