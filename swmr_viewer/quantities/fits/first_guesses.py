"""Where fits begin: peaks up and down, and edges, on lines that are guessed in several ways; all within 0 ... 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from swmr_viewer.quantities.decimation import Values


class Guess(NamedTuple):
    """A first set of numbers."""

    height: float
    centre: float
    sigma: float
    offset: float
    slope: float


def guesses(u: Values, v: Values, *, is_step: bool) -> Iterator[Guess]:
    """Return where to begin.

    Parameters
    ----------
    u, v : float64 array (n,)
        Points by ascending u, 0 ... 1 both.
    is_step : bool
        An edge, not a peak.
    """
    calm = _without_spikes(v)
    if is_step:
        yield from _edges(u, calm)
        return
    line = _line_through_ends(u, calm)
    yield _peak(u, calm, *line, is_up=True)
    yield _peak(u, calm, *line, is_up=False)
    yield _peak(u, calm, float(calm.min()), 0.0, is_up=True)
    yield _peak(u, calm, float(calm.max()), 0.0, is_up=False)


def _without_spikes(v: Values) -> Values:
    """Return the median of each point and its neighbours, where there are enough of them."""
    if len(v) < 9:
        return v
    padded = np.concatenate((v[:1], v, v[-1:]))
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 3), axis=1))


def _ends(u: Values, v: Values) -> tuple[float, float, float, float]:
    n = max(1, len(u) // 8)
    return float(u[:n].mean()), float(np.median(v[:n])), float(u[-n:].mean()), float(np.median(v[-n:]))


def _line_through_ends(u: Values, v: Values) -> tuple[float, float]:
    u0, v0, u1, v1 = _ends(u, v)
    slope = (v1 - v0) / (u1 - u0) if u1 > u0 else 0.0
    return v0 - slope * u0, slope


def _peak(u: Values, v: Values, offset: float, slope: float, *, is_up: bool) -> Guess:
    above = (v - offset - slope * u) * (1 if is_up else -1)
    top = int(np.argmax(above))
    height = max(float(above[top]), 1e-3)
    outside = np.flatnonzero(above <= height / 2)
    left, right = outside[outside < top], outside[outside > top]
    sides = [abs(float(u[top]) - float(u[side])) for side in (*left[-1:], *right[:1])]
    sigma = max(min(sides, default=0.2) / 1.18, 1e-4)
    return Guess(height if is_up else -height, float(u[top]), sigma, offset, slope)


def _edges(u: Values, v: Values) -> Iterator[Guess]:
    _, v0, _, v1 = _ends(u, v)
    heights = (v - (v0 + v1) / 2) * (1 if v1 >= v0 else -1)
    is_high = heights > 0
    n_right = np.cumsum(~is_high) + np.append(np.cumsum(is_high[::-1])[::-1][1:], 0)
    centre = float(u[int(np.argmax(n_right))])
    for sigma in (0.02, 0.1, 0.3):
        yield Guess(v1 - v0, centre, sigma, v0, 0.0)
