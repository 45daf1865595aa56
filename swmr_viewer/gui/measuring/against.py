"""What the frames of a curve are drawn against: the index, an axis of the scan, the order in which they were taken."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Protocol

import numpy as np

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.core.number_text import position_text
from swmr_viewer.core.scan import position_of
from swmr_viewer.quantities import MOST_POINTS, MeasuredValues, Values, curve_points
from swmr_viewer.reader.messages import OrderSource
from swmr_viewer.scan_model import AcquisitionOrder

INDEX, AXIS, ORDER = "index", "axis", "order"


class Against(Protocol):
    """Says where each frame of a curve is drawn, and which frame a place belongs to."""

    @property
    def name(self) -> str:
        """On the axis of the plot."""

    @property
    def unit(self) -> str:
        """Of the places."""

    @property
    def part_text(self) -> str:
        """Which part of the scan is drawn; nothing where it is all."""

    def points(self, values: MeasuredValues, column: str) -> tuple[Values, Values]:
        """Return x and y of a column's curve, few enough points to be drawn at once; y is NaN where nothing is known."""

    def x_of(self, index: int) -> float | None:
        """Return where a frame is drawn, or None where it is not."""

    def index_at(self, x: float) -> int | None:
        """Return the frame that is drawn nearest to a place, or None where there is none."""


@dataclass(frozen=True, slots=True)
class AgainstIndex:
    """All frames, by their index."""

    name: str = "frame"
    unit: str = ""
    part_text: str = ""

    def points(self, values: MeasuredValues, column: str) -> tuple[Values, Values]:
        return values.curve(column)

    def x_of(self, index: int) -> float | None:
        return float(index)

    def index_at(self, x: float) -> int | None:
        return max(0, round(x))


@dataclass(frozen=True, slots=True, eq=False)
class AgainstAxis:
    """The frames of one row, by the values of the innermost axis of the scan."""

    name: str
    unit: str
    places: Values
    """float64 (n,): where the frames from ``first`` on are."""
    first: int = 0
    """The index of the row's first frame."""
    part_text: str = ""

    def points(self, values: MeasuredValues, column: str) -> tuple[Values, Values]:
        y = values.part(column, self.first, self.first + len(self.places))
        if len(y) <= MOST_POINTS:
            return self.places, y
        middles, y = curve_points(y)
        return np.interp(middles, np.arange(len(self.places)), self.places), y

    def x_of(self, index: int) -> float | None:
        at = index - self.first
        return float(self.places[at]) if 0 <= at < len(self.places) else None

    def index_at(self, x: float) -> int | None:
        return self.first + int(np.argmin(np.abs(self.places - x))) if len(self.places) else None


TOLD_BY = {
    OrderSource.KEYS: "by keys", OrderSource.TIMES: "by times", OrderSource.ARRIVAL: "as they came", OrderSource.INDEX: "by index",
}  # fmt: skip
"""What tells the order, in short."""


@dataclass(frozen=True, slots=True, eq=False)
class AgainstOrder:
    """All frames whose order is known by now, the first taken first."""

    order: AcquisitionOrder
    name: str = "order of acquisition"
    part_text: str = ""

    @property
    def unit(self) -> str:
        return TOLD_BY[self.order.source]

    def points(self, values: MeasuredValues, column: str) -> tuple[Values, Values]:
        indices = self.order.indices()
        stop = int(indices.max(initial=-1)) + 1
        return curve_points(values.part(column, 0, stop)[indices])

    def x_of(self, index: int) -> float | None:
        rank = int(self.order.rank_of(np.array([index]))[0])
        return float(rank) if rank >= 0 else None

    def index_at(self, x: float) -> int | None:
        indices = self.order.indices()
        return int(indices[min(max(0, round(x)), len(indices) - 1)]) if len(indices) else None


def row_against(axes: tuple[ScanAxis, ...], scan_shape: tuple[int, ...], index: int) -> AgainstAxis | None:
    """Return the row of a frame against the innermost axis of the scan, by its values where the file has them; None: there is no use in it.

    Parameters
    ----------
    axes : tuple of ScanAxis
        As the file names them; counted only where there is one for each axis of the scan.
    scan_shape : tuple of int
        Scan points along each axis.
    index : int
        The frame whose row is drawn.
    """
    length = scan_shape[-1] if scan_shape else 0
    axis = axes[-1] if len(axes) == len(scan_shape) and axes else ScanAxis("")
    values = axis_places(axis, length)
    is_all = prod(scan_shape) == length
    if not length or (is_all and values is None):
        return None
    row = index // length
    if values is None:
        return AgainstAxis(f"{axis.name or 'row'} index", "", np.arange(length, dtype=float), row * length, _row_text(row, scan_shape))
    return AgainstAxis(axis.name, axis.unit, values, row * length, "" if is_all else _row_text(row, scan_shape))


def axis_places(axis: ScanAxis, length: int) -> Values | None:
    """Return the values of an axis of the scan, or None where they do not tell where all of its points are.

    Values that are missing, not finite, or the same at the end were not written yet: read once, they would never come.
    """
    if axis.values is None or len(axis.values) < length or length < 1:
        return None
    values = np.asarray(axis.values[:length], np.float64)
    is_written = np.isfinite(values).all() and (length == 1 or values[-1] != values[-2])
    return values if is_written else None


def _row_text(row: int, scan_shape: tuple[int, ...]) -> str:
    outer = position_of(row, scan_shape[:-1])
    return f"row {outer[0] if len(outer) == 1 else position_text(outer)}"
