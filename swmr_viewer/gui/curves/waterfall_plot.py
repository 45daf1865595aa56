"""The waterfall: spectra one under the other, over the scan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import count_text, exact_text, full_text
from swmr_viewer.gui.curves.curve_axes import ChannelAxis
from swmr_viewer.gui.curves.plot_menu import MenuEntry
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.value_picture import ValuePicture
from swmr_viewer.gui.curves.waterfall_rows import WaterfallRows, on_even_grid
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.screen_fit import screen_fit
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.look.theme import tokens

_SAMPLE = 256
"""Rows that set the levels: all of a long scan's would cost more than painting them."""


class WaterfallPlot(PlotPane):
    """Channel to the right, frame downwards."""

    fit_keys = "F"
    index_clicked = Signal(int)
    close_wanted = Signal()
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
        self.axis: ChannelAxis | None = None
        """Where the channels are drawn: as in the spectrum above."""
        self._numbers = ChannelAxis(np.zeros(1))
        self.set_axis(None, "channel")
        self._drawn_for = (0, 0)
        self.box.enableAutoRange(x=False)
        self.box.sigRangeChanged.connect(self._on_range)
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.view.scene().sigMouseMoved.connect(lambda at: self.pointer_moved.emit(self._place(at)))
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.apply_theme()

    def set_axis(self, axis: ChannelAxis | None, name: str, unit: str = "") -> None:
        """Draw the channels where they are on this axis; None: by their numbers."""
        self.axis = axis
        self.label("bottom", name, unit)
        self.redraw_soon()

    def fit(self) -> None:
        """Show every row; which channels are seen is the spectrum's to say."""
        self.box.enableAutoRange(y=True)
        self.fitted.emit()

    def redraw(self) -> None:
        rows = self.rows.known_rows
        picture = self.rows.picture
        sample = picture[rows[:: max(1, len(rows) // _SAMPLE)]]
        self._drawn_for = self._screen_pixels()
        drawn = picture if self._axis.is_even else on_even_grid(picture, self._axis, self.rows.column_factor)
        self.picture.show(screen_fit(drawn, *self._drawn_for), sample, self._place_of_all(is_grid=drawn is not picture))
        if self.picture.levels is not None:
            self.levels_used.emit(self.picture.levels)

    @property
    def _axis(self) -> ChannelAxis:
        """The axis if it is one of these rows, else the channels' numbers."""
        n_channels = self.rows.n_channels
        if self.axis is not None and len(self.axis) == n_channels:
            return self.axis
        if len(self._numbers) != max(1, n_channels):
            self._numbers = ChannelAxis(np.arange(max(1, n_channels), dtype=np.float64))
        return self._numbers

    def _place_of_all(self, *, is_grid: bool = False) -> QRectF:
        """Return where the whole picture is; the last bin may stand for fewer channels and reaches beyond them."""
        n_frames, n_binned = self.rows.size
        first, last = self._axis.place(0.0), self._axis.place(float(n_binned if not is_grid else self.rows.n_channels))
        return QRectF(first, 0, last - first, n_frames)

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw in these colours, on this scale and between these levels."""
        if self.picture.apply_settings(settings):
            self.redraw_soon()

    def mark(self, index: int | None) -> None:
        """Put the line on the frame that is shown."""
        self.shown_line.setVisible(index is not None)
        if index is not None:
            self.shown_line.setPos(index + 0.5)

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "shown_line"):
            self.shown_line.setPen(line_pen(self, tokens().muted))

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        at = None if place is None else self._index_and_channel(place)
        if at is None:
            return []
        index, channel = at
        entries = [MenuEntry(f"Hold frame {count_text(index)}", lambda: self.index_clicked.emit(index))]
        value = float(self.rows.picture[index // self.rows.row_factor, channel // self.rows.column_factor])
        if not np.isnan(value):
            entries.append(MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value))))
        return entries

    @property
    def view_entries(self) -> list[MenuEntry]:
        return [*super().view_entries, MenuEntry("Close the waterfall", self.close_wanted.emit, "Shift+W")]

    def _screen_pixels(self) -> tuple[int, int]:
        """How many rows and columns the screen has for the whole picture."""
        whole, seen, box = self._place_of_all(), self.box.viewRect(), self.box.sceneBoundingRect()
        if not seen.width() or not seen.height():
            return (1, 1)
        ratio = self.devicePixelRatioF()
        across, down = abs(whole.width()) / seen.width(), whole.height() / seen.height()
        return (round(ratio * box.height() * down), round(ratio * box.width() * across))

    def _on_range(self) -> None:
        if self._screen_pixels() != self._drawn_for:
            self.redraw_soon()

    def _place(self, at: Any) -> tuple[int, int] | None:
        return self._index_and_channel(self.box.mapSceneToView(at)) if self.box.sceneBoundingRect().contains(at) else None

    def _index_and_channel(self, point: QPointF) -> tuple[int, int] | None:
        index, channel = int(np.floor(point.y())), int(np.floor(self._axis.channel(point.x())))
        n_frames, _ = self.rows.size
        return (index, channel) if 0 <= index < n_frames and 0 <= channel < self.rows.n_channels else None

    def _on_click(self, event: Any) -> None:
        place = self._place(event.scenePos())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.index_clicked.emit(place[0])
