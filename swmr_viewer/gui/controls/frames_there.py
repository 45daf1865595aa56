"""How many of the frames of each part of a scan are complete, kept by what is new: for a picture as wide as the screen, not as the scan."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray

MOST_BLOCKS = 8192
"""More than a screen has pixels; a longer scan has blocks of 2, 4, 8 ... frames."""


class FramesThere:
    """Complete frames, counted in blocks of equal length over the flat index."""

    def __init__(self) -> None:
        self._counts = np.zeros(MOST_BLOCKS, np.int64)
        self._length = 1
        self._rows: tuple[int, ...] = ()

    def note(self, completed: IndexArray, progress: KeyProgress) -> None:
        """Count frames that became complete; ``progress`` has them already."""
        self._fit(progress)
        if progress.scan_shape[1:] == self._rows:
            self._count(completed)
        self._make_sure(progress)

    def shares(self, progress: KeyProgress, n_parts: int) -> npt.NDArray[np.float64]:
        """Return which share of the frames is complete in each of equal parts of the scan (0 to 1)."""
        self._fit(progress)
        self._make_sure(progress)
        total, n_parts = progress.total, max(1, n_parts)
        if not total:
            return np.zeros(n_parts)
        first, behind = self._blocks(total, n_parts)
        sums = np.concatenate(([0], np.cumsum(self._counts)))
        frames = np.minimum(behind * self._length, total) - first * self._length
        shares: npt.NDArray[np.float64] = (sums[behind] - sums[first]) / frames
        return shares

    def _blocks(self, total: int, n_parts: int) -> tuple[IndexArray, IndexArray]:
        """Return the first block of each part, and the one behind its last; of a short scan each part belongs to one frame."""
        if total <= n_parts:
            first = ((np.arange(n_parts) + 0.5) * total / n_parts).astype(np.int64)
            return first, first + 1
        edges = np.arange(n_parts + 1) * total / n_parts
        first = edges[:-1].astype(np.int64) // self._length
        return first, np.maximum(first + 1, -(-np.ceil(edges[1:]).astype(np.int64) // self._length))

    def _fit(self, progress: KeyProgress) -> None:
        """Make blocks longer until there are enough of them."""
        while progress.total > MOST_BLOCKS * self._length:
            pairs = self._counts.reshape(-1, 2).sum(axis=1)
            self._counts = np.concatenate((pairs, np.zeros(MOST_BLOCKS // 2, np.int64)))
            self._length *= 2

    def _count(self, indices: IndexArray) -> None:
        self._counts += np.bincount(indices // self._length, minlength=MOST_BLOCKS)

    def _make_sure(self, progress: KeyProgress) -> None:
        """Count all anew where that is not what was counted: another file, or an axis grew that moves the frames."""
        is_shorter = self._length > 1 and progress.total <= MOST_BLOCKS * self._length // 2
        if progress.scan_shape[1:] == self._rows and int(self._counts.sum()) == progress.n_complete and not is_shorter:
            return
        self._rows = progress.scan_shape[1:]
        self._counts[:], self._length = 0, 1
        self._fit(progress)
        self._count(np.flatnonzero(progress.complete_mask()))
