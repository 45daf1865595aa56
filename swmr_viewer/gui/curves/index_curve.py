"""Measured values of the frames as curves, one per quantity: gaps stay open, a line marks the frame that is shown, a click pins one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import count_text, exact_text, full_text
from swmr_viewer.gui.curves.plot_menu import MenuEntry
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.quantities import Values

FEW_POINTS = 120
"""So many points of a curve are seen one by one; of more, those alone that have gaps on both sides."""
DARKER = 165
"""The colours of regions are made for dark pictures; on a light canvas they are this dark (percent)."""


@dataclass(frozen=True, slots=True, eq=False)
class CurveLine:
    """One curve: x and y are float64, few enough to be drawn, and NaN where nothing was measured."""

    x: Values
    y: Values
    color: str = ""
    """``#rrggbb``, made for dark pictures; empty: the accent."""
    is_selected: bool = True
    """Drawn thicker than others, and read by the menu."""


def canvas_color(color: str) -> str:
    """Return a region's colour, dark enough for the canvas of curves in the light theme."""
    return color if tokens().is_dark else QColor(color).darker(DARKER).name()


class IndexCurve(PlotPane):
    """Draws what ``lines`` returns.

    Parameters
    ----------
    name : str
        For those who cannot see it.
    lines : callable
        Returns the ``CurveLine``s.
    shown : callable
        Returns where on the axis the shown frame is, or None.
    index_at : callable
        Returns the frame that belongs to a place on the axis, or None.
    value_at : callable
        Returns what the selected curve says of a frame, or None.
    """

    index_clicked = Signal(int)
    nothing_to_draw = "Nothing measured yet"

    def __init__(
        self,
        name: str,
        lines: Callable[[], Sequence[CurveLine]],
        shown: Callable[[], float | None],
        index_at: Callable[[float], int | None],
        value_at: Callable[[int], float | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self._lines, self._shown, self._index_at, self._value_at = lines, shown, index_at, value_at
        self._drawn: tuple[CurveLine, ...] = ()
        self.shown_line = pg.InfiniteLine(angle=90)
        self.plot.addItem(self.shown_line, ignoreBounds=True)
        self.curves: list[Any] = []
        """The items of the lines, in their order."""
        self.points: list[Any] = []
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.apply_theme()

    def redraw(self) -> None:
        self._drawn = tuple(line for line in self._lines())
        is_known = any(np.isfinite(line.y).any() for line in self._drawn)
        self.say_nothing("" if is_known else self.nothing_to_draw)
        scale = self.scale_of(*(line.y for line in self._drawn))
        self._make_items(len(self._drawn))
        for curve, points, line in zip(self.curves, self.points, self._drawn, strict=True):
            y = scale.forward(line.y)
            seen = ~np.isnan(y) if len(y) <= FEW_POINTS else lonely_points(y)
            curve.setData(line.x, y)
            points.setData(line.x[seen], y[seen])
        self._color()
        self.mark_shown()

    def mark_shown(self) -> None:
        """Put the line where the shown frame is."""
        shown = self._shown()
        self.shown_line.setVisible(shown is not None)
        if shown is not None:
            self.shown_line.setPos(shown)

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "points"):
            self.shown_line.setPen(line_pen(self, tokens().muted))
            self._color()

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        at = self._shown() if place is None else place.x()
        index = None if at is None else self._index_at(at)
        if index is None:
            return []
        entries = [MenuEntry(f"Go to frame {count_text(index)}", lambda: self.index_clicked.emit(index))]
        value = self._value_at(index)
        if value is not None:
            entries.append(MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value))))
        return entries

    def _make_items(self, n: int) -> None:
        while len(self.curves) < n:
            self.curves.append(self.plot.plot([], connect="finite"))
            self.points.append(pg.ScatterPlotItem(size=4, pen=None))
            self.plot.addItem(self.points[-1])
        while len(self.curves) > n:
            for items in (self.curves, self.points):
                self.plot.removeItem(items.pop())

    def _color(self) -> None:
        for number, (curve, points, line) in enumerate(zip(self.curves, self.points, self._drawn, strict=True)):
            color = canvas_color(line.color) if line.color else tokens().accent
            curve.setPen(line_pen(self, color, 2 if line.is_selected and len(self._drawn) > 1 else 1))
            points.setBrush(pg.mkBrush(color))
            for item in (curve, points):
                item.setZValue(len(self._drawn) if line.is_selected else number)

    def _on_click(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.box.sceneBoundingRect().contains(event.scenePos()):
            return
        index = self._index_at(float(self.box.mapSceneToView(event.scenePos()).x()))
        if index is not None:
            self.index_clicked.emit(index)


def lonely_points(values: Values) -> npt.NDArray[np.bool_]:
    """Return which values have gaps on both sides: a line through them would be invisible."""
    known = ~np.isnan(values)
    beside = np.zeros(len(values), bool)
    beside[1:] |= known[:-1]
    beside[:-1] |= known[1:]
    return known & ~beside
