"""What a map shows, cell by cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.gui.quantity_map import ValueMap


def values_on(chart: ValueMap, n_points: int) -> npt.NDArray[np.float64]:
    """Return the values that are drawn in the middles of the cells of all points, NaN where there is none; nothing while it is drawn."""
    picture = chart.work.drawing.picture if chart.work.drawing is not None else None
    if picture is None or not (picture.is_current and chart.work.is_current):
        return np.empty(0)
    places = [picture.place_of(index) for index in range(n_points)]
    pixels = [
        (np.argmin(np.abs(picture.view.y - (bottom + top) / 2)), np.argmin(np.abs(picture.view.x - (left + right) / 2)))
        for left, right, bottom, top in places
    ]
    return np.array([picture.values[pixel] for pixel in pixels])
