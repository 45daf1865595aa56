"""Boxes of scan points that wait for a flush."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

Box = tuple[slice, ...]
_MOST_AROUND = 4


class Boxes:
    """Boxes of positions, in the order in which they came."""

    def __init__(self) -> None:
        self._boxes: list[Box] = []
        self._around: list[Box] = []

    def __bool__(self) -> bool:
        return bool(self._boxes)

    def __iter__(self) -> Iterator[Box]:
        return iter(self._boxes)

    def add(self, box: Box) -> None:
        """Add one; those along the last axis that follow one another become one."""
        last = self._boxes[-1] if self._boxes else None
        if last is not None and last[:-1] == box[:-1] and last[-1].stop == box[-1].start:
            self._boxes[-1] = (*box[:-1], slice(last[-1].start, box[-1].stop))
        else:
            self._boxes.append(box)
        self._note(box)

    def around(self) -> list[Box]:
        """Return some boxes around all of them: newest and oldest frames come in turn, and the scan between them is none of theirs."""
        return self._around

    def clear(self) -> None:
        """Forget them."""
        self._boxes.clear()
        self._around = []

    def _note(self, box: Box) -> None:
        """Enlarge the box that has to grow least."""
        larger = [_both(box, one) for one in self._around]
        grown = [_volume(both) - _volume(one) for both, one in zip(larger, self._around, strict=True)]
        best = grown.index(min(grown)) if grown else 0
        if len(self._around) < _MOST_AROUND and (not grown or grown[best] > 16 * _volume(box)):
            self._around.append(box)
        else:
            self._around[best] = larger[best]


def _both(one: Box, other: Box) -> Box:
    return tuple(slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(one, other, strict=True))


def _volume(box: Box) -> int:
    return prod(along.stop - along.start for along in box)
