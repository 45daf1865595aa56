"""What is noted of each object of a file, read softly and never from its values, for the rules to judge (plain values, no open handles)."""

from __future__ import annotations

import os
from dataclasses import field
from functools import lru_cache
from typing import Any

import h5py
import hdf5plugin  # noqa: F401 - its filters count as there

from swmr_viewer.core.data import files_named_by, interpretation_of
from swmr_viewer.core.file_state import read_file_state
from swmr_viewer.core.files import BROKEN, folders_of, found_file, texts_of
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import FileState, TreeNode
from swmr_viewer.core.nexus import GROUP_ATTRIBUTES, Attributes

MISSING = "(missing)"
"""What the name of a filter ends in that is not installed here."""
_MOST_SOURCES = 1000
_FILTERS = {
    1: "gzip",
    2: "shuffle",
    3: "fletcher32",
    4: "szip",
    5: "nbit",
    6: "scaleoffset",
    305: "lzo",
    307: "bzip2",
    32000: "lzf",
    32001: "blosc",
    32004: "lz4",
    32008: "bitshuffle",
    32013: "zfp",
    32015: "zstd",
    32017: "sz",
    32018: "fcidecomp",
    32019: "jpeg",
    32024: "sz3",
    32026: "blosc2",
    32028: "sperr",
}
"""Registered HDF5 filter numbers (github.com/HDFGroup/hdf5_plugins, RegisteredFilterPlugins)."""

_BITSHUFFLE, _BITSHUFFLE_CODEC_AT = 32008, 4
_BITSHUFFLE_CODECS = {2: "bitshuffle-lz4", 3: "bitshuffle-zstd"}


@frozen
class FileObject:
    """One object at one path; the same object may be found at several paths."""

    node: TreeNode
    identity: tuple[str, int]
    """(real file, address): equal for the same object, whatever led to it."""
    attributes: Attributes = field(default_factory=dict)
    """Those of NeXus that the rules ask for, as text; one that cannot be read is left out."""
    kind: str = ""
    """numpy's one-letter kind of the values (``i``, ``u``, ``f`` ...), empty for what is no plain dataset."""
    is_virtual: bool = False
    is_late: bool = False
    """Laid out in one piece that is not written yet: under SWMR, HDF5 cannot see it change."""

    @property
    def path(self) -> str:
        return self.node.path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.node.path.rsplit("/", 1)[1]

    @property
    def parent(self) -> str:
        """The path of the group that holds it; empty for what is in the root group."""
        return self.node.path.rsplit("/", 1)[0]

    @property
    def limits(self) -> tuple[int, ...]:
        """The greatest shape as far as it is known: the present length where an axis is unlimited."""
        return tuple(n if most is None else most for n, most in zip(self.node.shape, self.node.maxshape, strict=True))

    def attribute(self, name: str) -> str:
        """Return the first value of an attribute, or ''."""
        return next(iter(self.attributes.get(name, ())), "")


@frozen
class FileContents:
    """Everything that was found in a file."""

    objects: tuple[FileObject, ...]
    root: FileObject
    notes: tuple[str, ...] = ()


def describe_dataset(dataset: Any, path: str, note: str, identity: tuple[str, int]) -> FileObject:
    """Return what was found at an open dataset (h5py.h5d.DatasetID), with a note on the link that led there."""
    kind, dtype = _dtype(dataset)
    space = dataset.get_space()
    shape = space.get_simple_extent_dims() if space.is_simple() else None
    if not shape:
        return FileObject(TreeNode(path, "dataset", dtype=dtype, note=note), identity, kind=kind)
    maxshape = tuple(None if n == h5py.h5s.UNLIMITED else n for n in space.get_simple_extent_dims(True))
    if dataset.get_offset() is not None:
        # Contiguous: no chunks, no filters, and the creation properties are a third of all the cost (measured: 40 us).
        return FileObject(TreeNode(path, "dataset", shape, maxshape, dtype, note=note), identity, kind=kind)
    creation = dataset.get_create_plist()
    layout = creation.get_layout()
    filters = tuple([_filter_name(*creation.get_filter(number)) for number in range(creation.get_nfilters())])
    filename = os.fsdecode(h5py.h5f.get_name(dataset))
    is_in_others = layout == h5py.h5d.VIRTUAL or (layout == h5py.h5d.CONTIGUOUS and creation.get_external_count() > 0)
    files = files_named_by(creation, filename) if is_in_others else ()
    source_note = _source_note(creation, filename) if layout == h5py.h5d.VIRTUAL else "raw data outside of the file" if files else ""
    chunks = creation.get_chunk() if layout == h5py.h5d.CHUNKED else None
    node = TreeNode(path, "dataset", shape, maxshape, dtype, chunks, filters, joined(note, _filter_note(filters), source_note), files)
    return FileObject(node, identity, kind=kind, is_virtual=layout == h5py.h5d.VIRTUAL, is_late=layout == h5py.h5d.CONTIGUOUS)


def joined(*notes: str) -> str:
    """Return the notes that are not empty as one."""
    return "; ".join(filter(None, notes))


def describe_group(group: Any, path: str, note: str, identity: tuple[str, int]) -> FileObject:
    """Return what was found at an open group."""
    return FileObject(TreeNode(path, "group", note=note), identity, {name: texts_of(group, name) for name in GROUP_ATTRIBUTES})


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


@lru_cache(256)
def _filter_name(code: int, _flags: int, values: tuple[int, ...], own_name: bytes) -> str:
    # The file's own name for a filter goes up to its first remark.
    name = _FILTERS.get(code) or own_name.decode(errors="replace").split(";")[0].split("\x00")[0].strip() or f"filter {code}"
    if code == _BITSHUFFLE and len(values) > _BITSHUFFLE_CODEC_AT:
        name = _BITSHUFFLE_CODECS.get(values[_BITSHUFFLE_CODEC_AT], name)
    return name if h5py.h5z.filter_avail(code) else f"{name} {MISSING}"
