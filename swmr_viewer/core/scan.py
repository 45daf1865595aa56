"""Index and position: a scan point as a flat C-order number, and as a tuple on the scan shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from swmr_viewer.core.ranges import IndexArray


def position_of(index: int, scan_shape: Sequence[int]) -> tuple[int, ...]:
    """Return the position of a flat C-order index.

    Parameters
    ----------
    index : int
        0 <= index < prod(scan_shape).
    scan_shape : sequence of int
        The scan's axes, slowest first; () for a single point.

    Raises
    ------
    IndexError
        If the index is outside the scan.
    """
    if not 0 <= index < prod(scan_shape):
        raise IndexError(f"Index {index} is outside the scan of shape {tuple(scan_shape)}.")
    position: list[int] = []
    for length in reversed(scan_shape):
        index, at = divmod(index, length)
        position.append(at)
    return tuple(reversed(position))


def index_of(position: Sequence[int], scan_shape: Sequence[int]) -> int:
    """Return the flat C-order index of a position on the scan shape.

    Raises
    ------
    IndexError
        If the position has another rank than the scan, or lies outside it.
    """
    if len(position) != len(scan_shape) or any(not 0 <= p < n for p, n in zip(position, scan_shape, strict=True)):
        raise IndexError(f"Position {tuple(position)} is outside the scan of shape {tuple(scan_shape)}.")
    index = 0
    for at, length in zip(position, scan_shape, strict=True):
        index = index * length + at
    return index


def position_along(first: tuple[int, ...], offset: int) -> tuple[int, ...]:
    """Return the position so many points behind the first, along the last axis; a single point has none behind it."""
    return (*first[:-1], first[-1] + offset) if first else ()


def snake_position_of(visit: int, scan_shape: Sequence[int]) -> tuple[int, ...]:
    """Return where the scan is at its n-th visit if each axis turns round at its ends, so that every step moves one axis by one.

    Parameters
    ----------
    visit : int
        0 <= visit < prod(scan_shape): how many points were visited before this one.
    scan_shape : sequence of int
        The scan's axes, slowest first.

    Raises
    ------
    IndexError
        If there is no such visit.
    """
    position: list[int] = []
    n_runs = 0
    for at, length in zip(position_of(visit, scan_shape), scan_shape, strict=True):
        position.append(length - 1 - at if n_runs % 2 else at)
        n_runs = n_runs * length + at
    return tuple(position)


def snake_visit_of(position: Sequence[int], scan_shape: Sequence[int]) -> int:
    """Return how many points a snake visits before it is at this position: the inverse of ``snake_position_of``.

    Raises
    ------
    IndexError
        If the position has another rank than the scan, or lies outside it.
    """
    index_of(position, scan_shape)
    visit = 0
    for at, length in zip(position, scan_shape, strict=True):
        visit = visit * length + (length - 1 - at if visit % 2 else at)
    return visit


def snake_index_of(visit: int, scan_shape: Sequence[int]) -> int:
    """Return the flat C-order index of the point that a snake visits as its n-th.

    Raises
    ------
    IndexError
        If there is no such visit.
    """
    return index_of(snake_position_of(visit, scan_shape), scan_shape)


def moved(indices: IndexArray, before: tuple[int, ...], after: tuple[int, ...]) -> IndexArray:
    """Return where indices on one scan shape are on a larger one: positions stay."""
    if before == after or not indices.size or before[1:] == after[1:]:
        return indices
    before += (1,) * (len(after) - len(before))
    found = indices.astype(np.int64)
    for axis in range(1, len(before)):  # a tenth of what ``np.unravel_index`` takes, which finds all positions
        more = prod(after[axis:]) - before[axis] * prod(after[axis + 1 :])
        if more:
            found += indices // prod(before[axis:]) * more
    return found


def moved_within(indices: IndexArray, before: tuple[int, ...], after: tuple[int, ...]) -> IndexArray:
    """Return where indices on one scan shape are on another, larger or smaller; without those whose position is not on that one."""
    if before[1:] == after[1:]:
        return indices
    before, after = (shape + (1,) * (max(len(before), len(after)) - len(shape)) for shape in (before, after))
    places = np.unravel_index(indices, before)
    inside = np.logical_and.reduce([place < length for place, length in zip(places, after, strict=True)])
    return np.ravel_multi_index(tuple(place[inside] for place in places), after).astype(np.int64)


def moved_index(index: int, before: tuple[int, ...], after: tuple[int, ...]) -> int | None:
    """Return where one index on a scan shape is on another, larger or smaller; None where its position is not on that one."""
    if before[1:] == after[1:]:
        return index
    try:
        return index_of(position_of(index, before) + (0,) * (len(after) - len(before)), after)
    except IndexError:
        return None
