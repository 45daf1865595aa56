"""The curves of regions and of any quantity over the scan, what was found in them, and their numbers in the shown frame."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.comparing import Comparisons
from swmr_viewer.gui.curve_panel.compared_legend import ComparedLegend
from swmr_viewer.gui.curve_panel.compared_words import compared_words
from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice
from swmr_viewer.gui.curve_panel.curve_fits import CurveFits
from swmr_viewer.gui.curve_panel.curve_lines import CurveLines
from swmr_viewer.gui.curve_panel.curve_memory import CurveMemory
from swmr_viewer.gui.curve_panel.curve_menus import AgainstButton, FitButton, PartButton, ShownButton
from swmr_viewer.gui.curve_panel.curve_plan import Part
from swmr_viewer.gui.curve_panel.curve_rows import CurveRows
from swmr_viewer.gui.curve_panel.nothing_drawn import NothingDrawn
from swmr_viewer.gui.curve_panel.region_numbers import RegionNumbers
from swmr_viewer.gui.curve_panel.regions_table import RegionsTable
from swmr_viewer.gui.curves import IndexCurve, MenuEntry
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.fitting import Fitter
from swmr_viewer.gui.look.choice_button import ChoiceButton
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.look.menus import ActionButton
from swmr_viewer.gui.look.turns import Later
from swmr_viewer.gui.regions import Measurements, MeasuringActions
from swmr_viewer.gui.session import Session

PURPOSE = "curve"
TABLE_SHARE = 0.45
"""Of the height of the panel, at most; a table with more rows is scrolled."""
LEAST_CURVE = 70
SPACING = 4
PAGE_MS = 50


class RegionsPanel(QWidget):
    """Curves above, table below; without anything to draw a sentence and what draws a region."""

    def __init__(
        self,
        session: Session,
        measurements: Measurements,
        display: Display,
        actions: MeasuringActions,
        comparisons: Comparisons,
        fitter: Fitter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._measurements, self._comparisons = session, measurements, comparisons
        self.choice = CurveChoice(session, lambda: measurements.marks.regions)
        self.choice.is_seen = self.isVisible
        self.memory = CurveMemory(session, self.choice)
        self.lines = CurveLines(self.choice, comparisons)
        self.fits = CurveFits(self.choice, self.lines, fitter)
        self.rows = CurveRows(measurements, self.choice, self.fits)
        self.lines.look_of, self.lines.fits = self.rows.look_of, self.fits.of
        self.table = RegionsTable(measurements, RegionNumbers(session, measurements, display), self.rows)
        self.quantity, self.against = ShownButton(self.choice), AgainstButton(self.choice)
        self.part, self.fit = PartButton(self.choice), FitButton(self.choice)
        self.curve = IndexCurve(
            "Curves of the regions", self.lines.lines, lambda: measurements.shown_index, self.lines.x_of, self._value_at, self._entries
        )
        self.known = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
        self.grey = ComparedLegend()
        self.nothing = NothingDrawn()
        self._shapes = tuple(
            ActionButton(words, action)
            for words, action in (("Rectangle", actions.rectangle), ("Ellipse", actions.ellipse), ("Polygon", actions.polygon))
        )
        self._span = ActionButton("Span", actions.rectangle)
        self.nothing.add(*self._shapes, self._span)
        self._later = Later(self._show, self, interval_ms=PAGE_MS)
        self._drawn_as: tuple[object, ...] = ()
        self._shown_before: tuple[str, ...] = ()
        self._lay_out()
        self._connect()
        self._show_choice()
        self._show_anew()

    def _lay_out(self) -> None:
        self._drawn, self._foot = QWidget(), QHBoxLayout()
        self._foot.addWidget(self.known, 1)
        self.curve.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # it takes what the table leaves
        self.curve.setMinimumHeight(LEAST_CURVE)
        self._pages = QStackedWidget()
        whole = QVBoxLayout(self)  # the outermost first: what changes hands with all that is in it, Qt polishes anew as a whole
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        for page in (self.nothing, self._drawn):
            self._pages.addWidget(page)
        box = QVBoxLayout(self._drawn)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACING)
        box.addWidget(self.curve, 1)
        box.addWidget(self.grey)
        box.addWidget(self.table)
        box.addLayout(self._foot)

    def _connect(self) -> None:
        session, measurements, curve = self._session, self._measurements, self.curve
        self.choice.changed.connect(self._show_choice)
        curve.index_clicked.connect(session.pin_nearest)
        for signal in (measurements.marks_changed, measurements.selection_changed):
            signal.connect(self._show_anew)
        for signal in (
            measurements.values_changed, session.quantities_changed, session.order_changed,
            self.lines.points_made, self._comparisons.changed, self.fits.changed,
        ):  # fmt: skip
            signal.connect(curve.redraw_soon)
            signal.connect(self._show_soon)
        session.frame_settled.connect(self._mark_shown)
        for signal in (session.settled, curve.seen_changed, curve.fitted):
            signal.connect(self._show_soon)
        self.fits.told.connect(session.note)
        session.request_changed.connect(self.fits.forget)
        session.request_changed.connect(curve.fit)

    @property
    def tools(self) -> tuple[ChoiceButton, ...]:
        """What is chosen above the curves."""
        return self.quantity, self.against, self.part, self.fit

    def offer_save(self, action: QAction) -> None:
        """Offer what writes the measured values of every frame to a file."""
        self.save = ActionButton("Save table", action, is_flat=True)
        self._foot.addWidget(self.save)

    # ---- what is plotted

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the curves; none where there is nothing to draw."""
        return tuple(curve.name for curve in self.choice.curves)

    def choose_quantity(self, name: str) -> None:
        """Draw this quantity alone: ``*.sum`` is every region's."""
        self.choice.put(self.choice.settings.showing(name))

    def _value_at(self, index: int) -> float | None:
        """Return what the curve of the selected region says of a frame, or else the first one."""
        curves, selected = self.choice.curves, self._measurements.selected
        own = [curve for curve in curves if selected is not None and curve.region == selected.name]
        return self.choice.table.at((own or curves)[0].name, index) if curves else None

    def _want(self) -> None:
        """Have what is drawn known, for as long as somebody looks."""
        self._session.want_quantities(PURPOSE, self.choice.wanted if self.isVisible() else ())

    def _entries(self) -> list[MenuEntry]:
        """What can be done with all curves."""
        choice = self.choice
        values, places = ("linear" if on else "log" for on in (choice.settings.log_y, choice.settings.log_x))
        found = MenuEntry("Copy what was found in the curves", self.table.copy, "Ctrl+C")
        return [
            *([found] if self.fits.has_any else []),
            MenuEntry(f"Draw values on a {values} scale", lambda: choice.change(log_y=not choice.settings.log_y)),
            MenuEntry(f"Draw places on a {places} scale", lambda: choice.change(log_x=not choice.settings.log_x)),
        ]

    # ---- showing

    def _show_choice(self) -> None:
        choice, curve = self.choice, self.curve
        for button in (self.quantity, self.against, self.part, self.fit):
            button.show_choice()
        curve.label("bottom", *choice.against_label)
        curve.set_scale(Scale.LOG if choice.settings.log_y else Scale.LINEAR)
        curve.set_x_scale(Scale.LOG if choice.settings.log_x else Scale.LINEAR)
        drawn_as = choice.against, choice.plan.part, choice.plan.axis
        if drawn_as != self._drawn_as:  # elsewhere: what was seen of it before is nothing here
            self._drawn_as = drawn_as
            curve.fit()
        if choice.settings.shown != self._shown_before:
            self._shown_before = choice.settings.shown
            curve.fit_values()
        self._want()
        self._show_anew()

    def _mark_shown(self) -> None:
        if self.isVisible():
            self.curve.redraw_soon() if self.choice.plan.part is Part.MEAN else self.curve.mark_shown()

    def _show_soon(self) -> None:
        if self.isVisible() and not self._later.is_active:
            self._later.start()

    def _show_anew(self) -> None:
        self._show()
        self.curve.redraw_soon()

    def _show(self) -> None:
        choice = self.choice
        self.curve.label("left", *choice.axis_label(on_right=False))
        self.curve.label("right", *choice.axis_label(on_right=True))
        can_draw = bool(self.columns)
        self._pages.setCurrentWidget(self._drawn if can_draw else self.nothing)
        for button in (self.against, self.part, self.fit):
            button.setEnabled(can_draw)
        if can_draw and self.isVisible():
            self.fits.update(self.curve.seen)
        self._update_nothing()
        self._update_text()
        self.table.look()
        self._fit_table()

    @property
    def _n_axes(self) -> int | None:
        """Of the shown frame."""
        return self._session.scan.shown.raw.ndim if self._session.scan.shown is not None else None

    def _update_nothing(self) -> None:
        n_axes = self._n_axes
        if n_axes == 0:
            self.nothing.say("A single value has no regions. Choose above what is drawn, and fitted, here.", ())
        elif n_axes is None:
            self.nothing.say("Regions can be drawn once a frame is shown.", ())
        else:
            what = "span of channels" if n_axes == 1 else "region"
            self.nothing.say(
                f"Draw a {what}: it is measured in every frame. Or choose a value of the whole frame above.",
                (self._span,) if n_axes == 1 else self._shapes,
            )

    def _update_text(self) -> None:
        progress, table = self._session.scan.progress, self.choice.table
        self.grey.say(compared_words(self._comparisons, self.columns))
        if progress is None or not self.columns:
            self.known.say("")
            return
        names = table.base_names(self.columns)
        measured = [name for name in names if table.is_measured(name)]
        counted = measured or [name for name in names if table.scan.is_in_file(name)]
        n_known = min((table.n_known(name) for name in counted), default=progress.n_complete)
        done = "measured" if measured else "read"
        words = f"{count_text(min(n_known, progress.n_complete))} of {count_text(progress.n_complete)} {done}"
        words = ", ".join(filter(None, (self._session.scan.corrected_text, words, self._not_compared)))
        made_of = self._session.scan.combined_text
        self.known.say(f"{words}, table: {made_of}" if made_of and self._measurements.marks.regions else words)

    @property
    def _not_compared(self) -> str:
        """That the numbers are those of frames, where the picture is something else."""
        shown = self._session.scan.shown
        how = "none" if shown is None else shown.made.compared
        return "" if how == "none" else f"of frames, not of the {how}"

    def _fit_table(self) -> None:
        self.table.setVisible(bool(self.table.n_rows))
        grey = self.grey.height() + SPACING if self.grey.names else 0
        left = self.height() - LEAST_CURVE - grey - self._foot.sizeHint().height() - 2 * SPACING
        self.table.fit_rows(min(round(TABLE_SHARE * self.height()), left))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_table()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.choice.look()
        self._want()
        self._show()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._want()
