"""Functions of shared libraries that other packages bring: called by ctypes, which frees Python's lock while they run."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import hdf5plugin

POINTER, SIZE, INT, UINT, INT64 = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_uint, ctypes.c_int64


def function(library: str, name: str, result: type[Any], *arguments: type[Any]) -> Callable[..., int] | None:
    """Return a function of the library of one of hdf5plugin's filters; None where the library, or the function in it, is not to be had.

    On Windows these libraries show HDF5 alone what they do: h5py decodes there.
    """
    path = hdf5plugin.get_config().registered_filters.get(library)
    return None if path is None else from_file(path, name, result, *arguments)


def from_file(path: str, name: str, result: type[Any] | None, *arguments: type[Any]) -> Callable[..., int] | None:
    """Return a function of a shared library; None where it does not show it."""
    try:
        found = getattr(ctypes.CDLL(path), name)
    except (OSError, AttributeError):
        return None
    found.restype, found.argtypes = result, arguments
    return found  # type: ignore[no-any-return]
