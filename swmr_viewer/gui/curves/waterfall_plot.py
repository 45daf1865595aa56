"""The waterfall: spectra one under the other, over the scan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.value_picture import ValuePicture
from swmr_viewer.gui.curves.waterfall_rows import WaterfallRows
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.screen_fit import screen_fit
from swmr_viewer.gui.look.theme import tokens

_SAMPLE = 256
"""Rows that set the levels: all of a long scan's would cost more than painting them."""


class WaterfallPlot(PlotPane):
    """Channel to the right, frame downwards."""

    index_clicked = Signal(int)
    pointer_moved = Signal(object)
    """(frame, channel) under the pointer, or None outside the scan."""
    levels_used = Signal(object)
    """The values in the first and in the last colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Waterfall of spectra", parent)
        self.rows = WaterfallRows()
        self.box.invertY(True)
        self.picture = ValuePicture()
        self.item = self.picture.item
        self.shown_line = pg.InfiniteLine(angle=0)
        self.shown_line.setVisible(False)
        self.plot.addItem(self.item)
        self.plot.addItem(self.shown_line, ignoreBounds=True)
        self.label("left", "frame")
        self.label("bottom", "channel")
        self._drawn_for = (0, 0)
        self.box.sigRangeChanged.connect(self._on_range)
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.view.scene().sigMouseMoved.connect(lambda at: self.pointer_moved.emit(self._place(at)))
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.take_theme()

    def redraw(self) -> None:
        rows = self.rows.known_rows
        picture = self.rows.picture
        sample = picture[rows[:: max(1, len(rows) // _SAMPLE)]]
        n_frames, n_channels = self.rows.size
        self._drawn_for = self._screen_pixels()
        self.picture.show(screen_fit(picture, *self._drawn_for), sample, QRectF(0, 0, n_channels, n_frames))
        if self.picture.levels is not None:
            self.levels_used.emit(self.picture.levels)

    def take_settings(self, settings: DisplaySettings) -> None:
        """Draw in these colours, on this scale and between these levels."""
        if self.picture.take_settings(settings):
            self.redraw_soon()

    def mark(self, index: int | None) -> None:
        """Put the line on the frame that is shown."""
        self.shown_line.setVisible(index is not None)
        if index is not None:
            self.shown_line.setPos(index + 0.5)

    def take_theme(self) -> None:
        super().take_theme()
        if hasattr(self, "shown_line"):
            self.shown_line.setPen(pg.mkPen(tokens().muted, width=1))

    def _screen_pixels(self) -> tuple[int, int]:
        """How many rows and columns the screen has for the whole picture."""
        (n_frames, n_channels), seen, box = self.rows.size, self.box.viewRect(), self.box.sceneBoundingRect()
        if not seen.width() or not seen.height():
            return (1, 1)
        ratio = self.devicePixelRatioF()
        return (round(ratio * box.height() * n_frames / seen.height()), round(ratio * box.width() * n_channels / seen.width()))

    def _on_range(self) -> None:
        if self._screen_pixels() != self._drawn_for:
            self.redraw_soon()

    def _place(self, at: Any) -> tuple[int, int] | None:
        if not self.box.sceneBoundingRect().contains(at):
            return None
        point = self.box.mapSceneToView(at)
        index, channel = int(np.floor(point.y())), int(np.floor(point.x()))
        n_frames, _ = self.rows.size
        return (index, channel) if 0 <= index < n_frames and 0 <= channel < self.rows.n_channels else None

    def _on_click(self, event: Any) -> None:
        place = self._place(event.scenePos())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.index_clicked.emit(place[0])
