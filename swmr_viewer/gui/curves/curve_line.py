"""One curve of a plot, as a value: where its points are, whose frames they are, and how it looks."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities import Values

FEW_POINTS = 120
"""So many points of a curve are seen one by one; of more, those alone that have gaps on both sides."""


CROSS_PX = 11
"""On a point that was left out."""


class LineLook(StrEnum):
    """What a curve stands for."""

    MEASURED = "measured"
    """A line through points."""
    FIT = "fit"
    """Dashed, without points."""
    LEFT_OUT = "left out"
    """Crosses on the points of a curve that did not count."""
    EARLIER = "earlier"
    """Of another scan: grey, without points."""


@frozen(eq=False)
class CurveLine:
    """One curve: x and y are float64, few enough to be drawn, and NaN where nothing was measured."""

    x: Values
    y: Values
    color: str = ""
    """``#rrggbb``, made for dark pictures; empty: the accent."""
    is_selected: bool = True
    """Drawn thicker than others, and read by the menu."""
    look: LineLook = LineLook.MEASURED
    points_alone: bool = False
    """Each point is seen, and no line from one to the next."""
    scan: int = 0
    """Which of the other scans, where it is of one."""
    on_right: bool = False
    """Its values are those of the axis on the right."""
    indices: IndexArray | None = None
    """int64 (n,): whose frames the points are, -1 in gaps; None: x is the index, or they are nobody's."""


def lonely_points(values: Values) -> npt.NDArray[np.bool_]:
    """Return which values have gaps on both sides: a line through them would be invisible."""
    known = ~np.isnan(values)
    beside = np.zeros(len(values), bool)
    beside[1:] |= known[:-1]
    beside[:-1] |= known[1:]
    return known & ~beside


def seen_points(values: Values) -> npt.NDArray[np.bool_]:
    """Return which points of a curve are drawn one by one."""
    return ~np.isnan(values) if len(values) <= FEW_POINTS else lonely_points(values)


def points_of(line: CurveLine, values: Values) -> npt.NDArray[np.bool_]:
    """Return which points of a line, at these heights, are drawn as such."""
    if line.look is LineLook.LEFT_OUT or line.points_alone:
        return ~np.isnan(values)
    return seen_points(values) if line.look is LineLook.MEASURED else np.zeros(len(values), bool)


def comes_back(places: Values) -> bool:
    """Return whether places rise here and fall there."""
    steps = np.diff(places[np.isfinite(places)])
    return bool((steps < 0).any() and (steps > 0).any())
