"""Objects by path, through links of every kind; what leads nowhere yet is told apart from what does not exist."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import h5py

from swmr_viewer.core.errors import FileAccessError, PathError, PathNotThereError, SwmrViewerError
from swmr_viewer.core.file_state import TOO_MANY, TOO_MANY_REMEDY, read_file_state
from swmr_viewer.core.files.explaining import explain, is_damage
from swmr_viewer.core.files.external import leads_out, refuse_links_out, refuse_parts_elsewhere
from swmr_viewer.core.files.places import BY_LINKS, as_h5py_takes, as_text, folders_of, found_file
from swmr_viewer.core.inspection import FileState

_handles: WeakValueDictionary[tuple[int, int], h5py.Dataset] = WeakValueDictionary()
"""Every dataset that is open here, by (file number, address).

Two handles on one dataset break refreshing (measured: stale chunks, keys that go backwards, "can't insert duplicate key"),
so whoever asks for a dataset that is open already gets the same one.
"""


def open_object(h5file: h5py.File, path: str) -> h5py.Dataset | h5py.Group | None:
    """Return the object at this path, or None while a link on the way leads nowhere.

    Raises
    ------
    PathNotThereError
        If there is not even a link at this path.
    FileDamagedError
        If HDF5 cannot read the way to it.
    FileAccessError
        If too many files are open: a link would look as if it led nowhere yet.
    ExternalDataError
        If it, or a part of it, is in another file, and this one is read without others (`open_swmr`).
    """
    refuse_links_out(h5file, path)
    if _hangs_hdf5(h5file, path):
        return None
    # A plainly opened parent would otherwise open the linked file without SWMR.
    found = _get(h5file, path, elink_swmr=True)
    if found is None:
        found = _get(h5file, path)
    if found is None:
        _refuse_if_no_file_can_be_opened(h5file, path)
        _refuse_damage(h5file, path)
    if found is None and not leads_somewhere(h5file, path):
        raise PathNotThereError(
            f"{path} is not in {h5file.filename}.",
            "Check the path (swmr-viewer inspect lists what is there); an object made after the file was opened needs a new open.",
        )
    if found is not None:
        refuse_parts_elsewhere(h5file, found, path)
    return found


def _refuse_if_no_file_can_be_opened(h5file: h5py.File, path: str) -> None:
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        if error.errno in TOO_MANY:
            said = f"{path} in {h5file.filename} cannot be opened: too many files are open in this process."
            raise FileAccessError(said, TOO_MANY_REMEDY) from error


def _get(h5file: h5py.File, path: str, **how: bool) -> h5py.Dataset | h5py.Group | None:
    try:
        return _open_handle(_identity_at(h5file, path)) or _shared(h5file.get(as_h5py_takes(path), **how))
    except (KeyError, OSError, ValueError, RuntimeError) as error:
        if is_damage(error):
            raise explain(error, h5file.filename) from error
        return None


def _refuse_damage(h5file: h5py.File, path: str) -> None:
    """Raise if HDF5 cannot read the way to what ``get`` says is not there: that takes every error for nothing."""
    if leads_out(h5file, path):
        return
    try:
        h5file[as_h5py_takes(path)]
    except (KeyError, OSError, ValueError, RuntimeError) as error:
        if is_damage(error):
            raise explain(error, h5file.filename) from error


def _hangs_hdf5(h5file: h5py.File, path: str) -> bool:
    """Whether an external link leads to half a superblock of a file that has just been created, or to what is no file (a named pipe)."""
    try:
        link = h5file.get(path, getlink=True)
    except (KeyError, OSError, ValueError, RuntimeError):
        return False
    if not isinstance(link, h5py.ExternalLink):
        return False
    named = found_file(str(link.filename), folders_of(str(h5file.filename), BY_LINKS))
    return _state(named) in (FileState.EMPTY, FileState.WRITING) or (named.exists() and not named.is_file())


def reads_a_pipe(dataset: h5py.Dataset) -> bool:
    """Return whether raw data of it, outside its file, lie in what is no file, such as a named pipe: HDF5 waits for ever."""
    folder = Path(str(dataset.file.filename)).parent
    named = [Path(as_text(name)) for name, _, _ in dataset.external or ()]
    return any(path.exists() and not path.is_file() for name in named for path in (name, folder / name))


def _state(path: Path) -> FileState:
    try:
        return read_file_state(path)
    except SwmrViewerError:
        return FileState.MISSING


def _open_handle(which: tuple[int, int]) -> h5py.Dataset | None:
    handle = _handles.get(which)
    return handle if handle is not None and is_open(handle) else None


def is_open(dataset: h5py.Dataset) -> bool:
    """Return whether a dataset's handle is open; h5py's ``valid`` holds of every handle that is only borrowed."""
    try:
        return bool(h5py.h5i.get_type(dataset.id) == h5py.h5i.DATASET)
    except (RuntimeError, ValueError):
        return False


def _shared(found: h5py.Dataset | h5py.Group | None) -> h5py.Dataset | h5py.Group | None:
    if not isinstance(found, h5py.Dataset):
        return found
    which = object_id(found)
    handle = _open_handle(which) or found
    _handles[which] = handle
    return handle


def _identity_at(h5file: h5py.File, path: str) -> tuple[int, int]:
    """Return the identity of what is at a path without opening it; (-1, -1) where that cannot be told."""
    try:
        info = h5py.h5o.get_info(h5file.id, path.encode(errors="surrogateescape"))
    except (KeyError, OSError, ValueError, RuntimeError):
        return -1, -1
    return int(info.fileno), int(info.addr)


def path_named(h5file: h5py.File, named: Any) -> Any:
    """Return the path of an object that the caller holds; a path, or whatever else names data, as it is.

    Raises
    ------
    PathError
        If the object is in another file.
    """
    if not isinstance(named, h5py.Dataset | h5py.Group):
        return named
    if object_id(named)[0] != object_id(h5file)[0]:
        raise PathError(
            f"{named.name} is in {named.file.filename}, not in {h5file.filename}.", "Name it by (file, path), or by a link to it."
        )
    return named.name


def leads_somewhere(h5file: h5py.File, path: str) -> bool:
    """Return whether the path, or a group on the way to it, is a soft or external link (it may resolve later)."""
    parts = [part for part in path.split("/") if part]
    for depth in range(1, len(parts) + 1):
        part = "/" + "/".join(parts[:depth])
        try:
            link = h5file.get(as_h5py_takes(part), getlink=True)
        except (KeyError, OSError):
            return False
        if isinstance(link, h5py.ExternalLink | h5py.SoftLink):
            return True
    return False


def object_id(obj: h5py.Dataset | h5py.Group) -> tuple[int, int]:
    """Return (file number, address): equal for the same object, whatever the path or link that led to it."""
    info = h5py.h5o.get_info(obj.id)
    return int(info.fileno), int(info.addr)
