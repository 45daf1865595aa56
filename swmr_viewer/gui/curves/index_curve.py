"""A measured value against the frame index: gaps stay open, a line marks the frame that is shown, a click pins one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.curves.curve_axes import Values
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.look.theme import tokens


class IndexCurve(PlotPane):
    """Draws what ``points`` returns.

    Parameters
    ----------
    name : str
        For those who cannot see it.
    points : callable
        Returns x (frame indices) and y, both float64 and few enough to be drawn; NaN where nothing was measured.
    shown : callable
        Returns the index that is shown, or None.
    """

    index_clicked = Signal(int)

    def __init__(
        self, name: str, points: Callable[[], tuple[Values, Values]], shown: Callable[[], int | None], parent: QWidget | None = None
    ) -> None:
        self._color = ""
        super().__init__(name, parent)
        self._points = points
        self._shown = shown
        self.shown_line = pg.InfiniteLine(angle=90)
        self.curve = self.plot.plot([], connect="finite")
        self.points = pg.ScatterPlotItem(size=4, pen=None)
        for item in (self.shown_line, self.points):
            self.plot.addItem(item, ignoreBounds=item is not self.points)
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.apply_theme()

    def set_color(self, color: str) -> None:
        if color != self._color:
            self._color = color
            self.apply_theme()

    def redraw(self) -> None:
        x, values = self._points()
        scale = self.scale_of(values)
        y = scale.forward(values)
        self.curve.setData(x, y)
        lonely = lonely_points(y)
        self.points.setData(x[lonely], y[lonely])
        self.mark_shown()

    def mark_shown(self) -> None:
        """Put the line where the shown frame is."""
        shown = self._shown()
        self.shown_line.setVisible(shown is not None)
        if shown is not None:
            self.shown_line.setPos(shown)

    def apply_theme(self) -> None:
        super().apply_theme()
        if not hasattr(self, "curve"):
            return
        colors = tokens()
        color = self._color or colors.accent
        self.curve.setPen(pg.mkPen(color, width=1))
        self.points.setBrush(pg.mkBrush(color))
        self.shown_line.setPen(pg.mkPen(colors.muted, width=1))

    def _on_click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.box.sceneBoundingRect().contains(event.scenePos()):
            self.index_clicked.emit(int(np.rint(self.box.mapSceneToView(event.scenePos()).x())))


MOST_POINTS = 4000
"""About two for each column of a wide screen."""


def curve_points(values: Values, most: int = MOST_POINTS) -> tuple[Values, Values]:
    """Return x and y of a curve over the index.

    Parameters
    ----------
    values : float64 array (n,)
        NaN where nothing is known.
    most : int
        Above this many values, lowest and highest of each stretch are drawn: a single high one is never lost.

    Returns
    -------
    tuple of float64 arrays
        x and y; y is NaN in gaps. A stretch with no value at all stays a gap.
    """
    if len(values) <= most:
        return np.arange(len(values), dtype=float), values
    starts = np.arange(0, len(values), -(-2 * len(values) // most))
    return stretches(starts, len(values), np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts))


def stretches(starts: npt.NDArray[np.int64], size: int, lowest: Values, highest: Values) -> tuple[Values, Values]:
    """Return x and y of a curve that goes through the lowest and the highest value of each stretch of indices, in its middle."""
    middles = 0.5 * (starts + np.append(starts[1:], size) - 1)
    return np.repeat(middles, 2), np.column_stack((lowest, highest)).ravel()


def lonely_points(values: Values) -> npt.NDArray[np.bool_]:
    """Return which values have gaps on both sides: a line through them would be invisible."""
    known = ~np.isnan(values)
    beside = np.zeros(len(values), bool)
    beside[1:] |= known[:-1]
    beside[:-1] |= known[1:]
    return known & ~beside
