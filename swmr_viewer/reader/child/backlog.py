"""Frames still to be looked at, those that completed last first. Pure."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved


class Backlog:
    """A pile of indices, each in it once: what comes later lies on top."""

    def __init__(self) -> None:
        self._piles: list[IndexArray] = []
        self._taken_out: set[int] = set()
        self._n = 0

    def __len__(self) -> int:
        """How many are left."""
        return self._n - len(self._taken_out)

    def push(self, indices: IndexArray) -> None:
        """Put indices on top, the last one topmost."""
        if indices.size:
            self._piles.append(indices)
            self._n += int(indices.size)

    def pop(self) -> int | None:
        """Take the topmost index, or None."""
        while self._piles:
            top = self._piles[-1]
            index = int(top[-1])
            self._n -= 1
            if top.size > 1:
                self._piles[-1] = top[:-1]
            else:
                self._piles.pop()
            if index not in self._taken_out:
                return index
            self._taken_out.discard(index)
        return None

    def take_out(self, index: int) -> bool:
        """Take an index out of turn, and return whether it was there."""
        if index in self._taken_out or not any((pile == index).any() for pile in reversed(self._piles)):
            return False
        self._taken_out.add(index)
        return True

    def move(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that the scan shape grew: the frames are the same, their indices are not."""
        self._piles = [moved(pile, before, after) for pile in self._piles]
        self._taken_out = set(moved(np.array(list(self._taken_out), np.int64), before, after).tolist())

    def clear(self) -> None:
        """Forget everything."""
        self._piles.clear()
        self._taken_out.clear()
        self._n = 0
