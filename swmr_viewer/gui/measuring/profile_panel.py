"""The line profile: the values under a line across the frame, anew with each frame."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.analysis import line_profile
from swmr_viewer.core.number_text import exact_text, full_text, value_text
from swmr_viewer.gui.curves import MenuEntry, PlotPane, Values, canvas_color
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.look.menus import ActionButton
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.measuring_actions import MeasuringActions
from swmr_viewer.gui.measuring.nothing_drawn import NothingDrawn
from swmr_viewer.gui.measuring.regions import Line
from swmr_viewer.gui.measuring.regions_layer import LINE_COLOR
from swmr_viewer.gui.session import Session

NO_LINE = "Draw a line across the picture: its values are shown anew with each frame."
NO_PICTURE = "A profile is drawn across pictures; these frames are none."


class ProfileCurve(PlotPane):
    """The curve along the line of ``measurements``; masked pixels are gaps in it, and without the mask that counts there is no curve."""

    def __init__(self, session: Session, measurements: Measurements, display: Display, parent: QWidget | None = None) -> None:
        super().__init__("Line profile", parent)
        self._session = session
        self._measurements = measurements
        self._display = display
        self._along: tuple[Values, Values] = np.empty(0), np.empty(0)
        self.curve = self.plot.plot([], connect="finite")
        self.label("bottom", "along the line", "pixels")
        self.apply_theme()
        session.frame_changed.connect(self.redraw_soon)
        measurements.marks_changed.connect(self.redraw_soon)
        display.changed.connect(self.redraw_soon)

    def redraw(self) -> None:
        x, values = self._along = self._profile()
        self.say_nothing("" if np.isfinite(values).any() else self._why_not())
        self.label("left", "value", self._session.scan.data_facts.unit)
        self.curve.setData(x, self.scale_of(values).forward(values))

    def _profile(self) -> tuple[Values, Values]:
        frame, line = self._session.scan.shown, self._measurements.marks.line
        rules, mask = self._display.settings.mask, self._display.pixel_mask
        if frame is None or line is None or frame.raw.ndim != 2 or not self._display.knows_mask:
            return np.empty(0), np.empty(0)
        fitting = mask if mask is not None and mask.shape == frame.raw.shape else None
        return line_profile(frame.raw, *line, rules=frame.rules(rules), pixel_mask=fitting)

    def _why_not(self) -> str:
        if self._session.scan.shown is None:
            return "No frame yet"
        return "No value under the line" if self._display.knows_mask else "The pixel mask is not read yet"

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        x, values = self._along
        if not len(x):
            return []
        lines = [f"{exact_text(float(at))}\t{exact_text(float(value))}" for at, value in zip(x, values, strict=True)]
        entries = [MenuEntry("Copy the profile as a table", lambda: self.copy("\n".join(("along the line (pixels)\tvalue", *lines))))]
        if place is None:
            return entries
        value = float(values[int(np.argmin(np.abs(x - place.x())))])
        one = [] if np.isnan(value) else [MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value)))]
        return one + entries

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "curve"):
            self.curve.setPen(line_pen(self, canvas_color(LINE_COLOR)))


class ProfilePanel(QWidget):
    """The curve, and in words where the line is; without a line a sentence and what draws one."""

    def __init__(
        self, session: Session, measurements: Measurements, display: Display, actions: MeasuringActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._measurements = measurements
        self.curve = ProfileCurve(session, measurements, display)
        self.where = ElidedLabel("muted")
        self.nothing = NothingDrawn()
        self._draw = ActionButton("Line", actions.line)
        self.nothing.add(self._draw)
        self._drawn = QWidget()
        inner = QVBoxLayout(self._drawn)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(self.curve, 1)
        inner.addWidget(self.where)
        self._pages = QStackedWidget()
        for page in (self.nothing, self._drawn):
            self._pages.addWidget(page)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._pages)
        for signal in (measurements.marks_changed, session.frame_changed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        line, shown = self._measurements.marks.line, self._session.scan.shown
        is_picture = shown is None or shown.raw.ndim == 2
        self._pages.setCurrentWidget(self._drawn if line is not None and is_picture else self.nothing)
        self.nothing.say(NO_LINE if is_picture else NO_PICTURE, (self._draw,) if is_picture else ())
        if line is not None:
            self.where.say(line_text(line))


def line_text(line: Line) -> str:
    """Return where a line is, and how long it is."""
    (x0, y0), (x1, y1) = line
    length = float(np.hypot(x1 - x0, y1 - y0))
    return f"x {x0:.1f}  y {y0:.1f}  \u2192  x {x1:.1f}  y {y1:.1f}     {value_text(round(length, 1))} pixels long"
