"""Whether a file that is there is an output of the very same reduction of the very same data, so that it can be gone on with."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from swmr_viewer.reducing.output.content import FINGERPRINT, FLAG, LAYOUT, PROCESS, PROGRAM, OutputContent
from swmr_viewer.reducing.output.source_facts import is_same_frame
from swmr_viewer.reductions import OutputAxis


def difference(h5file: h5py.File, content: OutputContent, source: h5py.File) -> str:
    """Return why a file is not an output of the very same, in words that follow "belongs to something else: "; "": it is.

    Parameters
    ----------
    h5file : h5py.File
        What is there; it may be any file.
    content : OutputContent
        What is meant.
    source : h5py.File
        What is reduced.

    Raises
    ------
    OSError, RuntimeError
        If it is damaged.
    """
    if _text(h5file, f"{PROCESS}/program") != PROGRAM:
        return "it is no file of results of swmr_viewer"
    told, facts = h5file[PROCESS], content.source
    if _number(told.attrs.get("layout")) != LAYOUT:
        return "another version of swmr_viewer has made it"
    if (other := _text(told, "reduction")) != content.reduction:
        return f"it holds results of {other!r}"
    if (other := _text(told, "note/data")) != content.values_text:
        return f"its parameters are {other}, and not {content.values_text}"
    path, data_path = _text(told, "source/file_name"), _text(told, "source/data_path")
    if (path, data_path) != (facts.path, facts.data_path):
        return f"it was made from {data_path} in {path}"
    if _text(told, "outputs") != content.outputs_text or not _has_all(h5file, content):
        return "what the reduction makes of a frame was something else then"
    if not _is_same_scan(h5file, content, source):
        return f"another scan is in {path} now"
    _read_indexes(h5file, content)
    return ""


def _read_indexes(h5file: h5py.File, content: OutputContent) -> None:
    """Read the index of chunks of all that grows: whoever writes on where that is damaged makes it worse."""
    for path in (content.keys_path, *(f"{content.group_path}/{output.name}" for output in content.outputs)):
        h5file[path].id.get_num_chunks()


def _is_same_scan(h5file: h5py.File, content: OutputContent, source: h5py.File) -> bool:
    """Whether the source was not written anew: a frame tells, and where none does, which file it is."""
    told = is_same_frame(source, content.source.data_path, bytes(h5file[FINGERPRINT][0]).decode(errors="replace"))
    return content.source.inode == _number(h5file[f"{PROCESS}/source/inode"][()]) if told is None else told


def _has_all(h5file: h5py.File, content: OutputContent) -> bool:
    group = h5file.get(content.group_path)
    needed = [
        content.keys_path,
        FLAG,
        FINGERPRINT,
        f"{PROCESS}/source/inode",
        *(f"{content.group_path}/{output.name}" for output in content.outputs),
    ]
    if not all(isinstance(h5file.get(path), h5py.Dataset) for path in needed):
        return False
    rank = h5file[content.keys_path].ndim
    fit = all(group[one.name].shape[rank:] == one.shape and group[one.name].dtype == np.dtype(one.dtype) for one in content.outputs)
    return fit and all(name in group and _is_close(group[name], axis) for name, axis in content.axes())


def _is_close(dataset: Any, axis: OutputAxis) -> bool:
    """Whether an axis has these values, but for how another computer rounds."""
    return dataset.shape == np.shape(axis.values) and np.allclose(dataset[()], axis.values, rtol=1e-9, atol=0, equal_nan=True)


def _text(group: h5py.Group, path: str) -> str:
    found = group.get(path)
    if not isinstance(found, h5py.Dataset) or found.shape != () or found.dtype.kind != "S":
        return ""
    return bytes(found[()]).decode(errors="surrogateescape")


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, np.integer) else None
