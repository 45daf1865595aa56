"""Runs of scan points whose keys wait for a flush of their results."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

Box = tuple[slice, ...]
_MOST_AROUND = 4


class PendingRuns:
    """Runs along the last axis, as the position of the first point and the number of points, in the order in which they came."""

    def __init__(self) -> None:
        self._runs: list[tuple[tuple[int, ...], int]] = []

    def __bool__(self) -> bool:
        return bool(self._runs)

    def __iter__(self) -> Iterator[tuple[tuple[int, ...], int]]:
        return iter(self._runs)

    def add(self, first: tuple[int, ...], n: int) -> None:
        """Add one; those that follow one another become one."""
        if self._runs:
            last, length = self._runs[-1]
            if last[:-1] == first[:-1] and last[-1] + length == first[-1]:
                self._runs[-1] = last, length + n
                return
        self._runs.append((first, n))

    def boxes(self) -> list[Box]:
        """Return a few boxes around all of them: newest and oldest frames come in turn, and the scan between them is none of theirs."""
        boxes: list[Box] = []
        for first, n in self._runs:
            _include(boxes, (*(slice(at, at + 1) for at in first[:-1]), slice(first[-1], first[-1] + n)))
        return boxes

    def clear(self) -> None:
        """Forget them."""
        self._runs.clear()


def _include(boxes: list[Box], box: Box) -> None:
    """Enlarge the box that has to grow least, if that is not much."""
    larger = [tuple(slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(box, one, strict=True)) for one in boxes]
    grown = [_volume(both) - _volume(one) for both, one in zip(larger, boxes, strict=True)]
    best = grown.index(min(grown)) if grown else 0
    if len(boxes) < _MOST_AROUND and (not grown or grown[best] > 16 * _volume(box)):
        boxes.append(box)
    else:
        boxes[best] = larger[best]


def _volume(box: Box) -> int:
    return prod(along.stop - along.start for along in box)
