"""What every layout is made of: channels, data sets, keys, groups and attributes as a SWMR writer creates them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.data import Box, boxes_of
from swmr_viewer.core.scan import position_of
from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.pattern import Frame, make_channel_frame, side_dtype, side_shape
from swmr_viewer.simulator.plan import ScanPlan

CHUNK_BYTES = 256 * 1024
"""About the size of a chunk of spectra, where a fast writer puts several into one."""


@dataclass(frozen=True, eq=False)
class OpenScan:
    """A file laid out and ready for SWMR: its channels, the main one first, and its finished flag."""

    channels: tuple[Channel, ...]
    finished: h5py.Dataset | None = None

    def finish(self) -> None:
        """Say in the file that the scan is over, if the layout has a place for it."""
        if self.finished is not None:
            self.finished[0] = 1
            self.finished.flush()


def create_data(
    group: h5py.Group, name: str, scan_shape: Sequence[int], frame_shape: Sequence[int], dtype: str, **options: Any
) -> h5py.Dataset:
    """Create a data set with a frame per chunk, whose scan axes may grow; scalars share a chunk among many points."""
    chunks = options.pop("chunks", None) or ((*(1 for _ in scan_shape), *frame_shape) if frame_shape else point_chunks(scan_shape))
    maxshape = options.pop("maxshape", (*(None for _ in scan_shape), *frame_shape))
    return group.create_dataset(name, (*scan_shape, *frame_shape), dtype, chunks=chunks, maxshape=maxshape, **options)


def create_main_data(group: h5py.Group, name: str, scan_shape: Sequence[int], plan: ScanPlan, **options: Any) -> h5py.Dataset:
    """Create the data set of the plan's own frames, compressed as the plan says."""
    chunks = _main_chunks(plan)
    return create_data(group, name, scan_shape, plan.frame_shape, plan.dtype, chunks=chunks, **filter_options(plan.compression), **options)


def create_side_data(group: h5py.Group, name: str, scan_shape: Sequence[int], number: int) -> h5py.Dataset:
    """Create the data set of detector ``number`` (1, 2, ...) beside the main one."""
    return create_data(group, name, scan_shape, side_shape(number), side_dtype(number))


def create_key(group: h5py.Group, name: str, scan_shape: Sequence[int], chunks: tuple[int, ...] | None = None) -> h5py.Dataset:
    """Create a key dataset: int32, unset value 0, every axis unlimited."""
    return create_points(group, name, scan_shape, "int32", chunks or point_chunks(scan_shape), fillvalue=0)


def create_points(
    group: h5py.Group, name: str, scan_shape: Sequence[int], dtype: str, chunks: tuple[int, ...], **options: Any
) -> h5py.Dataset:
    """Create a dataset of one value per scan point, every axis unlimited."""
    return group.create_dataset(name, tuple(scan_shape), dtype, chunks=chunks, maxshape=(None,) * len(scan_shape), **options)


def channel_maker(plan: ScanPlan, number: int) -> Callable[[int], Frame]:
    """Return the source of detector ``number``'s frames."""
    return partial(make_channel_frame, plan, number)


def side_name(number: int) -> str:
    """Return the name of detector ``number`` (1, 2, ...) beside the main one."""
    kind = "diode" if number % 2 else "mca"
    return kind if number <= 2 else f"{kind}{(number + 1) // 2}"


def nexus_group(parent: h5py.Group, name: str, nx_class: str, **attributes: str | Sequence[str]) -> h5py.Group:
    """Create a group with its NeXus class; attributes have fixed length, since others cannot be read under SWMR."""
    group = parent.create_group(name)
    set_attributes(group, NX_class=nx_class, **attributes)
    return group


def set_attributes(thing: h5py.HLObject, **attributes: str | Sequence[str]) -> None:
    """Set text attributes, of fixed length."""
    for name, value in attributes.items():
        thing.attrs[name] = np.bytes_(value) if isinstance(value, str) else np.array(list(value), dtype="S")


def point_chunks(scan_shape: Sequence[int]) -> tuple[int, ...]:
    """Return the chunks of a dataset with one value per scan point."""
    return (*(1 for _ in scan_shape[:-1]), 1024 if len(scan_shape) == 1 else min(1024, max(16, scan_shape[-1])))


def _main_chunks(plan: ScanPlan) -> tuple[int, ...]:
    """One image per chunk; one spectrum, or as many as a burst brings; many scalars."""
    if not plan.frame_shape:
        return point_chunks(plan.stored_shape)
    n_frames = 1
    if len(plan.frame_shape) == 1:
        fitting = max(1, CHUNK_BYTES // (prod(plan.frame_shape) * np.dtype(plan.dtype).itemsize))
        n_frames = min(plan.burst, plan.stored_shape[-1], fitting)
    return (*(1 for _ in plan.stored_shape[:-1]), n_frames, *plan.frame_shape)


Extras = Mapping[str, tuple[h5py.Dataset, Callable[[IndexArray], Any]]]
"""By name: one value per scan point, and the function that gives the values at stored indices."""


@dataclass(frozen=True, eq=False)
class Channel:
    """One detector: where its frames go, and the key that says they are there."""

    data: h5py.Dataset
    key: h5py.Dataset
    stored_shape: tuple[int, ...]
    make: Callable[[int], Frame]
    """The detector's frame at a stored index."""
    extras: Extras = field(default_factory=dict)
    """Written and flushed before the key: time stamps, read-backs of motors."""
    make_block: Callable[[IndexArray], Frame] | None = None
    """Many frames at once, shape (n, *frame), where that is quicker than one by one."""
    visits: Callable[[IndexArray], IndexArray] = lambda indices: indices
    """As which visits, from 0, the frames at stored indices are written."""

    def write_frame(self, index: int) -> None:
        """Write the frame and flush it: only then may its key be set."""
        self.write_frames(np.array([index], np.int64))

    def set_key(self, index: int) -> None:
        """Set the key (number of the visit + 1) and flush it: the frame is now announced."""
        self.set_keys(np.array([index], np.int64))

    def write_frames(self, indices: IndexArray) -> None:
        """Write several frames (ascending indices), and flush once."""
        if self.make_block is not None:
            self._put(self.data, indices, self.make_block(indices))
        else:
            for index in indices.tolist():
                position = position_of(index, self.stored_shape)
                _reach(self.data, position)
                self.data[position] = self.make(index)
        self.data.flush()

    def set_keys(self, indices: IndexArray) -> None:
        """Set several keys (ascending indices), and flush once; what a reader shows beside a frame is there before."""
        for dataset, values_of in self.extras.values():
            self._put(dataset, indices, values_of(indices))
            dataset.flush()
        self._put(self.key, indices, self.visits(indices) + 1)
        self.key.flush()

    def _put(self, dataset: h5py.Dataset, indices: IndexArray, values: Any) -> None:
        for start, stop in _runs(indices):
            for at, box in boxes_of(self.stored_shape, int(indices[start]), int(indices[stop - 1]) + 1):
                lengths = tuple(last - first for first, last in box)
                begin = start + at - int(indices[start])
                _reach(dataset, [last - 1 for _, last in box])
                dataset[_slices(box)] = values[begin : begin + int(np.prod(lengths))].reshape(*lengths, *values.shape[1:])


def _runs(indices: IndexArray) -> Iterator[tuple[int, int]]:
    """Yield where each run of consecutive indices begins and ends."""
    edges = np.flatnonzero(np.diff(indices) != 1) + 1
    yield from zip([0, *edges.tolist()], [*edges.tolist(), len(indices)], strict=True)


def _slices(box: Box) -> tuple[slice, ...]:
    return tuple(slice(first, last) for first, last in box)


def _reach(dataset: h5py.Dataset, position: Sequence[int]) -> None:
    """Let the dataset grow until it holds this position."""
    present = dataset.shape
    needed = tuple(max(have, at + 1) for have, at in zip(present, position, strict=False)) + present[len(position) :]
    if needed != present:
        dataset.resize(needed)


def filter_options(name: str) -> dict[str, Any]:
    """Return the arguments of ``create_dataset`` for ``none``, ``gzip``, ``bslz4`` or ``blosc``."""
    if name == "none":
        return {}
    if name == "gzip":
        return {"compression": "gzip", "compression_opts": 1, "shuffle": True}
    import hdf5plugin  # registers the filters with HDF5, and costs 0.1 s: only for those who use it

    chosen = hdf5plugin.Bitshuffle(cname="lz4") if name == "bslz4" else hdf5plugin.Blosc(cname="lz4", clevel=5, shuffle=1)
    return dict(chosen)
