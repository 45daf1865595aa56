"""An honest substitute for keys: which frames of a data set have been written, by its length and its chunks.

It is weaker than a key. A key says that a frame is complete and flushed; here that is concluded from what HDF5 makes
visible: a chunk that exists was written as a whole, unless it holds several frames.
"""

from __future__ import annotations

from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.boxes import Box, boxes_of
from swmr_viewer.core.chunks import is_allocated
from swmr_viewer.core.errors import PathError
from swmr_viewer.core.layout import layout_of
from swmr_viewer.core.refreshing import can_refresh

_LOOKUP_COST = 400
"""Looking for a chunk costs as much as reading this many keys (measured: about 3 us against 10 ns)."""


class LengthKeys:
    """Stands where a key dataset would, for a data set without one.

    A scalar counts once it lies inside the length and is not the fill value, or once another one lies behind it.
    A frame in a chunk of its own counts when that chunk exists. Frames that share a chunk count when the next
    chunk exists; those of the last chunk when the file has been closed.

    Parameters
    ----------
    dataset : h5py.Dataset
        The data set.
    scan_shape : tuple of int or None
        The scan's extent, where it is known.
    path : str
        The name it goes by.
    """

    def __init__(self, dataset: h5py.Dataset, scan_shape: tuple[int, ...] | None, path: str) -> None:
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iufbc":
            raise PathError(f"{path} is not a data set of numbers: its length tells nothing about frames.", "Name a data set with frames.")
        layout = layout_of(dataset, scan_shape, None)
        self.path = path
        self.filename = str(dataset.file.filename)
        self.flat = layout.is_flat
        self.file_is_closed = False
        """Set by the owner before a refresh, once the writer has closed the file."""
        self._dataset = dataset
        self._scan_rank = layout.scan_rank
        self._refreshes = can_refresh(dataset)

    @property
    def full_shape(self) -> tuple[int, ...]:
        """The extent of the scan axes."""
        return tuple(int(n) for n in self._dataset.shape[: self._scan_rank])

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent of the scan axes."""
        return self.full_shape

    @property
    def maxshape(self) -> tuple[int | None, ...]:
        """The greatest extent of the scan axes (None: unlimited)."""
        return tuple(self._dataset.maxshape[: self._scan_rank])

    @property
    def _holds_scalars(self) -> bool:
        return bool(self._scan_rank == self._dataset.ndim)

    def cost(self, length: int) -> int:
        """Return about what looking at ``length`` frames costs, in values."""
        return length * (1 if self._holds_scalars else _LOOKUP_COST)

    def refresh(self) -> None:
        """Make what the writer has flushed visible."""
        if self._refreshes:
            self._dataset.refresh()

    def set_in(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.bool_]:
        """Return which frames have been written in the flat window [start, stop) of the scan shape, 1-D bool."""
        found = np.zeros(stop - start, np.bool_)
        on = (prod(scan_shape),) if self.flat else scan_shape
        for at, box in boxes_of(on, start, stop):
            inside = tuple((a, max(a, min(b, n))) for (a, b), n in zip(box, self.full_shape, strict=True))
            written = np.zeros(tuple(b - a for a, b in box), np.bool_)
            if all(b > a for a, b in inside):
                written[tuple(slice(b - a) for a, b in inside)] = self._written_in(inside)
            found[at - start : at - start + written.size] = written.reshape(-1)
        return found

    def _written_in(self, box: Box) -> npt.NDArray[np.bool_]:
        return self._scalars_in(box) if self._holds_scalars else self._frames_in(box)

    def _scalars_in(self, box: Box) -> npt.NDArray[np.bool_]:
        values = np.asarray(self._dataset[tuple(slice(a, b) for a, b in box)])
        if self.file_is_closed:
            return np.ones(values.shape, np.bool_)
        written = np.asarray(values != self._dataset.fillvalue, np.bool_)
        if box and self._grows:
            first, length = box[0][0], self.full_shape[0]
            written[: max(0, length - 1 - first)] = True
        return written

    @property
    def _grows(self) -> bool:
        most = self._dataset.maxshape[0]
        return bool(most is None or most > self._dataset.shape[0])

    def _frames_in(self, box: Box) -> npt.NDArray[np.bool_]:
        written = np.empty(tuple(b - a for a, b in box), np.bool_)
        for offset in np.ndindex(written.shape):
            written[offset] = self._is_written(tuple(a + at for (a, _), at in zip(box, offset, strict=True)))
        return written

    def _is_written(self, position: tuple[int, ...]) -> bool:
        if not is_allocated(self._dataset, self._frame_box(position)):
            return False
        chunks = self._dataset.chunks
        if chunks is None or self.file_is_closed or prod(chunks[: self._scan_rank]) == 1:
            return True
        return self._next_chunk_exists(position, chunks)

    def _next_chunk_exists(self, position: tuple[int, ...], chunks: tuple[int, ...]) -> bool:
        """Whether writing has gone past this frame's chunk, along the last scan axis that has a chunk behind it."""
        for axis in range(self._scan_rank - 1, -1, -1):
            behind = (position[axis] // chunks[axis] + 1) * chunks[axis]
            if behind < self._dataset.shape[axis]:
                ahead = (*position[:axis], behind, *(0 for _ in position[axis + 1 :]))
                return is_allocated(self._dataset, self._frame_box(ahead))
        return False

    def _frame_box(self, position: tuple[int, ...]) -> Box:
        frame: tuple[Any, ...] = self._dataset.shape[self._scan_rank :]
        return (*((at, at + 1) for at in position), *((0, int(n)) for n in frame))
