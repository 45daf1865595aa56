"""From values to shades: linear, square root, log, symmetric log, each with its way back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]


class Scale(StrEnum):
    """How values are spread over the colours, in the words of the window."""

    LINEAR = "linear"
    SQRT = "square root"
    LOG = "log"
    SYMLOG = "symmetric log"


FLOAT_DECADES = 4
"""How far down a log scale reaches where values are no counts and the low level is not above zero."""


@dataclass(frozen=True, slots=True)
class LevelScale:
    """A scale with its unit: the smallest value that a log scale tells apart from nothing."""

    kind: Scale = Scale.LINEAR
    unit: float = 1.0

    def forward(self, values: Values) -> Values:
        """Return values as shades (any number, growing with the value); NaN stays NaN, nothing else becomes NaN."""
        if self.kind is Scale.LINEAR:
            return values
        if self.kind is Scale.LOG:
            return np.log(np.maximum(values, values.dtype.type(self.unit)))
        size = np.abs(values)
        shades = np.sqrt(size) if self.kind is Scale.SQRT else np.log1p(size / values.dtype.type(self.unit))
        return np.copysign(shades, values)

    def inverse(self, shades: Values) -> Values:
        """Return the values of these shades."""
        if self.kind is Scale.LINEAR:
            return shades
        if self.kind is Scale.LOG:
            return np.exp(shades)
        size = np.abs(shades)
        return np.copysign(np.square(size) if self.kind is Scale.SQRT else self.unit * np.expm1(size), shades)

    def shade(self, value: float) -> float:
        return float(self.forward(np.array(value, float)))

    def value(self, shade: float) -> float:
        with np.errstate(over="ignore"):
            return float(self.inverse(np.array(shade, float)))

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
