"""From values to shades: linear, square root, log, symmetric log, each with its way back; and where values stand on an axis."""

from __future__ import annotations

from enum import StrEnum
from math import ceil, floor, isfinite, log10
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import ScaleName, Scaling, scaled, unscaled
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import compact_text

Values = npt.NDArray[Any]


class Scale(StrEnum):
    """How values are spread over the colours, in the words of the window."""

    LINEAR = "linear"
    SQRT = "square root"
    LOG = "log"
    SYMLOG = "symmetric log"


_NAMES: dict[Scale, ScaleName] = {Scale.LINEAR: "linear", Scale.SQRT: "sqrt", Scale.LOG: "log", Scale.SYMLOG: "symlog"}
LARGEST = 1e38
"""Levels beyond are taken back to it: pictures are made of 32 bits, which have no numbers for what is much larger."""
LEAST_APART = 1e-12
"""Levels nearer than this share of themselves are one: of 64 bits, too few are left between them for a bar with ticks."""
SMALLEST = 1e-37
"""Smaller units, and levels nearer than that, are nothing to 32 bits, of which pictures are made."""
FLOAT_DECADES = 4
"""How far down a log scale reaches where values are no counts and the low level is not above zero."""


@frozen
class LevelScale:
    """A scale with its unit: the smallest value that a log scale tells apart from nothing."""

    kind: Scale = Scale.LINEAR
    unit: float = 1.0

    def forward(self, values: Values) -> Values:
        """Return values as shades (numbers that grow with the value); NaN stays NaN, nothing else becomes NaN."""
        return scaled(values, self._scaling)

    @property
    def _scaling(self) -> Scaling:
        return Scaling(_NAMES[self.kind], self.unit)

    def shade(self, value: float) -> float:
        return float(scaled(value, self._scaling))

    def value(self, shade: float) -> float:
        return float(unscaled(shade, self._scaling))

    def backward(self, shades: Values) -> Values:
        """Return shades as the values that they stand for."""
        return unscaled(shades, self._scaling)

    def usable(self, low: float, high: float) -> tuple[float, float]:
        """Return levels that a picture can be drawn with: finite, on log scales above zero, their shades clearly apart."""
        if not (isfinite(low) and isfinite(high)):
            return 1.0 if self.kind is Scale.LOG else 0.0, 10.0 if self.kind is Scale.LOG else 1.0
        low, high = max(low, -LARGEST), min(high, LARGEST)
        if self.kind is Scale.LOG:
            low = max(low, self.unit)
        if self._apart(low, high):
            return low, high
        low = min(low, LARGEST / 10)  # there is room above it
        return low, 10 * low if self.kind is Scale.LOG else low + max(1.0, abs(low) * 1e-6)

    def _apart(self, low: float, high: float) -> bool:
        """Return whether 64 bits can tell values between these levels from one another, and their shades as well."""
        ends = ((low, high), (self.shade(low), self.shade(high)))
        near = any(last - first <= LEAST_APART * max(abs(first), abs(last)) for first, last in ends)
        return high - low > SMALLEST and not near


def scale_for(kind: Scale, dtype_kind: str, low: float, high: float) -> LevelScale:
    """Return a scale whose unit fits the values between these levels.

    Counts have a unit of their own: one. On a log scale, which has no zero, half a count stands for none, so that
    none and one are told apart. Other values take the low level, or, where that is not above zero, a ten-thousandth
    of the larger one.
    """
    if dtype_kind in "uib":
        return LevelScale(kind, 0.5 if kind is Scale.LOG else 1.0)
    largest = max(abs(low), abs(high))
    if not isfinite(largest) or largest <= 0:
        return LevelScale(kind)
    if kind is Scale.LOG and 0 < low < high:
        return LevelScale(kind, min(max(low, SMALLEST), 1 / SMALLEST))
    return LevelScale(kind, min(max(largest / 10**FLOAT_DECADES, SMALLEST), 1 / SMALLEST))


MARGIN = 0.12
"""What is shown beyond each level, as a share of what is between them: the histogram tells whether they cut something off."""


@frozen
class LevelsAxis:
    """A vertical axis from ``bottom`` to ``top`` (widget pixels, down is positive) with the levels inside."""

    low: float
    high: float
    scale: LevelScale
    top: float
    bottom: float

    @property
    def shades(self) -> tuple[float, float]:
        """The lowest and the highest shade that are on the axis."""
        low, high = self.scale.shade(self.low), self.scale.shade(self.high)
        return low - MARGIN * (high - low), high + MARGIN * (high - low)

    def y_of(self, value: float) -> float:
        """Return where a value stands (widget pixels)."""
        first, last = self.shades
        return self.bottom - (self.scale.shade(value) - first) / (last - first) * (self.bottom - self.top)

    def value_at(self, y: float) -> float:
        """Return the value at a height, also beyond the ends."""
        first, last = self.shades
        return self.scale.value(first + (self.bottom - y) / (self.bottom - self.top) * (last - first))

    def ticks(self, most: int) -> list[float]:
        """Return round values between the levels, ``most`` at most."""
        if most < 1:
            return []
        if self.scale.kind is Scale.LINEAR:
            return ticks_between(self.low, self.high, most)
        if self.scale.kind is Scale.LOG:
            return log_ticks_between(self.low, self.high, most)
        return self._round_ticks(most)

    def _round_ticks(self, most: int) -> list[float]:
        """Return round values near evenly spread shades, none nearer to its neighbour than half a step."""
        shades = np.linspace(self.scale.shade(self.low), self.scale.shade(self.high), most + 1)
        step = shades[1] - shades[0]
        found: list[float] = []
        for value in (rounded(self.scale.value(float(s)), self.scale.value(float(step)) / 2) for s in shades):
            apart = not found or self.scale.shade(value) - self.scale.shade(found[-1]) > 0.5 * step
            if self.low <= value <= self.high and apart:
                found.append(value)
        return found[:most] if len(found) > 1 else ticks_between(self.low, self.high, most)


def rounded(value: float, nothing: float = 0.0) -> float:
    """Return the nearest of 1, 2 or 5 times a power of ten; 0 for what is smaller than ``nothing``."""
    if abs(value) <= nothing or not isfinite(value) or value == 0:
        return 0.0
    power = 10.0 ** floor(log10(abs(value)))
    nearest = min((1, 2, 5, 10), key=lambda m: abs(abs(value) / power - m))
    return float(np.copysign(nearest * power, value))


def ticks_between(low: float, high: float, most: int) -> list[float]:
    """Return round values inside the levels, ``most`` at most (steps of 1, 2 or 5 times a power of ten)."""
    if most < 1:
        return []
    span = high - low
    power = 10.0 ** floor(log10(span / most))
    step = next(power * m for m in (1, 2, 5, 10, 20) if span / (power * m) <= most)
    return [float(v) for v in np.arange(ceil(low / step), floor(high / step) + 1) * step]


def log_ticks_between(low: float, high: float, most: int) -> list[float]:
    """Return powers of ten inside the levels, with 2 and 5 times those where there is room; round values below two decades."""
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    decades = range(first, last + 1)
    if len(decades) < 2:
        return ticks_between(low, high, most)
    if 3 * len(decades) <= most:
        many = [m * 10.0**d for d in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [v for v in many if low <= v <= high * (1 + 1e-9)]
    every = ceil(len(decades) / most)
    return [10.0**d for d in decades if d % every == 0]


def level_text(value: float) -> str:
    """Return a level in at most seven characters."""
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.3g}"


MOST_LETTERS = 7


def short_level_text(value: float) -> str:
    """Return a level as it has room beside the colour bar."""
    words = f"{value:.0f}" if 1e3 <= abs(value) < 1e6 else compact_text(level_text(value))
    return words if len(words) <= MOST_LETTERS else compact_text(f"{value:.2g}")


def moved_low(levels: tuple[float, float], low: float) -> tuple[float, float]:
    """Return the levels with another low one; where the high one is not above it, that keeps its distance."""
    return (low, levels[1]) if low < levels[1] else (low, low + levels[1] - levels[0])


def moved_high(levels: tuple[float, float], high: float) -> tuple[float, float]:
    """Return the levels with another high one; where the low one is not below it, that keeps its distance."""
    return (levels[0], high) if high > levels[0] else (high - (levels[1] - levels[0]), high)


def ticks_text(ticks: list[float], low: float) -> list[str]:
    """Return the words of the ticks; where seven characters cannot tell them apart, how far each is above the low level."""
    words = [level_text(tick) for tick in ticks]
    return words if len(set(words)) == len(words) else [f"+{level_text(tick - low)}" for tick in ticks]
