"""A flat C-order range on a shape as the few rectangular boxes that HDF5 can read."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

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
