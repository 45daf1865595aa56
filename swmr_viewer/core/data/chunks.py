"""Whether a region of a dataset has been written at all: the presence of its chunks."""

from __future__ import annotations

from math import prod
from weakref import WeakSet

import h5py
import hdf5plugin  # noqa: F401 - registers the compression filters of this field
import numpy as np

from swmr_viewer.core.data.boxes import Box
from swmr_viewer.core.data.file_end import chunk_offsets
from swmr_viewer.core.files.superblock import is_at_rest


def is_allocated(dataset: h5py.Dataset, box: Box) -> bool:
    """Return whether storage exists for every part of a box that lies inside the dataset's extent.

    A chunk that was never flushed reads as the fill value without a word, and stays so in the cache until the next refresh.
    """
    if dataset.is_virtual:
        return True
    if dataset.chunks is None:
        return dataset.id.get_offset() is not None or dataset.id.get_storage_size() > 0
    return all(_is_stored(dataset, at) for at in chunk_offsets(dataset.chunks, box))


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
    if is_alone(dataset, frame_rank):
        return True
    return _next_chunk_exists(dataset, box, max(0, len(box) - frame_rank)) or is_at_rest(dataset.file.filename)


def is_alone(dataset: h5py.Dataset, frame_rank: int) -> bool:
    """Return whether no chunk holds more than one frame."""
    chunks = dataset.chunks
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
