"""The ticks beside an image: pixel numbers, or round values of the file's own axis at the pixels that have them."""

from __future__ import annotations

from html import escape

import pyqtgraph as pg

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.image.frame_axes import FrameAxis
from swmr_viewer.gui.look.text import LONGEST_TICK, ticks_in_room


class FrameTicks(pg.AxisItem):
    """One side of the picture; whichever axis lies there, and whichever way it runs, its ticks are told of its coordinates."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.frame_axis = FrameAxis()
        self._base = 0.0
        self.enableAutoSIPrefix(False)  # a unit with a prefix would get a second one

    def show_axis(self, axis: FrameAxis, label: str) -> None:
        """Tick this axis from now on; an empty label takes no room."""
        self.frame_axis = axis
        self.setLabel(escape(plain(label)))
        self.showLabel(bool(label))
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        axis = self.frame_axis
        levels = super().tickValues(axis.value_at(minVal), axis.value_at(maxVal), size)
        self._base = min((value for _, values in levels[:1] for value in values), default=0.0)
        return [(spacing, [axis.coordinate_of(value) for value in values]) for spacing, values in levels]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        told = [self.frame_axis.value_at(one) for one in values]
        return ticks_in_room(told, spacing, self._base, LONGEST_TICK[self.orientation])
