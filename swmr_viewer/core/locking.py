"""No lock that could hurt a writer: the environment may force HDF5 to take one, and only while HDF5 loads can that be undone.

Measured: with ``HDF5_USE_FILE_LOCKING=TRUE`` (or ``BEST_EFFORT``) h5py's ``locking=False`` is overruled, a writer that then
opens the file with "w" fails after it has cut it to 0 bytes, and changing the variable after HDF5 was loaded has no effect.
"""

from __future__ import annotations

import importlib
import os
import sys

VARIABLE = "HDF5_USE_FILE_LOCKING"
_FORCING = ("TRUE", "1", "BEST_EFFORT")
_locks_are_forced: list[bool] = []


def forces_locks(value: str) -> bool:
    """Return whether this value of the variable has HDF5 take locks, whatever a program asks for."""
    return value.upper() in _FORCING


def load_hdf5() -> bool:
    """Load h5py so that ``locking=False`` holds, whatever the environment says (which is left as it was).

    Returns
    -------
    bool
        False if h5py was loaded before, with an environment that forces locks: then HDF5 takes them.
    """
    if not _locks_are_forced:
        value = os.environ.get(VARIABLE, "")
        forces = forces_locks(value)
        _locks_are_forced.append(forces and "h5py" in sys.modules)
        if forces:
            del os.environ[VARIABLE]
        try:
            importlib.import_module("h5py")
        finally:
            if forces:
                os.environ[VARIABLE] = value
    return not _locks_are_forced[0]
