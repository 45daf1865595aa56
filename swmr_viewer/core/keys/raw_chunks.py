"""Key values straight from the file: of an unfiltered chunk HDF5 reads all, after each refresh anew, for the few that are asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import Box, chunk_offsets, shape_of

_LEAST_BYTES = 1 << 14
"""Smaller chunks are read as fast by HDF5, and there may be so many of them that a lookup takes long."""
_SHARE = 19
"""A lookup walks through all chunks (50 us and 0.1 us for each): the pause after it is so many times as long as it took."""
_NOT_THERE_PAUSE_S = 0.1
_LOOK_ANEW_EVERY_S = 5.0


class RawChunks:
    """Reads values by the places of their chunks in the file, as HDF5 does, but no more than is asked for.

    Measured, 256 of the values of a chunk of 65,536: 3 us, HDF5 25 us; of a million: 3 us, HDF5 200 to 2,000 us. A chunk without
    filters stays where it is. Now and then the places are forgotten, so that HDF5's own view of the file is read as well.

    Parameters
    ----------
    dataset : h5py.Dataset
        Of the kind that `can_read_raw` accepts.
    clock : callable
        Seconds.
    """

    def __init__(self, dataset: h5py.Dataset, clock: Callable[[], float] = time.perf_counter) -> None:
        self._dataset = dataset
        self._clock = clock
        self._descriptor = int(dataset.file.id.get_vfd_handle())
        self._chunks: tuple[int, ...] = dataset.chunks
        self._dtype: np.dtype[Any] = dataset.dtype
        self._strides = tuple(prod(self._chunks[axis + 1 :]) * self._dtype.itemsize for axis in range(len(self._chunks)))
        self._places: dict[tuple[int, ...], int] = {}
        self._unconfirmed: set[tuple[int, ...]] = set()
        self._look_up_at = self._forget_at = float("-inf")

    def note_refresh(self) -> None:
        """Take note that the dataset was refreshed."""
        self._unconfirmed.clear()
        now = self._clock()
        if now >= self._forget_at:
            self._forget_at = now + _LOOK_ANEW_EVERY_S
            self._places.clear()

    def read_into(self, values: npt.NDArray[Any], box: Box) -> bool:
        """Read a box within the extent into an array of its shape; return whether all of its chunks are known (else nothing is read).

        What lies behind the end of the file reads as 0, as with HDF5.
        """
        places = [(at, self._places.get(at)) for at in chunk_offsets(self._chunks, box)]
        if not all(place is not None for _, place in places) or not self._dataset:
            return False
        for at, place in places:
            assert place is not None
            self._unconfirmed.add(at)
            part = tuple((max(a, start), min(a + n, stop)) for a, n, (start, stop) in zip(at, self._chunks, box, strict=True))
            here = tuple(slice(a - start, b - start) for (a, b), (start, _) in zip(part, box, strict=True))
            values[here] = self._read(place, tuple((a - origin, b - origin) for (a, b), origin in zip(part, at, strict=True)))
        return True

    def _read(self, place: int, part: Box) -> npt.NDArray[Any]:
        """Read a part of one chunk: the bytes from its first value to its last."""
        first = sum(start * stride for (start, _), stride in zip(part, self._strides, strict=True))
        last = sum((stop - 1) * stride for (_, stop), stride in zip(part, self._strides, strict=True))
        length = last - first + self._dtype.itemsize
        found = os.pread(self._descriptor, length, place + first)
        return np.ndarray(shape_of(part), self._dtype, found.ljust(length, b"\0"), strides=self._strides)

    def confirm(self) -> bool:
        """Return whether the chunks that were read since the refresh are where they were; else what was read is to be read again.

        A file that was written anew in place, and is as long again, may hold something else there.
        """
        while self._unconfirmed:
            at = self._unconfirmed.pop()
            if self._dataset.id.get_chunk_info_by_coord(at).byte_offset != self._places.get(at):
                self._places.clear()
                self._unconfirmed.clear()
                return False
        return True

    def learn(self, box: Box) -> None:
        """Look up a chunk of a box that was read by HDF5, if it is time."""
        now = self._clock()
        if now < self._look_up_at:
            return
        at = next((at for at in chunk_offsets(self._chunks, box) if at not in self._places), None)
        if at is None:
            return
        place = self._dataset.id.get_chunk_info_by_coord(at).byte_offset
        if place is not None:
            self._places[at] = int(place)
        after = self._clock()
        self._look_up_at = after + max(_SHARE * (after - now), 0.0 if place is not None else _NOT_THERE_PAUSE_S)


def can_read_raw(dataset: h5py.Dataset) -> bool:
    """Return whether a dataset's values lie in plain chunks of a plain file, large enough for this to be worth it."""
    if os.name != "posix" or dataset.is_virtual or dataset.chunks is None or dataset.file.userblock_size:
        return False
    if dataset.file.id.get_intent() & h5py.h5f.ACC_RDWR:
        return False  # what this process writes itself may be in HDF5's cache alone
    properties, access = dataset.id.get_create_plist(), dataset.file.id.get_access_plist()
    is_plain = properties.get_nfilters() == 0 and access.get_driver() == h5py.h5fd.SEC2
    is_as_in_memory = dataset.id.get_type() == h5py.h5t.py_create(dataset.dtype)
    return bool(is_plain and is_as_in_memory and prod(dataset.chunks) * dataset.dtype.itemsize >= _LEAST_BYTES)
