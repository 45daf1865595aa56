"""Attributes of objects in HDF5 files, as texts; what cannot be read counts as not there."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.plain_text import decoded

BROKEN = (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, OverflowError, MemoryError)
"""What h5py raises for one bad object, for what is being written at this moment, and for texts of variable length under SWMR."""


def texts_of(owner: Any, name: str) -> list[str]:
    """Return the values of an attribute; none where it is missing or cannot be read.

    Parameters
    ----------
    owner : h5py.Group, h5py.Dataset, or the identifier of one
        The object; through its identifier, because h5py's own mapping of attributes takes several times as long.
    name : str
        Of the attribute.
    """
    identifier = owner.id if isinstance(owner, h5py.HLObject) else owner
    try:
        if not h5py.h5a.exists(identifier, name.encode()):
            return []
        attribute = h5py.h5a.open(identifier, name.encode())
        values = np.empty(attribute.shape, attribute.dtype)
        attribute.read(values)
    except BROKEN:
        return []
    return [decoded(value) if isinstance(value, bytes) else str(value) for value in values.reshape(-1).tolist()]


def text_of(owner: Any, name: str) -> str:
    """Return the first value of an attribute, or ""."""
    return next(iter(texts_of(owner, name)), "")
