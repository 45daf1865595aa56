"""Which frame comes next: the newest, every frame in turn, or a backlog from its top. Pure: indices in, indices out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.messages import MOST_COMBINED

_FALLBACKS = 3


class NewestFrame:
    """The frame that completed last.

    In a raster scan that is the highest complete index. Where a snake runs backwards it is not: there the highest one
    would stand still for a whole row, so the direction in which indices arrive decides. A gap that is filled late does
    not pull the view back; a random scan, where nearly every index is far from the one before, does.
    """

    def __init__(self) -> None:
        self._latest: int | None = None
        self._step = 1
        self._orderly = True
        self._settled: int | None = None
        self._given_up: set[int] = set()

    def add_completed(self, indices: IndexArray) -> None:
        if not indices.size:
            return
        lowest, highest = int(indices.min()), int(indices.max())
        if self._latest is None:
            self._latest = highest
            return
        reach = indices.size + 1
        backwards = 0 <= self._latest - highest <= reach
        was_orderly, self._orderly = self._orderly, backwards or 0 <= lowest - self._latest <= reach
        if was_orderly and not self._orderly and highest < self._latest:
            return
        self._step = -1 if backwards else 1
        self._latest = lowest if backwards else highest

    def reset(self, unreadable: Iterable[int]) -> None:
        """Forget all indices, which mean other positions now, but those of frames to be passed over."""
        self._latest = self._settled = None
        self._given_up = set(unreadable)

    def resend(self) -> None:
        """Send the newest again: the view holds something else."""
        self._settled = None

    @property
    def is_backwards(self) -> bool:
        """Whether indices fall: a snake on its way back."""
        return self._step < 0

    @property
    def is_settled(self) -> bool:
        """Whether the newest frame was shown, or given up."""
        return self._latest is None or self._latest == self._settled or self._latest in self._given_up

    def candidates(self, progress: KeyProgress) -> Iterator[int]:
        """Yield the newest frame and, for when it cannot be read yet, a few before it that were not shown."""
        index = self._latest
        for _ in range(_FALLBACKS):
            if index is None or index == self._settled:
                return
            if index not in self._given_up:
                yield index
            index = progress.nearest_complete(index, -self._step)
            if index is not None and self._settled is not None and (index - self._settled) * self._step <= 0:
                return

    def mark_shown(self, index: int) -> None:
        self._settled = index

    def set_unreadable(self, indices: Iterable[int]) -> None:
        """Pass over these frames and no others: another data set is shown, or indices moved."""
        self._given_up = set(indices)

    def give_up(self, index: int) -> None:
        self._given_up.add(index)


class FrameQueue:
    """Frames that are still to be shown, the oldest first."""

    def __init__(self, passed: IndexArray | None = None) -> None:
        self._passed = np.empty(0, np.int64) if passed is None else passed
        self._waiting: deque[tuple[IndexArray, float]] = deque()

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    @property
    def first(self) -> int | None:
        return int(self._waiting[0][0][0]) if self._waiting else None

    @property
    def first_since(self) -> float:
        """When the frame to be shown next became complete."""
        return self._waiting[0][1] if self._waiting else 0.0

    def add_completed(self, indices: IndexArray, backwards: bool, now: float = 0.0) -> None:
        """Append frames that became complete at the same time, by index or, where a snake runs back, against it."""
        indices = np.sort(indices)
        if self._passed.size:
            indices = indices[~np.isin(indices, self._passed)]
        if indices.size:
            self._waiting.append((indices[::-1] if backwards else indices, now))

    def pop(self) -> int:
        first, since = self._waiting.popleft()
        if first.size > 1:
            self._waiting.appendleft((first[1:], since))
        return int(first[0])

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self._waiting = deque((moved(indices, before, after), since) for indices, since in self._waiting)
        self._passed = moved(self._passed, before, after)

    def remaining(self) -> IndexArray:
        return np.concatenate([*(indices for indices, _ in self._waiting), np.empty(0, np.int64)])


class Backlog:
    """A pile of indices, each in it once: what comes later lies on top."""

    def __init__(self) -> None:
        self._piles: list[IndexArray] = []
        self._taken_out: set[int] = set()
        self._n = 0

    def __len__(self) -> int:
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

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self._piles = [moved(pile, before, after) for pile in self._piles]
        self._taken_out = set(moved(np.array(list(self._taken_out), np.int64), before, after).tolist())

    def clear(self) -> None:
        self._piles.clear()
        self._taken_out.clear()
        self._n = 0


class ArrivalLog:
    """The indices that completed last, in their order."""

    def __init__(self) -> None:
        self._indices: deque[int] = deque(maxlen=MOST_COMBINED)

    def add(self, indices: IndexArray, backwards: bool = False) -> None:
        latest = np.sort(indices)[:: -1 if backwards else 1][-MOST_COMBINED:]
        self._indices.extend(latest.tolist())

    def last(self, n: int) -> list[int]:
        return [self._indices[-at] for at in range(1, min(n, len(self._indices)) + 1)]

    def since(self, index: int) -> IndexArray | None:
        """Return what completed after this index, or None where that is not known any more."""
        after: list[int] = []
        for later in reversed(self._indices):
            if later == index:
                return np.array(after[::-1], np.int64)
            after.append(later)
        return None

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self._indices = deque(moved(np.array(self._indices, np.int64), before, after).tolist(), maxlen=MOST_COMBINED)
