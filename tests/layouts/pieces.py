"""What every facility's writer is made of: the words it says as it goes, and its data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.conditions import Condition
from swmr_viewer.core.scan import position_of
from swmr_viewer.simulator.orders import stored_indices
from swmr_viewer.simulator.pattern import Frame, make_frame
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.writer import LIBVER, Progress, Stage

CREATED, SWMR, TICK, FINISHED, CLOSED = (Progress(stage) for stage in (Stage.CREATED, Stage.SWMR, Stage.TICK, Stage.FINISHED, Stage.CLOSED))
FRAME_SHAPE = (12, 16)

Write = Callable[[Path], Iterator[Progress]]
"""A writer: it stops at each word until it is asked for the next, and closes its files however it ends."""


@dataclass(frozen=True)
class Source:
    """One detector of a layout."""

    path: str
    """In the main file."""
    expected: Callable[[int], Any]
    """What it writes at an index on the layout's scan shape."""
    frame_axes: tuple[int, ...] = FRAME_SHAPE


@dataclass(frozen=True)
class Layout:
    """One row of the table of layouts, or a variant of it that asks something else of a reader."""

    name: str
    row: str
    """The writer, as the table names it."""
    write: Write
    main_file: str
    scan_shape: tuple[int, ...]
    sources: tuple[Source, ...]
    key_paths: tuple[str, ...] = ()
    finished_path: str | None = None
    length_paths: tuple[str, ...] = ()
    """Where there is no key dataset: the data sets whose length says how far the scan is."""
    swmr: bool = True
    """Whether the main file is written in SWMR mode."""
    swmr_sources: bool = False
    """Whether the main file is at rest, and what it shows is written in SWMR mode."""
    followable_live: bool = True
    why_not: str = ""
    ends: tuple[str | Condition, ...] = ("file_closed",)
    """The conditions that end following it, beside the finished flag."""
    n_late_steps: int = 0
    """How many ticks must have passed before all objects are there to be opened."""
    tells_shape: bool = False
    """Whether the user names the scan shape; otherwise it is what the file says, or the largest shape seen."""
    order: tuple[int, ...] | None = None
    """The order of writing; None: that of the scan."""

    @property
    def data_paths(self) -> tuple[str, ...]:
        return tuple(source.path for source in self.sources)

    @property
    def most_late(self) -> int:
        """How many frames may be there and not be known yet: a length alone tells of a frame when the next one comes."""
        return 1 if self.length_paths else 0

    @property
    def n_frames(self) -> int:
        return prod(self.scan_shape)


def frame(index: int) -> Progress:
    """Say that this frame is there, and announced if the layout has keys."""
    return Progress(Stage.FRAME, 0, index)


def key(index: int, number: int = 0) -> Progress:
    """Say that this key is set and flushed."""
    return Progress(Stage.KEY, number, index)


def plan_of(*scan_shape: int, dtype: str = "uint16", order: str = "raster", frame_shape: tuple[int, int] = FRAME_SHAPE) -> ScanPlan:
    """Return a small scan: it says what the frames are, and in which order they come."""
    return ScanPlan(scan_shape=scan_shape, frame_shape=frame_shape, dtype=dtype, order=order, period_s=0)


def visits_of(plan: ScanPlan) -> tuple[int, ...]:
    """Return the indices in the order of writing."""
    return tuple(map(int, stored_indices(plan)))


def images(path: str, plan: ScanPlan) -> Source:
    """Return a detector that writes the plan's frames."""
    return Source(path, lambda index: make_frame(plan, index), plan.frame_shape)


def total_of(plan: ScanPlan, index: int) -> int:
    """Return the sum over a frame's pixels, gaps left out."""
    pixels: Frame = make_frame(plan, index)
    return int(pixels[pixels != plan.sentinel].sum(dtype=np.int64))


def totals(path: str, plan: ScanPlan, tail: tuple[int, ...] = ()) -> Source:
    """Return a detector that writes the sum of each of the plan's frames."""
    return Source(path, lambda index: np.full(tail, total_of(plan, index), np.int64), tail)


def create(path: Path) -> h5py.File:
    """Create a file that can go into SWMR mode."""
    return h5py.File(path, "x", libver=LIBVER)


def grow(group: h5py.Group, name: str, frame_shape: Sequence[int], dtype: str, rank: int, start: int, **options: Any) -> h5py.Dataset:
    """Create a data set whose scan axes start at this length and may grow, one frame per chunk."""
    return group.create_dataset(
        name,
        (*[start] * rank, *frame_shape),
        dtype,
        **{"chunks": (*[1] * rank, *frame_shape), "maxshape": (*[None] * rank, *frame_shape), **options},
    )


def put(dataset: h5py.Dataset, at: tuple[int, ...], value: Any) -> None:
    """Write at a position, and let the data set grow to it first."""
    present = dataset.shape
    needed = (*(max(have, one + 1) for have, one in zip(present, at, strict=False)), *present[len(at) :])
    if needed != present:
        dataset.resize(needed)
    dataset[at] = value


def flush(*datasets: h5py.Dataset) -> None:
    """Make data sets visible to readers, in this order."""
    for dataset in datasets:
        dataset.flush()


def position(plan: ScanPlan, index: int) -> tuple[int, ...]:
    """Return where an index lies on the plan's scan."""
    return position_of(index, plan.scan_shape)
