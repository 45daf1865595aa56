"""The waterfall of every complete spectrum: the reader sends the rows, newest first, while it is seen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.gui.curves import WaterfallPlot, WaterfallRows, caption, row_text
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.picture import axis_text
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.reader import messages as m


class Waterfall(QWidget):
    """Keeps the rows of each data set, and says of how many complete frames they are and what was made smaller."""

    pointed = Signal(str)
    """What is under the pointer, in words; nothing outside the scan."""

    def __init__(self, session: Session, measurements: Measurements, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._measurements = measurements
        self._rows: dict[str, WaterfallRows] = {}
        self._at: tuple[int, int] | None = None
        self.plot = WaterfallPlot()
        self.words = ElidedLabel("muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.plot, 1)
        box.addWidget(self.words)
        self._connect()

    def _connect(self) -> None:
        session, measurements = self._session, self._measurements
        self.plot.index_clicked.connect(session.pin_nearest)
        self.plot.pointer_moved.connect(self._point_at)
        session.frame_settled.connect(self._mark)
        session.progress_settled.connect(self._update_text)
        session.data_changed.connect(self._choose_rows)
        session.opened.connect(self._choose_rows)
        session.request_changed.connect(self._forget_all)
        measurements.frames_measured.connect(self._take)
        measurements.forgotten.connect(self._forget)

    @property
    def rows(self) -> WaterfallRows:
        """The rows of the shown data set."""
        return self.plot.rows

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():  # a window that was an icon for a while is no reason to read everything again
            self._measurements.want_spectra(True)
        self._update_text()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self._measurements.want_spectra(False)
            self._point_at(None)

    # ---- rows

    def _take(self, event: m.Measured) -> None:
        if event.spectra is None:
            return
        rows = self._rows.setdefault(event.data_path, WaterfallRows())
        if rows.scan_shape and rows.scan_shape[1:] != event.scan_shape[1:] and not rows.move(event.scan_shape):
            rows.clear()
            self._measurements.measure_again()
            return
        unreadable = np.isnan(event.values[:, event.columns.index("n_masked")])
        rows.take(event.indices, event.spectra, unreadable, event.n_channels, event.scan_shape)
        self._choose_rows()

    def _choose_rows(self) -> None:
        self.plot.rows = self._rows.setdefault(self._session.scan.data_path, WaterfallRows())
        self.plot.redraw_soon()
        self._update_text()

    def _forget(self, data_path: str) -> None:
        self._rows.pop(data_path, None)
        self._choose_rows()

    def _forget_all(self) -> None:
        self._rows.clear()
        self._choose_rows()

    # ---- words

    def _mark(self) -> None:
        frame = self._session.scan.shown
        self.plot.mark(frame.index if frame is not None and frame.raw.ndim == 1 else None)

    def _update_text(self) -> None:
        progress = self._session.scan.progress
        if progress is None or not self.isVisible():
            return
        words = caption(self.rows, progress.n_complete)
        self.words.say(", ".join(filter(None, (words, self._session.scan.corrected_text))))
        if self._at is not None:
            self._update_pointed()

    def _point_at(self, at: tuple[int, int] | None) -> None:
        self._at = at
        self._update_pointed()

    def _update_pointed(self) -> None:
        progress, data = self._session.scan.progress, self._session.scan.data
        if self._at is None or progress is None or data is None:
            self.pointed.emit("")
            return
        index, channel = self._at
        words = row_text(self.rows, index, channel, is_complete=progress.is_complete(index))
        told = (words, *axis_text(self._session.scan.data_facts, channel), self._session.scan.corrected_text)
        self.pointed.emit("   ".join(filter(None, told)))
