"""Where what lies in a sound file: raw chunks, which HDF5 believes, and metadata, behind each of which stands its checksum."""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import h5py

from swmr_viewer.core.file_mending import checksum as slow_checksum
from swmr_viewer.core.file_state import SIGNATURE

Extent = tuple[int, int]

SUPERBLOCK = 44
"""Bytes before its checksum, in versions 2 and 3."""
_KINDS = re.compile(rb"OHDR|OCHK|FAHD|FADB|EAHD|EAIB|EASB|EADB|BTHD|BTIN|BTLF|FRHP|FHDB|FHIB")
_LONGEST = 4096
_HEAP, _HEAP_BYTES = b"GCOL", 4096


@dataclass(frozen=True)
class Block:
    """Metadata from ``start`` on, with their checksum at ``stop``."""

    kind: str
    start: int
    stop: int


@dataclass(frozen=True)
class Chunk:
    """Where a chunk of a data set stands."""

    path: str
    start: int
    stop: int
    is_filtered: bool


@dataclass(frozen=True)
class Anatomy:
    """What is known of the bytes of one file."""

    has_checksums: bool
    chunks: tuple[Chunk, ...]
    unchecked: tuple[Extent, ...]
    """What may be changed without HDF5 noticing."""
    blocks: tuple[Block, ...]

    def is_unchecked(self, start: int, stop: int) -> bool:
        """Whether any of these bytes is believed as it stands."""
        return not self.has_checksums or any(start < end and begin < stop for begin, end in self.unchecked)


@lru_cache(maxsize=256)
def anatomy(content: bytes) -> Anatomy:
    """Look at a file that is in order."""
    has_checksums = content.startswith(SIGNATURE) and content[8] >= 2
    chunks = tuple(_chunks(content))
    heaps = [(one.start(), one.start() + _HEAP_BYTES) for one in re.finditer(_HEAP, content)]
    unchecked = (*((chunk.start, chunk.stop) for chunk in chunks), *heaps)
    return Anatomy(has_checksums, chunks, unchecked, tuple(_blocks(content, unchecked)) if has_checksums else ())


def _chunks(content: bytes) -> Iterator[Chunk]:
    closed = bytearray(content)
    if content.startswith(SIGNATURE) and content[8] >= 2:
        # In SWMR mode the superblock tells an end from before; said to be closed, it can be looked at in memory.
        closed[11] = 0
        closed[28:36] = len(content).to_bytes(8, "little")
        seal(closed, Block("superblock", 0, SUPERBLOCK))
    with suppress(OSError, RuntimeError, KeyError), h5py.File(BytesIO(bytes(closed)), "r") as file:
        yield from _chunks_in(file)


def _chunks_in(file: h5py.File) -> list[Chunk]:
    found: list[Chunk] = []

    def look(name: str, thing: object) -> None:
        if not isinstance(thing, h5py.Dataset) or thing.is_virtual or not thing.shape:
            return
        if thing.chunks is None:
            offset = thing.id.get_offset()
            if offset is not None:
                found.append(Chunk(f"/{name}", offset, offset + thing.id.get_storage_size(), False))
            return
        is_filtered = thing.id.get_create_plist().get_nfilters() > 0
        for number in range(thing.id.get_num_chunks()):
            one = thing.id.get_chunk_info(number)
            found.append(Chunk(f"/{name}", one.byte_offset, one.byte_offset + one.size, is_filtered))

    file.visititems(look)
    return found


def _blocks(content: bytes, unchecked: tuple[Extent, ...]) -> Iterator[Block]:
    yield Block("superblock", 0, SUPERBLOCK)
    fast = _library_checksum()
    for one in _KINDS.finditer(content):
        start = one.start()
        if any(begin <= start < end for begin, end in unchecked):
            continue
        stop = _object_header_stop(content, start) if one.group() == b"OHDR" else _stop_by_trying(content, start, fast)
        if stop is not None:
            yield Block(one.group().decode(), start, stop)


def _object_header_stop(content: bytes, start: int) -> int | None:
    flags = content[start + 5]
    at = start + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    stop = at + width + int.from_bytes(content[at : at + width], "little")
    told = content[stop : stop + 4]
    return stop if checksum(content[start:stop]).to_bytes(4, "little") == told else None


def _stop_by_trying(content: bytes, start: int, fast: Callable[[bytes], int] | None) -> int | None:
    if fast is None:
        return None
    for stop in range(start + 6, min(start + _LONGEST, len(content) - 3)):
        if fast(content[start:stop]) == int.from_bytes(content[stop : stop + 4], "little"):
            return stop
    return None


def checksum(data: bytes) -> int:
    """Return HDF5's checksum of metadata, by the library itself where it lets us."""
    fast = _library_checksum()
    return slow_checksum(data) if fast is None else fast(data)


@lru_cache(maxsize=1)
def _library_checksum() -> Callable[[bytes], int] | None:
    folder = Path(h5py.__file__).parents[1] / "h5py.libs"
    for path in folder.glob("libhdf5-*") if sys.platform == "linux" else ():
        with suppress(OSError, AttributeError):
            function = ctypes.CDLL(str(path)).H5_checksum_metadata
            function.restype, function.argtypes = ctypes.c_uint32, (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint32)
            return lambda data: int(function(data, len(data), 0))
    return None


def seal(content: bytearray, block: Block) -> None:
    """Make the checksum behind a block right again."""
    content[block.stop : block.stop + 4] = checksum(bytes(content[block.start : block.stop])).to_bytes(4, "little")


def messages(content: bytes, block: Block) -> Iterator[tuple[int, int, int]]:
    """Yield (type, start, stop) of the messages in an object header of version 2."""
    flags = content[block.start + 5]
    at = block.start + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0) + (1 << (flags & 3))
    head = 4 + (2 if flags & 4 else 0)
    while at + head <= block.stop:
        start = at + head
        stop = start + int.from_bytes(content[at + 1 : at + 3], "little")
        if stop > block.stop:
            return
        yield content[at], start, stop
        at = stop
