"""The colour maps that are offered, their look-up tables and their swatches."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QImage, QPixmap

# pyqtgraph's own maps do: it ships matplotlib's perceptual ones and Peter Kovesi's, and cmap, looked at for more,
# would be a further dependency for maps that nobody should read numbers from. Lightness grows all along in each of
# these (a test holds it), so they can be read in black and white, and viridis and cividis by colour-blind eyes as well.
_SOURCES = {"viridis": "viridis", "cividis": "cividis", "magma": "magma", "inferno": "inferno", "plasma": "plasma", "grey": "CET-L1"}
COLOR_MAPS = tuple(_SOURCES)
DIVERGING_MAP = "blue\u2013red"
"""For differences and ratios: pale in the middle, where nothing changed, and darker to both ends; also for colour-blind eyes."""
ALL_MAPS = (*COLOR_MAPS, DIVERGING_MAP)
DEFAULT_COLOR_MAP = "viridis"
"""Perceptually even, and safe for colour-blind eyes."""

Table = npt.NDArray[np.uint8]


@cache
def color_table(name: str, inverted: bool = False) -> Table:
    """Return 256 colours as red, green, blue (uint8, shape (256, 3)); the first stands for the low level.

    Raises
    ------
    KeyError
        If there is no such colour map.
    """
    table = pg.colormap.get("CET-D1A" if name == DIVERGING_MAP else _SOURCES[name]).getLookupTable(0.0, 1.0, 256)[:, :3].astype(np.uint8)
    table = np.ascontiguousarray(table[::-1] if inverted else table)
    table.setflags(write=False)
    return table


def gradient(name: str, inverted: bool = False) -> QImage:
    """Return an image of one row, from the low level's colour to the high one's."""
    table: npt.NDArray[Any] = color_table(name, inverted)
    return QImage(table.tobytes(), 256, 1, 768, QImage.Format.Format_RGB888).copy()


def swatch(name: str, inverted: bool, width: int, height: int) -> QPixmap:
    """Return a picture of the map for a menu (pixels)."""
    return QPixmap.fromImage(gradient(name, inverted).scaled(width, height))
