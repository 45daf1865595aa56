"""Spectra (1-D frames): a curve over the channel number or the file's own axis, the last ones faded behind it."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from swmr_viewer.analysis import valid_mask
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import exact_text, full_text
from swmr_viewer.gui.curves.curve_axes import ChannelAxis
from swmr_viewer.gui.curves.plot_menu import MenuEntry
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.display.levels_scale import LARGEST
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.scan_model import LiveFrame

N_BEHIND = 6
"""How many earlier spectra stay visible."""


def spectrum_values(raw: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return a spectrum as float64 (complex numbers: their magnitude), NaN where masked."""
    values = np.abs(raw) if raw.dtype.kind == "c" else raw
    return np.where(valid_mask(raw), values, np.nan).astype(np.float64)


def usable_axis(values: tuple[float, ...] | None) -> ChannelAxis | None:
    """Return the file's axis if channels have places of their own on it: all are numbers, 64 bits have their span, they rise or fall."""
    if not values:
        return None
    given = np.asarray(values, np.float64)
    if not np.isfinite(given).all() or float(np.abs(given).max()) >= LARGEST:
        return None
    axis = ChannelAxis(given)
    return axis if axis.is_one_way else None


class CurveView(PlotPane):
    """Shows one spectrum; masked channels are gaps in the curve."""

    fit_keys = "F"
    pointer_moved = Signal(object)
    """(channel,) under the pointer, or None outside."""
    painted = Signal()
    axis_changed = Signal()
    """``channels`` are others."""
    drawn = Signal(object, object)
    """x and values of the spectrum that is drawn now, float64; empty where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.channels: ChannelAxis | None = None
        """Where the channels of the shown spectrum are drawn; None while there is none."""
        self.axis_name = ("channel", "")
        """Name and unit of what the channels are drawn on."""
        self._facts = DataFacts()
        self._axis: ChannelAxis | None = None
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
        if values != (self._facts.axis_values[-1] if self._facts.axis_values else None):
            self._axis = usable_axis(values)
            self._set_channels(None)
        self._facts = facts
        self._earlier.clear()
        self._values = None
        self._name_axis(self.channels)
        self.label("left", facts.unit)

    def expect(self, n_channels: int) -> None:
        """Have the axis of spectra that are so long, before the first one comes."""
        self._x(n_channels)

    def show_frame(self, frame: LiveFrame) -> None:
        self.show_values(spectrum_values(frame.raw))

    def show_values(self, values: npt.NDArray[np.float64]) -> None:
        """Show a spectrum, NaN where masked, and those before it behind it."""
        before, self._values = self._values, values
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
        self.drawn.emit(x, self._values)
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
        self.drawn.emit(np.empty(0), np.empty(0))

    def apply_theme(self) -> None:
        super().apply_theme()
        if not hasattr(self, "curve"):
            return
        self.curve.setPen(line_pen(self, tokens().accent))
        for number, curve in enumerate(self.behind):
            color = QColor(tokens().muted)
            color.setAlphaF(0.55 * (1 - number / N_BEHIND))
            curve.setPen(line_pen(self, color))

    def _x(self, size: int) -> npt.NDArray[np.float64]:
        """Where the channels are drawn: on the file's axis where it has as many values, and none of them twice."""
        if self.channels is None or len(self.channels) != size:
            fitting = self._axis if self._axis is not None and len(self._axis) == size else None
            self._set_channels((fitting or ChannelAxis(np.arange(size, dtype=np.float64))) if size else None)
        return self.channels.values if self.channels is not None else np.empty(0)

    def _set_channels(self, channels: ChannelAxis | None) -> None:
        if channels is not self.channels:
            self.channels = channels
            self._name_axis(channels)
            self.axis_changed.emit()

    def _name_axis(self, channels: ChannelAxis | None) -> None:
        """Say what the channels are drawn on; before the first frame, what they will be."""
        facts = self._facts
        is_named = self._axis is not None and channels in (self._axis, None) and bool(facts.axis_names)
        self.axis_name = (facts.axis_names[-1] or "channel", facts.axis_units[-1]) if is_named else ("channel", "")
        self.label("bottom", *self.axis_name)

    # ---- the pointer

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        channel = None if place is None else self._channel_at(place.x())
        if channel is None or self._values is None or self.channels is None:
            return []
        value, (name, unit) = float(self._values[channel]), self.axis_name
        at = f"{self.channels.values[channel]:.6g}"
        entries = [] if np.isnan(value) else [MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value)))]
        return [*entries, MenuEntry(f"Copy the place, {name} {at} {unit}".rstrip(), lambda: self.copy(at))]

    def _on_pointer(self, at: Any) -> None:
        if self.channels is not None:
            channel = self._channel_at(float(self.box.mapSceneToView(at).x()))
            self.pointer_moved.emit(None if channel is None else (channel,))

    def _channel_at(self, place: float) -> int | None:
        """Return the channel that is drawn nearest, if it is near at all."""
        if self.channels is None:
            return None
        x = self.channels.values
        channel = int(np.argmin(np.abs(x - place)))
        step = abs(x[min(channel + 1, len(x) - 1)] - x[max(channel - 1, 0)]) or 1.0
        return channel if abs(x[channel] - place) <= step else None
