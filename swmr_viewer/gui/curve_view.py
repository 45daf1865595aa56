"""Spectra (1-D frames): a curve over the channel number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.analysis import valid_mask
from swmr_viewer.gui.image_view import PaintedView
from swmr_viewer.gui.live_frame import LiveFrame
from swmr_viewer.gui.theme import theme_of_application, tokens


class CurveView(QWidget):
    """Shows one spectrum; masked channels are gaps in the curve."""

    pointer_moved = Signal(object)
    """(channel,) under the pointer, or None outside."""
    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = 0
        self.view = PaintedView(self)
        self.view.setAccessibleName("Spectrum")
        self.plot = pg.PlotItem(enableMenu=False)
        self.plot.hideButtons()
        self.view.setCentralItem(self.plot)
        self.curve = self.plot.plot([], connect="finite")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.view)
        self.view.painted.connect(self.painted)
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        theme_of_application().changed.connect(self._take_theme)
        self._take_theme()

    def show_frame(self, frame: LiveFrame) -> None:
        values = np.where(valid_mask(frame.raw), np.abs(frame.raw) if frame.raw.dtype.kind == "c" else frame.raw, np.nan)
        self._size = int(frame.raw.shape[0])
        self.curve.setData(np.arange(self._size, dtype=float), values.astype(float))

    def clear(self) -> None:
        self._size = 0
        self.curve.setData([], [])

    def fit(self) -> None:
        self.plot.enableAutoRange()

    def _on_pointer(self, at: Any) -> None:
        channel = round(self.plot.getViewBox().mapSceneToView(at).x())
        self.pointer_moved.emit((channel,) if 0 <= channel < self._size else None)

    def _take_theme(self) -> None:
        colors = tokens()
        self.view.setBackground(colors.canvas)
        self.curve.setPen(pg.mkPen(colors.accent, width=1))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(colors.border)
            axis.setTextPen(colors.muted)
