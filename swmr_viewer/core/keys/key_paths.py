"""Which key datasets are meant: paths or open objects, of groups or of datasets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import h5py

from swmr_viewer.core.errors import NoKeysError, PathError
from swmr_viewer.core.files import as_text, object_id, open_object, path_named
from swmr_viewer.core.keys.extent import BOOK_KEEPING

KeyPaths: TypeAlias = str | h5py.Dataset | h5py.Group | Iterable[str | h5py.Dataset | h5py.Group]


def named_paths(h5file: h5py.File, paths: KeyPaths) -> tuple[str, ...]:
    """Return the paths of what was given, each of them a path or an open object."""
    several = (paths,) if isinstance(paths, str | h5py.Dataset | h5py.Group) else paths
    return tuple(path_named(h5file, path) for path in several)


def dataset_paths(h5file: h5py.File, paths: tuple[str, ...]) -> Iterator[str]:
    """Yield the path of each key dataset once, whatever the links that lead to it."""
    seen: set[tuple[int, int]] = set()
    for path in paths:
        before = len(seen)
        for candidate, found in _candidates(h5file, path):
            if found is None:
                seen.add((-1, len(seen)))
                yield candidate
            elif object_id(found) not in seen:
                seen.add(object_id(found))
                yield candidate
            else:
                before -= 1
        if len(seen) == before:
            raise NoKeysError(f"The group {path} in {h5file.filename} holds no key dataset.", "Name another, or wait for its keys.")
    if not seen:
        raise NoKeysError(f"No key path was given for {h5file.filename}.", "Name at least one group or dataset of keys.")


def _candidates(h5file: h5py.File, path: str) -> Iterator[tuple[str, h5py.Dataset | None]]:
    found = open_object(h5file, path)
    if found is None or isinstance(found, h5py.Dataset):
        yield path, found
    elif isinstance(found, h5py.Group):
        for name in (name for name in map(as_text, found) if name not in BOOK_KEEPING):
            inside = open_object(h5file, f"{path.rstrip('/')}/{name}")
            if inside is None or (isinstance(inside, h5py.Dataset) and inside.dtype.kind in "iufb"):
                yield f"{path.rstrip('/')}/{name}", inside
    else:
        raise PathError(f"{path} in {h5file.filename} is neither a group nor a dataset.", "Name a group or a dataset of keys.")
