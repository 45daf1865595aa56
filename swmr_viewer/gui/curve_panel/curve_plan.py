"""Which points of a scan a curve has, where they stand, and in which order a line goes through them: pure."""

from __future__ import annotations

from enum import StrEnum
from math import prod

import numpy as np

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import position_text
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import position_of
from swmr_viewer.quantities import BLOCK, INDEX, ORDER, TIME, QuantityTable, Values

ALONG = (INDEX, ORDER, TIME)
"""Against these the whole scan is one line."""


class Part(StrEnum):
    """Which part of the scan is drawn; the values are what settings keep."""

    ALL = "all"
    LINE = "line"
    """The points along one axis of the scan, through the shown one: its row."""
    MEAN = "mean"
    """Along one axis of the scan, the means over all others."""


@frozen(eq=False)
class Points:
    """Points of a curve, few enough to be drawn."""

    x: Values
    y: Values
    """NaN in gaps."""
    indices: IndexArray | None = None
    """int64: whose they are, -1 in gaps; None: x is the index."""


NO_POINTS = Points(np.empty(0), np.empty(0), np.empty(0, np.int64))


@frozen
class Plan:
    """What is drawn against what.

    Parameters
    ----------
    scan_shape : tuple of int
        Of the scan by now.
    x : str
        Name of the quantity to the right.
    part : Part
        Which points.
    axis : int
        The axis of the scan along which lines go.
    shown : int
        A point of the line that is drawn.
    as_taken : bool
        Join points in the order in which they were taken, not by their places.
    """

    scan_shape: tuple[int, ...]
    x: str = INDEX
    part: Part = Part.ALL
    axis: int = 0
    shown: int = 0
    as_taken: bool = False

    @property
    def length(self) -> int:
        """Points of a line."""
        return self.scan_shape[self.axis] if self.scan_shape else 0

    @property
    def step(self) -> int:
        """From a point of a line to the next, in the index."""
        return prod(self.scan_shape[self.axis + 1 :])

    @property
    def first(self) -> int:
        """The first point of the shown line."""
        if not self.scan_shape:
            return 0
        return self.shown - self.axis_position(self.shown) * self.step

    @property
    def line(self) -> IndexArray:
        """The points of the shown line."""
        return self.first + self.step * np.arange(self.length, dtype=np.int64)

    @property
    def size(self) -> int:
        """How many points there are, before any are drawn as one."""
        return (prod(self.scan_shape) if self.scan_shape else 0) if self.part is Part.ALL else self.length

    def axis_position(self, index: int) -> int:
        """Return where a point is on its line."""
        return index // self.step % self.length

    def places_along(self, indices: IndexArray) -> Values:
        """Return where points are on their lines, as float64, for lines that are drawn against nothing of their own."""
        return (indices // self.step % self.length).astype(np.float64)

    def is_in_line(self, index: int) -> bool:
        """Whether a point is one of the shown line's."""
        return bool(self.scan_shape) and index - self.axis_position(index) * self.step == self.first

    @property
    def part_text(self) -> str:
        """Which part it is: ``row 11``, ``column 3``, ``mean of 20 rows``; "" where it is all."""
        if self.part is Part.ALL or len(self.scan_shape) < 2:
            return ""
        n_lines, is_row = prod(self.scan_shape) // max(1, self.length), self.axis == len(self.scan_shape) - 1
        word = "row" if is_row else "column" if len(self.scan_shape) == 2 else "line"
        if self.part is Part.MEAN:
            return f"mean of {n_lines} {word}s"
        outer = [at for axis, at in enumerate(position_of(self.shown, self.scan_shape)) if axis != self.axis]
        return f"{word} {outer[0] if len(outer) == 1 else position_text(outer)}"


def values_at(table: QuantityTable, name: str, indices: IndexArray) -> Values:
    """Return the values of a quantity at some points as a new float64 array (n,), NaN where nothing is known."""
    if indices.size and indices[-1] - indices[0] == indices.size - 1:
        return table.part(name, int(indices[0]), int(indices[-1]) + 1)
    found = np.full(indices.size, np.nan)
    blocks = indices // BLOCK
    for number in np.unique(blocks):
        here = np.flatnonzero(blocks == number)
        first, last = int(indices[here].min()), int(indices[here].max())
        found[here] = table.part(name, first, last + 1)[indices[here] - first]
    return found


def points_of(table: QuantityTable, plan: Plan, y: str) -> Points:
    """Return every point of a curve, where they are few."""
    indices = plan.line if plan.part is Part.LINE else _in_lines(plan)
    places, values = values_at(table, plan.x, np.sort(indices)), values_at(table, y, np.sort(indices))
    at = np.argsort(np.argsort(indices)) if plan.part is Part.ALL else slice(None)
    return joined(table, plan, places[at], values[at], indices)


def _in_lines(plan: Plan) -> IndexArray:
    """Return all points, line after line."""
    whole = np.arange(prod(plan.scan_shape) if plan.scan_shape else 0, dtype=np.int64)
    if plan.x in ALONG or len(plan.scan_shape) < 2:
        return whole
    return np.moveaxis(whole.reshape(plan.scan_shape), plan.axis, -1).ravel()


def joined(table: QuantityTable, plan: Plan, x: Values, y: Values, indices: IndexArray) -> Points:
    """Put points in the order in which a line goes through them."""
    has_lines = plan.part is Part.ALL and plan.x not in ALONG and len(plan.scan_shape) > 1
    if plan.as_taken:
        ranks = values_at(table, ORDER, np.sort(indices))[np.argsort(np.argsort(indices))]
        order = np.lexsort((indices, ranks))
    elif has_lines:
        order = np.lexsort((x, np.arange(len(x)) // max(1, plan.length)))
    else:
        order = np.argsort(x, kind="stable")
    x, y, indices = x[order], y[order], indices[order]
    if has_lines and not plan.as_taken:
        ends = np.arange(plan.length, len(x), plan.length)
        x, y, indices = np.insert(x, ends, np.nan), np.insert(y, ends, np.nan), np.insert(indices, ends, -1)
    is_placed = ~np.isnan(x) | (indices < 0)
    return Points(x[is_placed], y[is_placed], indices[is_placed])
