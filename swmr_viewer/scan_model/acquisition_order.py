"""In which order the complete frames were taken: what the reader tells of it, else the order in which they came."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import numpy as np

from swmr_viewer.core.progress import GrowingArray, KeyProgress
from swmr_viewer.core.ranges import IndexArray, ascending, indices_of
from swmr_viewer.core.scan import moved
from swmr_viewer.quantities import Column, ComputedColumn, ScanColumns, Values
from swmr_viewer.reader.messages import OrderRead, OrderSource

_MOST_PARTS = 1000
"""Nobody may ask: then what is new is not kept, but looked for once somebody does."""
_SPARSE = 4
"""Values are put in their order at once where no more than so many times as many numbers lie between them; else they are sorted."""
MANY = 1 << 18
"""So many points are sorted in some ten milliseconds; ten million in a second."""


class AcquisitionOrder:
    """The order of acquisition of a scan's complete frames."""

    def __init__(self) -> None:
        self.source = OrderSource.INDEX
        """What tells it, by now."""
        self.is_answered = False
        """Whether the reader told what the file says, be it nothing."""
        self._progress: KeyProgress | None = None
        self._told: GrowingArray | None = None
        """What the reader told of each point, NaN where it told nothing (yet)."""
        self._arrival = GrowingArray((0,), np.int32, 0)
        """By how many arrivals a frame came, from 1; 0: nobody saw it come."""
        self._n_arrivals, self._last_arrived = 0, -1
        self._sorted = _Sorted(())
        self.version = 0
        """Grows whenever more is known."""
        self._new: list[IndexArray] | None = None
        """Points whose values are known, and that stand in no order yet; None: all of them."""
        self._n_told = 0
        self._sorting: Thread | None = None

    @property
    def is_in_file(self) -> bool:
        """Whether the file tells it, by the values of keys or by times; otherwise it is as good as what was seen."""
        return self.source in (OrderSource.KEYS, OrderSource.TIMES)

    # ---- what is told

    def move_to(self, progress: KeyProgress) -> None:
        """Take note of the keys, whose scan shape may have grown."""
        self._progress = progress
        before, shape = self._arrival.shape, progress.scan_shape
        if before == shape:
            return
        if before == (0,):
            self._arrival = GrowingArray(shape, np.int32, 0)
        else:
            self._arrival.grow(shape)
            if self._told is not None:
                self._told.grow(_at_least(self._told.shape, shape))
        self._last_arrived = -1
        self._begin_anew()

    def note_completed(self, indices: IndexArray, came: bool) -> None:
        """Take note of frames that became complete; ``came``: while they were looked for.

        Several that came at once are in the order of their indices or, where a snake runs back, against it.
        """
        if not indices.size:
            return
        if came:  # noted whatever the file tells: keys that seemed to count may turn out not to
            lowest, highest = int(indices[0]), int(indices[-1])
            runs_back = 0 < self._last_arrived - highest <= indices.size
            indices = indices[::-1] if runs_back else indices
            self._arrival.flat[indices] = self._n_arrivals + 1 + np.arange(indices.size)
            self._n_arrivals, self._last_arrived = self._n_arrivals + indices.size, lowest if runs_back else highest
        if not self.is_in_file:
            self.source = self._as_seen
            self._note_new(indices)

    @property
    def _as_seen(self) -> OrderSource:
        return OrderSource.ARRIVAL if self._n_arrivals else OrderSource.INDEX

    def note_read(self, read: OrderRead) -> None:
        """Take in what the reader tells."""
        self.is_answered = bool(read.values.size) or read.source is OrderSource.ARRIVAL
        if read.whole:
            self._told, self._n_told = None, 0
            self.source = self._as_seen
            self._begin_anew()
        if not read.values.size:
            return
        if self._told is None:
            self._told = GrowingArray(_at_least(read.scan_shape, self._shape), np.float64, np.nan)
            self._begin_anew()
        elif self._told.shape != read.scan_shape:
            self._told.grow(_at_least(self._told.shape, read.scan_shape))
        indices = moved(indices_of(read.frames), read.scan_shape, self._told.shape)
        self._told.flat[indices] = read.values
        self._n_told += indices.size
        self.source = read.source
        self._note_new(indices)

    def _note_new(self, indices: IndexArray) -> None:
        self.version += 1
        if self._new is not None and len(self._new) < _MOST_PARTS:
            self._new.append(indices)
        else:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.version += 1
        self._sorted, self._new = _Sorted(()), None

    @property
    def _shape(self) -> tuple[int, ...]:
        return self._arrival.shape

    # ---- what is asked

    def prepare(self) -> bool:
        """Return whether what is asked for is there at once; where much is to be sorted, that is begun aside: ask again a little later.

        Nobody has to: whoever asks before waits until it is sorted.
        """
        if self._sorting is not None and self._sorting.is_alive():
            return False
        self._sorting = None
        if self._n_to_sort <= MANY:
            return True
        values, new = self._values, self._take_new()
        self._sorting = Thread(target=lambda found: found.add(new(), values), args=(self._sorted,), daemon=True)
        self._sorting.start()
        return False

    @property
    def _n_to_sort(self) -> int:
        """How many points would be sorted now: with those that were taken before others, all."""
        if self._new is None:
            return self._n_told if self._told is not None else self._progress.n_complete if self._progress is not None else 0
        values, n = self._values, sum(new.size for new in self._new)
        is_late = any(new.size and self._sorted.is_before(values[new]) for new in self._new) if n <= MANY else True
        return n + (self._sorted.order.size if is_late else 0)

    def indices(self) -> IndexArray:
        """Return the frames whose order is known by now, the one that was taken first first."""
        self._sort()
        return self._sorted.order

    def rank_of(self, indices: IndexArray) -> IndexArray:
        """Return as which these frames were taken, from 0; -1 where that is not known."""
        self._sort()
        return self._sorted.ranks.flat[indices] - 1

    def nearest(self, index: int, direction: int) -> int | None:
        """Return the complete frame that was taken next (> 0) or before (< 0), or None; where that is not known, by index."""
        if self._progress is None:
            return None
        order, step = self.indices(), 1 if direction > 0 else -1
        at = int(self.rank_of(np.array([index]))[0]) if 0 <= index < self._sorted.ranks.flat.size else -1
        if at < 0:
            return self._progress.nearest_complete(index, step)
        at += step
        while 0 <= at < order.size:
            if self._progress.is_complete(int(order[at])):
                return int(order[at])
            at += step
        return None

    def first(self) -> int | None:
        """Return the complete frame that was taken first, or None."""
        return self._end(1)

    def last(self) -> int | None:
        """Return the complete frame that was taken last, or None."""
        return self._end(-1)

    def _end(self, step: int) -> int | None:
        progress = self._progress
        return (
            None if progress is None else next((int(index) for index in self.indices()[::step] if progress.is_complete(int(index))), None)
        )

    def _sort(self) -> None:
        if self._sorting is not None:
            self._sorting.join()
            self._sorting = None
        if self._new is None or self._new:
            new = self._take_new()
            self._sorted.add(new(), self._values)

    @property
    def _values(self) -> np.ndarray:
        return self._arrival.flat if self._told is None else self._told.flat

    def _take_new(self) -> Callable[[], IndexArray]:
        """Return what finds the points that are to be sorted: those of now, whenever it is asked."""
        new, self._new = self._new, []
        if new is not None:
            return lambda: np.concatenate(new)
        self._sorted, known = _Sorted(self._shape), self._known()
        return lambda: np.flatnonzero(known)

    def _known(self) -> np.ndarray:
        """Return at which points values are known; while the reader knows a larger scan than the keys that are here, at none."""
        if self._progress is None or (self._told is not None and self._told.shape != self._shape):
            return np.zeros(0, np.bool_)
        return self._progress.complete_mask() if self._told is None else ~np.isnan(self._told.flat)


def order_column(order: AcquisitionOrder, columns: ScanColumns) -> Column:
    """Return the order as a quantity: as which each point was taken, from 0; NaN where that is not known."""

    def ranks(indices: IndexArray) -> Values:
        found = order.rank_of(indices).astype(np.float64)
        found[found < 0] = np.nan
        return found

    return ComputedColumn(lambda: columns.size, ranks, lambda: order.version, order.prepare)


class _Sorted:
    """Points in the order of their values."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.ranks = GrowingArray(shape, np.int64, 0)
        """From 1; 0: not known."""
        self._order = np.empty(0, np.int64)
        self._n = 0
        self._last = -np.inf

    @property
    def order(self) -> IndexArray:
        return self._order[: self._n]

    def is_before(self, values: np.ndarray) -> bool:
        """Whether points of such values do not all come behind those that are here."""
        return bool(values.min() < self._last)

    def add(self, indices: IndexArray, values: np.ndarray) -> None:
        """Add points; what goes on after the last one costs only itself."""
        indices = ascending(indices[self.ranks.flat[indices] == 0])
        if not indices.size:
            return
        if self.is_before(values[indices]):
            indices, self._n = ascending(np.concatenate([self.order, indices])), 0
        added = _by_value(indices, values[indices])
        n = self._n + added.size
        if n > self._order.size:
            longer = np.empty(max(n, 2 * self._order.size), np.int64)
            longer[: self._n] = self.order
            self._order = longer
        self._order[self._n : n] = added
        self.ranks.flat[added] = np.arange(self._n + 1, n + 1)
        self._n, self._last = n, float(values[added[-1]])


def _by_value(indices: IndexArray, values: np.ndarray) -> IndexArray:
    """Return ascending indices in the order of their values; where these count each has its place, which is quicker than sorting."""
    low, high = values.min(), values.max()
    if high - low < _SPARSE * values.size and (values == np.floor(values)).all():
        places = np.full(int(high - low) + 1, -1, np.int64)
        places[(values - low).astype(np.int64)] = indices
        found = places[places >= 0]
        if found.size == indices.size:  # none twice
            return found
    return indices[np.argsort(values, kind="stable")]


def _at_least(shape: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that holds both."""
    rank = max(len(shape), len(other))
    padded = zip(shape + (1,) * (rank - len(shape)), other + (1,) * (rank - len(other)), strict=True)
    return tuple(max(a, b) for a, b in padded)
