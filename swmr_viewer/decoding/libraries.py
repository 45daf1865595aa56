"""The functions of the shared libraries that hdf5plugin brings: called by ctypes, which frees Python's lock while they run."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import hdf5plugin

POINTER, SIZE, INT, INT64 = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int64


@cache
def function(library: str, name: str, result: type[Any], *arguments: type[Any]) -> Callable[..., int] | None:
    """Return a function of a filter's library; None where the library, or the function in it, is not to be had.

    On Windows these libraries show HDF5 alone what they do: h5py decodes there.
    """
    path = hdf5plugin.get_config().registered_filters.get(library)
    if path is None:
        return None
    try:
        found = getattr(ctypes.CDLL(path), name)
    except (OSError, AttributeError):
        return None
    found.restype, found.argtypes = result, arguments
    return found  # type: ignore[no-any-return]
