"""A second axis of values, on the right of a plot: it follows the plot to the side, and has heights of its own."""

from __future__ import annotations

from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.curves.curve_axes import ValueAxis, curve_scale
from swmr_viewer.gui.display.levels_scale import LevelScale, Scale
from swmr_viewer.gui.look.plot import Plot
from swmr_viewer.quantities import Values

WIDTH = 72
"""Room (px) for seven characters and, upright, the name of the axis."""


class RightAxis:
    """Hidden until something is drawn on it; its values are always seen from the lowest to the highest, until its own wheel says otherwise.

    Parameters
    ----------
    plot : Plot
        Whose x it shares.
    """

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.axis = ValueAxis("right")
        self.axis.setWidth(WIDTH)
        self.box = pg.ViewBox(enableMenu=False)
        self.box.setMouseEnabled(x=False, y=True)
        self.box.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.box.setZValue(plot.getViewBox().zValue() - 1)  # the mouse is the plot's
        plot.scene().addItem(self.box)
        plot.place("right", self.axis, self.box)
        self.box.setXLink(plot)
        plot.getViewBox().sigResized.connect(self._follow)
        self.show(False)

    def show(self, shown: bool) -> None:
        """Have the axis beside the plot, or no room for it."""
        self.axis.setVisible(shown)
        self.box.setVisible(shown)
        self.axis.setWidth(WIDTH if shown else 0)
        self._follow()

    @property
    def is_shown(self) -> bool:
        return bool(self.axis.isVisible())

    def scale_of(self, kind: Scale, *values: Values) -> LevelScale:
        """Return the scale on which these values, all of this axis, are drawn."""
        scale = curve_scale(kind, np.concatenate([np.empty(0), *values]))
        self.axis.set_value_scale(scale)
        return scale

    def label(self, name: str, unit: str = "") -> None:
        """Name the axis."""
        words = escape(plain(f"{name} ({unit})" if name and unit else name))
        if self.axis.labelText != words:
            self.axis.setLabel(words)

    def fit(self) -> None:
        """Show all values, also those that come."""
        self.box.enableAutoRange(axis="y")

    def _follow(self) -> None:
        main = self._plot.getViewBox()
        self.box.setGeometry(main.sceneBoundingRect())
        self.box.linkedViewChanged(main, self.box.XAxis)
