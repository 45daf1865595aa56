"""The fits of the profile and of the spectrum: each with its choice of the model and a line of what was found."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from swmr_viewer.gui.curve_panel.fit_choice import FitChoice
from swmr_viewer.gui.curve_panel.profile_lines import ProfileOf
from swmr_viewer.gui.curve_panel.profile_panel import ProfilePanel
from swmr_viewer.gui.curves import CurveView, Values
from swmr_viewer.gui.fitting import Fitter, PlotFit
from swmr_viewer.gui.look.labels import ElidedLabel, tip
from swmr_viewer.gui.picture import FramePane
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session


class FitRow(QWidget):
    """What is told of a curve, and on its right what is fitted, unless ``choice`` stands elsewhere."""

    def __init__(self, fit: PlotFit, name: str, *, has_choice: bool = True) -> None:
        super().__init__()
        self._fit = fit
        self.words = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
        self.choice = FitChoice(name)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.words, 1)
        if has_choice:
            box.addWidget(self.choice)
        self.choice.chosen.connect(fit.choose)
        self.choice.leaving_out_chosen.connect(fit.leave_out_hot)
        fit.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.words.say(self._fit.words)
        self.words.setToolTip(tip(self._fit.all_words))
        self.choice.show_fit(self._fit.model, leaves_out=self._fit.leaves_out_hot)


class PlotFits(QObject):
    """Has the curve of the profile and that of the spectrum fitted as they come.

    Of the spectrum the channels of the selected span count, where there is one; otherwise, as of the profile, those that are seen.
    """

    def __init__(self, session: Session, measurements: Measurements, fitter: Fitter, profile: ProfilePanel, view: FramePane) -> None:
        super().__init__(measurements)
        self._session, self._measurements = session, measurements
        self._curve, self._lines = view.curve, profile.curve
        self.profile = PlotFit(fitter, "profile", profile.curve)
        self.spectrum = PlotFit(fitter, "spectrum", view.curve)
        self.profile_row = FitRow(self.profile, "What is fitted to the profile", has_choice=False)
        self.spectrum_row = FitRow(self.spectrum, "What is fitted to the spectrum")
        profile.add_below(self.profile_row)
        view.add_below_spectrum(self.spectrum_row)
        profile.curve.drawn.connect(self._on_profile)
        view.curve.drawn.connect(self._on_spectrum)
        for signal in (measurements.marks_changed, measurements.selection_changed, view.curve.axis_changed):
            signal.connect(self._set_span)
        profile.curve.more_entries = self.profile.entries
        view.curve.more_entries = self.spectrum.entries

    def _on_profile(self, x: Values, y: Values) -> None:
        lines = self._lines.lines
        if not len(x):
            self.profile.clear()
            return
        name = "profile" if self._lines.of is ProfileOf.LINE else lines[0].name
        self.profile.show_curve(x, y, ("px", self._session.scan.data_facts.unit), name, tells_name=len(lines) > 1)

    def _on_spectrum(self, x: Values, y: Values) -> None:
        self._set_span()
        if len(x):
            self.spectrum.show_curve(x, y, (self._curve.axis_name[1], self._session.scan.data_facts.unit))
        else:
            self.spectrum.clear()

    def _set_span(self) -> None:
        region = self._measurements.selected
        self.spectrum.set_span(None if region is None else span_places(self._curve, [x for x, _ in region.points]))


def span_places(curve: CurveView, channels: list[float]) -> tuple[float, float] | None:
    """Return from which place to which a span of channels is drawn; None before there is an axis."""
    if curve.channels is None or not channels:
        return None
    low, high = sorted(curve.channels.place(channel) for channel in (min(channels), max(channels)))
    return low, high
