"""Chunks that are one stream from end to end: gzip (HDF5's filter 1), LZF (32000), Zstandard (32015). One thread decodes a chunk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import deflate
import h5py

from swmr_viewer.decoding.libraries import INT, POINTER, SIZE, UINT, from_file, function
from swmr_viewer.decoding.parts import Part, Raw, damaged_chunk

GZIP, LZF, ZSTANDARD = 1, 32000, 32015
_OTHER_LENGTHS = (2, 3)
"""libdeflate's results for a stream that is shorter, or longer, than it was told."""


class Stream:
    """Decodes chunks whose bytes are one stream.

    Parameters
    ----------
    decompress : callable
        Takes address and length of the encoded bytes, address and length for the decoded ones, and writes exactly as many or
        returns False. It neither reads nor writes beyond these lengths. None: it cannot, and HDF5 would not notice.
    """

    needs_scratch = False
    splits = False

    def __init__(self, decompress: Callable[[int, int, int, int], bool | None]) -> None:
        self._decompress = decompress

    def parts(self, raw: Raw, n_bytes: int, first: int, last: int) -> Iterator[Part]:
        yield Part(0, n_bytes, partial(self._decode, raw, n_bytes))

    def _decode(self, raw: Raw, n_bytes: int, target: int) -> bool:
        is_decoded = self._decompress(raw.address, raw.size, target, n_bytes)
        if is_decoded is None:
            raise damaged_chunk(raw, None, n_bytes)
        return is_decoded


def zstandard() -> Stream | None:
    """Return the decoder of filter 32015; None: not to be had."""
    create = function("zstd", "ZSTD_createDCtx", POINTER)
    free = function("zstd", "ZSTD_freeDCtx", SIZE, POINTER)
    decompress = function("zstd", "ZSTD_decompressDCtx", SIZE, POINTER, POINTER, SIZE, POINTER, SIZE)
    return None if create is None or free is None or decompress is None else Stream(_Zstandard(create, free, decompress))


class _Zstandard:
    """Decodes with a context for each thread: to make one takes as long as to decode 10 KB."""

    def __init__(self, create: Callable[..., int], free: Callable[..., int], decompress: Callable[..., int]) -> None:
        self._create, self._free, self._decompress = create, free, decompress
        self._own = threading.local()

    def __call__(self, source: int, length: int, target: int, n_bytes: int) -> bool | None:
        try:
            context = self._own.context
        except AttributeError:
            context = self._own.context = _Context(self._create, self._free)
        # The filter for HDF5 looks at no error: it returns memory that nobody wrote to.
        return True if self._decompress(context.address, target, n_bytes, source, length) == n_bytes else None


class _Context:
    """Is freed when its thread ends, or its decoder."""

    def __init__(self, create: Callable[..., int], free: Callable[..., int]) -> None:
        self.address = create()
        self._free = free
        if not self.address:
            raise MemoryError

    def __del__(self) -> None:
        self._free(self.address)


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
) -> bool | None:
    decompressor = allocate()  # 1 us; it serves one thread at a time
    if not decompressor:
        return False
    try:
        result = decompress(decompressor, source, length, target, n_bytes, None)  # without a place for it, no other length will do
        return None if result in _OTHER_LENGTHS else result == 0
    finally:
        free(decompressor)


def lzf() -> Stream | None:
    """Return the decoder of filter 32000, which h5py brings; None: not to be had."""
    decompress = from_file(h5py.h5z.__file__, "lzf_decompress", UINT, POINTER, UINT, POINTER, UINT)
    return None if decompress is None else Stream(partial(_decompress_lzf, decompress))


def _decompress_lzf(decompress: Callable[..., int], source: int, length: int, target: int, n_bytes: int) -> bool | None:
    # It reads the first byte of nothing as well. The filter for HDF5 takes a stream of any length.
    return True if length and decompress(source, length, target, n_bytes) == n_bytes else None
