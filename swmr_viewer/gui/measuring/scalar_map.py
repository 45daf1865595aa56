"""Scalars over the scan: the value against the index, and as a map on the scan grid."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from swmr_viewer.gui.curves import IndexCurve, PlotPane, ValuePicture
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.measuring.measured_values import GridPicture
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import Measured

COLUMN = "maximum"
"""Of a single pixel: its value, and nothing where it is masked."""
PURPOSE = "scalars"
BLOCKS_AT_A_TIME = 8
"""Half a million values, some 20 ms."""


class ScalarMapPlot(PlotPane):
    """The map; a click pins that point."""

    index_clicked = Signal(int)
    levels_used = Signal(object)
    """The values in the first and in the last colour."""

    def __init__(self, session: Session, measurements: Measurements, parent: QWidget | None = None) -> None:
        super().__init__("Map of values", parent)
        self._session = session
        self._measurements = measurements
        self.box.invertY(True)
        self.picture = ValuePicture()
        self.item = self.picture.item
        self.plot.addItem(self.item)
        self.grid = GridPicture(())
        self._is_void = True
        self._unfilled: list[int] = []
        """Numbers of the blocks of measured values that the picture has yet to take: ten million at once would hold up the window."""
        self.view.scene().sigMouseClicked.connect(self._on_click)

    def take(self, event: Measured) -> None:
        """Take what was measured of some frames."""
        if not self._is_void and self._fits(event.scan_shape):
            self.grid.take(event.indices, event.values[:, event.columns.index(COLUMN)])
        else:
            self._is_void = True
        self.redraw_soon()

    def reset(self) -> None:
        """Take note that another data set is shown, or that what was measured is void."""
        self._is_void = True
        self.redraw_soon()

    def _fits(self, scan_shape: tuple[int, ...]) -> bool:
        return scan_shape == self.grid.scan_shape or self.grid.grow(scan_shape)

    def redraw(self) -> None:
        self._fill()
        picture = self.grid.picture
        self.picture.show(picture, picture, QRectF(0, 0, self.grid.columns, self.grid.rows))
        if self.picture.levels is not None:
            self.levels_used.emit(self.picture.levels)
            self._name_axes()

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw in these colours, on this scale and between these levels."""
        if self.picture.apply_settings(settings):
            self.redraw_soon()

    def _fill(self) -> None:
        """Take what was measured into the picture, a piece at a time."""
        values = self._measurements.values
        if self._is_void:
            self._is_void = False
            self.grid = GridPicture(self._session.scan.scan_shape)
            self._unfilled = values.block_numbers(COLUMN)
        now, self._unfilled = self._unfilled[:BLOCKS_AT_A_TIME], self._unfilled[BLOCKS_AT_A_TIME:]
        for number in now:
            self.grid.take(*values.block(COLUMN, number))
        if self._unfilled:
            self.redraw_soon()

    def _name_axes(self) -> None:
        axes = self._session.scan.data.facts.scan_axes if self._session.scan.data is not None else ()
        if len(axes) == len(self._session.scan.scan_shape) == 2:
            self.label("left", axes[0].name)
            self.label("bottom", axes[1].name)

    def _on_click(self, event: object) -> None:
        at = event.scenePos()  # type: ignore[attr-defined]
        if not self.box.sceneBoundingRect().contains(at):
            return
        point, grid = self.box.mapSceneToView(at), self.grid
        row, column = int(np.floor(point.y())), int(np.floor(point.x()))
        if 0 <= row < grid.rows and 0 <= column < grid.columns:
            self.index_clicked.emit(row * grid.columns + column)


class ScalarMap(QSplitter):
    """Curve and map of the shown data set while its frames are scalars."""

    def __init__(self, session: Session, measurements: Measurements, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._measurements = measurements
        self.setChildrenCollapsible(False)
        self.curve = IndexCurve(
            "Value against the index",
            lambda: measurements.values.curve(COLUMN),
            lambda: session.scan.shown.index if session.scan.shown else None,
        )
        self.map = ScalarMapPlot(session, measurements)
        for part in (self.curve, self.map):
            self.addWidget(part)
            part.index_clicked.connect(session.pin_nearest)
        measurements.values_changed.connect(self.curve.redraw_soon)
        measurements.frames_measured.connect(self._take)
        for signal in (measurements.forgotten, session.data_changed, session.opened, session.request_changed):
            signal.connect(self.map.reset)
        session.frame_changed.connect(self.curve.mark_shown)

    def _take(self, event: Measured) -> None:
        if self.isVisible():
            self.map.take(event)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._measurements.want(PURPOSE, True)
        self.map.reset()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._measurements.want(PURPOSE, False)
