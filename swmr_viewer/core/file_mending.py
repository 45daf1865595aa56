"""Makes a file that a killed SWMR writer of ours left fit for the next one, without HDF5: as ``h5clear -s --increment`` does.

Such a file has flags that make HDF5 refuse to write it, and the end that its superblock tells is the one from before SWMR mode: who
appends there overwrites what the dead writer appended. SWMR orders a writer's metadata so that the file is whole at any moment.
"""

from __future__ import annotations

import os

from swmr_viewer.core.errors import FileBrokenError
from swmr_viewer.core.file_state import SIGNATURE

_LENGTH = 48
"""Bytes of a superblock of version 2 or 3 with addresses of 8 bytes (File Format Specification 3.0, II.A)."""
_VERSIONS = (2, 3)
_VERSION_AT, _OFFSET_SIZE_AT, _FLAGS_AT, _END_AT, _CHECKSUM_AT = 8, 9, 11, 28, 44
_SPARE = 1 << 16
"""Bytes left alone behind the end: what the dead writer had given away there and not written yet."""
_WORD = 0xFFFFFFFF


def mend(path: str | os.PathLike[str]) -> None:
    """Clear the flags of a file whose writer is gone, and let its superblock tell an end behind all that was written.

    Parameters
    ----------
    path : str or path
        A file with a superblock at its very start, which nobody writes: the caller has made sure of that.

    Raises
    ------
    FileBrokenError
        If its superblock is none, or is damaged.
    OSError
        If it cannot be read or written.

    Notes
    -----
    Killed in between, it has grown by some zeros, and can be mended again. The superblock is one write of 48 bytes.
    """
    with open(path, "r+b", buffering=0) as file:
        block = bytearray(file.read(_LENGTH))
        if not _is_sound(block):
            raise FileBrokenError(f"{path} has a damaged superblock.", "Choose another name.")
        told = int.from_bytes(block[_END_AT : _END_AT + 8], "little")
        end = max(told, file.seek(0, os.SEEK_END)) + _SPARE
        block[_FLAGS_AT] = 0
        block[_END_AT : _END_AT + 8] = end.to_bytes(8, "little")
        block[_CHECKSUM_AT:] = checksum(bytes(block[:_CHECKSUM_AT])).to_bytes(4, "little")
        file.truncate(end)
        file.seek(0)
        file.write(block)


def _is_sound(block: bytearray) -> bool:
    is_known = len(block) == _LENGTH and block.startswith(SIGNATURE) and block[_VERSION_AT] in _VERSIONS and block[_OFFSET_SIZE_AT] == 8
    return is_known and checksum(bytes(block[:_CHECKSUM_AT])) == int.from_bytes(block[_CHECKSUM_AT:], "little")


def checksum(data: bytes) -> int:
    """Return HDF5's checksum of metadata: ``hashlittle`` of Bob Jenkins' lookup3 (burtleburtle.net/bob/c/lookup3.c), begun with 0."""
    a = b = c = (0xDEADBEEF + len(data)) & _WORD
    while len(data) > 12:
        a, b, c = (n + part & _WORD for n, part in zip((a, b, c), _words(data), strict=True))
        for turn in (4, 6, 8, 16, 19, 4):
            a = (a - c & _WORD) ^ _turned(c, turn)
            c = c + b & _WORD
            a, b, c = b, c, a
        data = data[12:]
    if not data:
        return c
    a, b, c = (n + part & _WORD for n, part in zip((a, b, c), _words(data), strict=True))
    for turn in (14, 11, 25, 16, 4, 14, 24):
        c = (c ^ b) - _turned(b, turn) & _WORD
        a, b, c = b, c, a
    # The last of seven steps was on c, which the turns have left in b.
    return b


def _words(data: bytes) -> tuple[int, int, int]:
    filled = data[:12].ljust(12, b"\0")
    first, second, third = (int.from_bytes(filled[at : at + 4], "little") for at in (0, 4, 8))
    return first, second, third


def _turned(word: int, by: int) -> int:
    return (word << by | word >> 32 - by) & _WORD
