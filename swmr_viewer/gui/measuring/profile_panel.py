"""The line profile: the values under a line across the frame, anew with each frame."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from swmr_viewer.analysis import line_profile
from swmr_viewer.core.number_text import value_text
from swmr_viewer.gui.curves import PlotPane
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.regions import Line
from swmr_viewer.gui.session import Session


class ProfileCurve(PlotPane):
    """The curve along the line of ``measurements``; masked pixels are gaps in it, and without the mask that counts there is no curve."""

    def __init__(self, session: Session, measurements: Measurements, display: Display, parent: QWidget | None = None) -> None:
        super().__init__("Line profile", parent)
        self._session = session
        self._measurements = measurements
        self._display = display
        self.curve = self.plot.plot([], connect="finite")
        self.label("bottom", "along the line", "pixels")
        self.apply_theme()
        session.frame_changed.connect(self.redraw_soon)
        measurements.marks_changed.connect(self.redraw_soon)
        display.changed.connect(self.redraw_soon)

    def redraw(self) -> None:
        frame, line = self._session.scan.shown, self._measurements.marks.line
        rules, mask = self._display.settings.mask, self._display.pixel_mask
        if frame is None or line is None or frame.raw.ndim != 2 or not self._display.knows_mask:
            self.curve.setData([], [])
            return
        fitting = mask if mask is not None and mask.shape == frame.raw.shape else None
        x, values = line_profile(frame.raw, *line, rules=rules, pixel_mask=fitting)
        self.curve.setData(x, self.scale_of(values).forward(values))

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "curve"):
            self.curve.setPen(pg.mkPen(tokens().bad, width=1))


class ProfilePanel(QFrame):
    """The curve, and in words where the line is."""

    def __init__(self, session: Session, measurements: Measurements, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measurements = measurements
        self.curve = ProfileCurve(session, measurements, display)
        self.where = ElidedLabel("muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 4, 8, 6)
        box.setSpacing(4)
        box.addWidget(self.curve, 1)
        box.addWidget(self.where)
        measurements.marks_changed.connect(self._update_text)
        self._update_text()

    def _update_text(self) -> None:
        line = self._measurements.marks.line
        self.where.say("Draw a line: Measure \u25b8 Line profile" if line is None else line_text(line))


def line_text(line: Line) -> str:
    """Return where a line is, and how long it is."""
    (x0, y0), (x1, y1) = line
    length = float(np.hypot(x1 - x0, y1 - y0))
    return f"x {x0:.1f}  y {y0:.1f}  \u2192  x {x1:.1f}  y {y1:.1f}     {value_text(round(length, 1))} pixels long"
