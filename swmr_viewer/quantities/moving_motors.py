"""Which motors move in a scan of one axis: it is a map where two do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.table import QuantityTable

IDLE = 0.2
"""A motor whose usual step is more than this share of its whole way stands still, but for its noise."""
TREMBLE = 0.02
"""Among motors that go at random, one whose way is shorter than this share of another's stands still."""
ALONG_LINE = 0.999
"""Two motors that are correlated so much move along a line."""
FEW = 8
"""With fewer points nobody can tell noise from movement."""
SAMPLE = 1 << 16
"""Points of a scan of one axis by which it is found out which motors move."""


def motors_of_line(table: QuantityTable, names: Sequence[str]) -> tuple[str, ...]:
    """Return which of these positions of a scan of one axis move: two that fill an area, one, or none.

    Parameters
    ----------
    table : QuantityTable
        What is known of the scan points.
    names : sequence of str
        Names of positions, those preferred first.
    """
    size = min(table.size, SAMPLE)
    places = {name: table.part(name, 0, size) for name in names}
    first, *others = moving(places) or [""]
    if not first:
        return ()
    return (first, *[name for name in others if not are_on_line(places[first], places[name])][:1])


def moving(places: Mapping[str, Values]) -> list[str]:
    """Return which motors move, rather than standing still with some noise (float64 (n,), in order; NaN where not known).

    Those that go in small steps do. Where none does, all may go at random: those count whose way is not much shorter than another's.
    """
    known = {name: values[np.isfinite(values)] for name, values in places.items()}
    ways = {name: float(np.ptp(values)) for name, values in known.items() if values.size > 1}
    found = [name for name, way in ways.items() if way > 0]
    smooth = [name for name in found if known[name].size < FEW or float(np.median(np.abs(np.diff(known[name])))) < IDLE * ways[name]]
    longest = max(ways.values(), default=0.0)
    return smooth or [name for name in found if ways[name] > TREMBLE * longest]


def are_on_line(x: Values, y: Values) -> bool:
    """Return whether all points lie on one straight line."""
    known = np.isfinite(x) & np.isfinite(y)
    if np.count_nonzero(known) < 3:
        return False
    x, y = x[known] - x[known].mean(), y[known] - y[known].mean()
    return bool(abs((x * y).sum()) > ALONG_LINE * np.sqrt((x * x).sum() * (y * y).sum()))
