"""Lets go of a file that HDF5 can write nothing more to.

HDF5 keeps such a file open, tries again at each close, and once more at the end of the process: that was a segmentation fault (measured,
HDF5 2.0.0, storage full).
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress

import h5py

from swmr_viewer.core.files import BROKEN


def descriptor_of(h5file: h5py.File) -> int | None:
    """Return what HDF5 writes through, for `let_go`; to be asked for while all is well: later the question itself may crash."""
    if sys.platform == "win32":  # HDF5's descriptors are not Python's there
        return None
    return int(h5file.id.get_vfd_handle())


def let_go(h5file: h5py.File, descriptor: int | None) -> None:
    """Close a file; what could not be written goes nowhere, and the file stays as if its writer had been killed."""
    if not h5file:
        return
    if descriptor is not None:
        for elsewhere in (os.devnull, None):
            with suppress(*BROKEN):
                _turn_away(descriptor, elsewhere)
                h5file.close()
                return
    with suppress(*BROKEN):
        h5file.close()


def _turn_away(descriptor: int, elsewhere: str | None) -> None:
    """Let a descriptor lead elsewhere; None: to a file without a name, should HDF5 want to set its length."""
    if elsewhere is not None:
        other = os.open(elsewhere, os.O_RDWR)
        os.dup2(other, descriptor, inheritable=False)
        os.close(other)
    else:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), descriptor, inheritable=False)
