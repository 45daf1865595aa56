"""Levels, scales and masks in the words of the window."""

from __future__ import annotations

from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.display.levels_scale import Scale

SCALE_WORDS = {Scale.LINEAR: "lin", Scale.SQRT: "\u221a", Scale.LOG: "log", Scale.SYMLOG: "\u00b1log"}
SCALE_TIPS = {
    Scale.LINEAR: "Colours follow the values",
    Scale.SQRT: "Colours follow the square root of the values",
    Scale.LOG: "Colours follow the logarithm of the values",
    Scale.SYMLOG: "Colours follow the logarithm on both sides of zero",
}


def percentile_words(value: float) -> str:
    """Return a percentile without needless zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def mode_words(settings: DisplaySettings) -> str:
    """Return where the levels come from, in a few characters."""
    if settings.mode is LevelMode.PERCENTILES:
        low, high = settings.percentiles
        return f"{percentile_words(low)} \u2013 {percentile_words(high)} %"
    return {LevelMode.EXTREMES: "min \u2013 max", LevelMode.FIXED: "fixed", LevelMode.HELD: "held"}[settings.mode]
