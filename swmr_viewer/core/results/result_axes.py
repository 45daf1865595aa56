"""The axes of a scan, copied from the input's NXdata beside results, and kept up to date while both grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.data.refreshing import can_refresh
from swmr_viewer.core.files.links import open_object
from swmr_viewer.core.plain_text import decoded

_BROKEN = (OSError, RuntimeError, KeyError, ValueError, TypeError)
"""What metadata may raise while it is being written: it is then left out."""


@dataclass(frozen=True)
class ScanAxis:
    """One axis of the input."""

    name: str
    dataset: h5py.Dataset
    scan_axes: tuple[int, ...]
    """Along which axes of the scan its values lie."""

    def copy_to(self, group: h5py.Group) -> h5py.Dataset:
        """Create it in an output group, with its values so far and its attributes."""
        values = self._values((slice(None),) * len(self.scan_axes))
        chunks = tuple(min(max(n, 64), 1024) for n in values.shape)
        made = group.create_dataset(self.name, data=values, maxshape=(None,) * values.ndim, chunks=chunks)
        for name, value in _attributes(self.dataset):
            made.attrs[name] = value
        return made

    def update(self, copy: h5py.Dataset, box: tuple[slice, ...]) -> None:
        """Copy the values of a box of scan points."""
        try:
            where = tuple(box[axis] for axis in self.scan_axes)
            values = self._values(where)
            stops = tuple(one.start + n for one, n in zip(where, values.shape, strict=True))
            copy.resize(tuple(max(n, stop) for n, stop in zip(copy.shape, stops, strict=True)))
            copy[tuple(slice(one.start, stop) for one, stop in zip(where, stops, strict=True))] = values
            copy.flush()
        except _BROKEN:
            return

    def _values(self, where: tuple[slice, ...]) -> Any:
        if can_refresh(self.dataset):
            self.dataset.refresh()
        trailing = (0,) * (self.dataset.ndim - len(where))
        return np.asarray(self.dataset[(*where, *trailing)])


def axes_of(h5file: h5py.File, data_path: str, scan_rank: int) -> Iterator[ScanAxis]:
    """Yield the scan's axes that the data set's NXdata group names, or the file's default one; none where there are none.

    See https://manual.nexusformat.org/classes/base_classes/NXdata.html for ``axes`` and ``<name>_indices``.
    """
    for path in (data_path.rpartition("/")[0] or "/", *_default_groups(h5file)):
        group = _object(h5file, path)
        if isinstance(group, h5py.Group) and _words(group, "axes"):
            yield from _axes_in(h5file, group, path, scan_rank)
            return


def _axes_in(h5file: h5py.File, group: h5py.Group, path: str, scan_rank: int) -> Iterator[ScanAxis]:
    named = {name: (axis,) for axis, name in enumerate(_words(group, "axes")) if name != "."}
    indices = {key.removesuffix("_indices"): value for key, value in _attributes(group) if key.endswith("_indices")}
    for name in dict.fromkeys((*named, *indices)):
        along = tuple(int(n) for n in np.atleast_1d(indices.get(name, named.get(name, ()))))
        found = _object(h5file, f"{path.rstrip('/')}/{name}")
        fits = isinstance(found, h5py.Dataset) and found.dtype.kind in "iuf" and all(n == 1 for n in found.shape[len(along) :])
        if fits and along and max(along) < scan_rank and found.ndim >= len(along):
            yield ScanAxis(name, found, along)


def _default_groups(h5file: h5py.File) -> Iterator[str]:
    path = ""
    while (found := _object(h5file, path or "/")) is not None and (words := _words(found, "default")) and path.count("/") < 8:
        path = words[0].rstrip("/") if words[0].startswith("/") else f"{path}/{words[0]}"
        yield path


def _object(h5file: h5py.File, path: str) -> Any:
    try:
        return h5file["/"] if path == "/" else open_object(h5file, path)
    except Exception:  # whatever is wrong with it, results do not depend on axes
        return None


def _words(owner: h5py.Group, name: str) -> list[str]:
    """Return an attribute's words; none where it is missing or (text of variable length, under SWMR) cannot be read."""
    try:
        told = np.atleast_1d(owner.attrs.get(name, ())).tolist()
    except _BROKEN:
        return []
    return [decoded(one) if isinstance(one, bytes) else str(one) for one in told]


def _attributes(owner: h5py.Dataset | h5py.Group) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that can be read; texts with a fixed length, so that SWMR readers can read them again."""
    for name in owner.attrs:
        try:
            value = owner.attrs[name]
        except _BROKEN:
            continue
        if isinstance(value, h5py.Empty | h5py.Reference):
            continue
        yield name, np.bytes_(value.encode()) if isinstance(value, str) else value
