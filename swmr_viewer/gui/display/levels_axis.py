"""Where a value stands on the colour bar, and which values are worth a tick: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

import numpy as np

from swmr_viewer.gui.display.levels_scale import LevelScale, Scale

MARGIN = 0.12
"""What is shown beyond each level, as a share of what is between them: the histogram tells whether they cut something off."""


@dataclass(frozen=True, slots=True)
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


def ticks_text(ticks: list[float], low: float) -> list[str]:
    """Return the words of the ticks; where seven characters cannot tell them apart, how far each is above the low level."""
    words = [level_text(tick) for tick in ticks]
    return words if len(set(words)) == len(words) else [f"+{level_text(tick - low)}" for tick in ticks]
