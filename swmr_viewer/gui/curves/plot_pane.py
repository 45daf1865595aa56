"""A small plot that looks like the rest of the window, in light and dark, and repaints no more often than it is worth."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.curves.curve_axes import ValueAxis, curve_scale
from swmr_viewer.gui.curves.plot_menu import MenuEntry, PlotMenu
from swmr_viewer.gui.display.levels_scale import LevelScale, Scale
from swmr_viewer.gui.look.painting import PaintedView
from swmr_viewer.gui.look.plot import Plot
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.look.turns import Later
from swmr_viewer.quantities import Values

REDRAW_MS = 100
LEFT_WIDTH = 72
"""Room (px) for seven characters and, upright, the name of the axis."""

NAMED_FROM = 130
"""Lower plots (px) leave the names of their axes out: the curve needs the room."""
HALF_A_NUMBER = 8
"""Room (px) above the plot for the upper half of a number at the end of the axis."""


class PlotPane(QWidget):
    """One plot with two axes; whoever fills it derives and writes ``redraw``.

    A double click shows everything; the right button, or the menu's key, opens what can be done.
    """

    fit_keys = "double click"
    fitted = Signal()
    """Everything is in view again."""
    copied = Signal(str)
    """These words are on the clipboard."""
    scaled = Signal()
    """Values are drawn on the scale that the left axis has now; others in the plot go by it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PaintedView(self)
        self.view.setAccessibleName(name)
        self.axes = {side: ValueAxis(side) for side in ("left", "bottom")}
        self.plot = Plot(self.axes)
        self.plot.grid.setContentsMargins(1, HALF_A_NUMBER, 1, 1)
        self.box = self.plot.getViewBox()
        self.axes["left"].setWidth(LEFT_WIDTH)
        self.scale_kind = Scale.LINEAR
        self.view.setMinimumSize(120, 70)
        self.view.setCentralItem(self.plot)
        self.menu = PlotMenu(self)
        self.nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.nothing.setProperty("role", "muted")
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        layout.addWidget(self.nothing)
        self.view.scene().sigMouseClicked.connect(self._on_any_click)
        self._later = Later(self._redraw_if_seen, self, interval_ms=REDRAW_MS)
        self._is_stale = False
        self.more_entries: Callable[[], list[MenuEntry]] = list
        """What else can be done with what is drawn, asked when the menu opens."""
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
        self.scaled.emit()
        return scale

    def redraw_soon(self) -> None:
        """Draw a little later: many news are drawn once, and none while nobody sees it."""
        self._is_stale = True
        if not self._later.is_active:
            self._later.start()

    def fit(self) -> None:
        """Show everything, also what comes."""
        self.plot.enableAutoRange()
        self.fitted.emit()

    def say_nothing(self, why: str) -> None:
        """Show these words in the place of axes without a curve; without words, the plot."""
        if (not why) != self.nothing.isHidden():
            self.nothing.setVisible(bool(why))
            self.view.setVisible(not why)
            layout = self.layout()
            assert layout is not None
            layout.activate()  # the axes are laid out as wide as the view, which has its size from now on
        self.nothing.setText(why)

    # ---- what can be done

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        """Return what can be done at a place of the plot; None: it was not the mouse that asked."""
        return []

    @property
    def view_entries(self) -> list[MenuEntry]:
        """What can be done with the whole view."""
        return [MenuEntry("Fit all into the view", self.fit, self.fit_keys)]

    def copy(self, words: str) -> None:
        """Put words on the clipboard."""
        QGuiApplication.clipboard().setText(words)
        self.copied.emit(words)

    def open_menu(self, at: QPoint, place: QPointF | None) -> None:
        """Open the context menu at a place of the screen."""
        self.menu.open(at, self.entries_at(place), self.more_entries(), self.view_entries)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is not QContextMenuEvent.Reason.Mouse:  # the right button may still be dragged, to zoom
            self.open_menu(self.view.mapToGlobal(self.view.rect().center()), None)
        event.accept()

    def _on_any_click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            inside = self.box.sceneBoundingRect().contains(event.scenePos())
            self.open_menu(event.screenPos().toPoint(), self.box.mapSceneToView(event.scenePos()) if inside else None)
        elif event.button() == Qt.MouseButton.LeftButton and event.double():
            self.fit()

    def label(self, side: str, name: str, unit: str = "") -> None:
        """Name an axis; nothing takes the name away."""
        words = escape(plain(f"{name} ({unit})" if name and unit else name))
        axis = self.plot.getAxis(side)
        if axis.labelText != words:
            axis.setLabel(words)
            self._show_names()

    def _show_names(self) -> None:
        for axis in self.axes.values():
            axis.showLabel(bool(axis.labelText) and self.height() >= NAMED_FROM)
            axis.resizeEvent()  # else the name stays where the middle was before the pane had its size

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
            self._show_names()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._show_names)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.redraw_soon()
