"""Blosc (HDF5's filter 32001): blocks, each of which decodes by itself.

The chunk begins with 16 bytes: two versions, flags, the length of an item, then the decoded length, that of a block, and the
encoded length of all (4 bytes each, little-endian). See https://github.com/Blosc/c-blosc, README_CHUNK_FORMAT.rst.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import partial
from math import lcm

from swmr_viewer.decoding.libraries import INT, POINTER, SIZE, function
from swmr_viewer.decoding.parts import Part, Raw, UnknownDataError, damaged_chunk, part_bytes

FILTER = 32001
_HEADER = struct.Struct("<4B3I")


class Blosc:
    """Decodes chunks of this filter.

    Parameters
    ----------
    get_items : callable
        ``blosc_getitem``: decodes the blocks that hold some items. It believes the lengths in the header, and checks the rest against them.
    validate : callable
        ``blosc_cbuffer_validate``.
    element_bytes : int
        Length of an element: no part may end within one.
    """

    needs_scratch = False
    splits = True

    def __init__(self, get_items: Callable[..., int], validate: Callable[..., int], element_bytes: int) -> None:
        self._get_items = get_items
        self._validate = validate
        self._element_bytes = element_bytes

    def parts(self, raw: Raw, n_bytes: int, first: int, last: int) -> Iterator[Part]:
        item_bytes, block_bytes = self._checked(raw, n_bytes)
        step = max(1, part_bytes(n_bytes, first, last) // block_bytes) * block_bytes
        for start in range(first - first % block_bytes, last, step):
            stop = min(start + step, -(-last // block_bytes) * block_bytes, n_bytes)
            yield Part(start, stop, partial(self._decode, raw, n_bytes, start // item_bytes, (stop - start) // item_bytes, stop - start))

    def _checked(self, raw: Raw, n_bytes: int) -> tuple[int, int]:
        """Return the length of an item, and that of blocks which are whole items and whole elements."""
        if raw.size < _HEADER.size:
            raise damaged_chunk(raw, None, n_bytes)
        _, _, _, item_bytes, told_bytes, block_bytes, raw_bytes = _HEADER.unpack_from(raw.data)
        if raw_bytes == raw.size and told_bytes != n_bytes:
            raise damaged_chunk(raw, told_bytes, n_bytes)
        if self._validate(raw.address, raw.size, bytes(8)) != 0:  # HDF5's filter does not ask, and may crash
            raise damaged_chunk(raw, None, n_bytes)
        if raw_bytes != raw.size or not 0 < block_bytes <= n_bytes or item_bytes == 0 or n_bytes % item_bytes:
            raise UnknownDataError
        whole = lcm(block_bytes, item_bytes, self._element_bytes)
        return item_bytes, min(whole, n_bytes)

    def _decode(self, raw: Raw, whole_bytes: int, start: int, n_items: int, n_bytes: int, target: int) -> bool:
        if self._get_items(raw.address, start, n_items, target) != n_bytes:  # HDF5's filter was seen to take such a chunk for whole
            raise damaged_chunk(raw, None, whole_bytes)
        return True


def blosc(element_bytes: int) -> Blosc | None:
    """Return the decoder; None: not to be had."""
    get_items = function("blosc", "blosc_getitem", INT, POINTER, INT, INT, POINTER)
    validate = function("blosc", "blosc_cbuffer_validate", INT, POINTER, SIZE, POINTER)
    return None if get_items is None or validate is None else Blosc(get_items, validate, element_bytes)
