"""The axes of plots: values on the scale that is chosen, and numbers short enough for their place."""

from __future__ import annotations

from functools import cached_property
from math import isfinite

import numpy as np

from swmr_viewer.core.number_text import LONGEST_TICK, round_text, ticks_in_room
from swmr_viewer.gui.display.levels_scale import LARGEST, SMALLEST, LevelsAxis, LevelScale, Scale
from swmr_viewer.gui.look.plot import Axis
from swmr_viewer.quantities import Values

TICK_PX = 32
"""Between two ticks of a scale that is not linear."""
UNEVEN = 0.05
"""Edges of channels that are no further from where even ones were are even (widths of a channel)."""
MOST_DECADES = 12
"""A log scale reaches no further down from the largest value."""
SYMLOG_DECADES = 4
"""A symmetric log scale is linear below the largest value, so many decades down."""


def curve_scale(kind: Scale, values: Values) -> LevelScale:
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


class ValueAxis(Axis):
    """One side of a plot; its coordinates are shades of ``value_scale``, its ticks say values."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.value_scale = LevelScale()
        self._base = 0.0
        self.enableAutoSIPrefix(False)  # "energy (keV) (x0.001)" is no unit of anybody's

    def set_value_scale(self, scale: LevelScale) -> None:
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
        shown = [self.value_scale.value(place) for place in values]
        if self.value_scale.kind is not Scale.LINEAR or spacing <= 0:
            return [round_text(value) for value in shown]
        return ticks_in_room(shown, spacing, self._base, LONGEST_TICK[self.orientation])


class ChannelAxis:
    """Channel n covers [n, n + 1) of the channel coordinate; on the axis its value stands at its middle.

    Parameters
    ----------
    values : float64 array (n,)
        Where each channel is drawn; n is 1 or more.
    """

    def __init__(self, values: Values) -> None:
        self.values = values
        steps = np.diff(values)
        self.is_one_way = bool(np.isfinite(values).all() and ((steps > 0).all() or (steps < 0).all()))
        """Whether the values only rise, or only fall: else a place on the axis belongs to no one channel."""

    def __len__(self) -> int:
        return len(self.values)

    def place(self, channel: float) -> float:
        """Return where a channel coordinate is on the axis; beyond the ends the last step goes on."""
        at = channel - 0.5
        start, step = self._from(int(np.floor(at)))
        return float(self.values[start] + (at - start) * step)

    def channel(self, place: float) -> float:
        """Return the channel coordinate of a place on an axis that is one way."""
        falls = len(self) > 1 and self.values[1] < self.values[0]
        found = np.searchsorted(-self.values, -place, "right") if falls else np.searchsorted(self.values, place, "right")
        start, step = self._from(int(found) - 1)
        return float(start + (place - self.values[start]) / step + 0.5)

    @cached_property
    def edges(self) -> Values:
        """Where channels 0 to n begin, and the last one ends: float64 (n + 1,)."""
        return np.array([self.place(0.0), *((self.values[1:] + self.values[:-1]) / 2), self.place(float(len(self)))])

    @cached_property
    def is_even(self) -> bool:
        """Whether all channels are as wide as one another, as far as a screen can tell."""
        even = np.linspace(self.edges[0], self.edges[-1], len(self) + 1)
        return bool(np.abs(self.edges - even).max() <= UNEVEN * abs(even[1] - even[0]))

    def clipped(self, place: float) -> float:
        """Return the place, or the end of the first or last channel where it is beyond."""
        return self.place(min(max(self.channel(place), 0.0), float(len(self))))

    def _from(self, wanted: int) -> tuple[int, float]:
        """The channel from which to go on, and how far the next one is."""
        if len(self) == 1:
            return 0, 1.0
        start = min(max(wanted, 0), len(self) - 2)
        return start, float(self.values[start + 1] - self.values[start])
