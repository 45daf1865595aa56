"""The fit of the one curve of a plot: drawn dashed over it, told in a line below, with a choice of the model."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor

from swmr_viewer.gui.curves import CROSS_PX, MenuEntry, PlotPane
from swmr_viewer.gui.fitting.fit_words import everything, fit_words, statistics_words
from swmr_viewer.gui.fitting.fitter import Fitter
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.quantities import FitModel, FitRequest, FitResult, Values, curve_statistics, fit_table

MOST_AT_ONCE = 20_000
"""Points whose statistics are calculated here and now; those of more come with the fits."""


class PlotFit(QObject):
    """Whoever fills the plot calls ``show_curve`` with each new curve; the rest comes by itself.

    Parameters
    ----------
    fitter : Fitter
        Fits; ``key`` is this plot's own.
    pane : PlotPane
        Over whose curve the fit is drawn. Of what is seen of it alone the points count, once it is zoomed into.
    """

    changed = Signal()
    """``words`` are others."""

    def __init__(self, fitter: Fitter, key: str, pane: PlotPane) -> None:
        super().__init__(pane)
        self._fitter, self._key, self._pane = fitter, key, pane
        self._name, self._tells_name = key, False
        self.model, self.leaves_out_hot = FitModel.NONE, False
        self.result = FitResult()
        self._curve: FitRequest | None = None
        self._span: tuple[float, float] | None = None
        self.line = pg.PlotDataItem([], connect="finite")
        self.crosses = pg.ScatterPlotItem(symbol="x", size=CROSS_PX, pen=None)
        for item in (self.line, self.crosses):
            item.setZValue(10)
            pane.box.addItem(item, ignoreBounds=True)
        fitter.fitted.connect(self._on_fitted)
        pane.box.sigXRangeChanged.connect(lambda *_: self._ask())
        pane.fitted.connect(self._ask)
        pane.scaled.connect(self._draw)
        theme_of_application().changed.connect(self._color)
        self._color()

    # ---- intents

    def choose(self, key: str) -> None:
        """Fit this model from now on: a value of ``FitModel``."""
        self.model = FitModel(key)
        self.result = FitResult(self.model, self.result.statistics)
        self._fitter.forget(self._key)
        self._draw()
        self.changed.emit()
        self._ask()

    def leave_out_hot(self, on: bool) -> None:
        """Have single hot points not count from now on, or count again."""
        self.leaves_out_hot = on
        self.choose(self.model)

    def show_curve(self, x: Values, y: Values, units: tuple[str, str] = ("", ""), name: str = "", *, tells_name: bool = False) -> None:
        """Tell of this curve from now on.

        Parameters
        ----------
        x, y : float64 array (n,)
            In any order, NaN in gaps; must not be written to.
        units : tuple of str
            Of x and of y.
        name : str
            Of the curve, in tables; with ``tells_name`` in the line as well: it is one of several.
        """
        self._name, self._tells_name = name or self._key, tells_name
        self._curve = FitRequest(self.model, x, y, None, *units)
        self._ask()

    def set_span(self, span: tuple[float, float] | None) -> None:
        """Have the points within this span count, whatever is seen; None: what is seen."""
        if span != self._span:
            self._span = span
            self._ask()

    def clear(self) -> None:
        """There is no curve."""
        self._curve = None
        self._fitter.forget(self._key)
        self._take(FitResult(self.model))

    # ---- facts

    @property
    def words(self) -> str:
        """The fit in one line, or why there is none; without a model, what else can be told of the curve."""
        is_fit = self.model is not FitModel.NONE
        words = fit_words(self.result) if is_fit else statistics_words(self.result.statistics, self._x_unit)
        return f"{self._name}: {words}" if words and self._tells_name else words

    @property
    def all_words(self) -> str:
        """All that is known, in lines."""
        return everything(self.result, self._x_unit)

    def entries(self) -> list[MenuEntry]:
        """What can be copied."""
        if not self.result.is_fitted:
            return [MenuEntry("Copy what is told below", lambda: self._pane.copy(self.words))] if self.words else []
        table = fit_table([(self._name, self.result)])
        return [
            MenuEntry("Copy the fit in words", lambda: self._pane.copy(self.all_words.replace("\n", "; "))),
            MenuEntry("Copy the fit as a table", lambda: self._pane.copy(table)),
        ]

    @property
    def _x_unit(self) -> str:
        return "" if self._curve is None else self._curve.x_unit

    @property
    def span(self) -> tuple[float, float] | None:
        """From where to where points count; None: all of them."""
        if self._span is not None or self._pane.box.autoRangeEnabled()[0]:
            return self._span
        low, high = self._pane.box.viewRange()[0]
        return float(low), float(high)

    # ---- helpers

    def _ask(self) -> None:
        curve = self._curve
        if curve is None or not self._pane.isVisible():
            return
        request = FitRequest(self.model, curve.x, curve.y, self.span, curve.x_unit, curve.y_unit, self.leaves_out_hot)
        if self.model is FitModel.NONE and len(curve.x) <= MOST_AT_ONCE:
            self._take(FitResult(self.model, curve_statistics(request.x, request.y, request.span)))
        else:
            self._fitter.ask(self._key, request)

    def _on_fitted(self, key: str, result: FitResult) -> None:
        if key == self._key and result.model is self.model:
            self._take(result)

    def _take(self, result: FitResult) -> None:
        self.result = result
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        forward = self._pane.axes["left"].value_scale.forward
        for item, (x, y) in ((self.line, (self.result.x, self.result.y)), (self.crosses, self.result.left_out)):
            item.setData(x, forward(y) if len(y) else np.empty(0))

    def _color(self) -> None:
        pen = line_pen(self._pane, QColor(tokens().text))
        pen.setStyle(Qt.PenStyle.DashLine)
        self.line.setPen(pen)
        self.crosses.setBrush(QColor(tokens().warn))
