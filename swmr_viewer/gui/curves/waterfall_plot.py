"""The waterfall: spectra one under the other, over the scan."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.analysis import spectrum_factor
from swmr_viewer.core.scan import moved
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.value_picture import ValuePicture
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.screen_fit import screen_fit
from swmr_viewer.gui.look.theme import tokens

_SAMPLE = 256
"""Rows that set the levels: all of a long scan's would cost more than painting them."""


class WaterfallPlot(PlotPane):
    """Channel to the right, frame downwards."""

    index_clicked = Signal(int)
    pointer_moved = Signal(object)
    """(frame, channel) under the pointer, or None outside the scan."""
    levels_used = Signal(object)
    """The values in the first and in the last colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Waterfall of spectra", parent)
        self.rows = WaterfallRows()
        self.box.invertY(True)
        self.picture = ValuePicture()
        self.item = self.picture.item
        self.shown_line = pg.InfiniteLine(angle=0)
        self.shown_line.setVisible(False)
        self.plot.addItem(self.item)
        self.plot.addItem(self.shown_line, ignoreBounds=True)
        self.label("left", "frame")
        self.label("bottom", "channel")
        self._drawn_for = (0, 0)
        self.box.sigRangeChanged.connect(self._on_range)
        self.view.scene().sigMouseClicked.connect(self._on_click)
        self.view.scene().sigMouseMoved.connect(lambda at: self.pointer_moved.emit(self._place(at)))
        self.view.pointer_left.connect(lambda: self.pointer_moved.emit(None))
        self.apply_theme()

    def redraw(self) -> None:
        rows = self.rows.known_rows
        picture = self.rows.picture
        sample = picture[rows[:: max(1, len(rows) // _SAMPLE)]]
        n_frames, n_channels = self.rows.size
        self._drawn_for = self._screen_pixels()
        self.picture.show(screen_fit(picture, *self._drawn_for), sample, QRectF(0, 0, n_channels, n_frames))
        if self.picture.levels is not None:
            self.levels_used.emit(self.picture.levels)

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw in these colours, on this scale and between these levels."""
        if self.picture.apply_settings(settings):
            self.redraw_soon()

    def mark(self, index: int | None) -> None:
        """Put the line on the frame that is shown."""
        self.shown_line.setVisible(index is not None)
        if index is not None:
            self.shown_line.setPos(index + 0.5)

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "shown_line"):
            self.shown_line.setPen(pg.mkPen(tokens().muted, width=1))

    def _screen_pixels(self) -> tuple[int, int]:
        """How many rows and columns the screen has for the whole picture."""
        (n_frames, n_channels), seen, box = self.rows.size, self.box.viewRect(), self.box.sceneBoundingRect()
        if not seen.width() or not seen.height():
            return (1, 1)
        ratio = self.devicePixelRatioF()
        return (round(ratio * box.height() * n_frames / seen.height()), round(ratio * box.width() * n_channels / seen.width()))

    def _on_range(self) -> None:
        if self._screen_pixels() != self._drawn_for:
            self.redraw_soon()

    def _place(self, at: Any) -> tuple[int, int] | None:
        if not self.box.sceneBoundingRect().contains(at):
            return None
        point = self.box.mapSceneToView(at)
        index, channel = int(np.floor(point.y())), int(np.floor(point.x()))
        n_frames, _ = self.rows.size
        return (index, channel) if 0 <= index < n_frames and 0 <= channel < self.rows.n_channels else None

    def _on_click(self, event: Any) -> None:
        place = self._place(event.scenePos())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.index_clicked.emit(place[0])


Picture = npt.NDArray[np.float32]

MOST_ROWS = 2048
_UNKNOWN, _KNOWN, _UNREADABLE = 0, 1, 2


class WaterfallRows:
    """A picture of at most 2,048 rows: in longer scans, neighbouring frames give the largest value of each bin.

    Largest, as the reader makes bins of channels: it keeps what shines in a single frame, does not depend on the order in
    which frames come, and stays true when the scan grows and more frames share a row.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.n_channels = 0
        self.row_factor = 1
        """How many frames share a row."""
        self.scan_shape: tuple[int, ...] = ()
        self.n_known = 0
        """How many different frames went into it."""
        self.n_unreadable = 0
        """How many frames cannot be read."""
        self._room: Picture = np.empty((0, 0), np.float32)
        self._state = np.zeros(0, np.uint8)

    @property
    def picture(self) -> Picture:
        """float32 (rows, bins); NaN where nothing was read, or everything is masked."""
        return self._room[: -(-prod(self.scan_shape) // self.row_factor)] if self.scan_shape else self._room

    @property
    def column_factor(self) -> int:
        """How many channels share a bin."""
        return spectrum_factor(self.n_channels)

    @property
    def size(self) -> tuple[int, int]:
        """How many frames and channels the whole picture stands for."""
        n_rows, n_bins = self.picture.shape
        return (self.row_factor * n_rows, self.column_factor * n_bins)

    def is_unreadable(self, index: int) -> bool:
        return 0 <= index < len(self._state) and bool(self._state[index] == _UNREADABLE)

    def n_known_in(self, row: int) -> int:
        """Return how many of a row's frames went into it."""
        return int(np.count_nonzero(self._state[row * self.row_factor : (row + 1) * self.row_factor] == _KNOWN))

    @property
    def known_rows(self) -> npt.NDArray[np.int64]:
        """The rows with anything in them."""
        return np.flatnonzero(~np.isnan(self.picture).all(axis=1))

    def take(
        self,
        indices: npt.NDArray[np.int64],
        spectra: Picture,
        unreadable: npt.NDArray[np.bool_],
        n_channels: int,
        scan_shape: tuple[int, ...],
    ) -> None:
        """Take some spectra; those of another length than before begin anew.

        Parameters
        ----------
        indices : int64 array (n,)
            Frames, on ``scan_shape``; each at most once.
        spectra : float32 array (n, bins)
            NaN where masked.
        unreadable : bool array (n,)
            Frames that have no spectrum.
        n_channels : int
            Length of the spectra in the file.
        scan_shape : tuple of int
            May have grown along its first axis; for other axes see ``move``.
        """
        if not indices.size:
            return
        if n_channels != self.n_channels:
            self.clear()
            self.n_channels = n_channels
        self.scan_shape = scan_shape
        self._make_room(spectra.shape[1])
        before, now = self._state[indices], np.where(unreadable, _UNREADABLE, _KNOWN)
        self.n_known += _count(now, _KNOWN) - _count(before, _KNOWN)
        self.n_unreadable += _count(now, _UNREADABLE) - _count(before, _UNREADABLE)
        self._state[indices] = now
        order = np.argsort(indices, kind="stable")
        rows, starts = np.unique(indices[order] // self.row_factor, return_index=True)
        self._room[rows] = np.fmax(self._room[rows], np.fmax.reduceat(spectra[order], starts, axis=0))

    def move(self, after: tuple[int, ...]) -> bool:
        """Take note that another axis than the first grew; return False where rows hold frames that part now: forget them then."""
        before, state, picture = self.scan_shape, self._state, self.picture
        if self.row_factor > 1 or prod(after) > MOST_ROWS:
            return False
        known = np.flatnonzero(state)
        there = moved(known, before, after)
        self.scan_shape = after
        self._room, self._state = np.empty((0, picture.shape[1]), np.float32), np.zeros(0, np.uint8)
        self._make_room(picture.shape[1])
        self._state[there] = state[known]
        self._room[there] = picture[known]
        return True

    def _make_room(self, n_bins: int) -> None:
        total = prod(self.scan_shape)
        factor = 1 << max(0, (-(-total // MOST_ROWS) - 1).bit_length())
        if factor > self.row_factor:
            self._room = _coarser(self._room, factor // self.row_factor)
            self.row_factor = factor
        n_rows = -(-total // self.row_factor)
        if n_rows > len(self._room):
            room = np.full((min(MOST_ROWS, 1 << (n_rows - 1).bit_length()), n_bins), np.nan, np.float32)
            room[: len(self._room)] = self._room.reshape(-1, n_bins)
            self._room = room
        if total > len(self._state):
            state = np.zeros(1 << (total - 1).bit_length(), np.uint8)
            state[: len(self._state)] = self._state
            self._state = state


def _count(states: npt.NDArray[Any], state: int) -> int:
    return int(np.count_nonzero(states == state))


def _coarser(picture: Picture, factor: int) -> Picture:
    """Return the largest values of each ``factor`` rows."""
    if not len(picture):
        return picture
    return np.fmax.reduceat(picture, np.arange(0, len(picture), factor), axis=0)
