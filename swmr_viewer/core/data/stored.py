"""Whether a region of a data set has been written: by the presence of its chunks, and whether they lie inside the file by now."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import Any
from weakref import WeakSet

import h5py
import hdf5plugin  # noqa: F401 - registers the compression filters of this field
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.selections import Box
from swmr_viewer.core.file_state import is_at_rest, is_closed_and_whole


def is_allocated(dataset: h5py.Dataset, box: Box, chunks: tuple[int, ...] | None = None) -> bool:
    """Return whether storage exists for every part of a box that lies inside the dataset's extent.

    ``chunks`` may be told by who knows them: asking costs as much as looking for one. A chunk that was never flushed reads as the
    fill value without a word, and stays so in the cache until the next refresh.
    """
    if chunks is None:
        if dataset.is_virtual:
            return True
        chunks = dataset.chunks
    if chunks is None:
        return dataset.id.get_offset() is not None or dataset.id.get_storage_size() > 0
    return all(_is_stored(dataset, at) for at in chunk_offsets(chunks, box))


_begun: WeakSet[h5py.Dataset] = WeakSet()
"""Datasets of which a chunk was seen."""
_ONE_BYTE = np.empty(1, np.uint8)


def _is_stored(dataset: h5py.Dataset, at: tuple[int, ...]) -> bool:
    """Return whether the chunk at this offset exists.

    Asking for its bytes with no room for them is answered from the index. ``get_chunk_info_by_coord`` walks through all
    chunks instead (measured: 0.12 ms with 1,000 chunks, 40 ms with 100,000), with Python's lock held.
    """
    if dataset not in _begun:
        # While there is no chunk at all, read_direct_chunk finds every chunk, of 4 GB.
        if dataset.id.get_chunk_info_by_coord(at).byte_offset is None:
            return False
        _begun.add(dataset)
    try:
        dataset.id.read_direct_chunk(at, out=_ONE_BYTE)
    except ValueError:  # one byte does not do
        return True
    except RuntimeError as error:
        if _NO_CHUNK in str(error):
            return False
        raise
    return True


_NO_CHUNK = "not allocated"


def is_whole(dataset: h5py.Dataset, box: Box, frame_rank: int) -> bool:
    """Return whether the frame in this box is complete: alone in its chunk, or in one that writing has gone past."""
    if is_alone(dataset.chunks, frame_rank):
        return True
    return _next_chunk_exists(dataset, box, max(0, len(box) - frame_rank)) or is_at_rest(dataset.file.filename)


def is_alone(chunks: tuple[int, ...] | None, frame_rank: int) -> bool:
    """Return whether no chunk of this shape (None: there are none) holds more than one frame."""
    return chunks is None or prod(chunks[: max(0, len(chunks) - frame_rank)]) == 1


def _next_chunk_exists(dataset: h5py.Dataset, box: Box, scan_rank: int) -> bool:
    """Whether writing has gone past this frame's chunk, along the last scan axis that has a chunk behind it."""
    for axis in range(scan_rank - 1, -1, -1):
        step = dataset.chunks[axis]
        behind = (box[axis][0] // step + 1) * step
        if behind < dataset.shape[axis]:
            ahead = ((behind, behind + 1), *((0, 1) for _ in box[axis + 1 : scan_rank]))
            return is_allocated(dataset, (*box[:axis], *ahead, *box[scan_rank:]))
    return False


def missing_filters(dataset: h5py.Dataset) -> list[str]:
    """Return the names of the filters that this dataset needs and that are not installed here."""
    properties = dataset.id.get_create_plist()
    missing: list[str] = []
    for number in range(properties.get_nfilters()):
        code, _, _, name = properties.get_filter(number)
        if not h5py.h5z.filter_avail(code):
            missing.append(f"{name.decode(errors='replace') or 'unnamed'} (number {code})")
    return missing


_STATE_READ_EVERY_S = 0.2
_SHARE, _BURST_S = 0.1, 0.05
"""The part of the time that looking up chunks may take, and what it may take at once (s)."""
_LONGEST_LOOKUP_S = 0.1
"""Behind a million chunks one lookup takes as long, and a look at all of them a second."""


class FileEnd:
    """How far the file of a data set reaches, and whether its chunks lie within.

    A copy that is under way, or a size that NFS tells late, leaves chunks in the index that are not in the file yet. Files
    that their writer has closed, and that are as long as their superblock says, are whole; of others each chunk is looked
    up. HDF5 finds a chunk's place only by walking through those before it (measured: 50 us after a refresh, and 0.1 us for
    each of them). So lookups have a share of the time. Where it is used up, all chunks are looked at once (1.2 us each); where none of
    them is outside, what comes later is trusted whenever there is no time to look: it comes from a writer, not from a copy.

    Parameters
    ----------
    dataset : h5py.Dataset
        A data set with storage of its own.
    clock : callable
        Seconds.
    """

    def __init__(self, dataset: h5py.Dataset, clock: Callable[[], float] = time.perf_counter) -> None:
        self._dataset = dataset
        self._chunks: tuple[int, ...] | None = dataset.chunks  # asking for each frame costs as much as a refresh
        self._clock = clock
        self._filename = str(dataset.file.filename)
        self._size = _size_reader(dataset)
        self._is_whole = dataset.is_virtual or bool(dataset.external)
        self._looked_at: float | None = None
        self._began_at, self._spent_s, self._longest_s = clock(), 0.0, 0.0
        self._is_swept = self._is_cut = False

    def size(self) -> int | None:
        """Return the size of the file by now (bytes); None: it does not matter, or cannot be told."""
        return None if self._is_whole else self._size()

    def holds(self, box: Box, size: int | None = None) -> bool:
        """Return whether all of a box that has storage lies inside the file.

        Parameters
        ----------
        box : Box
            Within the data set's extent.
        size : int, optional
            As `size` told it before the box was read; by default it is asked now, and the box is to be read after this.
        """
        size = self.size() if size is None else size
        if size is None or self._is_closed_and_whole(size):
            return True
        if self._chunks is None:
            return self._holds_contiguous(box, size)
        return all(self._holds_chunk(at, size) for at in chunk_offsets(self._chunks, box))

    def inside(self, box: Box, size: int | None = None) -> npt.NDArray[np.bool_]:
        """Return which values of a box lie inside the file (or have no storage at all), bool of the box's shape; see `holds`."""
        inside = np.ones(tuple(stop - start for start, stop in box), np.bool_)
        size = self.size() if size is None else size
        if not self.holds(box, size):
            step = self._chunks or (1,) * len(box)
            for at in chunk_offsets(step, box):
                part = tuple((max(a, start), min(a + n, stop)) for a, n, (start, stop) in zip(at, step, box, strict=True))
                inside[tuple(slice(a - start, b - start) for (a, b), (start, _) in zip(part, box, strict=True))] = self.holds(part, size)
        return inside

    def _is_closed_and_whole(self, size: int) -> bool:
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= _STATE_READ_EVERY_S:
            self._looked_at = now
            self._is_whole = is_closed_and_whole(self._filename, size)
        return self._is_whole

    def _holds_contiguous(self, box: Box, size: int) -> bool:
        offset = self._dataset.id.get_offset()
        if offset is None or any(stop <= start for start, stop in box):
            return True  # kept in the header, or nothing at all
        last = np.ravel_multi_index([stop - 1 for _, stop in box], self._dataset.shape) if box else 0
        return bool(offset + (int(last) + 1) * self._dataset.dtype.itemsize <= size)

    def _holds_chunk(self, at: tuple[int, ...], size: int) -> bool:
        return self._is_trusted(size) or self._is_inside(at, size)

    def _is_trusted(self, size: int) -> bool:
        if self._is_cut or self._can_afford():
            return False
        if not self._is_swept:
            self._sweep(size)
        return not self._is_cut

    def _can_afford(self) -> bool:
        return self._spent_s <= _BURST_S + _SHARE * (self._clock() - self._began_at)

    def _is_inside(self, at: tuple[int, ...], size: int) -> bool:
        began_at = self._clock()
        is_inside = _ends_at(self._dataset.id.get_chunk_info_by_coord(at)) <= size
        took_s = self._clock() - began_at
        self._spent_s += took_s
        self._longest_s = max(self._longest_s, took_s)
        self._is_cut |= not is_inside
        return is_inside

    def _sweep(self, size: int) -> None:
        self._is_swept = True
        if self._longest_s < _LONGEST_LOOKUP_S:
            self._is_cut = self._dataset.id.chunk_iter(lambda chunk: True if _ends_at(chunk) > size else None) is not None


def _ends_at(chunk: Any) -> int:
    """Return where a chunk ends (bytes from the start of the file); 0 for one that has no place."""
    return 0 if chunk.byte_offset is None else int(chunk.byte_offset + chunk.size)


def chunk_offsets(chunks: tuple[int, ...], box: Box) -> Iterator[tuple[int, ...]]:
    """Yield the first coordinate of each chunk that a box touches."""
    yield from product(*(range(start - start % step, stop, step) for (start, stop), step in zip(box, chunks, strict=True)))


def _size_reader(dataset: h5py.Dataset) -> Callable[[], int | None]:
    """Return what tells the size of the file by now, or None where it is no plain file.

    The descriptor that HDF5 reads from is asked where there is one: the path may lead to another file by now, and the
    size that bounds HDF5's reading is this one (1 us).
    """
    file = dataset.file.id
    if file.get_access_plist().get_driver() == h5py.h5fd.SEC2 and os.name == "posix":
        descriptor = int(file.get_vfd_handle())
        return lambda: _size_of(descriptor)
    name = str(dataset.file.filename)
    return lambda: _size_of(name)


def _size_of(file: int | str) -> int | None:
    try:
        return os.stat(file).st_size
    except (OSError, ValueError):
        return None
