"""The page of profiles: the curve, in words where the line is, and what is chosen about it."""

from __future__ import annotations

from html import escape

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import value_text
from swmr_viewer.gui.curve_panel.nothing_drawn import NothingDrawn
from swmr_viewer.gui.curve_panel.profile_curve import ProfileCurve
from swmr_viewer.gui.curve_panel.profile_lines import ProfileLine, ProfileOf
from swmr_viewer.gui.curves import canvas_color
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.image import Crosshair
from swmr_viewer.gui.look.choice_button import ChoiceButton
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.look.menus import ActionButton
from swmr_viewer.gui.regions import WIDEST, Line, Measurements, MeasuringActions
from swmr_viewer.gui.session import Session

NO_LINE = "Draw a line across the picture: its values are shown anew with each frame."
NO_PICTURE = "A profile is drawn across pictures; these frames are none."
NO_CROSSHAIR = "Switch the cross-hair on and point at the picture: the values of its row and column are shown."
WIDTH_PX = 72
MEAN, SUM = "mean", "sum"


class ProfilePanel(QWidget):
    """The curve; without a line, or a cross-hair, a sentence and what draws one."""

    crosshair_wanted = Signal()
    """A row or a column is to be seen, and the cross-hair says which."""

    def __init__(
        self,
        session: Session,
        measurements: Measurements,
        display: Display,
        crosshair: Crosshair,
        actions: MeasuringActions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._measurements = measurements
        self._crosshair = crosshair
        self.curve = ProfileCurve(session, measurements, display, crosshair)
        self.where = ElidedLabel("muted")
        self.names = QLabel(textFormat=Qt.TextFormat.RichText)
        self.names.setProperty("role", "muted")
        self.of = ChoiceButton("Profile of", lambda: {of: of.value for of in ProfileOf})
        self.across = ChoiceButton("Pixels across the line", lambda: {MEAN: "mean of the pixels across", SUM: "sum of the pixels across"})
        self.width_ = QSpinBox(minimum=1, maximum=WIDEST, suffix=" px")
        self.width_.setKeyboardTracking(False)
        self.width_.setFixedWidth(WIDTH_PX)
        self.width_.setAccessibleName("Width of the line (pixels)")
        self.width_.setToolTip("How many pixels across the line are taken together")
        self.nothing = NothingDrawn()
        self._draw, self._switch = ActionButton("Line", actions.line), ActionButton("Cross-hair", actions.crosshair)
        self.nothing.add(self._draw, self._switch)
        self._lay_out()
        self.of.chosen.connect(self.choose)
        self.across.chosen.connect(lambda key: measurements.set_line_sums(key == SUM))
        self.width_.valueChanged.connect(measurements.set_width)
        for signal in (measurements.marks_changed, crosshair.moved):
            signal.connect(self._show)
        session.frame_settled.connect(self._show_if_seen)
        self._show()

    def _lay_out(self) -> None:
        self._drawn, self._pages = QWidget(), QStackedWidget()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._pages)
        for page in (self.nothing, self._drawn):
            self._pages.addWidget(page)
        inner = self._inner = QVBoxLayout(self._drawn)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(self.curve, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.where, 1)
        foot.addWidget(self.names, 1)
        foot.addWidget(self.across)
        foot.addWidget(self.width_)
        inner.addLayout(foot)

    def add_below(self, row: QWidget) -> None:
        """Put what is told of the curve between it and where the line is."""
        self._inner.insertWidget(1, row)

    def choose(self, of: str) -> None:
        """Show the profile of the line, or of the row, the column, or both at the cross-hair."""
        self.curve.show_of(ProfileOf(of))
        if self.curve.of is not ProfileOf.LINE:
            self.crosshair_wanted.emit()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _show_if_seen(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        marks, shown, of = self._measurements.marks, self._session.scan.shown, self.curve.of
        made = self._session.scan.made_text
        is_picture, is_line = shown is None or shown.raw.ndim == 2, of is ProfileOf.LINE
        has_line = marks.line is not None if is_line else self._crosshair.is_on
        self._pages.setCurrentWidget(self._drawn if has_line and is_picture else self.nothing)
        self.nothing.say(
            NO_PICTURE if not is_picture else NO_LINE if is_line else NO_CROSSHAIR,
            () if not is_picture else (self._draw,) if is_line else (self._switch,),
        )
        self.of.show_chosen(of, of.value)
        self.across.show_chosen(SUM if marks.line_sums else MEAN, SUM if marks.line_sums else MEAN)
        self.across.setEnabled(marks.line_width > 1)
        with QSignalBlocker(self.width_):
            self.width_.setValue(marks.line_width)
        if is_line and marks.line is not None:
            self.where.say("     ".join(filter(None, (line_text(marks.line), made))))
        elif not is_line:
            lines = [*(_colored(line) for line in self.curve.lines), escape(made)] if self.curve.lines else ["point at the picture"]
            self.names.setText("<br>".join(filter(None, lines)))
        self.where.setVisible(is_line)
        self.names.setVisible(not is_line)


def _colored(line: ProfileLine) -> str:
    return f'<span style="color: {canvas_color(line.color)}">{line.name}</span>'


def line_text(line: Line) -> str:
    """Return where a line is, and how long it is."""
    (x0, y0), (x1, y1) = line
    length = float(np.hypot(x1 - x0, y1 - y0))
    return f"x {x0:.1f}  y {y0:.1f}  \u2192  x {x1:.1f}  y {y1:.1f}     {value_text(round(length, 1))} pixels long"
