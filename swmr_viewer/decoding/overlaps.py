"""Which chunks a box touches, and what of each goes where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

Box = tuple[tuple[int, int], ...]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a chunk and a box have in common."""

    at: Shape
    """First coordinate of the chunk, counted from that of the first chunk."""
    source: tuple[slice, ...]
    """Within the chunk."""
    target: tuple[slice, ...]
    """Within the box."""
    run: tuple[int, int, int] | None
    """Where it lies in a row in both: first element in the chunk, first element in the box, and how many; None: it does not."""


def n_chunks(chunk: Shape, box: Box) -> int:
    """Return how many chunks a box touches."""
    return prod(-(-stop // n) - start // n for (start, stop), n in zip(box, chunk, strict=True))


def overlaps(chunk: Shape, box: Box) -> tuple[Shape, tuple[Overlap, ...]]:
    """Return the first coordinate of the first chunk that a box touches, and what each chunk has of the box, in order."""
    shifts = tuple(start % n for (start, _), n in zip(box, chunk, strict=True))
    first = tuple(start - shift for (start, _), shift in zip(box, shifts, strict=True))
    relative = _kept_relative if n_chunks(chunk, box) <= _MOST_KEPT else _relative
    return first, relative(chunk, shifts, tuple(stop - start for start, stop in box))


def _relative(chunk: Shape, shifts: Shape, shape: Shape) -> tuple[Overlap, ...]:
    """Return the overlaps of a box that begins within the first chunk: frame after frame they are the same."""
    return tuple(_overlaps(chunk, shifts, shape))


_kept_relative = lru_cache(maxsize=64)(_relative)
_MOST_KEPT = 64
"""Of boxes that touch more chunks than this nothing is kept."""


def _overlaps(chunk: Shape, shifts: Shape, shape: Shape) -> Iterator[Overlap]:
    stops = tuple(shift + n for shift, n in zip(shifts, shape, strict=True))
    for at in product(*(range(0, stop, step) for stop, step in zip(stops, chunk, strict=True))):
        lows = tuple(max(a, shift) for a, shift in zip(at, shifts, strict=True))
        counts = tuple(min(a + n, stop) - low for a, n, low, stop in zip(at, chunk, lows, stops, strict=True))
        source = tuple(low - a for low, a in zip(lows, at, strict=True))
        target = tuple(low - shift for low, shift in zip(lows, shifts, strict=True))
        yield Overlap(at, _slices(source, counts), _slices(target, counts), _run(chunk, source, shape, target, counts))


def _slices(first: Shape, counts: Shape) -> tuple[slice, ...]:
    return tuple(slice(start, start + n) for start, n in zip(first, counts, strict=True))


def _run(chunk: Shape, source: Shape, shape: Shape, target: Shape, counts: Shape) -> tuple[int, int, int] | None:
    from_, to, total, is_through = 0, 0, 1, True
    for n, in_chunk, in_box in reversed(list(zip(counts, chunk, shape, strict=True))):
        if n > 1 and not is_through:
            return None
        total *= n
        is_through = is_through and n == in_chunk == in_box
    for in_chunk, in_box, begin, end in zip(chunk, shape, source, target, strict=True):
        from_, to = from_ * in_chunk + begin, to * in_box + end
    return from_, to, total
