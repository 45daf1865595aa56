"""Spectra (1-D frames): a curve over the channel number or the file's own axis, the last ones faded behind it."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from swmr_viewer.analysis import valid_mask
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.curves.curve_axes import ChannelAxis
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.display.levels_scale import LARGEST
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.scan_model import LiveFrame

N_BEHIND = 6
"""How many earlier spectra stay visible."""


def spectrum_values(raw: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return a spectrum as float64 (complex numbers: their magnitude), NaN where masked."""
    values = np.abs(raw) if raw.dtype.kind == "c" else raw
    return np.where(valid_mask(raw), values, np.nan).astype(np.float64)


def can_be_drawn(axis: tuple[float, ...]) -> bool:
    """Return whether values can be places on an axis: some are numbers, and their span is one in 64 bits, with a margin."""
    given = np.asarray(axis, np.float64)
    finite = given[np.isfinite(given)]
    return bool(finite.size) and float(np.abs(finite).max()) < LARGEST


class CurveView(PlotPane):
    """Shows one spectrum; masked channels are gaps in the curve."""

    pointer_moved = Signal(object)
    """(channel,) under the pointer, or None outside."""
    painted = Signal()
    axis_changed = Signal()
    """``channels`` are others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.channels: ChannelAxis | None = None
        """Where the channels of the shown spectrum are drawn; None while there is none."""
        self._axis_values: tuple[float, ...] | None = None
        self._earlier: deque[npt.NDArray[np.float64]] = deque(maxlen=N_BEHIND)
        self._values: npt.NDArray[np.float64] | None = None
        super().__init__("Spectrum", parent)
        self.behind = [self.plot.plot([], connect="finite") for _ in range(N_BEHIND)]
        self.curve = self.plot.plot([], connect="finite")
        self.view.painted.connect(self.painted)
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        self.apply_theme()

    def set_facts(self, facts: DataFacts) -> None:
        """Use the file's own axis, with its name and unit, from the next frame on; earlier spectra are forgotten."""
        values = facts.axis_values[-1] if facts.axis_values else None
        if values is not None and not can_be_drawn(values):
            values, facts = None, replace(facts, axis_names=(), axis_units=())  # neither is true of channel numbers
        if values != self._axis_values:
            self._axis_values = values
            self._set_channels(None)
        self._earlier.clear()
        self._values = None
        self.label(
            "bottom", (facts.axis_names[-1] if facts.axis_names else "") or "channel", facts.axis_units[-1] if facts.axis_units else ""
        )
        self.label("left", facts.unit)

    def show_frame(self, frame: LiveFrame) -> None:
        before, self._values = self._values, spectrum_values(frame.raw)
        if self.channels is None or len(self._values) != len(self.channels):
            self._earlier.clear()
        elif before is not None:
            self._earlier.appendleft(before)
        self.redraw()

    def redraw(self) -> None:
        if self._values is None:
            return
        x, scale = self._x(len(self._values)), self.scale_of(self._values, *self._earlier)
        self.curve.setData(x, scale.forward(self._values))
        for number, curve in enumerate(self.behind):
            if number < len(self._earlier):
                curve.setData(x, scale.forward(self._earlier[number]))
            else:
                curve.setData([], [])

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self._values = None
        self._earlier.clear()
        self._set_channels(None)
        for curve in (self.curve, *self.behind):
            curve.setData([], [])

    def apply_theme(self) -> None:
        super().apply_theme()
        if not hasattr(self, "curve"):
            return
        self.curve.setPen(pg.mkPen(tokens().accent, width=1))
        for number, curve in enumerate(self.behind):
            color = QColor(tokens().muted)
            color.setAlphaF(0.55 * (1 - number / N_BEHIND))
            curve.setPen(pg.mkPen(color, width=1))

    def _x(self, size: int) -> npt.NDArray[np.float64]:
        """Where the channels are drawn: on the file's axis where it has as many values."""
        if self.channels is None or len(self.channels) != size:
            places = self._axis_values if self._axis_values is not None and len(self._axis_values) == size else range(size)
            self._set_channels(ChannelAxis(np.asarray(places, np.float64)) if size else None)
        return self.channels.values if self.channels is not None else np.empty(0)

    def _set_channels(self, channels: ChannelAxis | None) -> None:
        if channels is not self.channels:
            self.channels = channels
            self.axis_changed.emit()

    def _on_pointer(self, at: Any) -> None:
        if self.channels is None:
            return
        x, place = self.channels.values, float(self.box.mapSceneToView(at).x())
        channel = int(np.argmin(np.abs(x - place)))
        step = abs(x[min(channel + 1, len(x) - 1)] - x[max(channel - 1, 0)]) or 1.0
        self.pointer_moved.emit((channel,) if abs(x[channel] - place) <= step else None)
