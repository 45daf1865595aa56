"""Spectra (1-D frames): a curve over the channel number or the file's own axis, the last ones faded behind it."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from swmr_viewer.analysis import valid_mask
from swmr_viewer.core.nexus.facts import DataFacts
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.session.live_frame import LiveFrame

N_BEHIND = 6
"""How many earlier spectra stay visible."""


def spectrum_values(raw: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return a spectrum as float64 (complex numbers: their magnitude), NaN where masked."""
    values = np.abs(raw) if raw.dtype.kind == "c" else raw
    return np.where(valid_mask(raw), values, np.nan).astype(np.float64)


class CurveView(PlotPane):
    """Shows one spectrum; masked channels are gaps in the curve."""

    pointer_moved = Signal(object)
    """(channel,) under the pointer, or None outside."""
    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._size = 0
        self._axis: npt.NDArray[np.float64] | None = None
        self._earlier: deque[npt.NDArray[np.float64]] = deque(maxlen=N_BEHIND)
        self._values: npt.NDArray[np.float64] | None = None
        super().__init__("Spectrum", parent)
        self.behind = [self.plot.plot([], connect="finite") for _ in range(N_BEHIND)]
        self.curve = self.plot.plot([], connect="finite")
        self.view.painted.connect(self.painted)
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        self.take_theme()

    def set_facts(self, facts: DataFacts) -> None:
        """Use the file's own axis, with its name and unit, from the next frame on; earlier spectra are forgotten."""
        values = facts.axis_values[-1] if facts.axis_values else None
        self._axis = None if values is None else np.asarray(values, float)
        self._earlier.clear()
        self._values = None
        self.label(
            "bottom", (facts.axis_names[-1] if facts.axis_names else "") or "channel", facts.axis_units[-1] if facts.axis_units else ""
        )
        self.label("left", facts.unit)

    def show_frame(self, frame: LiveFrame) -> None:
        before, self._values = self._values, spectrum_values(frame.raw)
        if len(self._values) != self._size:
            self._earlier.clear()
        elif before is not None:
            self._earlier.appendleft(before)
        self._size = len(self._values)
        x = self._x()
        self.curve.setData(x, self._values)
        for number, curve in enumerate(self.behind):
            if number < len(self._earlier):
                curve.setData(x, self._earlier[number])
            else:
                curve.setData([], [])

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self._size = 0
        self._values = None
        self._earlier.clear()
        for curve in (self.curve, *self.behind):
            curve.setData([], [])

    def take_theme(self) -> None:
        super().take_theme()
        if not hasattr(self, "curve"):
            return
        self.curve.setPen(pg.mkPen(tokens().accent, width=1))
        for number, curve in enumerate(self.behind):
            color = QColor(tokens().muted)
            color.setAlphaF(0.55 * (1 - number / N_BEHIND))
            curve.setPen(pg.mkPen(color, width=1))

    def _x(self) -> npt.NDArray[np.float64]:
        if self._axis is not None and len(self._axis) == self._size:
            return self._axis
        return np.arange(self._size, dtype=float)

    def _on_pointer(self, at: Any) -> None:
        if not self._size:
            return
        x, place = self._x(), float(self.box.mapSceneToView(at).x())
        channel = int(np.argmin(np.abs(x - place)))
        step = abs(x[min(channel + 1, self._size - 1)] - x[max(channel - 1, 0)]) or 1.0
        self.pointer_moved.emit((channel,) if abs(x[channel] - place) <= step else None)
