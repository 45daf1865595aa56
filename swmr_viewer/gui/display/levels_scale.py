"""From values to shades: linear, square root, log, symmetric log, each with its way back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import numpy.typing as npt

from swmr_viewer.analysis import ScaleName, Scaling, scaled, unscaled

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


@dataclass(frozen=True, slots=True)
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
