"""Runs of complete frames that lie side by side: read at once, handed out one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy.typing as npt

from swmr_viewer.core.frame_sets import FrameSet
from swmr_viewer.core.frames import FrameGrabber

_AT_ONCE_BYTES = 4 << 20
"""About a millisecond's worth on two threads: the first frame of a run waits for the others."""
_MOST_AT_ONCE = 1024
"""Frames; a handle that the caller opens beside ours is noticed at the next read."""
_MOST_BYTES = 32 << 20
"""More than this of one chunk is not held for frames that are still to be handed out."""


def most_in_run(grabbers: Mapping[str, FrameGrabber], position: tuple[int, ...], scan_shape: tuple[int, ...]) -> int:
    """Return how many frames from a position on, along the last axis of the scan, are worth reading at once.

    To the end of the chunk that they share, or as many as are read in a moment.
    """
    if not position or not all(grabber.has_blocks for grabber in grabbers.values()):
        return 1
    n_bytes = max(1, sum(prod(grabber.frame_shape) * grabber.dtype.itemsize for grabber in grabbers.values()))
    step = max(grabber.chunk_shape[-1] for grabber in grabbers.values())
    to_end = step - position[-1] % step
    wanted = to_end + max(0, min(_AT_ONCE_BYTES // n_bytes, _MOST_AT_ONCE) - to_end) // step * step
    return max(1, min(wanted, _MOST_BYTES // n_bytes, scan_shape[-1] - position[-1]))


def read_run(
    grabbers: Mapping[str, FrameGrabber], index: int, position: tuple[int, ...], n: int, scan_shape: tuple[int, ...]
) -> Iterator[FrameSet]:
    """Yield the frames of a run: arrays of their own, whose memory those of one run share.

    Raises
    ------
    SwmrViewerError
        If one of them cannot be read, before any is yielded.
    """
    outer, first = position[:-1], position[-1]
    block = (*(slice(at, at + 1) for at in outer), slice(first, first + n))
    read = {name: grabber.grab_block(block).reshape(n, *grabber.frame_shape) for name, grabber in grabbers.items()}
    return _apart(read, index, outer, first, n, scan_shape)


def _apart(
    read: Mapping[str, npt.NDArray[Any]], index: int, outer: tuple[int, ...], first: int, n: int, scan_shape: tuple[int, ...]
) -> Iterator[FrameSet]:
    for number in range(n):
        where = (*outer, first + number)
        # With the ellipsis a scalar is an array as well.
        yield FrameSet(index + number, where, where, scan_shape, {name: frames[number, ...] for name, frames in read.items()})
