"""Parts of data sets: boxes, regular selections along an axis as HDF5 knows them, parts of frames as bounds on each axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.frozen import frozen

_FAR = 1 << 62


@frozen
class AxisSelection:
    """``count`` blocks of ``block`` coordinates, the first at ``start``, one every ``stride`` (HDF5's regular hyperslab)."""

    start: int
    stride: int = 1
    count: int | None = 1
    """None: unlimited."""
    block: int | None = 1
    """None: unlimited, one block without an end."""

    @property
    def length(self) -> int | None:
        """How many coordinates are selected; None: unlimited."""
        return None if self.count is None or self.block is None else self.count * self.block

    @property
    def stop(self) -> int | None:
        """One more than the last coordinate; None: unlimited."""
        length = self.length
        return None if length is None else self.at(length - 1) + 1 if length else self.start

    def at(self, ordinal: int) -> int:
        """Return the coordinate of the selected point with this number."""
        if self.block is None:
            return self.start + ordinal
        return self.start + ordinal // self.block * self.stride + ordinal % self.block

    def first_from(self, coordinate: int) -> int:
        """Return the number of the first selected point at or after a coordinate (which may be past the last one)."""
        beyond = coordinate - self.start
        if beyond <= 0:
            return 0
        if self.block is None:
            return beyond
        blocks, rest = divmod(beyond, self.stride)
        return blocks * self.block + min(rest, self.block)

    def contiguous_from(self, ordinal: int) -> int | None:
        """Return how many selected points lie side by side from this one on; None: all."""
        if self.block is None or (self.stride == self.block and self.count is None):
            return None
        if self.stride == self.block and self.count is not None:
            return self.count * self.block - ordinal
        return self.block - ordinal % self.block

    def coordinates(self, length: int) -> npt.NDArray[np.intp]:
        """Return every selected coordinate below ``length``."""
        found = np.arange(self.first_from(length), dtype=np.intp)
        if self.block is not None:
            found = found // self.block * self.stride + found % self.block
        found = self.start + found[: self.length]
        return found[found < length]


def whole_axis(length: int) -> AxisSelection:
    """Return the selection of everything on an axis."""
    return AxisSelection(0, max(length, 1), 1, length)


def runs(here: AxisSelection, there: AxisSelection, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Yield (coordinate here, coordinate there, length): where the part [start, stop) of one selection lies in the other.

    Points of the same number belong together; each run is contiguous on both sides.
    """
    ordinal = here.first_from(start)
    total = here.length
    while total is None or ordinal < total:
        at = here.at(ordinal)
        if at >= stop:
            return
        bounds = (here.contiguous_from(ordinal), there.contiguous_from(ordinal), None if total is None else total - ordinal, stop - at)
        length = min(bound for bound in bounds if bound is not None)
        yield at, there.at(ordinal), length
        ordinal += length


def selection_table(selections: Sequence[Sequence[AxisSelection]]) -> npt.NDArray[np.int64]:
    """Return start, stride, count, block of each axis of each selection, int64, shape (4, n_selections, n_axes)."""
    rows = [[_numbers(axis) for axis in selection] for selection in selections]
    return np.moveaxis(np.array(rows, np.int64).reshape(len(rows), -1, 4), -1, 0)


def _numbers(one: AxisSelection) -> tuple[int, int, int, int]:
    if one.block is None:
        return one.start, _FAR, 1, _FAR
    return one.start, one.stride, _FAR if one.count is None else one.count, one.block


def bounds_table(table: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """Return start and stop of each selection of a table on each axis, where all of them are boxes; None where one is not."""
    start, stride, count, block = table
    if not ((count == 1) | (stride == block)).all():
        return None
    return start, start + np.minimum(count, _FAR // np.maximum(block, 1)) * block


def touches(table: npt.NDArray[np.int64], box: Box) -> npt.NDArray[np.bool_]:
    """Return which selections of a table have anything in a box (looking at all at once: there may be one per frame)."""
    found = np.ones(table.shape[1], np.bool_)
    for axis, (lowest, stop) in enumerate(box):
        start, stride, count, block = table[:, :, axis]
        blocks, rest = np.divmod(np.maximum(lowest - start, 0), stride)
        inside = rest < block
        blocks = blocks + ~inside
        first = start + blocks * stride + np.where(inside, rest, 0)
        found &= (blocks < count) & (first < stop)
    return found


Box = tuple[tuple[int, int], ...]
"""(start, stop) per axis."""


def boxes_of(shape: tuple[int, ...], start: int, stop: int) -> Iterator[tuple[int, Box]]:
    """Yield (flat index of its first element, box) in C order; together they are exactly [start, stop)."""
    if start >= stop:
        return
    if not shape:
        yield 0, ()
    elif len(shape) == 1:
        yield start, ((start, stop),)
    else:
        yield from _boxes_by_rows(shape, start, stop)


def _boxes_by_rows(shape: tuple[int, ...], start: int, stop: int) -> Iterator[tuple[int, Box]]:
    inner = prod(shape[1:])
    (first, head), (last, tail) = divmod(start, inner), divmod(stop, inner)
    if first == last:
        yield from _within_row(shape, first, head, tail)
        return
    if head:
        yield from _within_row(shape, first, head, inner)
        first += 1
    if first < last:
        yield first * inner, ((first, last), *((0, length) for length in shape[1:]))
    yield from _within_row(shape, last, 0, tail)


def _within_row(shape: tuple[int, ...], row: int, start: int, stop: int) -> Iterator[tuple[int, Box]]:
    offset = row * prod(shape[1:])
    for at, box in boxes_of(shape[1:], start, stop):
        yield offset + at, ((row, row + 1), *box)


Region = tuple[slice, ...]
"""One slice per frame axis, from the first on; without steps."""


def bounds_of(region: Region | None, frame_shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) for each axis of the frame; axes that the region does not name are whole.

    Raises
    ------
    ShapeError
        If the region has a step, or more axes than the frame.
    """
    given = region or ()
    if len(given) > len(frame_shape) or any(bounds.step not in (None, 1) for bounds in given):
        raise ShapeError(f"The region {given} does not fit frames of shape {frame_shape}.", "Give one slice per frame axis, without steps.")
    for axis, length in enumerate(frame_shape):
        start, stop, _ = (given[axis] if axis < len(given) else slice(None)).indices(length)
        yield start, max(start, stop)
