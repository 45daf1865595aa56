"""Which chunks a box touches, and what of each goes where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

Box = tuple[tuple[int, int], ...]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a chunk and a box have in common."""

    at: tuple[int, ...]
    """First coordinate of the chunk."""
    source: tuple[slice, ...]
    """Within the chunk."""
    target: tuple[slice, ...]
    """Within the box."""
    run: tuple[int, int, int] | None
    """Where it lies in a row in both: first element in the chunk, first element in the box, and how many; None: it does not."""


def overlaps(chunk: Shape, box: Box) -> Iterator[Overlap]:
    """Yield the parts of a box by the chunks that hold them, in order."""
    shape = tuple(stop - start for start, stop in box)
    for at in product(*(range(start - start % step, stop, step) for (start, stop), step in zip(box, chunk, strict=True))):
        lows = tuple(max(a, start) for a, (start, _) in zip(at, box, strict=True))
        counts = tuple(min(a + n, stop) - low for a, n, low, (_, stop) in zip(at, chunk, lows, box, strict=True))
        source = tuple(low - a for low, a in zip(lows, at, strict=True))
        target = tuple(low - start for low, (start, _) in zip(lows, box, strict=True))
        yield Overlap(at, _slices(source, counts), _slices(target, counts), _run(chunk, source, shape, target, counts))


def _slices(first: Shape, counts: Shape) -> tuple[slice, ...]:
    return tuple(slice(start, start + n) for start, n in zip(first, counts, strict=True))


def _run(chunk: Shape, source: Shape, shape: Shape, target: Shape, counts: Shape) -> tuple[int, int, int] | None:
    from_, to, total, is_through = 0, 0, 1, True
    for axis in range(len(chunk) - 1, -1, -1):
        n = counts[axis]
        if n > 1 and not is_through:
            return None
        total *= n
        is_through = is_through and n == chunk[axis] == shape[axis]
    for axis, n in enumerate(chunk):
        from_, to = from_ * n + source[axis], to * shape[axis] + target[axis]
    return from_, to, total
