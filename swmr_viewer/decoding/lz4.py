"""LZ4 (HDF5's filter 32004): blocks in a row (see ``blocks.py``), each of which decodes by itself. By default a chunk is one block.

A block is not encoded where both of its lengths are the same. See https://github.com/silx-kit/hdf5plugin, src/LZ4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from swmr_viewer.decoding.blocks import HEADER_BYTES, LENGTH_BYTES, block_bytes_of, end_of_blocks
from swmr_viewer.decoding.libraries import INT, POINTER, function
from swmr_viewer.decoding.parts import Part, Raw, UnknownDataError, piece_bytes
from swmr_viewer.decoding.plain import copy

FILTER = 32004
_LEAST_BLOCK_BYTES = 512

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
        block_bytes = min(block_bytes_of(raw, n_bytes, _LEAST_BLOCK_BYTES), n_bytes)
        if block_bytes % self._element_bytes:
            raise UnknownDataError
        part_bytes = max(1, piece_bytes(last - first) // block_bytes) * block_bytes
        at = HEADER_BYTES
        for start in range(0, last, part_bytes):
            stop = min(start + part_bytes, n_bytes)
            blocks: list[Block] = []
            for shift in range(0, stop - start, block_bytes):
                begin, at = at + LENGTH_BYTES, end_of_blocks(raw, at, 1, n_bytes)
                blocks.append((raw.address + begin, at - begin, shift, min(block_bytes, stop - start - shift)))
            if stop > first:
                yield Part(start, stop, partial(self._decode, blocks))

    def _decode(self, blocks: list[Block], target: int) -> bool:
        return all(
            copy(source, length, target + shift)
            if length == n_bytes
            else self._decompress(source, target + shift, length, n_bytes) == n_bytes
            for source, length, shift, n_bytes in blocks
        )


def lz4(element_bytes: int) -> Lz4 | None:
    """Return the decoder; None: not to be had."""
    decompress = function("lz4", "LZ4_decompress_safe", INT, POINTER, POINTER, INT, INT)
    return None if decompress is None else Lz4(decompress, element_bytes)
