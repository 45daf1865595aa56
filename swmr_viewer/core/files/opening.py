"""Opening a file that may not be there yet, without ever hurting its writer."""

from __future__ import annotations

import ctypes
import os
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin  # noqa: F401 - registers the compression filters

from swmr_viewer.core.errors import NotSwmrError, SwmrViewerError
from swmr_viewer.core.file_state import can_swmr, read_file_state
from swmr_viewer.core.files.explaining import explain, state_error
from swmr_viewer.core.files.external import confine
from swmr_viewer.core.inspection import FileState
from swmr_viewer.core.locking import VARIABLE, load_hdf5

# With ``swmr=True`` HDF5 tries 100 times, and sleeps in between: a nanosecond first, then twice as long each time. From the 35th
# time on that is minutes, and it keeps Python's lock. Measured (HDF5 2.0.0): of 40 files of a killed writer with bytes changed or
# the tail missing, 33 hung for longer than anybody waited; with 26 attempts each is an error after 0.1 s. A writer's metadata
# are whole again within milliseconds, and who polls tries again anyway.
N_ATTEMPTS = 26
"""Together they sleep for 2**26 ns, 0.07 s."""

_DRIVER = "swmr_viewer"

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.02, 0.5


def open_swmr(
    path: str | os.PathLike[str],
    wait_s: float | None = 0.0,
    *,
    live: bool = False,
    external: bool = True,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> h5py.File:
    """Open a file for reading while it may be written, once it can be.

    Parameters
    ----------
    path : str or path
        The file; it need not be there yet.
    wait_s : float or None
        Longest wait (s) for the file to appear and to enter SWMR mode (or to be closed); 0: try once; None: for ever.
    live : bool
        Refuse a file whose format has no SWMR mode. Otherwise such a file is opened as it is: right when it is finished,
        while a writer may still have it open it shows zeros or half of it.
    external : bool
        False: what links, virtual data sets and raw data outside of the file would bring from other files is refused by all that
        reads from the file here (``ExternalDataError``).
    clock, sleep : callable
        Monotonic seconds, and a wait for so many seconds.

    Returns
    -------
    h5py.File
        Read-only, opened with ``swmr=True`` and ``locking=False``; the caller closes it.

    Raises
    ------
    FileNotThereError, NotSwmrYetError
        If the wait was not long enough (``retryable``).
    NotHdf5Error, NotSwmrError, InterruptedWriterError, FileVersionError, FileBrokenError, FileAccessError
        If waiting does not help.

    Notes
    -----
    ``swmr=True`` is right for a closed file as well: its virtual data sets and external links may lead to files that
    are being written, and these are opened in the way of their parent (measured: otherwise they cannot be read).
    """
    deadline = None if wait_s is None else clock() + wait_s
    pause_s = _FIRST_WAIT_S
    while True:
        try:
            h5file = _open_now(Path(path), live)
            if not external:
                confine(h5file)
            return h5file
        except SwmrViewerError as error:
            left_s = _LONGEST_WAIT_S if deadline is None else deadline - clock()
            if not error.retryable or left_s <= 0:
                raise
        sleep(min(pause_s, left_s))
        pause_s = min(2 * pause_s, _LONGEST_WAIT_S)


def _open_now(path: Path, live: bool) -> h5py.File:
    refused = state_error(path)
    if refused:
        raise refused
    if live and not can_swmr(path):
        raise NotSwmrError(
            f"{path} cannot be followed live: its format has no SWMR mode.",
            "Open it when it is finished; to follow it live, write it with libver='latest' (or 'v110') and swmr_mode=True.",
        )
    if not load_hdf5():
        _warn_of_locks(path)
    try:
        _refuse_broken(path)
        return h5py.File(path, "r", swmr=True, locking=False, driver=driver())
    except (OSError, ValueError, RuntimeError) as error:
        raise explain(error, path) from error


def _refuse_broken(path: Path) -> None:
    """Let a plain open look at a file at rest: it fails at once where one with ``swmr=True`` retries for minutes, or does not look."""
    if read_file_state(path) is not FileState.SWMR:
        h5py.File(path, "r", locking=False)  # dropped at once: close() looks through all that is open (measured: 1 ms behind 250 files)


def _warn_of_locks(path: Path) -> None:
    warnings.warn(
        f"{VARIABLE} makes HDF5 lock {path}: a writer that opens it now may fail and leave it empty. "
        f"Unset {VARIABLE}, or import swmr_viewer.core.files.opening before h5py.",
        stacklevel=4,
    )


@cache
def driver() -> str | None:
    """Return what to open files with (h5py's ``driver``): HDF5's usual way, and the attempts; None where they cannot be set."""
    if _setter() is None:
        return None
    h5py.register_driver(_DRIVER, limit)
    return _DRIVER


def limit(plist: Any) -> None:
    """Let files that are opened with this property list (``h5p.PropFAID``) be read so often and no more, where that can be set."""
    setter = _setter()
    if setter is not None:
        setter(plist.id, N_ATTEMPTS)  # h5py holds its lock meanwhile


@cache
def _setter() -> Callable[[int, int], int] | None:
    """``H5Pset_metadata_read_attempts``, which h5py does not wrap, in the library that h5py has loaded."""
    for path in _libraries():
        try:
            found = ctypes.CDLL(str(path)).H5Pset_metadata_read_attempts
        except (OSError, AttributeError):
            continue
        found.argtypes, found.restype = (ctypes.c_int64, ctypes.c_uint), ctypes.c_int
        setter: Callable[[int, int], int] = found
        return setter
    return None


def _libraries() -> list[Path]:
    extension = Path(h5py.h5p.__file__)
    if os.name != "nt":
        return [extension]  # a look-up goes on in what it is linked with
    folders = (extension.parent, extension.parent.parent / "h5py.libs")
    return [path for folder in folders for path in sorted(folder.glob("hdf5*.dll")) if "_hl" not in path.name]
