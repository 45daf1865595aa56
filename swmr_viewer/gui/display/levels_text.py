"""Levels, scales and masks in the words of the window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from swmr_viewer.analysis import MaskRules, marks_of, sentinel_of
from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.display.levels_scale import Scale

SCALE_WORDS = {Scale.LINEAR: "lin", Scale.SQRT: "\u221a", Scale.LOG: "log", Scale.SYMLOG: "\u00b1log"}
SCALE_TIPS = {
    Scale.LINEAR: "Colours follow the values",
    Scale.SQRT: "Colours follow the square root of the values",
    Scale.LOG: "Colours follow the logarithm of the values",
    Scale.SYMLOG: "Colours follow the logarithm on both sides of zero",
}
AS_STORED = "0 \u2013 255"
"""The levels of colours of 8 bits until others are chosen."""
OWN_COLORS = "own colours"
OWN_COLORS_TIP = "These frames have colours of their own: choose red, green or blue under the picture to see one in a colour map"


def percentile_text(value: float) -> str:
    """Return a percentile without needless zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def mode_text(settings: DisplaySettings) -> str:
    """Return where the levels come from, in a few characters."""
    if settings.mode is LevelMode.PERCENTILES:
        low, high = settings.percentiles
        return f"{percentile_text(low)} \u2013 {percentile_text(high)} %"
    return {LevelMode.EXTREMES: "min \u2013 max", LevelMode.FIXED: "fixed", LevelMode.HELD: "held"}[settings.mode]


@dataclass(frozen=True, slots=True)
class ValuesWords:
    """Which values are left out of frames because of what they stand for."""

    text: str
    tip: str
    is_choice: bool = False
    is_left_out: bool = False
    """Where there is no choice."""


def values_text(dtype: npt.DTypeLike | None, rules: MaskRules) -> ValuesWords:
    """Return which values stand for "no measurement" in frames of this type (None: not known yet), or that none does."""
    marks = marks_of(dtype, rules) if dtype is not None else ()
    if marks:
        told = " and ".join(filter(None, (", ".join(map(count_text, marks[:-1])), count_text(marks[-1]))))
        tip = "Gaps between modules and defective pixels have such values, by the detectors' convention or by what the file says"
        return ValuesWords(f"{told}: no measurement", tip, is_choice=True)
    if dtype is not None and sentinel_of(dtype) is not None:
        return ValuesWords("NaN and infinities", "They are no measurements", is_left_out=True)
    return ValuesWords("No value means no measurement", "All values of this type are measurements, as far as the file tells")
