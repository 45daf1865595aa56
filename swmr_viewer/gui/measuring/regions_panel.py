"""The regions: all of their curves over the scan, and their numbers in the shown frame."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.curves import CurveLine, IndexCurve
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.look.menus import ActionButton
from swmr_viewer.gui.measuring.curve_choice import CurveChoice
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.measuring_actions import MeasuringActions
from swmr_viewer.gui.measuring.nothing_drawn import NothingDrawn
from swmr_viewer.gui.measuring.region_numbers import RegionNumbers
from swmr_viewer.gui.measuring.regions_layer import region_color
from swmr_viewer.gui.measuring.regions_table import RegionsTable
from swmr_viewer.gui.measuring.small_buttons import ChoiceButton
from swmr_viewer.gui.session import Session

OF_REGION = {"sum": "sum", "mean": "mean", "maximum": "max", "std": "\u03c3"}
OF_FRAME = {"total": "total counts", "maximum": "hottest pixel", "n_saturated": "saturated pixels", "n_masked": "masked pixels"}
REGION = "region."
PURPOSE = "curve"
TABLE_SHARE = 0.45
"""Of the height of the panel, at most; a table with more rows is scrolled."""
LEAST_CURVE = 70
SPACING = 4
PAGE_MS = 50


class RegionsPanel(QWidget):
    """Curves above, table below; without regions a sentence and what draws one."""

    def __init__(
        self, session: Session, measurements: Measurements, display: Display, actions: MeasuringActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._measurements = session, measurements
        self._quantity = f"{REGION}sum"
        self.choice = CurveChoice(session)
        self.table = RegionsTable(measurements, RegionNumbers(session, measurements, display))
        self.quantity = ChoiceButton("What the curves show of each frame", self._quantities)
        self.against = ChoiceButton("What the frames are drawn against", lambda: self.choice.offers)
        self.curve = IndexCurve("Curves of the regions", self._lines, self.choice.shown, self.choice.index_at, self._value_at)
        self.known = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
        self.nothing = NothingDrawn()
        self._shapes = tuple(
            ActionButton(words, action)
            for words, action in (("Rectangle", actions.rectangle), ("Ellipse", actions.ellipse), ("Polygon", actions.polygon))
        )
        self._span = ActionButton("Span", actions.rectangle)
        self.nothing.add(*self._shapes, self._span)
        self._later = QTimer(self, singleShot=True, interval=PAGE_MS)
        self._lay_out()
        self._connect()
        self._show_choice()
        self._show_anew()

    def _lay_out(self) -> None:
        self._drawn, self._foot = QWidget(), QHBoxLayout()
        self._foot.addWidget(self.known, 1)
        self.curve.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # it takes what the table leaves
        self.curve.setMinimumHeight(LEAST_CURVE)
        box = QVBoxLayout(self._drawn)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACING)
        box.addWidget(self.curve, 1)
        box.addWidget(self.table)
        box.addLayout(self._foot)
        self._pages = QStackedWidget()
        for page in (self.nothing, self._drawn):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _connect(self) -> None:
        measurements = self._measurements
        self._later.timeout.connect(self._show)
        self.quantity.chosen.connect(self.choose_quantity)
        self.against.chosen.connect(self.choice.choose)
        self.choice.changed.connect(self._show_choice)
        self.curve.index_clicked.connect(self._session.pin_nearest)
        for signal in (measurements.marks_changed, measurements.selection_changed):
            signal.connect(self._show_anew)
        measurements.values_changed.connect(self.curve.redraw_soon)
        self._session.frame_changed.connect(self.curve.mark_shown)
        for signal in (measurements.values_changed, self._session.frame_changed, self._session.progress_changed):
            signal.connect(self._show_soon)

    def offer_save(self, action: QAction) -> None:
        """Offer what writes the measured values of every frame to a file."""
        self.save = ActionButton("Save table", action, is_flat=True)
        self._foot.addWidget(self.save)

    # ---- what is plotted

    @property
    def columns(self) -> tuple[str, ...]:
        """The measured columns that are plotted; none where there is no region."""
        if not self._is_of_regions:
            return (self._quantity,)
        what = self._quantity.removeprefix(REGION)
        return tuple(f"{region.name}.{what}" for region in self._measurements.marks.regions)

    def choose_quantity(self, key: str) -> None:
        """Plot this of each frame: ``region.sum`` and the like, or a column of whole frames."""
        self._quantity = key
        self._want()
        self._show_anew()

    @property
    def _is_of_regions(self) -> bool:
        return self._quantity.startswith(REGION)

    @property
    def _quantity_words(self) -> str:
        return OF_REGION[self._quantity.removeprefix(REGION)] if self._is_of_regions else OF_FRAME[self._quantity]

    def _quantities(self) -> dict[str, str]:
        of_regions = {f"{REGION}{key}": f"{words} per frame" for key, words in OF_REGION.items()}
        return of_regions | {key: f"{words} of the whole frame" for key, words in OF_FRAME.items()}

    def _lines(self) -> list[CurveLine]:
        values, against = self._measurements.values, self.choice.now
        regions = self._measurements.marks.regions if self._is_of_regions else (None,)
        return [
            CurveLine(
                *against.points(values, column),
                color=region_color(number) if region is not None else "",
                is_selected=region is self._measurements.selected or region is None,
            )
            for number, (column, region) in enumerate(zip(self.columns, regions, strict=True))
        ]

    def _value_at(self, index: int) -> float | None:
        """Return what was measured of a frame: of the selected region, or of the whole frame."""
        selected = self._measurements.selected
        if not self._is_of_regions:
            return self._measurements.values.at(self._quantity, index)
        what = self._quantity.removeprefix(REGION)
        return None if selected is None else self._measurements.values.at(f"{selected.name}.{what}", index)

    def _want(self) -> None:
        """Have frames measured for as long as somebody looks at a curve of whole frames."""
        self._measurements.want(PURPOSE, self.isVisible() and not self._is_of_regions)

    # ---- showing

    def _show_choice(self) -> None:
        against = self.choice.now
        self.against.show_chosen(self.choice.key, *self.choice.words)
        self.curve.label("bottom", against.name, against.unit)
        self.curve.redraw_soon()

    def _show_soon(self) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def _show_anew(self) -> None:
        self._show()
        self.curve.redraw_soon()

    def _show(self) -> None:
        unit = self._session.scan.data_facts.unit if not self._quantity.startswith("n_") else ""
        self.quantity.show_chosen(self._quantity, self._quantity_words)
        self.curve.label("left", self._quantity_words, unit)
        self._pages.setCurrentWidget(self._drawn if self._can_measure and self.columns else self.nothing)
        self.quantity.setEnabled(self._can_measure)
        self.against.setEnabled(self._can_measure and bool(self.columns))
        self._update_nothing()
        self._update_text()
        self._fit_table()

    @property
    def _n_axes(self) -> int | None:
        """Of the shown frame."""
        return self._session.scan.shown.raw.ndim if self._session.scan.shown is not None else None

    @property
    def _can_measure(self) -> bool:
        return self._n_axes != 0

    def _update_nothing(self) -> None:
        n_axes = self._n_axes
        if n_axes == 0:
            self.nothing.say("A single value has no regions: its curve is drawn in the middle of the window.", ())
        elif n_axes is None:
            self.nothing.say("Regions can be drawn once a frame is shown.", ())
        else:
            what = "span of channels" if n_axes == 1 else "region"
            self.nothing.say(
                f"Draw a {what}: it is measured in every frame. Or choose a value of the whole frame above.",
                (self._span,) if n_axes == 1 else self._shapes,
            )

    def _update_text(self) -> None:
        progress, values = self._session.scan.progress, self._measurements.values
        if progress is None or not self.columns:
            self.known.say("")
            return
        n_known = min(values.n_known(column) for column in self.columns)
        words = f"{count_text(min(n_known, progress.n_complete))} of {count_text(progress.n_complete)} measured"
        words = ", ".join(filter(None, (words, self._session.scan.corrected_text)))
        made_of = self._session.scan.combined_text
        self.known.say(f"{words}, table: {made_of}" if made_of and self._measurements.marks.regions else words)

    def _fit_table(self) -> None:
        self.table.setVisible(bool(self._measurements.marks.regions))
        left = self.height() - LEAST_CURVE - self._foot.sizeHint().height() - 2 * SPACING
        self.table.fit_rows(min(round(TABLE_SHARE * self.height()), left))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_table()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._want()
        self._show()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._want()
