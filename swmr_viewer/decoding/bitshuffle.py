"""Bitshuffle with LZ4 or Zstandard (HDF5's filter 32008): blocks in a row (see ``blocks.py``), each of which decodes by itself.

The last block may be shorter; fewer than 8 last elements stand as they are. See https://github.com/kiyo-masui/bitshuffle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from swmr_viewer.decoding.blocks import HEADER_BYTES, block_bytes_of, end_of_blocks
from swmr_viewer.decoding.libraries import INT64, POINTER, SIZE, function
from swmr_viewer.decoding.parts import Part, Raw, damaged_chunk, part_bytes
from swmr_viewer.decoding.plain import copy

FILTER = 32008
_ELEMENTS_AT_ONCE = 8
_LEAST_BLOCK_BYTES = 64
_DECODERS = {2: "bshuf_decompress_lz4", 3: "bshuf_decompress_zstd"}


class Bitshuffle:
    """Decodes chunks of this filter.

    Parameters
    ----------
    decompress : callable
        ``bshuf_decompress_lz4`` or ``bshuf_decompress_zstd``. Both are told how many elements to write, and take the length of each
        encoded block from the data; they bound what they read of a block by that length.
    element_bytes : int
        Length of an element.
    """

    needs_scratch = False
    splits = True

    def __init__(self, decompress: Callable[..., int], element_bytes: int) -> None:
        self._decompress = decompress
        self._element_bytes = element_bytes

    def parts(self, raw: Raw, n_bytes: int, first: int, last: int) -> Iterator[Part]:
        block_bytes = self._block_bytes(raw, n_bytes)
        shuffled_bytes = n_bytes - n_bytes % (_ELEMENTS_AT_ONCE * self._element_bytes)
        step = max(1, part_bytes(n_bytes, first, last) // block_bytes) * block_bytes
        start, stop = 0, first - first % block_bytes
        at = HEADER_BYTES
        while start < min(last, shuffled_bytes):
            stop = min(stop, shuffled_bytes)
            begin, at = at, end_of_blocks(raw, at, -((start - stop) // block_bytes), n_bytes)
            if stop > first:
                yield Part(start, stop, self._decoder(raw.address + begin, at - begin, stop - start, block_bytes))
            start, stop = stop, stop + step
        if last > shuffled_bytes:
            yield _tail(raw, at, shuffled_bytes, n_bytes)

    def _block_bytes(self, raw: Raw, n_bytes: int) -> int:
        block_bytes = block_bytes_of(raw, n_bytes, _LEAST_BLOCK_BYTES)
        if block_bytes % (_ELEMENTS_AT_ONCE * self._element_bytes):
            raise damaged_chunk(raw, None, n_bytes)
        return block_bytes

    def _decoder(self, address: int, raw_bytes: int, n_bytes: int, block_bytes: int) -> Callable[[int], bool]:
        size = self._element_bytes
        return partial(_decode, self._decompress, raw_bytes, address, n_bytes // size, size, block_bytes // size)


def _decode(decompress: Callable[..., int], raw_bytes: int, source: int, n_elements: int, size: int, block: int, target: int) -> bool:
    return decompress(source, target, n_elements, size, block) == raw_bytes


def _tail(raw: Raw, at: int, start: int, stop: int) -> Part:
    """Return the last elements: too few to be shuffled, they stand as they are."""
    if at + stop - start > raw.size:
        raise damaged_chunk(raw, None, stop)
    return Part(start, stop, partial(copy, raw.address + at, stop - start))


def compresses(values: tuple[int, ...]) -> bool:
    """Return whether these values have the filter for HDF5 compress as well; by any that it does not know it does not."""
    return len(values) > 4 and values[4] in _DECODERS


def bitshuffle(values: tuple[int, ...], element_bytes: int) -> Bitshuffle | None:
    """Return the decoder for the values that a data set's creation properties hold for this filter; None: not known here."""
    if not compresses(values) or values[2] != element_bytes:
        return None
    decompress = function("bshuf", _DECODERS[values[4]], INT64, POINTER, POINTER, SIZE, SIZE, SIZE)
    return None if decompress is None else Bitshuffle(decompress, element_bytes)
