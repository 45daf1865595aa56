"""LZ4 (HDF5's filter 32004): blocks in a row, each of which decodes by itself.

The chunk begins with its decoded length (8 bytes) and that of a block (4 bytes), both big-endian. Each block is its encoded length
(4 bytes, big-endian) and its bytes, which are not encoded where both lengths are the same. By default a chunk is one block.
See https://github.com/silx-kit/hdf5plugin, src/LZ4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import partial

from swmr_viewer.decoding.libraries import INT, POINTER, function
from swmr_viewer.decoding.parts import PIECE_BYTES, Part, Raw, UnknownDataError
from swmr_viewer.decoding.plain import copy

FILTER = 32004
_HEADER = struct.Struct(">QI")
_read_length = struct.Struct(">I").unpack_from

Block = tuple[int, int, int, int]
"""Address and length of the encoded bytes; where the decoded ones begin in the part, and their length."""


class Lz4:
    """Decodes chunks of this filter.

    Parameters
    ----------
    decompress : callable
        ``LZ4_decompress_safe``: neither reads nor writes beyond the lengths that it is told.
    element_bytes : int
        Length of an element: no block may end within one.
    """

    needs_scratch = False
    splits = True

    def __init__(self, decompress: Callable[..., int], element_bytes: int) -> None:
        self._decompress = decompress
        self._element_bytes = element_bytes

    def parts(self, raw: Raw, n_bytes: int, first: int, last: int) -> Iterator[Part]:
        block_bytes = self._block_bytes(raw, n_bytes)
        part_bytes = max(1, PIECE_BYTES // block_bytes) * block_bytes
        at = _HEADER.size
        for start in range(0, last, part_bytes):
            stop = min(start + part_bytes, n_bytes)
            blocks: list[Block] = []
            for shift in range(0, stop - start, block_bytes):
                length = _length(raw, at)
                blocks.append((raw.address + at + 4, length, shift, min(block_bytes, stop - start - shift)))
                at += 4 + length
            if at > raw.size:
                raise UnknownDataError
            if stop > first:
                yield Part(start, stop, partial(self._decode, blocks))

    def _block_bytes(self, raw: Raw, n_bytes: int) -> int:
        if raw.size < _HEADER.size:
            raise UnknownDataError
        told_bytes, block_bytes = _HEADER.unpack_from(raw.data)
        block_bytes = min(block_bytes, n_bytes)
        if told_bytes != n_bytes or block_bytes == 0 or block_bytes % self._element_bytes:
            raise UnknownDataError
        return int(block_bytes)

    def _decode(self, blocks: list[Block], target: int) -> bool:
        return all(
            copy(source, length, target + shift)
            if length == n_bytes
            else self._decompress(source, target + shift, length, n_bytes) == n_bytes
            for source, length, shift, n_bytes in blocks
        )


def _length(raw: Raw, at: int) -> int:
    try:
        return int(_read_length(raw.data, at)[0])
    except struct.error:  # it would begin outside of the chunk
        raise UnknownDataError from None


def lz4(element_bytes: int) -> Lz4 | None:
    """Return the decoder; None: not to be had."""
    decompress = function("lz4", "LZ4_decompress_safe", INT, POINTER, POINTER, INT, INT)
    return None if decompress is None else Lz4(decompress, element_bytes)
