"""What every layout is made of: a channel (one detector's data and its key), and the file's small change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.scan import position_of
from swmr_viewer.simulator.compression import filter_options
from swmr_viewer.simulator.pattern import Frame, make_frame, make_side_frame, side_dtype, side_shape
from swmr_viewer.simulator.plan import ScanPlan


@dataclass(frozen=True, eq=False)
class Channel:
    """One detector: where its frames go, and the key that says they are there."""

    data: h5py.Dataset
    key: h5py.Dataset
    stored_shape: tuple[int, ...]
    make: Callable[[int], Frame]
    """The detector's frame at a stored index."""
    extras: Mapping[str, tuple[h5py.Dataset, Callable[[int], Any]]] = field(default_factory=dict)
    """Written with the key, unread by followers: time stamps."""

    def write_frame(self, index: int) -> None:
        """Write the frame and flush it: only then may its key be set."""
        position = position_of(index, self.stored_shape)
        _reach(self.data, position)
        self.data[position] = self.make(index)
        self.data.flush()

    def set_key(self, index: int) -> None:
        """Set the key (index + 1) and flush it: the frame is now announced."""
        position = position_of(index, self.stored_shape)
        for dataset, value_of in self.extras.values():
            _reach(dataset, position)
            dataset[position] = value_of(index)
        _reach(self.key, position)
        self.key[position] = index + 1
        self.key.flush()


@dataclass(frozen=True, eq=False)
class OpenScan:
    """A file laid out and ready for SWMR: its channels, the images first, and its finished flag."""

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
    chunks = (*(1 for _ in scan_shape), *frame_shape) if frame_shape else _point_chunks(scan_shape)
    maxshape = options.pop("maxshape", (*(None for _ in scan_shape), *frame_shape))
    return group.create_dataset(name, (*scan_shape, *frame_shape), dtype, chunks=chunks, maxshape=maxshape, **options)


def create_key(group: h5py.Group, name: str, scan_shape: Sequence[int], chunks: tuple[int, ...] | None = None) -> h5py.Dataset:
    """Create a key dataset: int32, unset value 0, every axis unlimited."""
    chunks = chunks or _point_chunks(scan_shape)
    return group.create_dataset(name, tuple(scan_shape), "int32", chunks=chunks, maxshape=(None,) * len(scan_shape), fillvalue=0)


def image_options(plan: ScanPlan) -> dict[str, Any]:
    """Return what the images' data set is created with beyond its shape."""
    return filter_options(plan.compression)


def image_maker(plan: ScanPlan) -> Callable[[int], Frame]:
    """Return the images' source."""
    return lambda index: make_frame(plan, index)


def side_maker(plan: ScanPlan, number: int) -> Callable[[int], Frame]:
    """Return the source of detector ``number`` (1, 2, ...)."""
    return lambda index: make_side_frame(plan, number, index)


def create_side_data(group: h5py.Group, name: str, scan_shape: Sequence[int], number: int) -> h5py.Dataset:
    """Create the data set of detector ``number`` (1, 2, ...)."""
    return create_data(group, name, scan_shape, side_shape(number), side_dtype(number))


def side_name(number: int) -> str:
    """Return the name of detector ``number`` (1, 2, ...)."""
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


def _point_chunks(scan_shape: Sequence[int]) -> tuple[int, ...]:
    return (*(1 for _ in scan_shape[:-1]), 1024 if len(scan_shape) == 1 else min(1024, max(16, scan_shape[-1])))


def _reach(dataset: h5py.Dataset, position: Sequence[int]) -> None:
    """Let the dataset grow until it holds this position."""
    present = dataset.shape
    needed = tuple(max(have, at + 1) for have, at in zip(present, position, strict=False)) + present[len(position) :]
    if needed != present:
        dataset.resize(needed)
