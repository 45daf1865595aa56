"""A place to draw in, with axes around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QSizePolicy

_PLACES = {"left": (0, 0), "bottom": (1, 1), "right": (0, 2)}
_ABOVE_PICTURES = 0.5


class Axis(pg.AxisItem):
    """One side of a plot. It writes its name where that is another: pyqtgraph's does so ten times before it is seen."""

    _written = ""

    def _updateLabel(self) -> None:
        name = self.labelString() if self.labelText or self.labelUnits else ""
        if name != self._written:
            self._written = name
            self.label.setHtml(name)
            self._adjustSize()
        self.picture = None
        self.update()


class Plot(pg.GraphicsWidget):
    """What is used here of ``pyqtgraph.PlotItem``, under its names.

    That one makes a hidden form of some sixty widgets for a menu that is never opened, and axes that are never shown: with ten plots
    a third of the time in which the window is made.

    Parameters
    ----------
    axes : mapping of str to pyqtgraph.AxisItem
        By side: left, bottom, right.
    box : pyqtgraph.ViewBox or None
        None: one of its own.
    """

    def __init__(self, axes: Mapping[str, pg.AxisItem], box: pg.ViewBox | None = None) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box = pg.ViewBox(parent=self, enableMenu=False) if box is None else box
        self.axes = dict(axes)
        self.grid = QGraphicsGridLayout()
        self.grid.setSpacing(0)
        self.grid.addItem(self.box, 0, 1)
        self.grid.setRowStretchFactor(0, 100)
        self.grid.setColumnStretchFactor(1, 100)
        self.setLayout(self.grid)
        for side, axis in self.axes.items():
            self.place(side, axis, self.box)

    def place(self, side: str, axis: pg.AxisItem, box: pg.ViewBox) -> None:
        """Put an axis on a side, for the values of this box."""
        self.axes[side] = axis
        axis.linkToView(box)
        axis.setZValue(_ABOVE_PICTURES)
        axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self.grid.addItem(axis, *_PLACES[side])

    def implements(self, interface: str | None = None) -> bool:
        """Let pyqtgraph link other boxes to it as if it were its box."""
        return interface == "ViewBoxWrapper"

    def getViewBox(self) -> pg.ViewBox:
        """Return what the items are in."""
        return self.box

    def getAxis(self, side: str) -> pg.AxisItem:
        """Return the axis on this side."""
        return self.axes[side]

    def plot(self, *values: Any, **options: Any) -> pg.PlotDataItem:
        """Draw a curve, and return it."""
        curve = pg.PlotDataItem(*values, **options)
        self.addItem(curve)
        return curve

    def addItem(self, item: QGraphicsItem, ignoreBounds: bool = False) -> None:
        """Draw an item; unless its bounds are ignored, what is seen by default has room for it."""
        self.box.addItem(item, ignoreBounds=ignoreBounds)

    def removeItem(self, item: QGraphicsItem) -> None:
        """Draw it no more."""
        self.box.removeItem(item)

    def enableAutoRange(self, **options: Any) -> None:
        """Have everything seen, along ``axis`` or both, also what comes."""
        self.box.enableAutoRange(**options)
