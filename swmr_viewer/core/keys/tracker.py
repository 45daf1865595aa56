"""Where to look for newly set keys: what is new costs, what is there does not, whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import window_of
from swmr_viewer.core.keys.key_dataset import KeyDataset
from swmr_viewer.core.keys.lengths import LengthKeys
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray, Ranges, ranges_of

_FIRST_WINDOW = 256
_LARGEST_WINDOW = 1 << 20
_SMALL_REMAINDER = 1 << 13
_FRONTIER_BUDGET = 1 << 20
_SWEEP_BUDGET = 1 << 16
"""Where keys appear that only the sweep finds, and where all is to be looked at; else it is the turns' to say."""
_PAYS_FOR = 8
"""Polls that found keys elsewhere, until the sweep is not where keys are found any more."""
_VERIFY_BUDGET = 1 << 12
_VERIFY_EVERY = 16
"""Polls; looking for what should not happen need not slow down what should."""
_HOT_REACH = 128
_MOST_HOT = 4


@dataclass(slots=True)
class Found:
    """What one poll of one key dataset brought."""

    added: list[Ranges] = field(default_factory=list)
    """Newly set keys."""
    completed: list[IndexArray] = field(default_factory=list)
    """Points that became complete by them."""
    unset_again: list[int] = field(default_factory=list)
    """Keys that were set and read unset now."""
    is_behind: bool = False
    """Whether the next keys may well be set: one poll looks at no more than its budget."""


class KeyTracker:
    """Finds newly set keys of one key dataset with bounded work per poll.

    Each poll looks (1) from the dataset's first unset key on, for as long as it finds nothing but set keys;
    (2) around the last places where keys appeared ahead of that; (3) at the next piece of the remainder that is not all set,
    in turn and as much as it is given for that, or more where the last keys were found so;
    and (4) at a small piece of what is set already, to notice a key that turned unset again.

    Parameters
    ----------
    dataset : KeyDataset or LengthKeys
        What to read.
    progress : KeyProgress
        Where to note it.
    number : int
        The number of this key dataset there.
    """

    def __init__(self, dataset: KeyDataset | LengthKeys, progress: KeyProgress, number: int) -> None:
        self.dataset = dataset
        self._progress = progress
        self._number = number
        self._frontier = 0
        self._read_to = 0
        self._sweep_at = 0
        self._must_sweep_all = False
        self._verify_at = 0
        self._n_polls = 0
        self._sweep_pays = 0
        self.n_to_search = 0
        """How much of the remainder no poll has looked at since keys were expected."""
        self._hot: list[int] = []
        self._reported: set[int] = set()

    def look_at_all(self) -> None:
        """Begin the remainder anew, before a scan is called over: polls are behind until all of it was looked at."""
        self._sweep_at, self._must_sweep_all = 0, True

    def expect_keys(self) -> None:
        """Something was written: a key, perhaps."""
        self.n_to_search = self._progress.total - self._read_to

    def rewind(self) -> None:
        """Forget places, not keys: the scan shape grew and flat indices may mean other positions."""
        self._frontier = self._read_to = self._sweep_at = self._verify_at = 0
        self._hot.clear()
        self._reported.clear()

    def poll(self, found: Found | None = None, sweep: int = _SWEEP_BUDGET) -> Found:
        """Look once (the dataset was refreshed) and note what is new, in ``found`` if that is given.

        ``sweep`` is what looking at the remainder may cost, in values; 0: it is another dataset's turn. What is in there when a
        read raises is noted, and must not be lost: the next poll finds it set already.
        """
        found = Found() if found is None else found
        if self.dataset.shape and 0 in self.dataset.full_shape:
            return found
        self._read_at_frontier(found)
        self._read_at_hot(found)
        sweep = max(sweep, _SWEEP_BUDGET) if self._must_sweep_all or self._sweep_pays else sweep
        if sweep:
            self._sweep(found, sweep)
        self._verify(found)
        if found.added:
            self.n_to_search = 0
        return found

    def _read(self, start: int, stop: int, found: Found) -> npt.NDArray[np.bool_]:
        stop = min(stop, self._progress.total)
        if start >= stop:
            return np.empty(0, np.bool_)
        known = self._progress.set_mask(self._number)[start:stop]
        now = self.dataset.set_in(self._progress.scan_shape, start, stop)
        if not (known != now).any():
            return now
        if isinstance(self.dataset, KeyDataset) and not self.dataset.confirm():
            now = self.dataset.set_in(self._progress.scan_shape, start, stop)
        self._note_unset_again(start + np.flatnonzero(known & ~now), found)
        new = now & ~known
        if new.any():
            ranges = ranges_of(new, start)
            found.added.append(ranges)
            found.completed.append(self._progress.add(self._number, *ranges))
        return now | known

    def _note_unset_again(self, indices: npt.NDArray[np.intp], found: Found) -> None:
        fresh = [i for i in indices.tolist() if i not in self._reported]
        found.unset_again += fresh
        self._reported.update(fresh)

    def _read_at_frontier(self, found: Found) -> None:
        self._pass_known()
        window, spent = self._first_window(), 0
        while self._frontier < self._progress.total and spent < _FRONTIER_BUDGET:
            is_set = self._read(self._frontier, self._frontier + window, found)
            self._read_to = self._frontier + is_set.size
            spent += self.dataset.cost(window)
            first = int(is_set.argmin())
            if not is_set[first]:
                self._frontier += first
                return
            self._frontier += is_set.size
            self._pass_known()
            window = min(4 * window, _LARGEST_WINDOW)
        found.is_behind = self._frontier < self._progress.total

    def _first_window(self) -> int:
        """Return how much to read first: the whole remainder where it is small, since a read costs more than what it reads."""
        left = self._progress.total - self._frontier
        if self.dataset.cost(left) <= _SMALL_REMAINDER:
            return max(_FIRST_WINDOW, left)
        return min(_FIRST_WINDOW, self._affordable(_FRONTIER_BUDGET))

    def _pass_known(self) -> None:
        """Move to the first key that is not known to be set, without reading what is known."""
        self._frontier = self._first_unset(self._frontier)

    def _first_unset(self, at: int) -> int:
        """Return the first index from ``at`` on whose key is not known to be set (the scan's length: there is none)."""
        known = self._progress.set_mask(self._number)
        while at < known.size:
            block = known[at : at + _LARGEST_WINDOW]
            first = int(block.argmin())
            if not block[first]:
                return at + first
            at += block.size
        return at

    def _read_at_hot(self, found: Found) -> None:
        beyond = self._read_to
        for at in [at for at in self._hot if at + _HOT_REACH > beyond]:
            before = len(found.added)
            self._read(max(at - _HOT_REACH, beyond), at + _HOT_REACH, found)
            if len(found.added) > before:
                self._note_hot(_outermost(found.added[-1], at), at)

    def _sweep(self, found: Found, budget: int) -> None:
        """Look at the next piece of what lies beyond the frontier's window, in turn."""
        length, total = self._affordable(budget), self._progress.total
        start = self._first_unset(max(self._sweep_at, self._read_to) if total - self._read_to > length else self._read_to)
        stop = min(start + length, total)
        before = len(found.added)
        self._read(start, stop, found)
        if len(found.added) > before and not found.is_behind:
            self._sweep_pays = _PAYS_FOR
        elif before:
            self._sweep_pays = max(0, self._sweep_pays - 1)
        for ranges in found.added[before:]:
            self._note_hot(int(ranges[1][-1]) - 1, None)
            self._note_hot(int(ranges[0][0]), None)
        self.n_to_search = max(0, self.n_to_search - length)
        self._sweep_at = stop if stop < total else 0
        self._must_sweep_all &= stop < total
        found.is_behind |= self._must_sweep_all or (len(found.added) > before and stop < total)

    def _verify(self, found: Found) -> None:
        self._n_polls += 1
        if self._n_polls % _VERIFY_EVERY:
            return
        stop = min(self._verify_at + self._affordable(_VERIFY_BUDGET), self._frontier)
        self._read(self._verify_at, stop, found)
        self._verify_at = stop if stop < self._frontier else 0

    def _affordable(self, budget: int) -> int:
        """Return how many values a budget buys; at least a few, whatever the chunks."""
        return window_of(self.dataset.cost, budget)

    def _note_hot(self, at: int, instead_of: int | None) -> None:
        self._hot = [h for h in self._hot if h != instead_of and abs(h - at) > _HOT_REACH // 2]
        self._hot = [*self._hot, at][-_MOST_HOT:]


_SWEEP_PER_S, _LEAST_SWEEP, _MOST_SWEEP = 4_000_000, 1 << 12, 1 << 18
"""Values: what the sweep may cost for each second since the last one (measured: about 1 % of a core), and at once."""


class SweepTurns:
    """Which dataset's remainder is looked at in a poll, and how much of it: a share of the time, whatever the scan's size.

    Ten million points in each of three datasets are looked at within some 8 s, at polls that cost 20 us more for it where they
    come each millisecond.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._swept_at = clock()
        self._turn = -1

    def next(self, numbers: Sequence[int]) -> tuple[int, int]:
        """Return whose turn it is, of these numbers in ascending order, and what may be spent (values)."""
        now = self._clock()
        budget = min(max(int(_SWEEP_PER_S * (now - self._swept_at)), _LEAST_SWEEP), _MOST_SWEEP)
        self._swept_at = now
        self._turn = next((number for number in numbers if number > self._turn), numbers[0] if numbers else -1)
        return self._turn, budget


def _outermost(ranges: Ranges, centre: int) -> int:
    """Return the newly set index that lies furthest from where one looked: where the next will appear."""
    first, last = int(ranges[0][0]), int(ranges[1][-1]) - 1
    return first if abs(first - centre) > abs(last - centre) else last
