"""The axes of a scan beside results of it: copied, kept up to date while both grow, and declared as NeXus does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import can_refresh
from swmr_viewer.core.files import BROKEN
from swmr_viewer.core.nexus import NexusFile


class AxisCopy:
    """An axis of the input, which lies along some axes of the scan, copied beside the results and kept up to date while both grow.

    Parameters
    ----------
    name : str
        Of the copy.
    original : h5py.Dataset
        The axis; trailing axes of length 1 are dropped.
    scan_axes : tuple of int
        The axes of the scan that it lies along.
    group : h5py.Group
        Where the copy is. One that is there already, of the same rank, is gone on with.
    """

    def __init__(self, name: str, original: h5py.Dataset, scan_axes: tuple[int, ...], group: h5py.Group) -> None:
        self.name, self.scan_axes = name, scan_axes
        self._original = original
        self._copy = group[name] if name in group else self._made(group)

    def _made(self, group: h5py.Group) -> h5py.Dataset:
        values = self._values((slice(None),) * len(self.scan_axes))
        chunks = tuple(min(max(n, 64), 1024) for n in values.shape)
        made = group.create_dataset(self.name, data=values, maxshape=(None,) * values.ndim, chunks=chunks)
        for key in self._original.attrs:
            with suppress(*BROKEN):
                value = self._original.attrs[key]
                if not isinstance(value, h5py.Empty | h5py.Reference):
                    # Texts get a fixed length, so that SWMR readers can read them again.
                    made.attrs[key] = np.bytes_(value.encode()) if isinstance(value, str) else value
        return made

    def update(self, box: tuple[slice, ...]) -> None:
        """Copy the values of a box of scan points; none while the input cannot be read."""
        with suppress(*BROKEN):
            where = tuple(box[axis] for axis in self.scan_axes)
            values = self._values(where)
            stops = tuple(along.start + n for along, n in zip(where, values.shape, strict=True))
            self._copy.resize(tuple(max(n, stop) for n, stop in zip(self._copy.shape, stops, strict=True)))
            self._copy[tuple(slice(along.start, stop) for along, stop in zip(where, stops, strict=True))] = values
            self._copy.flush()

    def _values(self, where: tuple[slice, ...]) -> npt.NDArray[Any]:
        if can_refresh(self._original):
            self._original.refresh()
        trailing = (0,) * (self._original.ndim - len(where))
        return np.asarray(self._original[(*where, *trailing)])


def axes_of(h5file: h5py.File, data_path: str, rank: int) -> Iterator[tuple[str, h5py.Dataset, tuple[int, ...]]]:
    """Yield the axes that the data set's NXdata group names, or the file's default one, as `AxisCopy` takes them."""
    file = NexusFile(h5file)
    path = file.axes_group_of(data_path) or file.default_axes_group()
    for name, found, along in file.axes_in(path) if path is not None else ():
        is_axis = isinstance(found, h5py.Dataset) and found.dtype.kind in "iuf" and found.ndim >= len(along)
        if is_axis and along and max(along) < rank and all(n == 1 for n in found.shape[len(along) :]):
            yield name, found, along


def declare_axes(group: h5py.Group, copies: Sequence[AxisCopy], rank: int, of_result: Sequence[str]) -> None:
    """Set the attributes by which NeXus readers draw the signal of a group over the scan's axes and those of a result ("."; none)."""
    names = ["."] * rank + list(of_result)
    for axis in copies:
        if len(axis.scan_axes) == 1 and names[axis.scan_axes[0]] == ".":
            names[axis.scan_axes[0]] = axis.name
        group.attrs[f"{axis.name}_indices"] = np.array(axis.scan_axes, np.int32)
    if names:
        group.attrs["axes"] = np.array([name.encode() for name in names])
