"""A picture of measured values, row by row: in the colours, on the scale and between the levels that are chosen for the data set."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from swmr_viewer.gui.display.color_maps import color_table
from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode, Levels
from swmr_viewer.gui.display.levels_scale import scale_for

Picture = npt.NDArray[np.float32]


class ValuePicture:
    """The image of a waterfall or of a map; NaN is seen through."""

    def __init__(self) -> None:
        self.item = pg.ImageItem(axisOrder="row-major")
        self._settings = DisplaySettings()
        self.levels: Levels | None = None
        """The values shown in the first and the last colour; None while nothing is shown."""
        self._color()

    def apply_settings(self, settings: DisplaySettings) -> bool:
        """Draw so from now on; return whether it is to be shown anew."""
        before, self._settings = self._settings, settings
        self._color()
        return (before.scale, before.mode, before.percentiles, before.levels) != (
            settings.scale, settings.mode, settings.percentiles, settings.levels,
        )  # fmt: skip

    def show(self, picture: Picture, sample: npt.NDArray[Any], rect: QRectF) -> None:
        """Show a picture.

        Parameters
        ----------
        picture : float32 array (rows, columns)
            NaN where nothing is known.
        sample : array
            Those of its values that set the levels; NaN is left out. Without any, nothing is shown.
        rect : QRectF
            Where it lies.
        """
        known = sample[np.isfinite(sample)]
        if not known.size:
            self.clear()
            return
        low, high = self._levels_of(known)
        whole = bool((known == np.floor(known)).all())
        scale = scale_for(self._settings.scale, "i" if whole else "f", low, high)
        low, high = self.levels = scale.usable(low, high)
        self.item.setImage(scale.forward(picture), autoLevels=False, levels=(scale.shade(low), scale.shade(high)))
        self.item.setRect(rect)

    def clear(self) -> None:
        """Show nothing."""
        self.levels = None
        self.item.clear()

    def _levels_of(self, known: npt.NDArray[Any]) -> Levels:
        settings = self._settings
        if settings.levels is not None:
            return settings.levels
        if settings.mode is LevelMode.EXTREMES:
            return float(known.min()), float(known.max())
        low, high = np.percentile(known.astype(np.float64), settings.percentiles)
        return float(low), float(high)

    def _color(self) -> None:
        self.item.setLookupTable(color_table(self._settings.color_map, self._settings.inverted))
