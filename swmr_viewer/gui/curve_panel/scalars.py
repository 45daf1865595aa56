"""Scalars over the scan: the value against an axis of the scan, and, of scans of several axes, as a map."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import compact_text, value_text
from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice, shown_index
from swmr_viewer.gui.curve_panel.curve_lines import CurveLines
from swmr_viewer.gui.curve_panel.curve_menus import AgainstButton
from swmr_viewer.gui.curve_panel.curve_settings import CurveSettings
from swmr_viewer.gui.curves import IndexCurve
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.quantity_map import ValueMap
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.scan_map import MapPages, ScanGaps
from swmr_viewer.gui.session import Session

COLUMN = "maximum"
"""Of a single pixel: its value, and nothing where it is masked."""
PURPOSE = "scalars"
LINE_MARGIN = 8


class Scalars(QWidget):
    """The shown value in a line, its curve, and the map of scans of several axes, while the frames are scalars."""

    def __init__(
        self, session: Session, measurements: Measurements, gaps: ScanGaps, pages: MapPages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._measurements = measurements
        self.choice = CurveChoice(session, usual=CurveSettings((COLUMN,)), lines_first=True)
        self.choice.is_seen = self.isVisible
        self.lines = CurveLines(self.choice)
        self.value = PlainLabel("title")
        self.against = AgainstButton(self.choice, "What the values are drawn against")
        self.curve = IndexCurve("Values over the scan", self.lines.lines, lambda: shown_index(session), self.lines.x_of, self._value_at)
        self.map = ValueMap(session, gaps, pages, COLUMN)
        self.map.plot.axes["left"].setWidth(self.curve.axes["left"].width())  # one above the other
        self._lay_out()
        self._connect()
        self._show_choice()
        self._show_value()

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw values on this scale, and in these colours."""
        self.curve.set_scale(settings.scale)
        self.map.apply_settings(settings)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(LINE_MARGIN, 0, LINE_MARGIN, 0)
        line.addWidget(self.value, 1)
        line.addWidget(self.against)
        plots = QSplitter(Qt.Orientation.Vertical)
        plots.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(line)
        box.addWidget(plots, 1)
        for plot in (self.map, self.curve):
            plots.addWidget(plot)
        self.curve.index_clicked.connect(self._session.pin_nearest)

    def _connect(self) -> None:
        session = self._session
        self.choice.changed.connect(self._show_choice)
        for signal in (session.quantities_changed, session.order_changed, self.lines.points_made):
            signal.connect(self.curve.redraw_soon)
        for signal in (session.data_changed, session.opened, session.request_changed):
            signal.connect(self._show_map)
        session.frame_settled.connect(self._show_value)

    def _value_at(self, index: int) -> float | None:
        return self._measurements.values.at(COLUMN, index)

    def _show_choice(self) -> None:
        self.against.show_choice()
        self.curve.label("bottom", *self.choice.against_label)
        self.curve.set_x_scale(Scale.LOG if self.choice.settings.log_x else Scale.LINEAR)
        self.curve.redraw_soon()
        self._want(self.isVisible())

    def _want(self, wanted: bool) -> None:
        self._session.want_quantities(PURPOSE, (COLUMN, *self.choice.wanted) if wanted else ())

    def _show_value(self) -> None:
        shown = self._session.scan.shown
        if shown is not None and shown.raw.ndim == 0:
            unit = self._session.scan.data_facts.unit
            value = value_text((shown.raw if shown.is_made else shown.picked).item())
            self.value.say("   ".join(filter(None, (f"{compact_text(value)} {unit}".rstrip(), self._session.scan.made_text))))
            self.curve.label("left", "value", unit)
            self.curve.mark_shown()

    def _show_map(self) -> None:
        self.map.setVisible(len(self._session.scan.scan_shape) > 1)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.choice.look()
        self._want(True)
        self._show_map()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._want(False)
