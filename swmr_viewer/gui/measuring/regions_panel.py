"""The regions: their numbers now, and one of them against the frame index."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.curves import IndexCurve, Values
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.regions_layer import region_color
from swmr_viewer.gui.measuring.regions_table import RegionNumbers, RegionsTable
from swmr_viewer.gui.session import Session

OF_REGION = {"sum": "sum", "mean": "mean", "maximum": "maximum", "std": "\u03c3"}
OF_FRAME = {"total": "total counts", "maximum": "hottest pixel", "n_saturated": "saturated pixels", "n_masked": "masked pixels"}
PURPOSE = "curve"


class RegionsPanel(QFrame):
    """Table above, curve below; the curve is the selected region's, or the whole frame's."""

    def __init__(self, session: Session, measurements: Measurements, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._measurements = measurements
        self.setProperty("panel", "true")
        self.table = RegionsTable(measurements, RegionNumbers(session, measurements, display))
        self.caption = ElidedLabel("caption")
        self.quantity = QComboBox()
        self.quantity.setAccessibleName("What the curve shows")
        self.quantity.setToolTip("What the curve shows")
        for key, words in OF_REGION.items():
            self.quantity.addItem(f"{words} per frame", f"region.{key}")
        for key, words in OF_FRAME.items():
            self.quantity.addItem(f"{words} per frame", key)
        self.curve = IndexCurve(
            "Curve against the frame index", self._points, lambda: session.scan.shown.index if session.scan.shown else None
        )
        self.known = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.caption, 1)
        top.addWidget(self.quantity)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 4, 10, 4)
        box.setSpacing(4)
        box.addLayout(top)
        box.addWidget(self.curve, 3)
        box.addWidget(self.known)
        box.addWidget(self.table, 2)

    def _connect(self) -> None:
        measurements = self._measurements
        self.quantity.currentIndexChanged.connect(self._on_quantity)
        self.curve.index_clicked.connect(self._session.pin_nearest)
        for signal in (measurements.marks_changed, measurements.selection_changed, measurements.values_changed):
            signal.connect(self._show)
        self._session.frame_changed.connect(self.curve.mark_shown)
        self._session.frame_changed.connect(self._update_text)
        self._session.progress_changed.connect(self._update_text)

    @property
    def column(self) -> str:
        """The measured column that the curve shows; empty where there is no region."""
        key = str(self.quantity.currentData())
        kind, _, quantity = key.partition(".")
        if kind != "region":
            return key
        selected = self._measurements.selected
        return f"{selected.name}.{quantity}" if selected is not None else ""

    def _points(self) -> tuple[Values, Values]:
        return self._measurements.values.curve(self.column)

    def _on_quantity(self) -> None:
        self._want()
        self._show()

    def _want(self) -> None:
        """Have frames measured for as long as somebody looks at a curve of whole frames."""
        self._measurements.want(PURPOSE, self.isVisible() and str(self.quantity.currentData()) in OF_FRAME)

    def _show(self) -> None:
        selected = self._measurements.selected
        is_of_region = "." in str(self.quantity.currentData())
        if is_of_region and selected is not None:
            self.caption.say(f"REGION {selected.name}")
            self.curve.set_color(region_color(self._measurements.marks.regions.index(selected)))
        else:
            self.caption.say("REGIONS" if is_of_region else "WHOLE FRAME")
            self.curve.set_color("")
        self.curve.redraw_soon()
        self._update_text()

    def _update_text(self) -> None:
        progress, column = self._session.scan.progress, self.column
        if progress is None or not column:
            self.known.say("Draw one: Measure, above the picture" if not column else "")
            return
        n_known, n_complete = self._measurements.values.n_known(column), progress.n_complete
        known = f"{count_text(min(n_known, n_complete))} of {count_text(n_complete)}"
        made_of = self._session.scan.composition_text
        self.known.say(f"Table: {made_of}   Curve: {known}" if made_of else f"{known} complete frames measured")

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._want()
        self._show()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._want()
