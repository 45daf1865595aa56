"""The values along lines across the picture, anew with each frame."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.analysis import line_profile
from swmr_viewer.core.number_text import exact_text, full_text
from swmr_viewer.gui.curve_panel.profile_lines import ProfileLine, ProfileOf, lines_at
from swmr_viewer.gui.curves import MenuEntry, PlotPane, Values, canvas_color
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.image import Crosshair
from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.regions import LINE_COLOR, Measurements
from swmr_viewer.gui.session import Session

AXES = {ProfileOf.LINE: "along the line", ProfileOf.ROW: "column", ProfileOf.COLUMN: "row", ProfileOf.BOTH: "column or row"}


class ProfileCurve(PlotPane):
    """The curve along the line of ``measurements``, or those of the row and the column at the cross-hair.

    Masked pixels are gaps in it, and without the mask that counts there is no curve.
    """

    drawn = Signal(object, object)
    """x (pixels) and values of the first curve that is drawn now, float64; empty where there is none."""

    def __init__(
        self, session: Session, measurements: Measurements, display: Display, crosshair: Crosshair, parent: QWidget | None = None
    ) -> None:
        super().__init__("Line profile", parent)
        self._session = session
        self._measurements = measurements
        self._display = display
        self._crosshair = crosshair
        self.of = ProfileOf.LINE
        self._along: dict[str, tuple[Values, Values]] = {}
        self.curve, self.second = (self.plot.plot([], connect="finite") for _ in range(2))
        self._drawn: tuple[ProfileLine, ...] = ()
        self.apply_theme()
        for signal in (session.frame_settled, measurements.marks_changed, display.changed, crosshair.moved):
            signal.connect(self.redraw_soon)

    @property
    def lines(self) -> tuple[ProfileLine, ...]:
        """Those that have a profile now."""
        frame, line = self._session.scan.shown, self._measurements.marks.line
        if self.of is not ProfileOf.LINE:
            at = self._crosshair.at if self._crosshair.is_on else None
            return lines_at(self.of, at, frame.raw.shape if frame is not None else ())
        return (ProfileLine("value", line, LINE_COLOR),) if line is not None else ()

    def show_of(self, of: ProfileOf) -> None:
        """Draw the profile of this from now on, all of it."""
        if of is not self.of:
            self.of = of
            self.redraw()
            self.fit()

    def redraw(self) -> None:
        lines = self.lines
        self._along = {line.name: self._profile(line) for line in lines}
        values = [value for _, value in self._along.values()]
        self.say_nothing("" if any(np.isfinite(one).any() for one in values) else self._why_not())
        sums = self._measurements.marks.line_sums and self._measurements.marks.line_width > 1
        self.label("bottom", AXES[self.of], "pixels" if self.of is ProfileOf.LINE else "")
        self.label("left", "sum across" if sums else "value", self._session.scan.data_facts.unit)
        scale = self.scale_of(*values)
        for curve, along in zip_longest((self.curve, self.second), self._along.values()):
            curve.setData(*((along[0], scale.forward(along[1])) if along is not None else ([], [])))
        if [line.name for line in lines] != [line.name for line in self._drawn]:
            self._drawn = lines
            self.apply_theme()
        self.drawn.emit(*next(iter(self._along.values()), (np.empty(0), np.empty(0))))

    def _profile(self, line: ProfileLine) -> tuple[Values, Values]:
        frame, marks = self._session.scan.shown, self._measurements.marks
        rules, mask = self._display.settings.mask, self._display.pixel_mask
        if frame is None or frame.raw.ndim != 2 or not self._display.knows_mask:
            return np.empty(0), np.empty(0)
        fitting = mask if mask is not None and mask.shape == frame.raw.shape else None
        return line_profile(frame.raw, *line.line, marks.line_width, frame.rules(rules), fitting, sums=marks.line_sums)

    def _why_not(self) -> str:
        if self._session.scan.shown is None:
            return "No frame yet"
        if not self._display.knows_mask:
            return "The pixel mask is not read yet"
        return "No value under the line" if self._along else "Point at the picture"

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        if not any(len(x) for x, _ in self._along.values()):
            return []
        entries = [MenuEntry("Copy the profile as a table", lambda: self.copy(self.table))]
        if place is None:
            return entries
        x, values = next(iter(self._along.values()))
        value = float(values[int(np.argmin(np.abs(x - place.x())))])
        one = [] if np.isnan(value) else [MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value)))]
        return one + entries

    @property
    def table(self) -> str:
        """What is drawn, for a spreadsheet: a column of places, and one per line; empty where a line has ended or is masked."""
        longest = max((x for x, _ in self._along.values()), key=len)
        bottom = f"{AXES[self.of]} (pixels)"
        columns = [list(map(exact_text, longest.tolist()))]
        columns += [[exact_text(value) for value in values.tolist()] for _, values in self._along.values()]
        return "\n".join("\t".join(cells) for cells in ((bottom, *self._along), *zip_longest(*columns, fillvalue="")))

    def apply_theme(self) -> None:
        super().apply_theme()
        if not hasattr(self, "_drawn"):
            return
        for curve, line in zip((self.curve, self.second), self._drawn, strict=False):
            curve.setPen(line_pen(self, canvas_color(line.color)))
