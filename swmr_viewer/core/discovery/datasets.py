"""Reading what one dataset or group is (never its values), failing softly."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import h5py

from swmr_viewer.core.data.sources import interpretation_of
from swmr_viewer.core.discovery.filters import MISSING, filter_names
from swmr_viewer.core.discovery.found import Found
from swmr_viewer.core.files.attributes import BROKEN, texts_of
from swmr_viewer.core.files.links import folders_of, found_file
from swmr_viewer.core.files.superblock import read_file_state
from swmr_viewer.core.inspection import FileState, TreeNode
from swmr_viewer.core.nexus import GROUP_ATTRIBUTES, Attributes

_MOST_SOURCES = 1000


def describe_dataset(dataset: Any, path: str, note: str, identity: tuple[str, int]) -> Found:
    """Return what was found at an open dataset.

    Parameters
    ----------
    dataset : h5py.h5d.DatasetID
        The open dataset.
    path : str
        Where it was found.
    note : str
        What to say about the link that led there.
    identity : tuple of (str, int)
        Real path of its file, and its address there.
    """
    kind, dtype = _dtype(dataset)
    space = dataset.get_space()
    shape = space.get_simple_extent_dims() if space.is_simple() else None
    if not shape:
        return Found(TreeNode(path, "dataset", dtype=dtype, note=note), identity, kind=kind)
    maxshape = tuple(None if n == h5py.h5s.UNLIMITED else n for n in space.get_simple_extent_dims(True))
    if dataset.get_offset() is not None:
        # Contiguous: no chunks, no filters, and the creation properties are a third of all the cost (measured: 40 us).
        return Found(TreeNode(path, "dataset", shape, maxshape, dtype, note=note), identity, kind=kind)
    creation = dataset.get_create_plist()
    layout = creation.get_layout()
    filters = filter_names(creation)
    source_note = _source_note(creation, os.fsdecode(h5py.h5f.get_name(dataset))) if layout == h5py.h5d.VIRTUAL else ""
    node = TreeNode(
        path,
        "dataset",
        shape,
        maxshape,
        dtype,
        creation.get_chunk() if layout == h5py.h5d.CHUNKED else None,
        filters,
        joined(note, _filter_note(filters), source_note),
    )
    return Found(node, identity, kind=kind, is_virtual=layout == h5py.h5d.VIRTUAL, is_late=layout == h5py.h5d.CONTIGUOUS)


def joined(*notes: str) -> str:
    """Return the notes that say something as one."""
    return "; ".join(filter(None, notes))


def describe_group(group: Any, path: str, note: str, identity: tuple[str, int]) -> Found:
    """Return what was found at an open group."""
    return Found(TreeNode(path, "group", note=note), identity, {name: texts_of(group, name) for name in GROUP_ATTRIBUTES})


def _dtype(dataset: Any) -> tuple[str, str]:
    """Return numpy's kind, and a name for people."""
    try:
        return _named(dataset.get_type().encode())
    except BROKEN:
        return "", "a type that numpy does not know"


@lru_cache(256)
def _named(encoded: bytes) -> tuple[str, str]:
    """Most types of a file are the same few: their bytes are quicker to compare than to turn into numpy's."""
    dtype = h5py.h5t.decode(encoded).dtype
    if h5py.check_string_dtype(dtype) is not None:
        return "S", "string"
    if dtype.names:
        return "V", f"compound ({', '.join(dtype.names)})"
    return dtype.kind, str(dtype)


@lru_cache(256)
def _filter_note(filters: tuple[str, ...]) -> str:
    missing = [name.removesuffix(MISSING).strip() for name in filters if name.endswith(MISSING)]
    return f"needs the filter {', '.join(missing)}, which is not installed here" if missing else ""


def _source_note(creation: Any, filename: str) -> str:
    """What a virtual data set is made of; a source that is not there reads as fill without a word."""
    n_sources = creation.get_virtual_count()
    names = {creation.get_virtual_filename(number) for number in range(min(n_sources, _MOST_SOURCES))} - {"."}
    folders = folders_of(filename)
    missing = [name for name in names if "%" not in name and read_file_state(found_file(name, folders)) is FileState.MISSING]
    lost = f", {len(missing)} of its files not there yet" if missing else ""
    return f"virtual, {n_sources} source{'s' if n_sources != 1 else ''}{lost}"


def read_dataset_attributes(h5file: Any, path: str) -> Attributes:
    """Return those attributes of a dataset that declare how to look at it; {} where that fails."""
    try:
        dataset = h5py.h5o.open(h5file.id, os.fsencode(path))
        return {"signal": texts_of(dataset, "signal"), "interpretation": [interpretation_of(h5py.Dataset(dataset))]}
    except BROKEN:
        return {}
