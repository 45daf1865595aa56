"""Scalars over the scan: the value against the index, and as a map on the scan grid."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from swmr_viewer.gui.curves.curve_points import Values
from swmr_viewer.gui.curves.index_curve import IndexCurve
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.session.session import Session

COLOR_MAP = "viridis"
COLUMN = "maximum"
"""Of a single pixel: its value, and nothing where it is masked."""
MOST_SIDE = 2000
PURPOSE = "scalars"


def scan_picture(values: Values, scan_shape: tuple[int, ...]) -> Values:
    """Return values on the scan grid: the last axis to the right, all others downwards; NaN where nothing is known."""
    columns = scan_shape[-1] if len(scan_shape) > 1 else max(1, round(np.sqrt(max(1, int(np.prod(scan_shape))))))
    total = int(np.prod(scan_shape)) if scan_shape else 1
    rows = -(-total // columns)
    grid = np.full(rows * columns, np.nan)
    known = values[: min(len(values), total)]
    grid[: len(known)] = known
    return grid.reshape(rows, columns)


class ScalarMapPlot(PlotPane):
    """The map; a click pins that point."""

    index_clicked = Signal(int)

    def __init__(self, session: Session, measurements: Measurements, parent: QWidget | None = None) -> None:
        super().__init__("Map of values", parent)
        self._session = session
        self._measurements = measurements
        self.box.invertY(True)
        self.item = pg.ImageItem(axisOrder="row-major")
        self.item.setColorMap(pg.colormap.get(COLOR_MAP))
        self.plot.addItem(self.item)
        self.picture: Values = np.empty((0, 0))
        self.view.scene().sigMouseClicked.connect(self._on_click)

    def redraw(self) -> None:
        self.picture = scan_picture(self._measurements.values.column(COLUMN), self._session.scan_shape)
        known = self.picture[~np.isnan(self.picture)]
        if not known.size:
            self.item.clear()
            return
        rows, columns = self.picture.shape
        drawn = self.picture[:: -(-rows // MOST_SIDE), :: -(-columns // MOST_SIDE)]
        low, high = float(known.min()), float(known.max())
        self.item.setImage(drawn.astype(np.float32), autoLevels=False, levels=(low, high if high > low else low + 1))
        self.item.setRect(QRectF(0, 0, columns, rows))
        self._name_axes()

    def _name_axes(self) -> None:
        axes = self._session.data.facts.scan_axes if self._session.data is not None else ()
        if len(axes) == len(self._session.scan_shape) == 2:
            self.label("left", axes[0].name)
            self.label("bottom", axes[1].name)

    def _on_click(self, event: object) -> None:
        at = event.scenePos()  # type: ignore[attr-defined]
        if not self.box.sceneBoundingRect().contains(at):
            return
        point, (rows, columns) = self.box.mapSceneToView(at), self.picture.shape
        row, column = int(np.floor(point.y())), int(np.floor(point.x()))
        if 0 <= row < rows and 0 <= column < columns:
            self.index_clicked.emit(row * columns + column)


class ScalarMap(QSplitter):
    """Curve and map of the shown data set while its frames are scalars."""

    def __init__(self, session: Session, measurements: Measurements, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._measurements = measurements
        self.setChildrenCollapsible(False)
        self.curve = IndexCurve(
            "Value against the index", lambda: measurements.values.column(COLUMN), lambda: session.shown.index if session.shown else None
        )
        self.map = ScalarMapPlot(session, measurements)
        for part in (self.curve, self.map):
            self.addWidget(part)
            part.index_clicked.connect(session.pin_nearest)
            measurements.values_changed.connect(part.redraw_soon)
        session.frame_changed.connect(self.curve.mark_shown)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._measurements.want(PURPOSE, True)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._measurements.want(PURPOSE, False)
