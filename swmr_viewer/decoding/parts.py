"""What decoders make of a raw chunk: parts, each of which decodes by itself, on any thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from swmr_viewer.decoding.alone import is_alone

LEAST_PIECE_BYTES, PIECE_BYTES = 1 << 18, 1 << 20
"""Decoded bytes of a part where a chunk can be split: they stay in the cache of a core, and outweigh what a part costs."""

Bytes = npt.NDArray[np.uint8]


class UnknownDataError(Exception):
    """A chunk is not as its filter writes it, or as this package knows it: HDF5 shall read it, and say what is wrong."""


class DamagedChunkError(OSError):
    """A chunk is not as long as it should be, or cannot be decoded, and HDF5 would take whatever lies in memory for its numbers."""


class Raw:
    """Bytes of a chunk as they stand in the file, in a buffer that is used again.

    Attributes
    ----------
    data : memoryview
        The bytes, of length ``size``.
    address : int
        Where they are in memory, for C.
    scratch : numpy.ndarray or None
        As long as the decoded chunk, for codecs that need it; theirs until the last part is decoded.
    """

    __slots__ = ("address", "array", "data", "scratch", "size")

    def __init__(self, array: Bytes, size: int, scratch: Bytes | None = None) -> None:
        self.array = array
        self.scratch = scratch
        self.size = size
        self.data = array.data[:size]
        self.address = address_of(array)


def damaged_chunk(raw: Raw, found_bytes: int | None, n_bytes: int) -> Exception:
    """Return the error of a chunk that decodes to ``found_bytes`` (None: nobody knows) where it should to ``n_bytes``.

    One that is as long in the file may be one of the edge, which some writers leave as it is: HDF5 knows.
    """
    if raw.size == n_bytes:
        return UnknownDataError()
    if found_bytes is None:
        return DamagedChunkError(f"a chunk of it does not decode to the {n_bytes:,} bytes that it should hold")
    return chunk_of_other_length(found_bytes, n_bytes)


def chunk_of_other_length(found_bytes: int, n_bytes: int) -> DamagedChunkError:
    """Return the error of a chunk that holds ``found_bytes`` where it should hold ``n_bytes``."""
    return DamagedChunkError(f"a chunk of it holds {found_bytes:,} bytes, and should hold {n_bytes:,}")


@dataclass(frozen=True, slots=True)
class Part:
    """Decoded bytes of a chunk, from ``start`` to ``stop``."""

    start: int
    stop: int
    decode: Callable[[int], bool]
    """Writes exactly these bytes to an address; False: the raw bytes are not what they should be. Raises as ``Codec.parts``."""


class Codec(Protocol):
    """Undoes the filters of a chunk."""

    @property
    def needs_scratch(self) -> bool:
        """Whether it writes to ``Raw.scratch``."""
        ...

    @property
    def splits(self) -> bool:
        """Whether a large chunk has several parts."""
        ...

    def parts(self, raw: Raw, n_bytes: int, first: int, last: int) -> Iterator[Part]:
        """Yield parts that cover the decoded bytes from ``first`` to ``last``, in order.

        What a part's decoder relies on has been checked when the part is yielded.

        Parameters
        ----------
        raw : Raw
            The chunk; it must live until the last part is decoded.
        n_bytes : int
            Length of the decoded chunk.
        first, last : int
            0 <= first < last <= n_bytes.

        Raises
        ------
        UnknownDataError
            The chunk is damaged, or of a kind that is not known.
        DamagedChunkError
            HDF5 would not notice.
        """
        ...


def piece_bytes(n_bytes: int) -> int:
    """Return how long the pieces of so many bytes are: about eight, or more of ``PIECE_BYTES``.

    In shorter ones threads wait for Python's lock: 4371 x 4150 uint32, decoded and measured, took 37 ms by 256 KB, 22 by 1 MB.
    """
    return min(max(n_bytes // 8 & -LEAST_PIECE_BYTES, LEAST_PIECE_BYTES), PIECE_BYTES)


def part_bytes(n_bytes: int, first: int, last: int) -> int:
    """Return how much of a chunk of ``n_bytes`` is decoded by one call, where bytes ``first`` to ``last`` of it are wanted: a piece.

    A thread that decodes alone takes all of a whole chunk by one call: between pieces it would wait for Python's lock, which others of
    its kind hold (sums of 2167 x 2070 uint32 on two threads: 175 frames/s in pieces, 210 without).
    """
    return n_bytes if is_alone() and last - first == n_bytes else piece_bytes(last - first)


def address_of(array: npt.NDArray[np.generic]) -> int:
    """Return where an array begins in memory."""
    return int(array.__array_interface__["data"][0])
