"""The spectrum and the waterfall under it share their axis: a channel is at the same place in both, whatever is zoomed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from swmr_viewer.gui.curves.curve_view import CurveView
from swmr_viewer.gui.curves.waterfall_plot import WaterfallPlot


class SharedAxis(QObject):
    """Keeps both in step; what is fitted in one is fitted in the other.

    pyqtgraph's own link takes the automatic range of the spectrum away as soon as the waterfall follows it.
    """

    def __init__(self, curve: CurveView, waterfall: WaterfallPlot) -> None:
        super().__init__(curve)
        self._curve, self._waterfall = curve, waterfall
        self._is_following = False
        curve.axis_changed.connect(self._take_axis)
        curve.box.sigXRangeChanged.connect(lambda *_: self._follow(curve, waterfall))
        waterfall.box.sigXRangeChanged.connect(lambda *_: self._follow(waterfall, curve))
        curve.fitted.connect(lambda: waterfall.box.enableAutoRange(y=True))
        waterfall.fitted.connect(curve.fit)
        self._take_axis()

    def _take_axis(self) -> None:
        self._waterfall.set_axis(self._curve.channels, *self._curve.axis_name)

    def _follow(self, moved: CurveView | WaterfallPlot, other: CurveView | WaterfallPlot) -> None:
        seen = moved.box.viewRange()[0]
        if not self._is_following and other.box.viewRange()[0] != seen:
            self._is_following = True
            other.box.setXRange(*seen, padding=0)
            self._is_following = False
