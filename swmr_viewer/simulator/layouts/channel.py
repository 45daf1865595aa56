"""One detector in an open file: its frames, its key and its time stamps, one by one or in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.data.selections import Box, boxes_of
from swmr_viewer.core.scan import position_of
from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.strip import Frame


@dataclass(frozen=True, eq=False)
class Channel:
    """One detector: where its frames go, and the key that says they are there."""

    data: h5py.Dataset
    key: h5py.Dataset
    stored_shape: tuple[int, ...]
    make: Callable[[int], Frame]
    """The detector's frame at a stored index."""
    extras: Mapping[str, tuple[h5py.Dataset, Callable[[IndexArray], Any]]] = field(default_factory=dict)
    """Written and flushed before the key: time stamps. The function gives the values at stored indices."""
    make_block: Callable[[IndexArray], Frame] | None = None
    """Many frames at once, shape (n, *frame), where that is quicker than one by one."""

    def write_frame(self, index: int) -> None:
        """Write the frame and flush it: only then may its key be set."""
        self.write_frames(np.array([index], np.int64))

    def set_key(self, index: int) -> None:
        """Set the key (index + 1) and flush it: the frame is now announced."""
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
        self._put(self.key, indices, indices + 1)
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
