"""Levels, scales and masks in the words of the window."""

from __future__ import annotations

from math import isfinite
from pathlib import PurePath

import numpy.typing as npt

from swmr_viewer.analysis import MaskRules, marks_of, sentinel_of
from swmr_viewer.core.frozen import frozen
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


def short_mode_text(settings: DisplaySettings, *, is_as_stored: bool) -> str:
    """Return where the levels come from, in as few characters as have room beside the colour bar."""
    if is_as_stored:
        return AS_STORED.replace(" ", "")
    words = {LevelMode.PERCENTILES: "auto", LevelMode.EXTREMES: "full", LevelMode.FIXED: "fixed", LevelMode.HELD: "held"}
    return words[settings.mode]


def typed_number(words: str) -> float | None:
    """Return the number that somebody typed, with a point or a comma; None where it is none."""
    try:
        number = float("".join(words.split()).replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) else None


def mask_words(rules: MaskRules, *, is_lacking: bool) -> tuple[str, str]:
    """Return what is said of masks of pixels beside the picture, in a word and in full; nothing where none counts."""
    if rules.mask_key is None:
        return "", ""
    if is_lacking and not rules.has_own_mask:
        return "no mask", f"The file's pixel mask could not be used for this frame: its pixels are shown as they are\n{rules.mask_path}"
    parts = [f"the file's pixel mask\n{rules.mask_path}"] if rules.mask_path is not None else []
    parts += [own_mask_text(rules)] if rules.has_own_mask else []
    told = "Pixels are left out by " + "\nand by ".join(parts)
    if is_lacking:
        return "no mask", f"Not all masks could be used for this frame\n{told}"
    return "mask", f"{told}\nLevels and masks (Shift+A) can turn it off"


def own_mask_text(rules: MaskRules) -> str:
    """Return what a mask of one's own is made of: ``mask.npy and 3 drawn shapes``."""
    n = len(rules.drawn)
    shapes = ("1 drawn shape" if n == 1 else f"{n} drawn shapes") if n else ""
    return " and ".join(filter(None, (PurePath(rules.mask_file).name if rules.mask_file else "", shapes)))


@frozen
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
