"""Which frames of a scan are still to be reduced: a byte for each scan point, whatever the order in which they come."""

from __future__ import annotations

from math import prod

import numpy as np

from swmr_viewer.core.progress import GrowingArray
from swmr_viewer.core.scan import index_of, position_of

Position = tuple[int, ...]
_UNKNOWN, _PENDING, _TAKEN = 0, 1, 2
_BLOCK = 1 << 16
"""Points that are looked at at once."""
_LONGEST_CHUNK = 256
"""Frames in a chunk; of longer ones (numbers, short spectra) another worker may have a part."""


class PendingFrames:
    """Frames that wait, each taken once: the newest on demand, else from the first on.

    Parameters
    ----------
    scan_shape : tuple of int
        The scan's extent by now.
    chunk_length : int
        How many frames share a chunk along the last axis: runs end where chunks do, so that none is decoded twice.
    """

    def __init__(self, scan_shape: Position, chunk_length: int = 1) -> None:
        self._states = GrowingArray(scan_shape, np.uint8, _UNKNOWN)
        self._chunk = chunk_length if 1 < chunk_length <= _LONGEST_CHUNK else 1
        self._from = 0
        """No frame before this index waits."""
        self._newest: Position | None = None
        """The one that came last and was not taken yet."""
        self.n = 0
        """How many wait."""

    @property
    def scan_shape(self) -> Position:
        """The extent that indices are counted on."""
        return self._states.shape

    def grow(self, scan_shape: Position) -> None:
        """Take note that the scan is larger."""
        if scan_shape != self._states.shape:
            inner = self._states.shape[1:]
            self._states.grow(scan_shape)
            if scan_shape[1:] != inner:
                self._from = 0

    def add(self, first: Position, n: int) -> int:
        """Let a run of frames wait, but for those that did before; return how many are new."""
        start = index_of(first, self.scan_shape) if first else 0
        part = self._states.flat[start : start + n]
        new = part == _UNKNOWN
        n_new = int(np.count_nonzero(new))
        if n_new:
            part[new] = _PENDING
            self.n += n_new
            self._from = min(self._from, start)
            self._newest = position_of(start + int(np.flatnonzero(new)[-1]), self.scan_shape)
        return n_new

    def put_back(self, position: Position) -> None:
        """Let a frame wait that was taken."""
        index = index_of(position, self.scan_shape)
        if self._states.flat[index] == _TAKEN:
            self._states.flat[index] = _PENDING
            self.n += 1
            self._from = min(self._from, index)

    def is_pending(self, position: Position) -> bool:
        """Return whether a frame waits."""
        return bool(self._states.flat[index_of(position, self.scan_shape)] == _PENDING)

    def take(self, position: Position) -> None:
        """Take one frame that waits, wherever it is."""
        self._take(index_of(position, self.scan_shape), 1)

    def take_newest(self) -> Position | None:
        """Take the frame that came last; None: it was taken already."""
        newest, self._newest = self._newest, None
        if newest is None or not self.is_pending(newest):
            return None
        self.take(newest)
        return newest

    def take_first(self, most: int) -> tuple[Position, int] | None:
        """Take the first frames that wait, side by side along the last axis; None: there are none."""
        index = self._first()
        if index is None:
            return None
        at = index % self.scan_shape[-1] if self.scan_shape else 0
        length = self.scan_shape[-1] if self.scan_shape else 1
        most = min(length - at, self._to_chunk_end(at, most))
        waiting = self._states.flat[index : index + most] == _PENDING
        n = most if waiting.all() else int(waiting.argmin())
        self._take(index, n)
        return position_of(index, self.scan_shape), n

    def _to_chunk_end(self, at: int, most: int) -> int:
        """Return how many frames to take from here on: to the last end of a chunk within ``most``, else to the first one behind it."""
        end = (at + most) // self._chunk * self._chunk
        return (end if end > at else (at // self._chunk + 1) * self._chunk) - at

    def _first(self) -> int | None:
        if not self.n:
            return None
        flat, total = self._states.flat, prod(self.scan_shape)
        while self._from < total:
            block = flat[self._from : self._from + _BLOCK] == _PENDING
            at = int(block.argmax())
            if block[at]:
                self._from += at
                return self._from
            self._from += len(block)
        return None

    def _take(self, index: int, n: int) -> None:
        self._states.flat[index : index + n] = _TAKEN
        self.n -= n
