"""Sentences for what HDF5 and the operating system complain about: one of the tree of errors, with its remedy."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from swmr_viewer.core.errors import (
    FileAccessError,
    FileBrokenError,
    FileDamagedError,
    FileNotThereError,
    FileVersionError,
    FilterMissingError,
    FrameUnreadableError,
    InterruptedWriterError,
    NotHdf5Error,
    NotSwmrError,
    NotSwmrYetError,
    SwmrViewerError,
)
from swmr_viewer.core.file_state import TOO_MANY_REMEDY, can_swmr, read_file_state
from swmr_viewer.core.inspection import FileState
from swmr_viewer.core.memory_limit import memory_limit

_SURELY_INTERRUPTED_S = 3600.0
"""A writer that has opened a file and neither wrote to it nor went SWMR for so long is taken for dead."""


def explain(error: BaseException, path: str | os.PathLike[str]) -> SwmrViewerError:
    """Turn an error of HDF5 or of the operating system into one of the tree.

    Parameters
    ----------
    error : BaseException
        What was raised.
    path : str or path
        The file that was being opened or read.

    Returns
    -------
    SwmrViewerError
        ``error`` itself if it is one already.
    """
    if isinstance(error, SwmrViewerError):
        return error
    if isinstance(error, MemoryError):
        return _too_large(Path(path), str(error))
    said = " ".join(str(error).split())
    for fragments, sentence in _SENTENCES:
        if any(fragment in said.lower() for fragment in fragments):
            return sentence(Path(path), said)
    if isinstance(error, PermissionError):
        return _no_access(Path(path), "permission denied")
    by_state = state_error(path) if isinstance(error, OSError) else None
    return by_state or _broken(Path(path), said)


def state_error(path: str | os.PathLike[str]) -> SwmrViewerError | None:
    """Return why a file cannot be opened as its superblock is now, or None if nothing there forbids it."""
    try:
        state = read_file_state(path)
    except FileAccessError as error:
        return error
    sentence = _STATE_SENTENCES.get(state)
    return sentence(Path(path)) if sentence else None


def _missing(path: Path) -> SwmrViewerError:
    return FileNotThereError(f"There is no file {path}.", "Check the path, or wait for its writer to create it.")


def _empty(path: Path) -> SwmrViewerError:
    return NotSwmrYetError(
        f"{path} is empty: its writer may have just created it.", "Wait for the writer; if it is gone, the file holds nothing."
    )


def _not_hdf5(path: Path) -> SwmrViewerError:
    if path.is_dir():
        return NotHdf5Error(f"{path} is a folder, not an HDF5 file.", "Name a file in it.")
    if path.exists() and not path.is_file():
        return NotHdf5Error(f"{path} is a device or a pipe, not an HDF5 file.", "Name an HDF5 file.")
    return NotHdf5Error(f"{path} is not an HDF5 file.", "Name an HDF5 file (.h5, .hdf5, .nxs).")


def _writing(path: Path) -> SwmrViewerError:
    if not can_swmr(path):
        return NotSwmrError(
            f"{path} is being written in a format without SWMR, so nothing can read it until its writer has closed it.",
            "Open it when the scan is done; to follow it live, write it with libver='latest' (or 'v110') and swmr_mode=True.",
        )
    idle_s = _seconds_since_change(path)
    if idle_s > _SURELY_INTERRUPTED_S:
        return InterruptedWriterError(
            f"{path} was opened for writing, never entered SWMR mode, and has not changed for {idle_s / 3600:.0f} h: "
            "its writer must have died.",
            f"If no writer has it open, free it with: h5clear --status {path}",
        )
    return NotSwmrYetError(
        f"{path} is open for writing and not in SWMR mode yet: its writer has not got there, or died before it did.",
        f"Wait for the writer; if it is gone, free the file with: h5clear --status {path}",
    )


def _seconds_since_change(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _broken(path: Path, said: str) -> SwmrViewerError:
    return FileBrokenError(
        f"HDF5 cannot make sense of {path}: {said}.", "It may be damaged or cut short: copy it again, or check it with h5check."
    )


def _damaged(path: Path, said: str) -> SwmrViewerError:
    return FileDamagedError(
        f"{path} is damaged, or was cut short: metadata in it have a wrong checksum ({said}).",
        "Copy it again; if its writer was killed, what it did not get to write is lost.",
    )


def is_damage(error: BaseException) -> bool:
    """Whether HDF5 says that metadata have a wrong checksum."""
    return "metadata checksum" in str(error).lower()


def damage_text(error: BaseException) -> str:
    """Say of an object that is in a file, and that HDF5 cannot read, what is the matter with it."""
    if is_damage(error):
        return "damaged: its metadata have a wrong checksum"
    said = " ".join(str(error).split()).strip("'")  # a KeyError quotes what it says
    return f"damaged{', or written by a newer HDF5 than the one in use here' if 'version' in said.lower() else ''}: {said}"


def _truncated(path: Path, said: str) -> SwmrViewerError:
    if read_file_state(path) is FileState.NO_SWMR:
        return NotSwmrError(
            f"{path} is shorter than it says ({said}): a writer without SWMR is at work on it, or it was cut short.",
            "Open it again once its writer has closed it; a file that is followed live must be written in SWMR mode.",
        )
    return FileBrokenError(
        f"{path} was cut short: {said}.", "Copy it again; if its writer was interrupted, what is missing was never written."
    )


def _too_large(path: Path, said: str) -> SwmrViewerError:
    limit = memory_limit()
    allowed = "there is" if limit is None else f"the {limit / 1e9:,.1f} GB that a process which reads files may take"
    return FrameUnreadableError(
        f"Reading {path} needs more memory than {allowed} ({said.rstrip('.')}).",
        "Name other data; or allow more by --reader-memory SIZE, if that is not what a broken file asks for.",
    )


def _too_new(path: Path, said: str) -> SwmrViewerError:
    return FileVersionError(
        f"{path} was written by a newer HDF5 than the one in use here: {said}.",
        "Update h5py (pip install --upgrade h5py), or let the writer use libver='v110'.",
    )


def _no_filter(path: Path, said: str) -> SwmrViewerError:
    return FilterMissingError(
        f"A data set in {path} is compressed with a filter that is not installed here: {said}.",
        "Install it as an HDF5 plugin and point HDF5_PLUGIN_PATH to it (swmr-viewer inspect names the filter).",
    )


def _no_access(path: Path, said: str) -> SwmrViewerError:
    return FileAccessError(f"{path} cannot be read: {said}.", "Check its permissions and its storage.")


def _too_many(path: Path, said: str) -> SwmrViewerError:
    return FileAccessError(f"{path} cannot be opened: too many files are open in this process.", TOO_MANY_REMEDY)


def _locked(path: Path, said: str) -> SwmrViewerError:
    return NotSwmrYetError(
        f"{path} is locked by its writer, or by HDF5_USE_FILE_LOCKING in the environment.",
        "Wait for the writer to enter SWMR mode, and unset HDF5_USE_FILE_LOCKING.",
    )


def _in_use(path: Path, said: str) -> SwmrViewerError:
    return state_error(path) or NotSwmrYetError(f"{path} was opened by a writer at this moment.", "Try again.")


def _not_valid(path: Path, said: str) -> SwmrViewerError:
    return state_error(path) or _broken(path, said)


def _opened_otherwise(path: Path, said: str) -> SwmrViewerError:
    return FileAccessError(
        f"{path} is open in this process already, in another way: {said}.",
        "Close it first, or open it with locking=False and swmr=True there too.",
    )


_STATE_SENTENCES: dict[FileState, Callable[[Path], SwmrViewerError]] = {
    FileState.MISSING: _missing,
    FileState.EMPTY: _empty,
    FileState.NOT_HDF5: _not_hdf5,
    FileState.WRITING: _writing,
}

_SENTENCES: tuple[tuple[tuple[str, ...], Callable[[Path, str], SwmrViewerError]], ...] = (
    (("truncated file",), _truncated),
    (("memory allocation failed", "unable to allocate"), _too_large),
    (("metadata checksum",), _damaged),
    (("bad version", "bad superblock version", "unknown version", "wrong version", "version number"), _too_new),
    (("locking flag values don't match", "access flag not the same"), _opened_otherwise),
    (("unable to lock file",), _locked),
    (("open for write", "open for swmr"), _in_use),
    (("signature not found", "no such file"), _not_valid),
    (("filter", "can't open directory", "plugin"), _no_filter),
    (("too many open files",), _too_many),
    (("permission denied", "errno = 13"), lambda path, _: _no_access(path, "permission denied")),
    (("input/output error", "stale file handle"), _no_access),
)
"""Fragments of what is said (lower case), the first that fits wins. Seen with HDF5 1.14.6 and 2.0.0."""
