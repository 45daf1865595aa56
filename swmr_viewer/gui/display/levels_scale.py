"""From values to shades: linear, square root, log, symmetric log, each with its way back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import numpy.typing as npt

from swmr_viewer.analysis import ScaleName, scaled, scaling, unscaled

Values = npt.NDArray[Any]


class Scale(StrEnum):
    """How values are spread over the colours, in the words of the window."""

    LINEAR = "linear"
    SQRT = "square root"
    LOG = "log"
    SYMLOG = "symmetric log"


_NAMES: dict[Scale, ScaleName] = {Scale.LINEAR: "linear", Scale.SQRT: "sqrt", Scale.LOG: "log", Scale.SYMLOG: "symlog"}
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
    def _scaling(self) -> scaling.Scale:
        return scaling.Scale(_NAMES[self.kind], self.unit)

    def shade(self, value: float) -> float:
        return float(scaled(value, self._scaling))

    def value(self, shade: float) -> float:
        return float(unscaled(shade, self._scaling))

    def usable(self, low: float, high: float) -> tuple[float, float]:
        """Return levels that a picture can be drawn with: finite, the second above the first, on log scales above zero."""
        if not (isfinite(low) and isfinite(high)):
            return 1.0 if self.kind is Scale.LOG else 0.0, 10.0 if self.kind is Scale.LOG else 1.0
        if self.kind is Scale.LOG:
            low = max(low, self.unit)
            return (low, high) if high > low else (low, 10 * low)
        return (low, high) if high > low else (low, low + max(1.0, abs(low) * 1e-6))


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
        return LevelScale(kind, low)
    return LevelScale(kind, largest / 10**FLOAT_DECADES)
