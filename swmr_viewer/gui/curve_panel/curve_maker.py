"""From a table of quantities to the points of a curve: all of them where they are few, else a piece of the scan at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite

import numpy as np

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.gui.curve_panel.curve_plan import ALONG, NO_POINTS, Part, Plan, Points, joined, points_of
from swmr_viewer.quantities import BLOCK, INDEX, MOST_POINTS, ORDER, QuantityTable, Values, curve_points

N_BINS = MOST_POINTS // 2
PIECE_S = 0.01
BLOCKS_AT_A_TIME = 32


class CurveMaker:
    """Keeps the points of one curve as they were last, and brings them up to date.

    Parameters
    ----------
    table : QuantityTable
        What is known.
    plan : Plan
        Which points, and against what.
    y : str
        Name of the quantity upwards, or an expression.
    """

    def __init__(self, table: QuantityTable, plan: Plan, y: str) -> None:
        self.table, self.plan, self.y = table, plan, y
        self.points = NO_POINTS
        self._made_of: object = None
        self._bins = _Bins()
        self._means = _Means(plan)

    @property
    def is_current(self) -> bool:
        """Whether the points are those of what is known now."""
        return self._made_of == self._versions

    def work(self) -> Iterator[None]:
        """Bring the points up to date, in pieces of some milliseconds."""
        made_of, plan = self._versions, self.plan
        if plan.part is Part.MEAN:
            yield from self._average()
        elif plan.size <= MOST_POINTS and plan.part is Part.LINE and plan.step > 1:
            yield from self._gather()
        elif plan.size <= MOST_POINTS:
            self.points = until_known(plan, points_of(self.table, plan, self.y))
        elif plan.part is Part.ALL and plan.x == INDEX:
            while not self.table.prepare_curve(self.y, PIECE_S):
                yield
            self.points = until_known(plan, Points(*self.table.curve(self.y)))
        else:
            yield from self._look_through()
        self._made_of = made_of

    @property
    def draws_all(self) -> bool:
        """Whether ``points`` are all points, and not the lowest and highest ones of many."""
        return self.plan.size <= MOST_POINTS

    def pieces(self) -> Iterator[tuple[Values, Values]]:
        """Yield x and y of all points, however many are drawn, a piece of the scan at a time: float64 (n,), NaN where nothing is known."""
        if self.draws_all:
            yield self.points.x, self.points.y
        elif self.plan.part is Part.MEAN:
            x, y = self._means.whole
            for start in range(0, len(x), BLOCK):
                yield x[start : start + BLOCK], y[start : start + BLOCK]
        else:
            for _, indices_of in self._pieces():
                indices = indices_of()
                yield self._part(self.plan.x, indices), self._part(self.y, indices)

    def x_of(self, index: int) -> float | None:
        """Return where a scan point stands, or None."""
        plan = self.plan
        if plan.part is Part.MEAN:
            indices = self.points.indices
            if not plan.scan_shape or indices is None:
                return None
            at = np.flatnonzero(indices == plan.first + plan.axis_position(index) * plan.step)
            return float(self.points.x[at[0]]) if at.size else None
        if plan.part is Part.LINE and not plan.is_in_line(index):
            return None
        return self.table.at(plan.x, index)

    @property
    def _versions(self) -> tuple[object, ...]:
        order = self.table.version(ORDER) if self.plan.as_taken else 0
        return self.plan, self.table.version(self.plan.x), self.table.version(self.y), order

    def _pieces(self) -> Iterator[tuple[int, Callable[[], IndexArray]]]:
        """Yield the number of each block of the scan, and what returns which of its points count."""
        plan = self.plan
        first, step, n = (plan.first, plan.step, plan.length) if plan.part is Part.LINE else (0, 1, self.table.size)
        known = set(self.table.block_numbers(plan.x)) & set(self.table.block_numbers(self.y))
        for number in sorted(known):
            start = max(0, -(-(number * BLOCK - first) // step))
            stop = min(n, -(-((number + 1) * BLOCK - first) // step))
            if start < stop:
                yield number, lambda start=start, stop=stop: first + step * np.arange(start, stop, dtype=np.int64)  # type: ignore[misc]

    def _part(self, name: str, indices: IndexArray) -> Values:
        first = int(indices[0])
        return self.table.part(name, first, int(indices[-1]) + 1)[indices - first]

    def _version_of(self, number: int) -> tuple[int, int]:
        return self.table.version(self.plan.x, number), self.table.version(self.y, number)

    def _gather(self) -> Iterator[None]:
        """Take the points of a line that goes through many blocks."""
        line = self.plan.line
        x, y = np.full((2, line.size), np.nan)
        for _, indices_of in self._pieces():
            indices = indices_of()
            at = (indices - self.plan.first) // self.plan.step
            x[at], y[at] = self._part(self.plan.x, indices), self._part(self.y, indices)
            yield
        self.points = joined(self.table, self.plan, x, y, line)

    def _look_through(self) -> Iterator[None]:
        is_whole = False
        while not is_whole:  # once more where points lie beyond what was looked at before
            is_whole, used = True, set[int]()
            for number, indices_of in self._pieces():
                used.add(number)
                version = self._version_of(number)
                if not self._bins.has(number, version):
                    indices = indices_of()
                    is_whole &= self._bins.take(number, version, self._part(self.plan.x, indices), self._part(self.y, indices), indices)
                    yield
        self._bins.keep(used)
        yield from self._bins.merge()
        self.points = self._bins.points

    def _average(self) -> Iterator[None]:
        means = self._means
        means.begin()
        for number, indices_of in self._pieces():
            version = self._version_of(number)
            if not means.add_kept(number, version):
                indices = indices_of()
                x = self.plan.places_along(indices) if self.plan.x in ALONG else self._part(self.plan.x, indices)
                means.add(number, version, x, self._part(self.y, indices), indices)
                yield
        self.points = means.points()


@frozen(eq=False)
class _Binned:
    """What of a block lies in each bin."""

    version: tuple[int, int]
    bins: IndexArray
    low: tuple[Values, Values, IndexArray]
    """x, y and index of the lowest point of each of ``bins``."""
    high: tuple[Values, Values, IndexArray]


class _Bins:
    """Even steps of x; of each the lowest and the highest point: a single high one is never lost, wherever it lies."""

    def __init__(self) -> None:
        self._low, self._high = np.nan, np.nan
        self._blocks: dict[int, _Binned] = {}
        self.points = NO_POINTS

    def has(self, number: int, version: tuple[int, int]) -> bool:
        return number in self._blocks and self._blocks[number].version == version

    def keep(self, numbers: set[int]) -> None:
        """Forget other blocks than these."""
        for number in self._blocks.keys() - numbers:
            del self._blocks[number]

    def take(self, number: int, version: tuple[int, int], x: Values, y: Values, indices: IndexArray) -> bool:
        """Take a block; return False where it lies beyond the others, and all have to be taken anew."""
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        x, y, indices = x[known], y[known], indices[known]
        if not x.size:
            none = np.empty(0), np.empty(0), np.empty(0, np.int64)
            self._blocks[number] = _Binned(version, np.empty(0, np.int64), none, none)
            return True
        is_same = self._hold(float(x.min()), float(x.max()))
        self._blocks[number] = self._binned(version, x, y, indices)
        return is_same

    def _hold(self, low: float, high: float) -> bool:
        """Have bins from here to there; return False where there were others before."""
        if self._low <= low and high <= self._high:
            return True
        is_first = not isfinite(self._low)
        if is_first:
            self._low, self._high = low, high
        else:  # with room for those that come after these
            width = self._high - self._low
            self._low = min(self._low, low - (width / 2 if low < self._low else 0))
            self._high = max(self._high, high + (width / 2 if high > self._high else 0))
        self._blocks.clear()
        return is_first

    def _binned(self, version: tuple[int, int], x: Values, y: Values, indices: IndexArray) -> _Binned:
        width = (self._high - self._low) or 1.0
        bins = np.clip((x - self._low) / width * N_BINS, 0, N_BINS - 1).astype(np.int16)
        order = np.argsort(bins, kind="stable")
        starts = np.flatnonzero(np.diff(bins[order], prepend=-1))
        lows, highs = (order[first_least(heights[order], starts)] for heights in (y, -y))
        there = bins[lows].astype(np.int64)
        lowest, highest = ((x[at], y[at], indices[at]) for at in (lows, highs))
        return _Binned(version, there, lowest, highest)

    def merge(self) -> Iterator[None]:
        """Make ``points`` of all blocks."""
        best = np.array([[np.inf], [-np.inf]]).repeat(N_BINS, axis=1)
        x, indices = np.full((2, N_BINS), np.nan), np.full((2, N_BINS), -1, np.int64)
        for number, block in enumerate(self._blocks.values()):
            for side, (places, values, whose) in enumerate((block.low, block.high)):
                better = values < best[side, block.bins] if side == 0 else values > best[side, block.bins]
                at = block.bins[better]
                best[side, at], x[side, at], indices[side, at] = values[better], places[better], whose[better]
            if number % BLOCKS_AT_A_TIME == BLOCKS_AT_A_TIME - 1:
                yield
        there = np.flatnonzero(indices[0] >= 0)
        order = np.argsort(x[:, there], axis=0, kind="stable")
        self.points = Points(*(np.take_along_axis(one[:, there], order, 0).T.ravel() for one in (x, best, indices)))


class _Means:
    """Sums over all lines, for each place along them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._keeps = plan.length <= MOST_POINTS
        self._blocks: dict[int, tuple[tuple[int, int], Values]] = {}
        self._sums = np.zeros((3, plan.length))
        self.whole: tuple[Values, Values] = np.empty(0), np.empty(0)
        """x and y of all places, however many are drawn."""

    def begin(self) -> None:
        self._sums = np.zeros((3, self._plan.length))

    def add_kept(self, number: int, version: tuple[int, int]) -> bool:
        """Add a block that is as it was; return False where it is not."""
        kept = self._blocks.get(number)
        if kept is None or kept[0] != version:
            return False
        self._sums += kept[1]
        return True

    def add(self, number: int, version: tuple[int, int], x: Values, y: Values, indices: IndexArray) -> None:
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        at = indices[known] // self._plan.step % self._plan.length
        sums = np.stack([summed(at, weights, self._plan.length) for weights in (x[known], y[known], np.ones(known.size))])
        if self._keeps:
            self._blocks[number] = version, sums
        self._sums += sums

    def points(self) -> Points:
        with np.errstate(invalid="ignore"):
            x, y = self.whole = tuple(self._sums[:2] / self._sums[2])
        if len(x) > MOST_POINTS:
            middles, y = curve_points(y)
            at = np.round(middles).astype(np.int64)
            x, indices = x[at], self._plan.line[at]
        else:
            indices = self._plan.line
        order = np.argsort(x, kind="stable")
        order = order[~np.isnan(x[order])]
        return Points(x[order], y[order], indices[order])


def until_known(plan: Plan, points: Points) -> Points:
    """Return the points of a whole scan up to the last one that is known: what is still to come needs no room yet."""
    if plan.part is not Part.ALL or plan.x not in ALONG:
        return points
    n = int(np.flatnonzero(~np.isnan(points.y)).max(initial=-1)) + 1
    return Points(points.x[:n], points.y[:n], None if points.indices is None else points.indices[:n])


def first_least(values: Values, starts: IndexArray) -> IndexArray:
    """Return where the least value of each stretch is, first; stretches begin at ``starts``."""
    least = np.minimum.reduceat(values, starts)
    is_least = values == np.repeat(least, np.diff(starts, append=len(values)))
    return np.minimum.reduceat(np.where(is_least, np.arange(len(values)), len(values)), starts)


def summed(at: IndexArray, weights: Values, size: int) -> Values:
    """Return the sums of weights by where they belong, float64 (size,)."""
    found: Values = np.zeros(size)
    found += np.bincount(at, weights, size)
    return found
