"""What a waterfall is made of: spectra of the whole scan in a bounded picture, whatever the order in which they come (no Qt)."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import spectrum_factor
from swmr_viewer.core.scan import moved
from swmr_viewer.gui.curves.curve_axes import ChannelAxis

Picture = npt.NDArray[np.float32]
MOST_COLUMNS = 2048
"""Of a picture on an axis whose channels are not as wide as one another."""


def on_even_grid(picture: Picture, axis: ChannelAxis, column_factor: int) -> Picture:
    """Return a picture whose columns are even steps of the axis, from its first channel on: each the largest of the bins that it meets.

    Parameters
    ----------
    picture : float32 array (rows, bins)
        NaN where nothing is known.
    axis : ChannelAxis
        Where the channels are; it rises, or falls.
    column_factor : int
        How many channels share a bin.
    """
    n_bins = picture.shape[1]
    if not n_bins:
        return picture
    edges = axis.edges
    steps = np.linspace(edges[0], edges[-1], min(MOST_COLUMNS, 4 * n_bins) + 1)[:-1]
    rises = edges[-1] > edges[0]
    channels = np.searchsorted(edges if rises else -edges, steps if rises else -steps, "right") - 1
    return np.fmax.reduceat(picture, np.clip(channels // column_factor, 0, n_bins - 1), axis=1)


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
