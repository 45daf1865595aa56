"""What the chunks of bitshuffle and of LZ4 have in common: a header, and blocks in a row, each behind its length.

The header is the decoded length of the chunk (8 bytes) and that of a block (4 bytes); before each block stands its encoded length
(4 bytes). All are big-endian.
"""

from __future__ import annotations

import struct

from swmr_viewer.decoding.parts import Raw, UnknownDataError, damaged_chunk

_HEADER = struct.Struct(">QI")
_read_length = struct.Struct(">I").unpack_from
HEADER_BYTES = _HEADER.size
LENGTH_BYTES = 4


def block_bytes_of(raw: Raw, n_bytes: int, least: int) -> int:
    """Return the decoded length of a block, of a chunk that says to be of the right length.

    Blocks below ``least`` bytes are refused, unless the chunk is shorter: they would keep Python busy.
    """
    if raw.size < HEADER_BYTES:
        raise damaged_chunk(raw, None, n_bytes)
    told_bytes, block_bytes = _HEADER.unpack_from(raw.data)
    if told_bytes != n_bytes:
        raise damaged_chunk(raw, told_bytes, n_bytes)
    if block_bytes < min(least, n_bytes):
        raise UnknownDataError
    return int(block_bytes)


def end_of_blocks(raw: Raw, at: int, n_blocks: int, n_bytes: int) -> int:
    """Return where the blocks from here on end: all of them inside of the chunk (0.1 us for each), which decodes to ``n_bytes``.

    HDF5's filters do not look whether they are: they read on behind the chunk, and may crash.
    """
    data = raw.data
    try:
        for _ in range(n_blocks):
            at += _read_length(data, at)[0] + LENGTH_BYTES
    except struct.error:  # it would begin outside of the chunk
        raise damaged_chunk(raw, None, n_bytes) from None
    if at > raw.size:
        raise damaged_chunk(raw, None, n_bytes)
    return at
