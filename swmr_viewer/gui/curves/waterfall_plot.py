"""The waterfall: every spectrum that was shown, one under the other, over the scan."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.gui.curves.curve_view import spectrum_values
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.waterfall_rows import WaterfallRows
from swmr_viewer.gui.look.labels import ElidedWords
from swmr_viewer.gui.look.words import count_words
from swmr_viewer.gui.session.session import Session

COLOR_MAP = "viridis"


class WaterfallPlot(PlotPane):
    """Channel to the right, frame downwards; a click pins that frame."""

    index_clicked = Signal(int)

    def __init__(self, rows: WaterfallRows, parent: QWidget | None = None) -> None:
        super().__init__("Waterfall of spectra", parent)
        self.rows = rows
        self.box.invertY(True)
        self.item = pg.ImageItem(axisOrder="row-major")
        self.item.setColorMap(pg.colormap.get(COLOR_MAP))
        self.plot.addItem(self.item)
        self.label("left", "frame")
        self.label("bottom", "channel")
        self.view.scene().sigMouseClicked.connect(self._on_click)

    def redraw(self) -> None:
        picture = self.rows.picture
        if not picture.size or np.isnan(picture).all():
            self.item.clear()
            return
        low, high = np.nanpercentile(picture, (0.5, 99.5))
        self.item.setImage(picture, autoLevels=False, levels=(float(low), float(max(high, low + 1e-9))))
        n_frames, n_channels = self.rows.size
        self.item.setRect(QRectF(0, 0, n_channels, n_frames))

    def _on_click(self, event: object) -> None:
        at = event.scenePos()  # type: ignore[attr-defined]
        if self.box.sceneBoundingRect().contains(at):
            self.index_clicked.emit(int(self.box.mapSceneToView(at).y()))


class Waterfall(QWidget):
    """Collects the spectra that are shown, and says how many of the complete ones it holds."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: dict[str, WaterfallRows] = {}
        self.rows = WaterfallRows()
        self.plot = WaterfallPlot(self.rows)
        self.words = ElidedWords("muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.plot, 1)
        box.addWidget(self.words)
        self.plot.index_clicked.connect(session.pin_nearest)
        session.frame_changed.connect(self._on_frame)
        session.request_changed.connect(self._forget)
        session.progress_changed.connect(self._say)

    def _on_frame(self) -> None:
        frame, progress = self._session.shown, self._session.progress
        if frame is None or progress is None or frame.raw.ndim != 1 or frame.combined != 1:
            return
        self.rows = self._rows.setdefault(frame.data_path, WaterfallRows())
        self.plot.rows = self.rows
        self.rows.put(frame.index, spectrum_values(frame.raw), progress.total)
        self.plot.redraw_soon()
        self._say()

    def _say(self) -> None:
        progress = self._session.progress
        if progress is None or not self.isVisible():
            return
        n_seen, n_complete = self.rows.n_seen, progress.n_complete
        more = "" if n_seen >= n_complete else "   \u2013   Every frame shows them all"
        self.words.say(f"{count_words(n_seen)} of {count_words(n_complete)} complete spectra were shown{more}")

    def _forget(self) -> None:
        self._rows.clear()
        self.rows = self.plot.rows = WaterfallRows()
        self.plot.redraw_soon()
