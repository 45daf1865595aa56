"""Sets of flat indices as half-open ranges: small to send, quick to merge."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

IndexArray = npt.NDArray[np.int64]
Ranges = tuple[IndexArray, IndexArray]
"""(starts, stops), both int64 and of equal length."""
_PIECE = 1 << 16


def no_ranges() -> Ranges:
    """Return the empty set."""
    return np.empty(0, np.int64), np.empty(0, np.int64)


def ranges_of(mask: npt.NDArray[np.bool_], offset: int = 0) -> Ranges:
    """Return the runs of True in a 1-D mask, shifted by ``offset``."""
    if not mask.size:
        return no_ranges()
    first, last = [0] if mask[0] else [], [mask.size] if mask[-1] else []
    edges = np.concatenate([first, *(_edges(mask, at) for at in range(0, mask.size - 1, _PIECE)), last]).astype(np.int64) + offset
    return edges[::2], edges[1::2]


def runs_of(indices: IndexArray) -> Ranges:
    """Return the runs in distinct ascending indices."""
    if not indices.size:
        return no_ranges()
    breaks = np.concatenate([np.empty(0, np.int64), *(_breaks(indices, at) for at in range(0, indices.size - 1, _PIECE))])
    return indices[np.concatenate(([0], breaks + 1))], indices[np.concatenate((breaks, [indices.size - 1]))] + 1


def ascending(indices: IndexArray) -> IndexArray:
    """Return each index once, ascending; what is so already costs little. ``np.unique`` takes a second for each million of them."""
    if (indices[1:] > indices[:-1]).all():
        return indices
    in_order = np.sort(indices)
    return in_order[np.concatenate(([True], in_order[1:] > in_order[:-1]))]


def blocks_of(ranges: Ranges, length: int) -> list[int]:
    """Return which blocks of so many indices these ranges touch, ascending."""
    starts, stops = ranges
    there = stops > starts
    first, last = starts[there] // length, (stops[there] - 1) // length
    if not first.size:
        return []
    n = int(last.max()) + 2
    return np.flatnonzero(np.cumsum(np.bincount(first, minlength=n) - np.bincount(last + 1, minlength=n)) > 0).tolist()


def _edges(mask: npt.NDArray[np.bool_], start: int) -> IndexArray:
    """Return where a piece of a mask changes; the differences of sixty million at once took seconds and a gigabyte."""
    piece = mask[start : start + _PIECE + 1]
    return np.flatnonzero(piece[1:] != piece[:-1]) + (start + 1)


def _breaks(indices: IndexArray, start: int) -> IndexArray:
    """Return behind which of a piece of indices a gap begins; the differences of ten million at once took 0.2 s."""
    piece = indices[start : start + _PIECE + 1]
    return np.flatnonzero(piece[1:] - piece[:-1] != 1) + start


def joined(parts: Iterable[Ranges]) -> Ranges:
    """Return several disjoint sets as one (not sorted, not merged)."""
    several = list(parts)
    if not several:
        return no_ranges()
    if len(several) == 1:
        return several[0]
    return np.concatenate([starts for starts, _ in several]), np.concatenate([stops for _, stops in several])


def indices_of(ranges: Ranges) -> IndexArray:
    """Return every index of the ranges, in their order."""
    starts, stops = ranges
    lengths = stops - starts
    if not lengths.size or not lengths.any():
        return np.empty(0, np.int64)
    shifts = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return np.arange(int(lengths.sum()), dtype=np.int64) + shifts
