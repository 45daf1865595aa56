"""Whether a region of a dataset has been written at all: the presence of its chunks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import h5py
import hdf5plugin  # noqa: F401 - registers the compression filters of this field

from swmr_viewer.core.boxes import Box


def is_allocated(dataset: h5py.Dataset, box: Box) -> bool:
    """Return whether storage exists for every part of a box that lies inside the dataset's extent.

    A chunk that was never flushed reads as the fill value without a word, and stays so in the cache until the next refresh.
    """
    if dataset.is_virtual:
        return True
    if dataset.chunks is None:
        return dataset.id.get_offset() is not None or dataset.id.get_storage_size() > 0
    return all(dataset.id.get_chunk_info_by_coord(at).byte_offset is not None for at in _chunk_offsets(dataset.chunks, box))


def _chunk_offsets(chunks: tuple[int, ...], box: Box) -> Iterator[tuple[int, ...]]:
    yield from product(*(range(start - start % step, stop, step) for (start, stop), step in zip(box, chunks, strict=True)))


def missing_filters(dataset: h5py.Dataset) -> list[str]:
    """Return the names of the filters that this dataset needs and that are not installed here."""
    properties = dataset.id.get_create_plist()
    missing: list[str] = []
    for number in range(properties.get_nfilters()):
        code, _, _, name = properties.get_filter(number)
        if not h5py.h5z.filter_avail(code):
            missing.append(f"{name.decode(errors='replace') or 'unnamed'} (number {code})")
    return missing
