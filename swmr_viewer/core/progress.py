"""Which keys are set and so which scan points are complete: counting only, numpy alone.

The follower keeps one beside the file, and the window's process keeps a mirror of it.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.ranges import IndexArray, Ranges, indices_of, joined, ranges_of

_BLOCK = 1 << 16
_FEW_RANGES = 8
_PIECE = 1 << 20
"""Points of many ranges that are added at a time."""

MISSING, PARTLY, COMPLETE = 0, 1, 2
"""The values of ``KeyProgress.state_codes``."""


class KeyProgress:
    """The keys of a scan, as they are set.

    Parameters
    ----------
    n_keys : int
        How many key datasets are followed, at least 1.
    scan_shape : tuple of int
        The scan's axes, slowest first; may grow.
    """

    def __init__(self, n_keys: int, scan_shape: tuple[int, ...]) -> None:
        self.scan_shape = scan_shape
        self.n_complete = 0
        self._set = [GrowingArray(scan_shape, np.bool_, False) for _ in range(n_keys)]
        # How many of its keys are set, not how many are left: zeros that nobody writes to cost no memory.
        self._count = GrowingArray(scan_shape, np.uint16, 0)
        self._n_set = [0] * n_keys
        self._frontier = 0
        self._newest: int | None = None

    @property
    def n_keys(self) -> int:
        """How many key datasets are followed."""
        return len(self._set)

    @property
    def total(self) -> int:
        """How many scan points there are, as far as is known."""
        return prod(self.scan_shape)

    @property
    def newest(self) -> int | None:
        """The highest complete index, or None."""
        return self._newest

    @property
    def frontier(self) -> int:
        """The first index that is not complete (``total`` when all are)."""
        shape, count, at = self.scan_shape, self._count.flat, self._frontier
        while at < count.size:
            block = count[at : at + _BLOCK] != self.n_keys
            first = int(block.argmax())
            at += first if block[first] else block.size
            if block[first]:
                break
        if self.scan_shape is shape:  # another thread may let it grow
            self._frontier = at  # at once: another thread may ask as well
        return at

    def set_mask(self, key: int) -> npt.NDArray[np.bool_]:
        """Return which points of one key dataset are set, 1-D; take it anew after ``grow``."""
        return self._set[key].flat

    def complete_mask(self) -> npt.NDArray[np.bool_]:
        """Return which points are complete, as a new 1-D array."""
        complete: npt.NDArray[np.bool_] = self._count.flat == self.n_keys
        return complete

    def state_codes(self, start: int = 0, stop: int | None = None) -> npt.NDArray[np.uint8]:
        """Return MISSING, PARTLY or COMPLETE for every point, or for the flat indices from start to stop, as a new 1-D array."""
        count = self._count.flat[start:stop]
        codes = np.full(count.size, PARTLY, np.uint8)
        codes[count == self.n_keys] = COMPLETE
        codes[count == 0] = MISSING
        return codes

    def n_set(self, key: int) -> int:
        """Return how many points of one key dataset are set."""
        return self._n_set[key]

    def is_set(self, key: int, index: int) -> bool:
        """Return whether one key dataset is set at this index."""
        return bool(self._set[key].flat[index])

    def is_complete(self, index: int) -> bool:
        """Return whether every key dataset is set at this index (False outside the scan)."""
        return 0 <= index < self.total and bool(self._count.flat[index] == self.n_keys)

    def is_complete_in(self, start: int, stop: int) -> bool:
        """Return whether every flat index from start to stop, within the scan, is complete."""
        return bool((self._count.flat[start:stop] == self.n_keys).all())

    def n_complete_from(self, start: int, stop: int) -> int:
        """Return how many indices on end are complete from ``start`` on, looking no further than ``stop``."""
        incomplete = self._count.flat[start:stop] != self.n_keys
        first = int(incomplete.argmax()) if incomplete.size else 0
        return first if incomplete.size and incomplete[first] else incomplete.size

    def whole(self) -> tuple[Ranges, ...]:
        """Return everything that is set, as ranges per key dataset."""
        return tuple(_runs(keys.flat) for keys in self._set)

    def add(self, key: int, starts: IndexArray, stops: IndexArray) -> IndexArray:
        """Note that keys were set; those that were set already change nothing.

        Parameters
        ----------
        key : int
            Number of the key dataset.
        starts, stops : int64 arrays
            Half-open ranges of flat C-order indices on ``scan_shape``, disjoint.

        Returns
        -------
        int64 array
            The indices that became complete by this, in the ranges' order.
        """
        if starts.size <= _FEW_RANGES:
            return self._note_complete([self._add_range(key, *bounds) for bounds in zip(starts.tolist(), stops.tolist(), strict=True)])
        pieces = np.flatnonzero(np.diff(np.cumsum(stops - starts) // _PIECE)) + 1
        parts = zip(np.split(starts, pieces), np.split(stops, pieces), strict=True)
        return self._note_complete([self._add_indices(key, indices_of(part)) for part in parts])

    def _add_range(self, key: int, start: int, stop: int) -> IndexArray:
        mask, count = self._set[key].flat[start:stop], self._count.flat[start:stop]
        new = ~mask
        mask[:] = True
        count += new
        self._n_set[key] += int(np.count_nonzero(new))
        return np.flatnonzero(new & (count == self.n_keys)) + start

    def _add_indices(self, key: int, indices: IndexArray) -> IndexArray:
        """As ``_add_range`` for single points, each of them once: a range at a time, a random scan cost 30 us a point."""
        mask, count = self._set[key].flat, self._count.flat
        new = indices[~mask[indices]]
        mask[new] = True
        count[new] += 1
        self._n_set[key] += new.size
        completed: IndexArray = new[count[new] == self.n_keys]
        return completed

    def _note_complete(self, parts: list[IndexArray]) -> IndexArray:
        completed = np.concatenate(parts).astype(np.int64, copy=False) if parts else np.empty(0, np.int64)
        if completed.size:
            self.n_complete += completed.size
            self._newest = max(int(completed.max()), -1 if self._newest is None else self._newest)
        return completed

    def grow(self, scan_shape: tuple[int, ...]) -> None:
        """Take on a larger scan shape; positions keep their state, flat indices may change."""
        if scan_shape == self.scan_shape:
            return
        for array in (*self._set, self._count):
            array.grow(scan_shape)
        before, self.scan_shape = self.scan_shape, scan_shape
        if scan_shape[1:] == before[1:]:  # indices stay: a scan of ten million points is not looked at anew for each that comes
            return
        self._frontier = 0
        self._newest = self.nearest_complete(self.total, -1)

    def nearest_complete(self, index: int, step: int) -> int | None:
        """Return the next (step > 0) or previous (step < 0) complete index strictly beyond ``index``, or None."""
        find = _first_at if step > 0 else _last_at
        return find(self._count.flat, index + 1 if step > 0 else index, self.n_keys)


def _runs(mask: npt.NDArray[np.bool_]) -> Ranges:
    """As ``ranges_of``, at the cost of what is set: of 100 million points of which 5 are, that took 7 s and 1.4 GB."""
    blocks = ((at, mask[at : at + _BLOCK]) for at in range(0, mask.size, _BLOCK))
    starts, stops = joined([ranges_of(block, at) for at, block in blocks if block.any()])
    goes_on = stops[:-1] == starts[1:]
    return starts[np.concatenate(([True], ~goes_on))[: starts.size]], stops[np.concatenate((~goes_on, [True]))[: stops.size]]


def _first_at(count: npt.NDArray[np.uint16], start: int, wanted: int) -> int | None:
    for at in range(max(start, 0), count.size, _BLOCK):
        block = count[at : at + _BLOCK] == wanted
        first = int(block.argmax())
        if block[first]:
            return at + first
    return None


def _last_at(count: npt.NDArray[np.uint16], stop: int, wanted: int) -> int | None:
    for end in range(min(stop, count.size), 0, -_BLOCK):
        start = max(end - _BLOCK, 0)
        block = count[start:end][::-1] == wanted
        last = int(block.argmax())
        if block[last]:
            return end - 1 - last
    return None


class GrowingArray:
    """A C-order array on a shape whose axes only ever grow.

    Growing the first axis alone leaves flat indices as they are and is cheap (the buffer doubles);
    growing any other axis moves every value to its position's new index.

    Parameters
    ----------
    shape : tuple of int
        The first extent.
    dtype : numpy dtype
        The element type.
    fill : scalar
        What new elements hold.
    """

    def __init__(self, shape: tuple[int, ...], dtype: npt.DTypeLike, fill: Any) -> None:
        self.shape = shape
        self._fill = fill
        self._buffer = self._filled((prod(shape),), np.dtype(dtype))

    def _filled(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Zeros cost memory only where they are written to, if they are asked for as such."""
        return np.full(shape, self._fill, dtype) if self._fill else np.zeros(shape, dtype)

    @property
    def flat(self) -> npt.NDArray[Any]:
        """The values as a writable 1-D view of length ``prod(shape)``; take it anew after ``grow``."""
        return self._buffer[: prod(self.shape)]

    def grow(self, shape: tuple[int, ...]) -> None:
        """Take on a larger shape; further axes come behind those that are there."""
        self.shape += (1,) * (len(shape) - len(self.shape))
        if shape[1:] == self.shape[1:] and shape:
            self._lengthen(prod(shape))
        else:
            self._rearrange(shape)
        self.shape = shape

    def _lengthen(self, size: int) -> None:
        if size <= self._buffer.size:
            return
        longer = self._filled((max(size, 2 * self._buffer.size),), self._buffer.dtype)
        longer[: self._buffer.size] = self._buffer
        self._buffer = longer

    def _rearrange(self, shape: tuple[int, ...]) -> None:
        wider = self._filled(shape, self._buffer.dtype)
        wider[tuple(slice(n) for n in self.shape)] = self.flat.reshape(self.shape)
        self._buffer = wider.reshape(-1)
