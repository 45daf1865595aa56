"""What stands beside an image's axes: names, units and ticks of the file's own axes, where these are true."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pyqtgraph as pg

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import LONGEST_TICK, ticks_in_room
from swmr_viewer.core.plain_text import plain

MOST_OFF = 0.01
"""How far a value of an evenly spaced axis may be from its place (steps): what 32-bit numbers lose, too little to be seen."""

MOST_LETTERS = 40
"""Longer names are cut: there is no more room beside a small picture."""


@dataclass(frozen=True, slots=True)
class FrameAxis:
    """One axis of an image. Coordinates are the picture's: pixel n covers [n, n + 1), and a value belongs to its centre."""

    label: str = ""
    """Name and unit, true of the ticks; empty: pixels are counted, and that needs no words."""
    offset: float = 0.0
    """The value of pixel 0."""
    step: float | None = None
    """From one pixel to the next; None: ticks count pixels."""

    def value_at(self, coordinate: float) -> float:
        """Return what the ticks say at a coordinate."""
        return coordinate if self.step is None else self.offset + self.step * (coordinate - 0.5)

    def coordinate_of(self, value: float) -> float:
        """Return where the ticks say a value."""
        return value if self.step is None else (value - self.offset) / self.step + 0.5


def frame_axes(facts: DataFacts) -> tuple[FrameAxis, FrameAxis]:
    """Return an image's x and y axis; those that the file says nothing of, or nothing that ticks can show, count pixels."""
    if len(facts.axis_names) != 2:
        return FrameAxis(), FrameAxis()
    y, x = (_axis(*described) for described in zip(facts.axis_names, facts.axis_units, facts.axis_values, strict=True))
    return x, y


def _axis(name: str, unit: str, values: tuple[float, ...] | None) -> FrameAxis:
    if len(name) > MOST_LETTERS:
        name = f"{name[:MOST_LETTERS]}\u2026"
    if values is None:  # ticks count pixels, of which a unit would not be true
        return FrameAxis(f"{name} (pixel)" if name and not unit else "")
    step = even_step(values)
    if step is None:  # neither its name nor its unit is true of pixel numbers
        return FrameAxis()
    return FrameAxis(f"{name} ({unit})" if unit else name, values[0], step)


def even_step(values: tuple[float, ...]) -> float | None:
    """Return the step of evenly spaced values, or None where they are not (or are fewer than two)."""
    given = np.asarray(values, np.float64)
    if given.size < 2 or not np.isfinite(given).all():
        return None
    step = float((given[-1] - given[0]) / (given.size - 1))
    off = np.abs(given - (given[0] + step * np.arange(given.size)))
    return step if step and off.max() <= MOST_OFF * abs(step) else None


class FrameTicks(pg.AxisItem):
    """One side of the picture; whichever axis lies there, and whichever way it runs, its ticks are told of its coordinates."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.frame_axis = FrameAxis()
        self._base = 0.0
        self.enableAutoSIPrefix(False)  # a unit with a prefix would get a second one

    def show_axis(self, axis: FrameAxis, label: str) -> None:
        """Tick this axis from now on; an empty label takes no room."""
        self.frame_axis = axis
        self.setLabel(escape(plain(label)))
        self.showLabel(bool(label))
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        axis = self.frame_axis
        levels = super().tickValues(axis.value_at(minVal), axis.value_at(maxVal), size)
        self._base = min((value for _, values in levels[:1] for value in values), default=0.0)
        return [(spacing, [axis.coordinate_of(value) for value in values]) for spacing, values in levels]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        shown = [self.frame_axis.value_at(coordinate) for coordinate in values]
        return ticks_in_room(shown, spacing, self._base, LONGEST_TICK[self.orientation])
