"""The waterfall of every complete spectrum: the reader sends the rows, newest first, while it is seen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text, value_text
from swmr_viewer.gui.curves import WaterfallPlot, WaterfallRows
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


def caption(rows: WaterfallRows, n_complete: int) -> str:
    """Return how much of the scan is seen, and what each point of the picture stands for."""
    parts = [f"{count_text(rows.n_known)} of {count_text(n_complete)} complete spectra"]
    if rows.n_unreadable:
        parts.append(f"{count_text(rows.n_unreadable)} cannot be read")
    shared = [f"{count_text(n)} {what}" for n, what in ((rows.column_factor, "channels"), (rows.row_factor, "frames")) if n > 1]
    if shared:
        parts.append("each point the largest value of " + " \u00d7 ".join(shared))
    return "   \u2013   ".join(parts)


def row_text(rows: WaterfallRows, index: int, channel: int, *, is_complete: bool) -> str:
    """Return what is known at a place of the picture."""
    row, column = index // rows.row_factor, channel // rows.column_factor
    if row >= len(rows.picture) or column >= rows.picture.shape[1]:
        return ""
    n_frames, n_channels = min(rows.row_factor, rows.n_known_in(row)), rows.column_factor
    if not n_frames:
        why = "cannot be read" if rows.is_unreadable(index) else "not read yet" if is_complete else "not complete yet"
        return f"frame {count_text(index)}   {why}"
    value = float(rows.picture[row, column])
    words = "masked" if np.isnan(value) else f"{'largest' if max(rows.row_factor, n_channels) > 1 else 'value'} {_plain_text(value)}"
    frames = _span("frame", row * rows.row_factor, rows.row_factor)
    return f"{frames}   {_span('channel', column * n_channels, min(n_channels, rows.n_channels - column * n_channels))}   {words}"


def _span(name: str, first: int, n: int) -> str:
    return f"{name} {count_text(first)}" if n == 1 else f"{name}s {count_text(first)}\u2013{count_text(first + n - 1)}"


def _plain_text(value: float) -> str:
    return value_text(int(value) if value.is_integer() and abs(value) < 2**24 else value)
