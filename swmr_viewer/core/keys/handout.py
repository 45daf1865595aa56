"""What a follower hands out: complete indices, each once, along the scan or as they complete; and which keys changed since."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.progress import GrowingArray, KeyProgress
from swmr_viewer.core.ranges import IndexArray, Ranges, joined
from swmr_viewer.core.scan import moved


class ScanOrder:
    """0, 1, 2 ... up to the frontier; a gap is waited for, or given up after a while.

    Parameters
    ----------
    progress : KeyProgress
        What is complete.
    patience_s : float or None
        Seconds that newer frames must have been complete before a gap is given up; None: never.
    """

    def __init__(self, progress: KeyProgress, patience_s: float | None) -> None:
        self._progress = progress
        self._patience_s = patience_s
        self._passed = GrowingArray(progress.scan_shape, np.bool_, False)
        self._next = 0
        self._newest_at: deque[tuple[float, int]] = deque()
        self._lost: set[int] = set()
        self._faults: list[str] = []

    def note(self, completed: IndexArray, now: float) -> None:
        """Take notice of indices that became complete."""
        if self._patience_s is None or not completed.size:
            return
        self._newest_at.append((now, self._progress.newest or 0))
        for index in self._lost.intersection(completed.tolist()):
            self._lost.discard(index)
            self._faults.append(f"Frame {index} came after it had been given up; it was not handed out.")

    def next(self, now: float) -> int | None:
        """Return the next index, or None while it is not complete."""
        self._passed.grow(self._progress.scan_shape)
        passed = self._passed.flat
        while self._next < passed.size:
            if passed[self._next]:
                self._next += 1
            elif self._progress.is_complete(self._next):
                passed[self._next] = True
                return self._next
            elif self._may_skip(now):
                self._skip()
            else:
                return None
        return None

    def next_behind(self, index: int, most: int) -> int:
        """Hand out as well those right behind an index that was handed out just now, and return how many."""
        passed = self._passed.flat
        first, stop = index + 1, min(index + 1 + most, passed.size)
        n = self._progress.n_complete_from(first, stop)
        if passed[first : first + n].any():
            n = int(passed[first : first + n].argmax())
        passed[first : first + n] = True
        return n

    def _may_skip(self, now: float) -> bool:
        if self._patience_s is None:
            return False
        while len(self._newest_at) > 1 and self._newest_at[1][0] <= now - self._patience_s:
            self._newest_at.popleft()
        return bool(self._newest_at) and self._newest_at[0][0] <= now - self._patience_s and self._newest_at[0][1] > self._next

    def _skip(self) -> None:
        beyond = self._progress.nearest_complete(self._next, +1)
        if beyond is None:
            return
        self._lost.update(range(self._next, beyond))
        last = beyond - 1
        which = f"Frame {last} was" if last == self._next else f"Frames {self._next} to {last} were"
        self._faults.append(f"{which} given up: newer frames have been complete for {self._patience_s:g} s.")
        self._passed.flat[self._next : beyond] = True

    def reshape(self) -> None:
        """Flat indices changed their meaning: the scan shape grew."""
        self._passed.grow(self._progress.scan_shape)
        self._next = 0
        self._lost.clear()
        self._newest_at.clear()

    def reset(self) -> None:
        """Hand out everything again."""
        self._passed.flat[:] = False
        self._next = 0
        self._lost.clear()

    def take_faults(self) -> list[str]:
        """Return what was given up since the last call."""
        taken, self._faults = self._faults, []
        return taken


class ArrivalOrder:
    """Each index as it completes.

    Parameters
    ----------
    progress : KeyProgress
        What is complete.
    """

    def __init__(self, progress: KeyProgress) -> None:
        self._progress = progress
        self._taken = GrowingArray(progress.scan_shape, np.bool_, False)
        self._waiting: deque[int] = deque()

    def note(self, completed: IndexArray, now: float) -> None:
        """Take notice of indices that became complete."""
        self._taken.grow(self._progress.scan_shape)
        self._queue(completed[~self._taken.flat[completed]])

    def _queue(self, indices: IndexArray) -> None:
        self._taken.flat[indices] = True
        self._waiting.extend(indices.tolist())

    def next(self, now: float) -> int | None:
        """Return the index that has waited longest, or None."""
        return self._waiting.popleft() if self._waiting else None

    def next_behind(self, index: int, most: int) -> int:
        """Hand out as well those right behind an index that was handed out just now, and return how many."""
        n = 0
        while n < most and self._waiting and self._waiting[0] == index + n + 1:
            self._waiting.popleft()
            n += 1
        return n

    def reshape(self) -> None:
        """Flat indices changed their meaning: the scan shape grew."""
        self._taken.flat[list(self._waiting)] = False
        self._taken.grow(self._progress.scan_shape)
        self._refill()

    def reset(self) -> None:
        """Hand out everything again, what is there in the order of the scan."""
        self._taken.grow(self._progress.scan_shape)
        self._taken.flat[:] = False
        self._refill()

    def _refill(self) -> None:
        self._waiting.clear()
        self._queue(np.flatnonzero(self._progress.complete_mask() & ~self._taken.flat).astype(np.int64))

    def take_faults(self) -> list[str]:
        """Return nothing: in order of arrival nothing is given up."""
        return []


_MOST_PARTS = 4096
"""Polls that are kept apart: ten million single keys would cost gigabytes."""


@frozen(eq=False)
class KeyChanges:
    """Indices are flat, in C order on the scan shape as it is now."""

    added: tuple[Ranges, ...]
    """Per key dataset, the ranges of keys that were set; after an inner axis grew, or when much has come, of all set keys."""
    completed: IndexArray
    """Frames that became complete, each once; not sorted."""


class UnreportedChanges:
    """Collects what polls find from the first time that it is taken: scripts that only iterate never ask.

    Parameters
    ----------
    progress : KeyProgress
        The whole state, with what polls found added already.
    """

    def __init__(self, progress: KeyProgress) -> None:
        self._progress = progress
        self._is_collecting = False
        self._added: list[list[Ranges]] = [[] for _ in range(progress.n_keys)]
        self._completed: list[IndexArray] = []
        self._scan_shape = progress.scan_shape

    def add(self, added: Iterable[tuple[int, Ranges]], completed: Iterable[IndexArray], reshaped: bool) -> None:
        """Add newly set keys by the number of their dataset, and completed frames; ``reshaped``: indices mean other points now."""
        if not self._is_collecting:
            return
        before, self._scan_shape = self._scan_shape, self._progress.scan_shape
        if reshaped:
            self._completed = [moved(indices, before, self._scan_shape) for indices in self._completed]
        self._completed += completed
        for number, ranges in added:
            self._added[number].append(ranges)
        if reshaped or any(len(parts) > _MOST_PARTS for parts in self._added):
            self._added = [[ranges] for ranges in self._progress.whole()]
            self._completed = [np.concatenate(self._completed)] if self._completed else []

    def take(self) -> KeyChanges:
        """Return what changed since the last call (the first time: everything that is set)."""
        if self._is_collecting:
            added = tuple(joined(parts) for parts in self._added)
            completed = np.concatenate([np.empty(0, np.int64), *self._completed])
        else:
            added, completed = self._progress.whole(), np.flatnonzero(self._progress.complete_mask())
            self._is_collecting, self._scan_shape = True, self._progress.scan_shape
        self._added, self._completed = [[] for _ in added], []
        return KeyChanges(added, completed)
