"""What tells the source of an output from another one: where it is, and whether the file that is there now is the same scan."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import Any

import h5py

from swmr_viewer.core.data import can_refresh
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.files import BROKEN, open_object
from swmr_viewer.core.frozen import frozen

_MOST_BYTES = 1 << 20
"""Of a frame, as it is stored, that are looked at: enough noise to tell it from the same frame of another scan."""


@frozen
class SourceFacts:
    """Of the file and the data set that are reduced."""

    path: str
    """With all links followed: one that is turned leads to another scan."""
    data_path: str
    inode: int
    """Not the device: network storage numbers that anew with each mount."""


def facts_of(h5file: h5py.File, data_path: str) -> SourceFacts:
    """Return what is to be known of a source."""
    path = os.path.realpath(os.fsdecode(h5file.filename))
    inode = 0
    with suppress(OSError):
        inode = os.stat(path).st_ino
    return SourceFacts(path, "/" + data_path.strip("/"), inode)


def fingerprint_of(h5file: h5py.File, data_path: str, position: tuple[int, ...]) -> str:
    """Return a text that tells a frame from the same one of another scan; "": nothing does.

    Parameters
    ----------
    h5file, data_path
        The source.
    position : tuple of int
        Of a frame that is complete.

    Notes
    -----
    A scan that is written anew in place keeps its name, inode and layout: only what was measured is another. A frame in chunks of its own
    is stored once and never moved; one that shares its chunk, or is taken from other files, is not looked at.
    """
    with suppress(SwmrViewerError, *BROKEN):
        dataset = open_object(h5file, data_path)
        if isinstance(dataset, h5py.Dataset) and dataset.chunks is not None and not dataset.is_virtual:
            rank = len(position)
            if rank < dataset.ndim and all(n == 1 for n in dataset.chunks[:rank]):
                at = (*position, *(0,) * (dataset.ndim - rank))
                return _digest_of(dataset, at)
    return ""


def is_same_frame(h5file: h5py.File, data_path: str, fingerprint: str) -> bool | None:
    """Return whether a frame is the one whose fingerprint was taken; None: nothing tells."""
    with suppress(SwmrViewerError, *BROKEN):
        at, dataset = tuple(json.loads(fingerprint)["at"]), open_object(h5file, data_path)
        if isinstance(dataset, h5py.Dataset):
            if can_refresh(dataset):
                dataset.refresh()
            return _digest_of(dataset, at) == fingerprint
    return None


def _digest_of(dataset: h5py.Dataset, at: tuple[int, ...]) -> str:
    """The place of a chunk and the digest of what is stored in it, as JSON; "": it is not there."""
    if any(one >= n for one, n in zip(at, dataset.shape, strict=True)):
        return ""
    chunk: Any = dataset.id.get_chunk_info_by_coord(at)
    if chunk.byte_offset is None or not chunk.size:
        return ""
    with open(os.fsdecode(dataset.file.filename), "rb") as file:
        file.seek(chunk.byte_offset)
        stored = file.read(min(chunk.size, _MOST_BYTES))
    return json.dumps({"at": at, "bytes": chunk.size, "sha256": hashlib.sha256(stored).hexdigest()})
