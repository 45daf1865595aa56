"""How the frames of a data set are drawn: everything that a person chooses, as one frozen value."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import Any

from swmr_viewer.analysis import USUAL_VIEW, LevelStatistics, MaskRules, MaskShape, ViewChoice
from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.display.color_maps import DEFAULT_COLOR_MAP, DIVERGING_MAP
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.reader.messages import NO_CORRECTION, Correction

Levels = tuple[float, float]
OwnMask = tuple[str | None, tuple[MaskShape, ...]]
"""A file, and what is drawn over it, as `MaskRules` has them."""


class LevelMode(StrEnum):
    """Where the levels come from, in the words of the window."""

    PERCENTILES = "percentiles"
    EXTREMES = "minimum and maximum"
    FIXED = "fixed"
    HELD = "held"


@frozen
class DisplaySettings:
    """Everything that a person chooses about the picture, zoom apart."""

    scale: Scale = Scale.LINEAR
    mode: LevelMode = LevelMode.PERCENTILES
    percentiles: Levels = (0.5, 99.5)
    """Of the unmasked pixels, 0 to 100."""
    levels: Levels | None = None
    """What was typed or dragged (fixed), or in use when they were held."""
    color_map: str = DEFAULT_COLOR_MAP
    inverted: bool = False
    masked_color: str = ""
    """``#rrggbb``; empty: the theme's grey."""
    marks_saturated: bool = False
    mask: MaskRules = field(default_factory=MaskRules)
    """Its ``mask_path`` is the open file's own, and none where that is not used."""
    uses_file_mask: bool = True
    """Whether the file's pixel mask counts, where it has one."""
    view: ViewChoice = USUAL_VIEW
    """What is shown of frames that have more than a picture shows."""
    orientation: Orientation = field(default_factory=Orientation)
    aspect_locked: bool = True
    correction: Correction = NO_CORRECTION
    """Dark and flat frames."""

    @property
    def is_auto(self) -> bool:
        """Whether each frame sets the levels anew."""
        return self.mode in (LevelMode.PERCENTILES, LevelMode.EXTREMES)

    @property
    def has_usual_levels(self) -> bool:
        """Whether nobody chose where the levels come from."""
        usual = DisplaySettings()
        return (self.mode, self.percentiles) == (usual.mode, usual.percentiles)

    def levels_for(self, measured: LevelStatistics | None, centre: float | None = None) -> Levels | None:
        """Return the levels for a frame that was measured so, evenly about ``centre``; None where there is nothing to go by."""
        if not self.is_auto:
            return self.levels
        if measured is None:
            return None
        is_whole = self.mode is LevelMode.EXTREMES
        low, high = (float(measured.minimum), float(measured.maximum)) if is_whole else (measured.low, measured.high)
        if centre is None:
            return low, high
        half = max(abs(high - centre), abs(low - centre))
        return centre - half, centre + half


COMPARED_LOOK: dict[str, Any] = {
    "scale": Scale.LINEAR,
    "mode": LevelMode.PERCENTILES,
    "levels": None,
    "color_map": DIVERGING_MAP,
    "inverted": False,
}
"""How differences and ratios are drawn until somebody chooses otherwise; kept until the window is closed."""
