"""What stands beside an image's axes: names, units and ticks of the file's own axes, where these are true."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import LONGEST_TICK, ticks_in_room
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.plot import Axis
from swmr_viewer.gui.look.theme import small_font

MOST_OFF = 0.01
"""How far a value of an evenly spaced axis may be from its place (steps): what 32-bit numbers lose, too little to be seen."""

MOST_LETTERS = 40
"""Longer names are cut: there is no more room beside a small picture."""

MOST_OF_LINE = 0.45
"""How much of the line of ticks a name may take."""
NAME_OFFSET = 6
APART = 4
"""Nearer to a name (pixels) no tick is labelled."""


@frozen
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


class FrameTicks(Axis):
    """One side of the picture; whichever axis lies there, and whichever way it runs, its ticks are told of its coordinates.

    The axis's name stands at the end of the line of ticks, and takes no line of its own from the picture.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.frame_axis = FrameAxis()
        self.name = ""
        self._base = 0.0
        self.enableAutoSIPrefix(False)  # a unit with a prefix would get a second one
        self.setStyle(tickFont=small_font(), tickLength=-3, tickTextOffset=2, autoExpandTextSpace=False, autoReduceTextSpace=False)

    def show_axis(self, axis: FrameAxis, name: str) -> None:
        """Tick this axis from now on, with this name, if any."""
        self.frame_axis, self.name = axis, plain(name)
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

    # ---- the name among the ticks

    @property
    def name_shown(self) -> str:
        """The name, cut where it would take more than its share of the ticks' line."""
        length = self.size().width() if self.orientation == "bottom" else self.size().height()
        return str(QFontMetricsF(self.style["tickFont"]).elidedText(self.name, Qt.TextElideMode.ElideRight, MOST_OF_LINE * length))

    @property
    def name_rect(self) -> QRectF:
        """Where the name stands: at the right end of the lower side, at the upper end of the left one, from bottom to top."""
        if not self.name:
            return QRectF()
        metrics, size = QFontMetricsF(self.style["tickFont"]), self.size()
        long, high = metrics.horizontalAdvance(self.name_shown) + 2, metrics.height()
        if self.orientation == "bottom":
            return QRectF(size.width() - long, size.height() - high, long, high)
        return QRectF(size.width() - high - NAME_OFFSET, 0, high, long)

    def generateDrawSpecs(self, p: QPainter) -> Any:
        specs = super().generateDrawSpecs(p)
        if specs is None or not self.name:
            return specs
        axis, ticks, texts = specs
        taken = self.name_rect.adjusted(-APART, -APART, APART, APART)
        return axis, ticks, [text for text in texts if not text[0].intersects(taken)]

    def drawPicture(self, p: QPainter, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:
        super().drawPicture(p, axisSpec, tickSpecs, textSpecs)
        if not self.name:
            return
        rect = self.name_rect
        p.setFont(self.style["tickFont"])
        p.setPen(self.textPen())
        if self.orientation == "left":
            p.translate(rect.left(), rect.bottom())
            p.rotate(-90)
            rect = QRectF(0, 0, rect.height(), rect.width())
        p.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.name_shown)
