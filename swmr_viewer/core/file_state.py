"""What is known of a file without HDF5: its state from its first bytes, and which file it is. The window's process uses it, too."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from swmr_viewer.core.errors import FileAccessError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import FileState

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_FIRST_USER_BLOCK = 512
_VERSION_AT = len(SIGNATURE)
_OFFSET_SIZE_AT = 9
_FLAGS_AT = 11
_FLAGS_VERSION, _SWMR_VERSION = 2, 3
"""Measured: version 2 has the flag of a writer, and HDF5 refuses to start SWMR on it."""
_OPEN_FOR_WRITING = 1
_OPEN_FOR_SWMR = 4
_STALE = getattr(errno, "ESTALE", None)
"""NFS: the file was replaced by another one between two looks."""
TOO_MANY = (errno.EMFILE, errno.ENFILE)
TOO_MANY_REMEDY = "Close some, or raise the limit (ulimit -n)."
_GONE = (FileNotFoundError, NotADirectoryError)
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A FIFO would keep an open waiting for its writer."""
_TOUCHED = 4096


def read_file_state(path: str | os.PathLike[str]) -> FileState:
    """Return the state of a file from its bytes.

    Parameters
    ----------
    path : str or path
        Any path; nothing needs to be there, and it need not be a file.

    Returns
    -------
    FileState
        What the superblock says at this moment; the next call may say otherwise.

    Raises
    ------
    FileAccessError
        If the file is there and may not be read, or storage fails.

    Notes
    -----
    Layout: HDF5 File Format Specification 3.0, section II.A. The superblock lies at 0, 512, 1024, 2048 ... bytes. The flags
    (1: open for writing, 4: for SWMR writing) are in use from version 2 on.
    """
    try:
        return _state_of(Path(path))
    except _GONE:
        return FileState.MISSING
    except OSError as error:
        if error.errno == _STALE:
            return FileState.MISSING
        remedy = TOO_MANY_REMEDY if error.errno in TOO_MANY else "Check its permissions and its storage."
        raise FileAccessError(f"{path} cannot be read: {error.strerror or error}.", remedy) from error
    except ValueError as error:
        raise FileAccessError(f"{str(path)!r} is not a path: {error}.", "Give the path of a file.") from error


def touch(path: str | os.PathLike[str]) -> None:
    """Read a little at both ends of a file, without HDF5: where this does not return, the storage does not answer.

    What is wrong with the file is not said here.
    """
    with contextlib.suppress(OSError, ValueError):
        if stat.S_ISREG(os.stat(path).st_mode):
            with _opened(Path(path)) as file:
                file.read(_TOUCHED)
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TOUCHED))
                file.read(_TOUCHED)


def is_closed_by_writer(path: str | os.PathLike[str]) -> bool:
    """Return whether the superblock says that its writer has closed the file.

    A file without SWMR (version 0 or 1) never says so, nor does a file that is not there or cannot be read.
    """
    try:
        return read_file_state(path) is FileState.CLOSED
    except FileAccessError:
        return False


def is_at_rest(path: str | os.PathLike[str]) -> bool:
    """Return whether the superblock tells of no writer; a format without SWMR (version 0 or 1) never does."""
    try:
        return read_file_state(path) in (FileState.CLOSED, FileState.NO_SWMR)
    except FileAccessError:
        return False


def is_closed_and_whole(path: str | os.PathLike[str], size: int) -> bool:
    """Return whether no writer has the file open, and ``size`` (bytes) reaches the end that its superblock tells.

    The end that a superblock tells is true only once the writer has closed the file. A format without SWMR has no flag for that: while
    it is written it tells an older end, and closed it ends there.
    """
    try:
        with _opened(Path(path)) as file:
            block = _superblock(file)
    except (OSError, ValueError):
        return False
    state = None if block is None else _state_from(block)
    if block is None or state not in (FileState.CLOSED, FileState.NO_SWMR):
        return False
    told = _end_told_by(block)
    return told == size if state is FileState.NO_SWMR else told <= size


def _end_told_by(block: bytes) -> int:
    """Return the end-of-file address of a superblock (bytes from the start of the file), of any version.

    The addresses follow fixed bytes: base, extension or free space, end of file (File Format Specification 3.0, II.A).
    """
    version = block[_VERSION_AT]
    first, size_at = (_FLAGS_AT + 1, _OFFSET_SIZE_AT) if version >= _FLAGS_VERSION else ((24, 28)[version], 13)
    size = block[size_at]
    return int.from_bytes(block[first + 2 * size : first + 3 * size], "little")


def can_swmr(path: str | os.PathLike[str]) -> bool:
    """Return whether the file's format has a SWMR mode (True where there is no superblock to read yet)."""
    try:
        with _opened(Path(path)) as file:
            block = _superblock(file)
    except (OSError, ValueError):
        return True
    return block is None or len(block) <= _VERSION_AT or block[_VERSION_AT] >= _SWMR_VERSION


def _state_of(path: Path) -> FileState:
    if not stat.S_ISREG(path.stat().st_mode):
        return FileState.NOT_HDF5
    with _opened(path) as file:
        try:
            block = _superblock(file)
            begun = block is not None or _has_begun(file)
        except PermissionError:
            # Windows: the writer holds a lock on the bytes, which it drops once it is in SWMR mode.
            return FileState.WRITING
    if block is None:
        return FileState.NOT_HDF5 if begun else FileState.EMPTY
    return _state_from(block)


def _opened(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_RDONLY | _NEVER_WAIT), "rb", buffering=0)


def _superblock(file: BinaryIO) -> bytes | None:
    """The first bytes from the signature on, or None without one."""
    for offset in _offsets(file.seek(0, os.SEEK_END)):
        file.seek(offset)
        block = file.read(128)
        if block.startswith(SIGNATURE):
            return block
    return None


def _offsets(size: int) -> Iterator[int]:
    offset = 0
    while offset < size:
        yield offset
        offset = max(_FIRST_USER_BLOCK, 2 * offset)


def _has_begun(file: BinaryIO) -> bool:
    """Whether anything but zeros (storage may show a new file so) or a part of the signature is at the start."""
    file.seek(0)
    start = file.read(_FIRST_USER_BLOCK)
    return any(start) and not SIGNATURE.startswith(start)


def _state_from(block: bytes) -> FileState:
    if len(block) <= _FLAGS_AT:
        return FileState.EMPTY
    if block[_VERSION_AT] < _FLAGS_VERSION:
        return FileState.NO_SWMR
    if len(block) < _length_of(block):
        # HDF5 was seen to hang on the first 30 bytes of a superblock.
        return FileState.EMPTY
    if block[_FLAGS_AT] & _OPEN_FOR_SWMR:
        return FileState.SWMR
    return FileState.WRITING if block[_FLAGS_AT] & _OPEN_FOR_WRITING else FileState.CLOSED


def _length_of(block: bytes) -> int:
    """Bytes of a superblock of version 2 or 3: fixed ones, four addresses, a checksum."""
    return _FLAGS_AT + 1 + 4 * min(block[_OFFSET_SIZE_AT], 16) + 4


class Change(Enum):
    """What became of a file, in the order of how bad that is for those who read it."""

    NONE = 0
    GONE = 1
    """Nothing is at its path any more: it was deleted or moved away. An open handle still reads it."""
    OTHER = 2
    """Another file is at its path: renamed over it, or a link was turned. An open handle still reads the old one."""
    REWRITTEN = 3
    """It was written anew in place: what it held is gone, and an open handle reads a mixture."""

    @property
    def is_replacement(self) -> bool:
        """Whether another scan has this name now."""
        return self in (Change.OTHER, Change.REWRITTEN)


@frozen
class FileStamp:
    """A file as it was at one moment: plain, so that it can be compared in another process."""

    path: str
    device: int
    inode: int
    size: int
    """The largest size (bytes) that was seen."""

    @property
    def device_and_inode(self) -> tuple[int, int]:
        """What no two files of this machine have in common at one moment."""
        return self.device, self.inode
