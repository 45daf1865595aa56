"""The colours of a map: values by the colour map, and patterns for points without a value, which no colour map can be mistaken for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from swmr_viewer.gui.display.color_maps import Table
from swmr_viewer.gui.display.levels_scale import LevelScale
from swmr_viewer.gui.look.theme import mixed, tokens
from swmr_viewer.quantities import Fate, Fates, Values

Rgb = npt.NDArray[np.uint8]

HATCH_PX = 5
"""From one line of the hatch to the next."""
DOTS_PX = 3
"""From one dot to the next."""


def pattern_colors() -> dict[Fate, tuple[str, str]]:
    """Return ground and pattern of the points without a value, in the theme's colours."""
    colors = tokens()
    ground = mixed(colors.missing, colors.canvas, 0.55)
    return {
        Fate.NOWHERE: (colors.canvas, colors.canvas),
        Fate.TO_COME: (mixed(colors.missing, colors.canvas, 0.65),) * 2,
        Fate.UNMEASURED: (ground, mixed(colors.muted, ground, 0.25)),
        Fate.MISSING: (colors.canvas, mixed(colors.bad, colors.canvas, 0.35)),
    }


def map_image(values: Values, fates: Fates, scale: LevelScale, levels: tuple[float, float], table: Table) -> Rgb:
    """Return the picture as red, green, blue: uint8 (height, width, 3).

    Parameters
    ----------
    values : float64 array (height, width)
        NaN where there is none.
    fates : uint8 array (height, width)
        What there is at each pixel (`Fate`).
    scale : LevelScale
        How values are spread over the colours.
    levels : tuple of float
        The values shown in the first and in the last colour.
    table : uint8 array (256, 3)
        The colours.
    """
    low, high = (scale.shade(level) for level in levels)
    shades = (scale.forward(values) - low) / ((high - low) or 1.0)
    entries = np.clip(np.nan_to_num(shades * 256, nan=0.0), 0, 255).astype(np.int16)
    row, column = np.nonzero(fates != Fate.KNOWN)
    if row.size:
        fate = fates[row, column]
        marked = ((fate == Fate.UNMEASURED) & (column % DOTS_PX == 0) & (row % DOTS_PX == 0)) | (
            (fate == Fate.MISSING) & ((column + row) % HATCH_PX < 2)
        )
        entries[row, column] = len(table) + 2 * fate.astype(np.int16) + marked
    patterns = pattern_colors()
    pairs = [_rgb(color) for fate in Fate for color in patterns.get(fate, ("#000000", "#000000"))]
    palette = np.concatenate((table, np.array(pairs, np.uint8)))
    image: Rgb = palette.take(entries, axis=0)
    return image


def swatch_image(fate: Fate, side: int) -> QImage:
    """Return a square sample of a pattern (px)."""
    nothing = np.full((side, side), np.nan)
    fates = np.full((side, side), fate, np.uint8)
    rgb = np.ascontiguousarray(map_image(nothing, fates, LevelScale(), (0.0, 1.0), np.zeros((256, 3), np.uint8)))
    return QImage(rgb.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888).copy()


def _rgb(color: str) -> tuple[int, int, int]:
    found = QColor(color)
    return found.red(), found.green(), found.blue()
