"""The axes of plots: values on the scale that is chosen, and numbers short enough for their place."""

from __future__ import annotations

from math import isfinite

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg

from swmr_viewer.gui.display.levels_axis import LevelsAxis, level_text
from swmr_viewer.gui.display.levels_scale import LARGEST, SMALLEST, LevelScale, Scale
from swmr_viewer.gui.look.text import LONGEST_TICK, compact_text, ticks_in_room

TICK_PX = 32
"""Between two ticks of a scale that is not linear."""
MOST_DECADES = 12
"""A log scale reaches no further down from the largest value."""
SYMLOG_DECADES = 4
"""A symmetric log scale is linear below the largest value, so many decades down."""


def curve_scale(kind: Scale, values: npt.NDArray[np.float64]) -> LevelScale:
    """Return the scale for a curve: counts are told from none; of other values the unit is a power of ten, so that it seldom moves.

    Parameters
    ----------
    kind : Scale
        What was chosen.
    values : float64 array, any shape
        All that is drawn; NaN where nothing is.
    """
    if kind not in (Scale.LOG, Scale.SYMLOG):
        return LevelScale(kind)
    known = values[np.isfinite(values)]
    if not known.size or ((np.abs(known) < 2**53).all() and (known == np.floor(known)).all()):
        return LevelScale(kind, 0.5 if kind is Scale.LOG else 1.0)
    largest = min(max(float(np.abs(known).max()), SMALLEST), LARGEST)
    if kind is Scale.SYMLOG:
        return LevelScale(kind, _decade_below(largest / 10**SYMLOG_DECADES))
    least = float(known[known > 0].min(initial=largest))
    return LevelScale(kind, _decade_below(max(least, largest / 10**MOST_DECADES)))


def _decade_below(value: float) -> float:
    return max(float(10.0 ** np.floor(np.log10(value))), SMALLEST)


class ValueAxis(pg.AxisItem):
    """One side of a plot; its coordinates are shades of ``value_scale``, its ticks say values."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.value_scale = LevelScale()
        self._base = 0.0
        self.enableAutoSIPrefix(False)  # "energy (keV) (x0.001)" is no unit of anybody's

    def take_scale(self, scale: LevelScale) -> None:
        """Say values of this scale from now on."""
        if scale != self.value_scale:
            self.value_scale = scale
            self.picture = None
            self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        scale = self.value_scale
        levels: list[tuple[float, list[float]]]
        if scale.kind is Scale.LINEAR:
            levels = super().tickValues(minVal, maxVal, size)
        else:
            levels = [(0.0, [scale.shade(tick) for tick in self._round_values(minVal, maxVal, size)])]
        self._base = scale.value(min((place for _, places in levels[:1] for place in places), default=minVal))
        return levels

    def _round_values(self, first: float, last: float, size: float) -> list[float]:
        """Return values worth a tick between two shades."""
        scale = self.value_scale
        low, high = scale.value(first), scale.value(last)
        if not (isfinite(low) and isfinite(high) and low < high):
            return []
        return LevelsAxis(low, high, scale, 0, size).ticks(int(size // TICK_PX))

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        told = [self.value_scale.value(place) for place in values]
        if self.value_scale.kind is not Scale.LINEAR or spacing <= 0:
            return [compact_text(level_text(value)) for value in told]
        return ticks_in_room(told, spacing, self._base, LONGEST_TICK[self.orientation])
