"""A small plot that looks like the rest of the window, in light and dark, and repaints no more often than it is worth."""

from __future__ import annotations

from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.curves.curve_axes import ValueAxis, Values, curve_scale
from swmr_viewer.gui.display.levels_scale import LevelScale, Scale
from swmr_viewer.gui.look.painting import PaintedView
from swmr_viewer.gui.look.theme import theme_of_application, tokens

REDRAW_MS = 100
LEFT_WIDTH = 60
"""Room (px) for seven characters and, upright, the name of the axis."""

HALF_A_NUMBER = 8
"""Room (px) above the plot for the upper half of a number at the end of the axis."""


class PlotPane(QWidget):
    """One plot with two axes; whoever fills it derives and writes ``redraw``."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PaintedView(self)
        self.view.setAccessibleName(name)
        self.axes = {side: ValueAxis(side) for side in ("left", "bottom")}
        self.plot = pg.PlotItem(enableMenu=False, axisItems=self.axes)
        self.plot.hideButtons()
        self.plot.layout.setContentsMargins(1, HALF_A_NUMBER, 1, 1)
        self.box = self.plot.getViewBox()
        self.axes["left"].setWidth(LEFT_WIDTH)
        self.scale_kind = Scale.LINEAR
        self.view.setMinimumSize(120, 70)
        self.view.setCentralItem(self.plot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._later = QTimer(self, singleShot=True, interval=REDRAW_MS)
        self._later.timeout.connect(self._redraw_if_seen)
        self._is_stale = False
        theme_of_application().changed.connect(self.apply_theme)
        self.apply_theme()

    def redraw(self) -> None:
        """Draw what is known now."""

    def set_scale(self, kind: Scale) -> None:
        """Draw the values on this scale from now on; all of them are in view then."""
        if kind is not self.scale_kind:
            self.scale_kind = kind
            self.redraw()
            self.plot.enableAutoRange(axis="y")

    def scale_of(self, *values: Values) -> LevelScale:
        """Return the scale on which these values, all of a plot, are drawn; the axis says it."""
        scale = curve_scale(self.scale_kind, np.concatenate([np.empty(0), *values]))
        self.axes["left"].set_value_scale(scale)
        return scale

    def redraw_soon(self) -> None:
        """Draw a little later: many news are drawn once, and none while nobody sees it."""
        self._is_stale = True
        if not self._later.isActive():
            self._later.start()

    def fit(self) -> None:
        """Show everything, also what comes."""
        self.plot.enableAutoRange()

    def label(self, side: str, name: str, unit: str = "") -> None:
        """Name an axis; nothing takes the name away."""
        words = escape(plain(f"{name} ({unit})" if name and unit else name))
        axis = self.plot.getAxis(side)
        if axis.labelText != words:
            axis.setLabel(words)
            axis.showLabel(bool(words))

    def apply_theme(self) -> None:
        colors = tokens()
        self.view.setBackground(colors.canvas)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(colors.border)
            axis.setTextPen(colors.muted)

    def _redraw_if_seen(self) -> None:
        if self._is_stale and self.isVisible():
            self._is_stale = False
            self.redraw()
            for side in ("left", "bottom"):  # else a name stays where the middle was before the pane had its size
                self.plot.getAxis(side).resizeEvent()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.redraw_soon()
