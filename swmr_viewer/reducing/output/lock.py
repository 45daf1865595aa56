"""One run at a time writes an output: a lock on a file of its own beside it, which frees itself when its holder dies, however it does.

Not the output itself is locked: on some systems a lock keeps readers away.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from swmr_viewer.core.errors import ExportError

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
_ATTEMPTS = 100
"""Each after somebody else's end took the file away between opening and locking it."""


class OutputLock:
    """Held from the start on.

    Parameters
    ----------
    path : Path
        The output; the lock is ``.NAME.lock`` beside it.

    Raises
    ------
    ExportError
        If another run holds it, or the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f".{path.name}.lock")
        try:
            self._handle: int | None = self._held()
        except _TakenError:
            raise ExportError(
                f"{path} is being written by another run{self._holder()}.", "Wait for its end, stop it, or choose another name."
            ) from None
        except OSError as error:
            raise ExportError(
                f"{path} cannot be written: {error.strerror or error} ({self._path}).",
                "Check that its folder is there and may be written to.",
            ) from error

    def _held(self) -> int:
        for _ in range(_ATTEMPTS):
            handle = os.open(self._path, _FLAGS, 0o644)
            try:
                _lock(handle)
                if self._is_at_path(handle):
                    os.ftruncate(handle, 0)
                    os.write(handle, str(os.getpid()).encode())
                    return handle
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)
        raise _TakenError

    def _is_at_path(self, handle: int) -> bool:
        """Whether the file that is locked is still the one that the next run finds."""
        with contextlib.suppress(FileNotFoundError):
            there, here = os.stat(self._path), os.fstat(handle)
            return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
        return False

    def _holder(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            return f" (process {int(self._path.read_bytes()[:20])})"
        return ""

    def release(self) -> None:
        """Let the next one have it; the file is gone."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if sys.platform == "win32":  # a file that is open cannot be deleted there
            os.close(handle)
            self._delete()
        else:  # while it is held: nobody else's is deleted
            self._delete()
            os.close(handle)

    def _delete(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()


class _TakenError(Exception):
    """Another process, or another output of this one, holds the lock."""


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 20
    """The byte that is locked: those at the start can be read then."""

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise _TakenError from error
        finally:
            os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _TakenError from error
        except OSError:
            return  # storage without locks (some mounts of Lustre): two runs at once cannot be told there
