"""How often HDF5 reads metadata again whose checksum is wrong: a writer may be at it, or the file is damaged.

With ``swmr=True`` HDF5 tries 100 times, and sleeps in between: a nanosecond first, then twice as long each time. From the 35th
time on that is minutes, and it keeps Python's lock. Measured (HDF5 2.0.0): of 40 files of a killed writer with bytes changed or
the tail missing, 33 hung for longer than anybody waited; with 26 attempts each is an error after 0.1 s. A writer's metadata
are whole again within milliseconds, and who polls tries again anyway.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import h5py

N_ATTEMPTS = 26
"""Together they sleep for 2**26 ns, 0.07 s."""

DRIVER = "swmr_viewer"


@cache
def driver() -> str | None:
    """Return what to open files with (h5py's ``driver``): HDF5's usual way, and the attempts; None where they cannot be set."""
    if _setter() is None:
        return None
    h5py.register_driver(DRIVER, limit)
    return DRIVER


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
