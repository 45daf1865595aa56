"""Opens an output for writing in SWMR mode: a new one, which has its name only once it is complete, or one that is there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import h5py

from swmr_viewer.core.errors import ExportError, SwmrViewerError
from swmr_viewer.core.file_mending import mend
from swmr_viewer.core.file_state import read_file_state
from swmr_viewer.core.files import BROKEN, open_swmr
from swmr_viewer.core.inspection import FileState
from swmr_viewer.core.new_files import file_gone, write_checked

_ELSEWHERE = "Choose another name."


def make(path: Path, fill: Callable[[h5py.File], None]) -> h5py.File:
    """Make a file under a name of its own beside its path, and name it so when it is complete and in SWMR mode.

    Parameters
    ----------
    path : Path
        What holds the lock of it is the caller's.
    fill : callable
        Makes all that is ever in it.

    Raises
    ------
    FileExistsError
        If somebody took the name meanwhile.
    OSError
        If it cannot be made.
    """
    part = path.with_name(f".{path.name}.swmr_viewer-part")
    part.unlink(missing_ok=True)  # of a run that was killed; it may be linked to a complete one: never opened
    try:
        write_checked(part, _image(fill))
        if sys.platform == "win32":  # no file can be renamed there while it is open
            part.rename(path)
            return opened(path)
        h5file = opened(part)
        try:
            _place(part, path)
        except BaseException:
            h5file.close()
            raise
        return h5file
    finally:
        file_gone(part)


def _image(fill: Callable[[h5py.File], None]) -> bytes:
    """Make the file in memory: where storage is full, HDF5 crashes when it closes what it could not write."""
    # Version 1.10's format: the first with SWMR, and readable by every HDF5 since.
    with h5py.File("output", "w", driver="core", backing_store=False, libver="v110") as h5file:
        fill(h5file)
        h5file.flush()
        return bytes(h5file.id.get_file_image())


def _place(part: Path, path: Path) -> None:
    """Rename without replacing: who finds the name finds a file in SWMR mode."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # storage without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        part.rename(path)


def opened(path: Path) -> h5py.File:
    """Open a file that nobody writes for SWMR writing at once: its flags never tell of a writer whom nobody can follow."""
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_LATEST)
    access.set_file_locking(False, True)
    return h5py.File(h5py.h5f.open(os.fsencode(path), h5py.h5f.ACC_RDWR | h5py.h5f.ACC_SWMR_WRITE, access))


def take_up(path: Path, difference: Callable[[h5py.File], str]) -> h5py.File:
    """Open a file that is there, once it was looked at: one of somebody else is not touched.

    Parameters
    ----------
    path : Path
        What holds the lock of it is the caller's: if it is an output, nobody writes it.
    difference : callable
        Returns why an open file is not the one that is meant, or "".

    Raises
    ------
    ExportError
        If it is anything else, or cannot be written.
    """
    refuse_others(path)
    try:
        with open_swmr(path) as there:
            other = difference(there)
    except (SwmrViewerError, *BROKEN) as error:
        said = error.message if isinstance(error, SwmrViewerError) else str(error)
        raise ExportError(f"{path} is there already and cannot be taken up: {said}", _ELSEWHERE) from error
    if other:
        raise ExportError(f"{path} belongs to something else: {other}.", _ELSEWHERE)
    if read_file_state(path) is FileState.SWMR:
        mend(path)
    return opened(path)


def refuse_others(path: Path) -> None:
    """Refuse what is seen to be no output without opening it (ExportError)."""
    if path.is_symlink():
        raise ExportError(f"{path} is a link.", "Name the file itself, or another one.")
    if path.is_dir():
        raise ExportError(f"{path} is a folder.", "Name a file.")
    state = FileState.NOT_HDF5
    with suppress(SwmrViewerError):
        state = read_file_state(path)
    if state is FileState.WRITING:
        raise ExportError(f"{path} is being written by another program.", _ELSEWHERE)
    if state not in (FileState.SWMR, FileState.CLOSED):
        raise ExportError(f"{path} is there already, and is no file of results.", _ELSEWHERE)
    if not os.access(path, os.W_OK):
        raise ExportError(f"{path} may not be written to.", "Change its permissions, or choose another name.")
