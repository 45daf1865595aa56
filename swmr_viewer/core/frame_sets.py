"""FrameSet: what all followed data sets show at one scan point, in one row, or in one chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class FrameSet(Mapping[str, npt.NDArray[Any]]):
    """Frames that belong together; a mapping of data set path (or its last part, where that is unique) to array.

    Each array is what ``dataset[frame_set.slices]`` would be: one frame; or the frames of a row, shape (points,
    frame axes ...); or those of a chunk, shape (points along each scan axis ..., frame axes ...).
    """

    index: int
    """Flat C-order index on ``scan_shape`` of the (first) scan point."""
    position: tuple[int, ...]
    """Position of the (first) scan point."""
    slices: tuple[int | slice, ...]
    """One per scan axis: where this is on the scan, and in a data set that has the scan's axes."""
    scan_shape: tuple[int, ...]
    """The scan's extent as far as it was known at this moment."""
    frames: Mapping[str, npt.NDArray[Any]]
    """By path, in the order in which the data sets were named."""

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name in self.frames:
            return self.frames[name]
        fitting = [path for path in self.frames if path.rsplit("/", 1)[-1] == name]
        if len(fitting) == 1:
            return self.frames[fitting[0]]
        raise KeyError(f"{name!r} is {'the name of several' if fitting else 'none'} of the data sets {', '.join(self.frames)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)
