"""Chunks that are one stream from end to end: gzip (HDF5's filter 1) and Zstandard (32015). One thread decodes a chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import deflate

from swmr_viewer.decoding.libraries import INT, POINTER, SIZE, from_file, function
from swmr_viewer.decoding.parts import Part, Raw

GZIP, ZSTANDARD = 1, 32015


class Stream:
    """Decodes chunks whose bytes are one stream.

    Parameters
    ----------
    decompress : callable
        Takes address and length of the encoded bytes, address and length for the decoded ones, and writes exactly as many or
        returns False. It neither reads nor writes beyond these lengths.
    """

    needs_scratch = False

    def __init__(self, decompress: Callable[[int, int, int, int], bool]) -> None:
        self._decompress = decompress

    def parts(self, raw: Raw, n_bytes: int, first: int, last: int) -> Iterator[Part]:
        yield Part(0, n_bytes, partial(self._decode, raw, n_bytes))

    def _decode(self, raw: Raw, n_bytes: int, target: int) -> bool:
        return self._decompress(raw.address, raw.size, target, n_bytes)


def zstandard() -> Stream | None:
    """Return the decoder of filter 32015; None: not to be had."""
    decompress = function("zstd", "ZSTD_decompress", SIZE, POINTER, SIZE, POINTER, SIZE)
    if decompress is None:
        return None
    found = decompress
    return Stream(lambda source, length, target, n_bytes: found(target, n_bytes, source, length) == n_bytes)


def gzip() -> Stream | None:
    """Return the decoder of filter 1; None: not to be had.

    libdeflate needs half the time of zlib. Called as the library that it is: by its Python functions each chunk is new memory.
    """
    library = deflate._deflate.__file__
    allocate = from_file(library, "libdeflate_alloc_decompressor", POINTER)
    free = from_file(library, "libdeflate_free_decompressor", None, POINTER)
    decompress = from_file(library, "libdeflate_zlib_decompress", INT, POINTER, POINTER, SIZE, POINTER, SIZE, POINTER)
    if allocate is None or free is None or decompress is None:
        return None
    return Stream(partial(_inflate, allocate, free, decompress))


def _inflate(
    allocate: Callable[..., int],
    free: Callable[..., int],
    decompress: Callable[..., int],
    source: int,
    length: int,
    target: int,
    n_bytes: int,
) -> bool:
    decompressor = allocate()  # 1 us; it serves one thread at a time
    if not decompressor:
        return False
    try:
        return decompress(decompressor, source, length, target, n_bytes, None) == 0  # without a place for it, no other length will do
    finally:
        free(decompressor)
