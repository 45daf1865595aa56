"""Reads boxes of a data set by its raw chunks, decoded past HDF5's lock straight into the caller's array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from operator import add
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.decoding.alone import given_back
from swmr_viewer.decoding.crew import Unit, share
from swmr_viewer.decoding.overlaps import Box, Overlap, Shape, n_chunks, overlaps
from swmr_viewer.decoding.parts import Bytes, Part, Raw, UnknownDataError, address_of, chunk_of_other_length, piece_bytes
from swmr_viewer.decoding.pipeline import Pipeline, is_chunked, is_plain_type
from swmr_viewer.decoding.shelf import Shelf
from swmr_viewer.decoding.target import Note, Target

_SPLIT_FROM_BYTES = 1 << 20
"""A chunk of this length is shared among threads; of shorter ones each thread takes its own."""
_ALONE_BYTES = 1 << 19
"""So much is decoded about as soon by one thread: two save 0.04 of 0.3 ms, and need a third more of the processor."""
_WORTH_BYTES, _WORTH_PLAIN_BYTES = 1 << 15, 1 << 18
"""Of several chunks that are smaller HDF5 reads each in less time than a call takes here (4 us, and 15)."""
_KEPT_RAW, _KEPT_SCRATCH_BYTES = 4, 1 << 25


class ChunkReader:
    """Reads boxes and chunks of a data set past HDF5's lock.

    Parameters
    ----------
    dataset : h5py.Dataset
        Open; its creation properties are looked at once. Refreshing it is the caller's, and so is giving it another handle: ``id``
        is not kept. Nor is what was read.

    Attributes
    ----------
    is_usable : bool
        False: it has a filter or a type that is not known here, no chunks, or chunks in other files; h5py reads it.
    """

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._dataset = dataset  # not its id: who refreshes it may go by another handle
        self._dtype: np.dtype[Any] = dataset.dtype
        self._chunk: Shape = dataset.chunks or ()
        self._n_bytes = prod(self._chunk) * self._dtype.itemsize
        self._pipeline = Pipeline(dataset)
        self.is_usable = is_chunked(dataset) and is_plain_type(dataset) and self._pipeline.is_known
        worth_bytes = _WORTH_PLAIN_BYTES if self._pipeline.is_empty else _WORTH_BYTES
        self._worth_bytes = worth_bytes if self._pipeline.is_checked else 0
        # Filters may make a chunk longer, by some bytes for each of their blocks.
        most_raw_bytes = self._n_bytes + self._n_bytes // 16 + 4096
        self._raw = Shelf(most_raw_bytes, _KEPT_RAW * most_raw_bytes)
        self._scratch = Shelf(self._n_bytes, _KEPT_SCRATCH_BYTES)

    def read(self, box: Box, out: npt.NDArray[Any], note: Note | None = None) -> bool:
        """Read a box of which every chunk is known to exist; several threads may do so at once.

        Parameters
        ----------
        box : tuple of (int, int)
            Start and stop on each axis, within the data set's extent.
        out : numpy.ndarray
            Of the box's shape, in C order, of the data set's dtype, or of that with the other order of bytes.
        note : callable, optional
            Called with ``(start, stop)`` once these elements of ``out.reshape(-1)`` are final, by whichever thread wrote them,
            while they are in its cache. Pieces are of 256 KB to 1 MB, and cover all of ``out``, each element once, when True is returned.

        Returns
        -------
        bool
            False: something is not known, or not as it should be, or these are many small chunks, which HDF5 reads sooner (and reads
            or refuses as they should be). ``out`` may hold anything: h5py shall read it.

        Raises
        ------
        DamagedChunkError
            If a chunk is damaged in a way that HDF5 does not notice: h5py would make up numbers.
        Exception
            Whatever ``note`` raises.
        """
        if not self.is_usable or not self._takes(box, out):
            return False
        first, found = overlaps(self._chunk, box)
        in_runs = all(one.run is not None for one in found)
        target = Target(out, self._dtype, note, in_runs)
        try:
            self._read(first, found, in_runs, target)
        except UnknownDataError:
            return False
        target.note_the_rest()
        return True

    def refuse_damage(self, box: Box) -> None:
        """Refuse what HDF5 would make up: to be asked before it reads a box that could not be read here.

        Raises
        ------
        DamagedChunkError
            If a chunk is not as long as its filters, which keep its length, leave it: HDF5 takes what lies in memory for the rest.
        """
        if not self._pipeline.keeps_length or not self._chunk:
            return
        first, found = overlaps(self._chunk, box)
        for overlap in found:
            size = self._dataset.id.get_chunk_info_by_coord(tuple(map(add, first, overlap.at))).size
            if size not in (0, self._n_bytes):  # 0: it does not exist
                raise chunk_of_other_length(size, self._n_bytes)

    def chunk(self, offset: Shape) -> npt.NDArray[Any] | None:
        """Return one whole chunk that is known to exist.

        Parameters
        ----------
        offset : tuple of int
            Its first coordinate.

        Returns
        -------
        numpy.ndarray or None
            A new array of the chunk's shape and the data set's dtype, also where the chunk reaches beyond the extent; None as
            `read` returns False.
        """
        if not self.is_usable:
            return None
        out = np.empty(self._chunk, self._dtype)
        box = tuple((start, start + n) for start, n in zip(offset, self._chunk, strict=True))
        return out if self.read(box, out) else None

    def _takes(self, box: Box, out: npt.NDArray[Any]) -> bool:
        return (
            out.shape == tuple(stop - start for start, stop in box)
            and out.flags.c_contiguous
            and out.dtype in (self._dtype, self._dtype.newbyteorder())
            and out.size > 0
            and (self._n_bytes >= self._worth_bytes or n_chunks(self._chunk, box) == 1)
        )

    def _read(self, first: Shape, found: tuple[Overlap, ...], in_runs: bool, target: Target) -> None:
        if len(found) > 1 and not (in_runs and self._n_bytes >= _SPLIT_FROM_BYTES):
            share((partial(self._read_chunk, first, one, target, 0) for one in found), self._n_helpers(len(found), target))
            return
        for one in found:
            self._read_chunk(first, one, target, self._n_helpers(target.out.nbytes // piece_bytes(target.out.nbytes), target))

    def _n_helpers(self, n_units: int, target: Target) -> int:
        return n_units - 1 if target.out.nbytes > _ALONE_BYTES else 0

    def _read_chunk(self, first: Shape, overlap: Overlap, target: Target, n_helpers: int) -> None:
        offset = tuple(map(add, first, overlap.at))
        if self._pipeline.is_empty:
            self._read_as_it_is(offset, overlap, target)
        elif overlap.run is not None:
            begin, at, count = (self._dtype.itemsize * one for one in overlap.run)
            self._decode_chunk(offset, begin, begin + count, partial(target.fill, at - begin), n_helpers)
        else:
            chunk = self._scratch.take()
            self._decode_chunk(offset, 0, self._n_bytes, partial(_fill, chunk), n_helpers)
            target.copy(overlap, chunk.view(self._dtype).reshape(self._chunk))
            self._scratch.give(chunk)

    def _read_as_it_is(self, offset: Shape, overlap: Overlap, target: Target) -> None:
        """Let HDF5 write a chunk without filters where it belongs. Of chunks that are not wanted whole HDF5 reads less than this would."""
        if overlap.run is None or overlap.run[2] * self._dtype.itemsize != self._n_bytes:
            raise UnknownDataError
        _, at, count = overlap.run
        if self._read_raw(offset, target.bytes_of(at, at + count)) != (0, self._n_bytes):
            raise UnknownDataError
        target.finish(at, at + count)

    def _decode_chunk(self, offset: Shape, first: int, last: int, fill: Callable[[Part, int, int], None], n_helpers: int) -> None:
        """Read a chunk, and let each of its parts be filled in where it belongs, from byte `first` to `last`."""
        buffer = self._raw.take()
        mask, size = self._read_raw(offset, buffer)
        codec = self._pipeline.codec(mask)
        if codec is None:
            raise UnknownDataError
        raw = Raw(buffer, size, self._scratch.take() if codec.needs_scratch else None)

        def units() -> Iterator[Unit]:
            for part in codec.parts(raw, self._n_bytes, first, last):
                yield partial(fill, part, first, last)

        with given_back():
            share(units(), n_helpers if codec.splits else 0)
        # After an error they are left alone: somebody may still read them.
        self._raw.give(buffer)
        if raw.scratch is not None:
            self._scratch.give(raw.scratch)

    def _read_raw(self, offset: Shape, buffer: Bytes) -> tuple[int, int]:
        """Read a chunk as it stands in the file; return its filter mask and its length (bytes)."""
        try:
            mask, data = self._dataset.id.read_direct_chunk(offset, out=buffer)
        except (OSError, RuntimeError, ValueError):  # it does not exist, cannot be read, or is longer than it can be
            raise UnknownDataError from None
        return mask, data.nbytes


def _fill(scratch: Bytes, part: Part, first: int, last: int) -> None:
    if not part.decode(address_of(scratch) + part.start):
        raise UnknownDataError
