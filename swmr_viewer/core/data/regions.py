"""A part of the frame as bounds on each of its axes."""

from __future__ import annotations

from collections.abc import Iterator

from swmr_viewer.core.errors import ShapeError

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
    if len(given) > len(frame_shape) or any(one.step not in (None, 1) for one in given):
        raise ShapeError(f"The region {given} does not fit frames of shape {frame_shape}.", "Give one slice per frame axis, without steps.")
    for axis, length in enumerate(frame_shape):
        start, stop, _ = (given[axis] if axis < len(given) else slice(None)).indices(length)
        yield start, max(start, stop)
