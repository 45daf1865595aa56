"""Values of the frames as curves: gaps stay open, fits are dashed, other scans grey; a line marks the shown frame, a click pins one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import count_text, exact_text, full_text
from swmr_viewer.gui.curves.curve_axes import curve_scale
from swmr_viewer.gui.curves.curve_line import CROSS_PX, CurveLine, LineLook, comes_back, points_of
from swmr_viewer.gui.curves.earlier_look import earlier_pen
from swmr_viewer.gui.curves.plot_menu import MenuEntry
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.right_axis import RightAxis
from swmr_viewer.gui.display.levels_scale import LevelScale, Scale
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.quantities import Values

DARKER = 165
"""The colours of regions are made for dark pictures; on a light canvas they are this dark (percent)."""
POINT_PX = 4
NEAR_PX = 6
"""Points whose places differ by less on the screen are told apart by their heights."""


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
        Returns the index of the shown frame, or None.
    x_of : callable
        Returns where on the axis a frame is, or None.
    value_at : callable
        Returns what the selected curve says of a frame, or None.
    more_entries : callable
        Returns what else the menu offers for all curves.
    """

    index_clicked = Signal(int)
    seen_changed = Signal()
    """``seen`` may be another."""
    nothing_to_draw = "Nothing measured yet"

    def __init__(
        self,
        name: str,
        lines: Callable[[], Sequence[CurveLine]],
        shown: Callable[[], int | None],
        x_of: Callable[[int], float | None],
        value_at: Callable[[int], float | None],
        more_entries: Callable[[], list[MenuEntry]] = list,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self._lines, self._shown, self._x_of, self._value_at = lines, shown, x_of, value_at
        self._more_entries = more_entries
        self._drawn: tuple[CurveLine, ...] = ()
        self.right = RightAxis(self.plot)
        self.x_kind = Scale.LINEAR
        self.shown_line = pg.InfiniteLine(angle=90)
        self.plot.addItem(self.shown_line, ignoreBounds=True)
        self.curves: list[Any] = []
        """The items of the lines, in their order."""
        self.points: list[Any] = []
        self._is_right: list[bool] = []
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.box.sigXRangeChanged.connect(lambda *_: self.seen_changed.emit())
        self.apply_theme()

    def redraw(self) -> None:
        self._drawn = tuple(line for line in self._lines())
        is_known = any(np.isfinite(line.y).any() for line in self._drawn)
        self.say_nothing("" if is_known else self.nothing_to_draw)
        left, right = (self._of_side(side) for side in (False, True))
        scales = self.scale_of(*(line.y for line in left)), self.right.scale_of(self.scale_kind, *(line.y for line in right))
        across = self._x_scale()
        self._make_items([line.on_right for line in self._drawn])
        if self.right.is_shown != bool(right):
            self.right.show(bool(right))
        for curve, points, line in zip(self.curves, self.points, self._drawn, strict=True):
            x, y = self._on_axis(across, line.x), scales[line.on_right].forward(line.y)
            curve.setData(*(([], []) if line.look is LineLook.LEFT_OUT or line.points_alone else (x, y)))
            seen = points_of(line, y)
            seen &= np.isfinite(x)
            points.setData(x[seen], y[seen])
        self._color()
        self.mark_shown()

    def set_x_scale(self, kind: Scale) -> None:
        """Draw the places on this scale, linear or log, from now on; on a log scale those above zero alone."""
        if kind is not self.x_kind:
            self.x_kind = kind
            self.redraw()
            self.plot.enableAutoRange(axis="x")

    def set_scale(self, kind: Scale) -> None:
        super().set_scale(kind)
        self.right.fit()

    def fit(self) -> None:
        self.right.fit()
        super().fit()

    def fit_values(self) -> None:
        """Show all values, also those that come; to the side, what is seen stays."""
        self.right.fit()
        self.plot.enableAutoRange(axis="y")

    @property
    def seen(self) -> tuple[float, float] | None:
        """From which place to which the curves are seen; None: all of them, and what comes."""
        if self.box.autoRangeEnabled()[0]:
            return None
        low, high = (self._x_value(float(end)) for end in self.box.viewRange()[0])
        return low, high

    def mark_shown(self) -> None:
        """Put the line where the shown frame is."""
        index = self._shown()
        shown = None if index is None else self._x_of(index)
        at = None if shown is None else float(self._on_axis(self.axes["bottom"].value_scale, np.array([shown]))[0])
        is_there = at is not None and isfinite(at)
        self.shown_line.setVisible(is_there)
        if is_there:
            self.shown_line.setPos(at)

    def label(self, side: str, name: str, unit: str = "") -> None:
        if side == "right":
            self.right.label(name, unit)
        else:
            super().label(side, name, unit)

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "points"):
            self.right.axis.setPen(tokens().border)
            self.right.axis.setTextPen(tokens().muted)
            self.shown_line.setPen(line_pen(self, tokens().muted))
            self._color()

    # ---- places on the axis

    def _x_scale(self) -> LevelScale:
        places = [line.x[line.x > 0] for line in self._drawn] if self.x_kind is Scale.LOG else []
        scale = curve_scale(self.x_kind, np.concatenate([np.empty(0), *places]))
        self.axes["bottom"].set_value_scale(scale)
        return scale

    def _on_axis(self, scale: LevelScale, places: Values) -> Values:
        return places if self.x_kind is Scale.LINEAR else scale.forward(np.where(places > 0, places, np.nan))

    def _x_value(self, place: float) -> float:
        return self.axes["bottom"].value_scale.value(place)

    # ---- what can be done

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        index = self._shown() if place is None else self._nearest(place)
        if index is None:
            return []
        entries = [MenuEntry(f"Go to frame {count_text(index)}", lambda: self.index_clicked.emit(index))]
        value = self._value_at(index)
        if value is not None:
            entries.append(MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value))))
        return entries

    @property
    def view_entries(self) -> list[MenuEntry]:
        return [*super().view_entries, *self._more_entries()]

    def _nearest(self, place: QPointF) -> int | None:
        """Return the frame whose point is drawn nearest."""
        telling = [line for line in self._drawn if line.indices is not None and not line.on_right]  # those that do not are drawn by it
        found = [self._nearest_of(line, place) for line in [line for line in telling if line.is_selected] or telling]
        known = [one for one in found if one is not None]
        return min(known)[1] if known else max(0, round(self._x_value(place.x())))

    def _nearest_of(self, line: CurveLine, place: QPointF) -> tuple[float, int] | None:
        """Return how far away (px) the nearest point of a line is to the side, and its frame.

        Where a line comes back to places where it was, the height tells its points apart.
        """
        assert line.indices is not None
        wide, high = (float(size) or 1.0 for size in self.box.viewPixelSize())
        across = np.abs(self._on_axis(self.axes["bottom"].value_scale, line.x) - place.x()) / wide
        there = np.flatnonzero((line.indices >= 0) & np.isfinite(across))
        if not there.size:
            return None
        near = there[np.argmin(across[there])]
        if comes_back(line.x):
            around = there[across[there] <= across[near] + NEAR_PX]
            away = np.abs(self.axes["left"].value_scale.forward(line.y[around]) - place.y()) / high
            near = around[np.nanargmin(away)] if np.isfinite(away).any() else near
        return float(across[near]), int(line.indices[near])

    def _on_click(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.box.sceneBoundingRect().contains(event.scenePos()):
            return
        index = self._nearest(self.box.mapSceneToView(event.scenePos()))
        if index is not None:
            self.index_clicked.emit(index)

    # ---- items

    def _of_side(self, on_right: bool) -> list[CurveLine]:
        return [line for line in self._drawn if line.on_right is on_right]

    def _make_items(self, is_right: list[bool]) -> None:
        """Have an item for each line, on its side."""
        same = 0
        while same < min(len(is_right), len(self._is_right)) and is_right[same] == self._is_right[same]:
            same += 1
        while len(self.curves) > same:
            owner: Any = self.right.box if self._is_right.pop() else self.plot
            for items in (self.curves, self.points):
                owner.removeItem(items.pop())
        for on_right in is_right[same:]:
            made = pg.PlotDataItem([], connect="finite"), pg.ScatterPlotItem(size=POINT_PX, pen=None)
            for items, item in zip((self.curves, self.points), made, strict=True):
                (self.right.box if on_right else self.plot).addItem(item)
                items.append(item)
            self._is_right.append(on_right)

    def _color(self) -> None:
        n_measured = sum(line.look is LineLook.MEASURED for line in self._drawn)
        for number, (curve, points, line) in enumerate(zip(self.curves, self.points, self._drawn, strict=True)):
            color = canvas_color(line.color) if line.color else tokens().accent
            pen = self._pen(line, color, is_one_of_several=n_measured > 1)
            curve.setPen(pen)
            is_cross = line.look is LineLook.LEFT_OUT
            points.setBrush(pg.mkBrush(tokens().warn if is_cross else pen.color()))
            points.setSymbol("x" if is_cross else "s" if line.on_right else "o")
            points.setSize(CROSS_PX if is_cross else POINT_PX)
            for item in (curve, points):
                item.setZValue(-1 if line.look is LineLook.EARLIER else len(self._drawn) if line.is_selected else number)

    def _pen(self, line: CurveLine, color: str, *, is_one_of_several: bool) -> QPen:
        if line.look is LineLook.EARLIER:
            return earlier_pen(self, line.scan, color if is_one_of_several else "")
        if line.look is not LineLook.MEASURED:
            pen = line_pen(self, QColor(color).lighter(150) if tokens().is_dark else QColor(color).darker(140))
            pen.setStyle(Qt.PenStyle.DashLine)
            return pen
        pen = line_pen(self, color, 2 if line.is_selected and is_one_of_several else 1)
        if line.on_right:
            pen.setStyle(Qt.PenStyle.DotLine)
        return pen
