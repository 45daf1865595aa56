"""New files that are whole and true before they have their name: written, put on the storage, read back; never in another's place."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

READ_BACK = "what was written does not read back as it was; the storage may be full, or fail"
_AT_ONCE = 1 << 20


def write_checked(path: Path, content: bytes) -> None:
    """Write a new file, and return once the storage has it and gives it back as it was.

    Raises
    ------
    FileExistsError
        If there is one already; it is left as it is.
    OSError
        If it cannot be written, or reads back as something else; it is gone then.
    """
    file = path.open("xb")
    try:
        with file:
            file.write(content)
            file.flush()
            _settle(file.fileno())
        check_written(path, content)
    except BaseException:
        file_gone(path)
        raise


def settle(path: Path) -> None:
    """Return once the storage has a file that somebody wrote, and what is read of it next comes from there.

    Raises
    ------
    OSError
        If the storage does not take it.
    """
    with path.open("rb+") as file:
        _settle(file.fileno())


def _settle(descriptor: int) -> None:
    os.fsync(descriptor)
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def check_written(path: Path, content: bytes) -> None:
    """Read a file, and compare.

    Raises
    ------
    OSError
        If it holds anything else.
    """
    left = memoryview(content)
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            if left[: len(piece)] != piece:
                raise read_back_error(path)
            left = left[len(piece) :]
    if left:
        raise read_back_error(path)


def read_back_error(path: Path) -> OSError:
    """Return what is raised where a file does not hold what was written."""
    return OSError(errno.EIO, READ_BACK, str(path))


def give_name(part: Path, target: Path) -> None:
    """Let a file have its name, and replace nothing: a hard link fails where the name is taken.

    Without hard links (FAT, some shares) the name is claimed first. ``part`` may be there afterwards.

    Raises
    ------
    FileExistsError
        If the name is taken.
    OSError
        If it cannot be given.
    """
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            os.replace(part, target)
        except BaseException:
            file_gone(target)
            raise


def file_gone(path: Path) -> None:
    """Remove a file, if it is there and can be removed."""
    with contextlib.suppress(OSError):
        path.unlink()


def settle_names(folder: Path) -> None:
    """Have the storage take the names in a folder; where that cannot be asked for, nothing is said."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
