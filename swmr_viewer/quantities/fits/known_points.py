"""The points of a curve that count, in order."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.quantities.decimation import Values


def known_points(x: npt.ArrayLike, y: npt.ArrayLike, span: tuple[float, float] | None = None) -> tuple[Values, Values]:
    """Return those points that are numbers, within the span (both ends included), by ascending x: float64, not to be written to.

    Raises
    ------
    ValueError
        If x and y differ in length.
    """
    places, values = np.asarray(x, np.float64).ravel(), np.asarray(y, np.float64).ravel()
    if len(places) != len(values):
        raise ValueError(f"{len(places)} places for {len(values)} values")
    counts = np.isfinite(places) & np.isfinite(values)
    if span is not None:
        counts &= (places >= min(span)) & (places <= max(span))
    if not counts.all():
        places, values = places[counts], values[counts]
    if (places[1:] >= places[:-1]).all():
        return places, values
    order = np.argsort(places, kind="stable")
    return places[order], values[order]


def means_of_neighbours(x: Values, y: Values, most: int) -> tuple[Values, Values, Values, int]:
    """Return the points, or, of more than ``most``, the means of so many neighbours each.

    Returns
    -------
    x, y, sizes : float64 arrays (m,)
        Of each mean: where, how much, and of how many points.
    number : int
        Of how many points the means are; the last one may be of fewer.
    """
    number = max(1, -(-len(x) // most))
    if number == 1:
        return x, y, np.ones(len(x)), 1
    starts = np.arange(0, len(x), number)
    sizes = np.diff(starts, append=len(x))
    return (
        np.add.reduceat(x / number, starts) * number / sizes,
        np.add.reduceat(y / number, starts) * number / sizes,
        sizes.astype(float),
        number,
    )


@frozen
class Stretch:
    """How values are brought near 0 ... 1, and back: what comes near the largest and smallest float64 is calculated with as well."""

    start: float
    exponent: int
    """Of 2: nothing is rounded by it."""
    spread: float

    @classmethod
    def of(cls, values: Values) -> Stretch:
        """Return that of some values, of which there is one at least."""
        largest = float(np.abs(values).max())
        exponent = math.frexp(largest)[1] if largest else 0
        low, high = (float(math.ldexp(float(one), -exponent)) for one in (values.min(), values.max()))
        return cls(low, exponent, high - low)

    def apply(self, values: Values) -> Values:
        """Return values from 0 to 1."""
        return np.asarray((np.ldexp(values, -self.exponent) - self.start) / (self.spread or 1.0))

    def place(self, value: float) -> float:
        """Return where a place between 0 and 1 is."""
        return self._grown(self.start + value * self.spread)

    def length(self, value: float) -> float:
        """Return how long a length on 0 ... 1 is."""
        return self._grown(value * self.spread)

    def _grown(self, value: float) -> float:
        try:
            return math.ldexp(value, self.exponent)
        except OverflowError:
            return math.copysign(math.inf, value)
