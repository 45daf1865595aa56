"""An honest substitute for keys: which frames of a data set have been written, by its length and its chunks.

It is weaker than a key. A key says that a frame is complete and flushed; here that is concluded from what HDF5 makes
visible: a chunk that exists was written as a whole, unless it holds several frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import (
    Box,
    JoinedSource,
    NotThereYetError,
    SequenceSource,
    Source,
    StoredSource,
    VirtualSource,
    boxes_of,
    cost_of_sources,
    is_whole,
    layout_of,
)
from swmr_viewer.core.data_facts import is_one_image

_LOOKUP_COST = 400
"""Looking for a chunk costs as much as reading this many keys (measured: about 3 us against 10 ns)."""


class LengthKeys:
    """Stands where a key dataset would, for a data set without one.

    A scalar counts once it lies inside the length and is not the fill value, or once another one lies behind it.
    A frame in a chunk of its own counts when that chunk exists. Frames that share a chunk count when the next
    chunk exists; those of the last chunk when the file has been closed.

    Parameters
    ----------
    source : Source
        The data set, or what reads several as one.
    scan_shape : tuple of int or None
        The scan's extent, where it is known.
    is_at_rest : callable
        Whether nobody writes to the file of this name.
    """

    def __init__(self, source: Source, scan_shape: tuple[int, ...] | None, is_at_rest: Callable[[str], bool]) -> None:
        layout = layout_of(source, scan_shape, 0 if scan_shape is None and _is_one_image(source) else None)
        self.path = source.path
        self.filename = source.filename
        self.flat = layout.is_flat
        self._source = source
        self._is_at_rest = is_at_rest
        self._scan_rank = layout.scan_rank
        self._seen = np.zeros(0, np.bool_)
        """Frames of numbered data sets that were seen to be written: where their file is closed, it is not opened again for that."""
        if isinstance(source, VirtualSource):
            source.scan_axes = layout.scan_axes

    def files(self) -> Iterator[str | None]:
        """Yield the files that its frames come from, there or not, and None for what leads nowhere yet."""
        return self._source.files()

    def named_files(self) -> Iterator[str | None]:
        """Yield the file that its frames are written to; None where they come from several."""
        yield self.filename if isinstance(self._source, StoredSource) else None

    @property
    def full_shape(self) -> tuple[int, ...]:
        """The extent of the scan axes."""
        return self._source.shape[: self._scan_rank]

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent of the scan axes."""
        return self.full_shape

    @property
    def maxshape(self) -> tuple[int | None, ...]:
        """The greatest extent of the scan axes (None: unlimited)."""
        return self._source.maxshape[: self._scan_rank]

    @property
    def _scalars(self) -> StoredSource | None:
        """The data set itself, where its values tell what is written: one number per scan point."""
        return self._source if isinstance(self._source, StoredSource) and self._scan_rank == len(self._source.maxshape) else None

    def cost(self, length: int) -> int:
        """Return about what looking at ``length`` frames costs, in values."""
        if isinstance(self._source, VirtualSource | JoinedSource):
            return length * _LOOKUP_COST + cost_of_sources(length, self._source.n_sources, prod(self.full_shape))
        return length * (1 if self._scalars is not None else _LOOKUP_COST)

    def refresh(self) -> None:
        """Make what the writer has flushed visible."""
        self._source.refresh()

    def set_in(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.bool_]:
        """Return which frames have been written in the flat window [start, stop) of the scan shape, 1-D bool."""
        found = np.zeros(stop - start, np.bool_)
        on = (prod(scan_shape),) if self.flat else scan_shape
        for at, box in boxes_of(on, start, stop):
            box += ((0, 1),) * (len(self.full_shape) - len(box))  # trailing axes of 1 are no axes of the scan
            inside = tuple((a, max(a, min(b, n))) for (a, b), n in zip(box, self.full_shape, strict=True))
            written = np.zeros(tuple(b - a for a, b in box), np.bool_)
            if all(b > a for a, b in inside):
                written[tuple(slice(b - a) for a, b in inside)] = self._written_in(inside)
            found[at - start : at - start + written.size] = written.reshape(-1)
        return found

    def _written_in(self, box: Box) -> npt.NDArray[np.bool_]:
        scalars = self._scalars
        return self._frames_in(box) if scalars is None else self._scalars_in(scalars, box)

    def _scalars_in(self, source: StoredSource, box: Box) -> npt.NDArray[np.bool_]:
        inside = source.end.inside(box)  # before they are read: what is read may be older than the size of the file
        if self._is_at_rest(self.filename):
            return inside
        values = np.asarray(source.dataset[tuple(slice(a, b) for a, b in box)])
        written = np.asarray(values != source.dataset.fillvalue, np.bool_)
        if box and self._grows:
            first, length = box[0][0], self.full_shape[0]
            written[: max(0, length - 1 - first)] = True
        return written & inside

    @property
    def _grows(self) -> bool:
        most = self._source.maxshape[0]
        return bool(most is None or most > self._source.shape[0])

    def _frames_in(self, box: Box) -> npt.NDArray[np.bool_]:
        written = np.empty(tuple(b - a for a, b in box), np.bool_)
        is_seen = self._seen_in_closed_files(box)
        for offset in np.ndindex(written.shape):
            written[offset] = is_seen[offset] or self._is_written(tuple(a + at for (a, _), at in zip(box, offset, strict=True)))
        if len(box) == 1 and isinstance(self._source, SequenceSource):
            self._seen[slice(*box[0])] |= written
        return written

    def _seen_in_closed_files(self, box: Box) -> npt.NDArray[np.bool_]:
        found = np.zeros(tuple(b - a for a, b in box), np.bool_)
        if len(box) == 1 and isinstance(self._source, SequenceSource):
            start, stop = box[0]
            if stop > self._seen.size:
                self._seen = np.concatenate([self._seen, np.zeros(stop, np.bool_)])
            for index in start + np.flatnonzero(self._seen[start:stop]):
                found[index - start] = self._source.is_whole_at(int(index))
        return found

    def _is_written(self, position: tuple[int, ...]) -> bool:
        frame = ((0, n) for n in self._source.shape[self._scan_rank :])
        try:
            pieces = list(self._source.pieces((*((at, at + 1) for at in position), *frame)))
        except NotThereYetError:
            return False
        return all(piece.dataset is None or self._is_whole(piece.dataset, piece.box) for piece in pieces)

    def _is_whole(self, dataset: h5py.Dataset, box: Box) -> bool:
        # The file that the piece is in counts, not the one that was opened: a master is closed before its sources are made.
        frame_rank = len(self._source.maxshape) - self._scan_rank
        return is_whole(dataset, box, frame_rank) or self._is_at_rest(dataset.file.filename)


def _is_one_image(source: Source) -> bool:
    by_rows = not isinstance(source, StoredSource) or (source.chunks is not None and source.chunks[0] == 1)
    return is_one_image(source.shape, source.maxshape, by_rows, source.interpretation)
