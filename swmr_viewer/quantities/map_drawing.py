"""From a table of quantities to the picture of a map, a piece at a time: where its points are, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from swmr_viewer.core.frozen import frozen
from swmr_viewer.quantities.column import BLOCK
from swmr_viewer.quantities.map_picture import FatesOf, GridPicture, PointValues
from swmr_viewer.quantities.nearest_points import View
from swmr_viewer.quantities.placing import (
    Extent,
    GridPlacing,
    Page,
    Placing,
    PointPlacing,
    Side,
    place_grid,
    point_placing,
    steps_of_line,
)
from swmr_viewer.quantities.point_picture import PointPicture
from swmr_viewer.quantities.table import QuantityTable

MOVED = 0.05
"""Cells that turn out to lie elsewhere by this share of their width are drawn anew."""
SETTLED = 0.2
"""Points that turn out to be nearer together, or further apart, by this share are drawn anew."""


MapPicture = GridPicture | PointPicture


@frozen
class MapNames:
    """What a map shows; quantities by name."""

    value: str
    x: str = ""
    """Positions to the right; "": columns are counted."""
    y: str = ""
    """Positions upwards; "": rows are counted."""


class MapDrawing:
    """Draws one page of a scan.

    Parameters
    ----------
    table : QuantityTable
        What is known.
    page : Page
        Which points.
    names : MapNames
        What is drawn of them, and where.
    fates_of : callable
        What became of each point.
    """

    def __init__(self, table: QuantityTable, page: Page, names: MapNames, fates_of: FatesOf) -> None:
        self.table, self.page, self.names = table, page, names
        self._fates_of = fates_of
        self._extent = Extent(page)
        self._taken: dict[int, tuple[int, int]] = {}
        self._versions: dict[int, int] = {}
        self._view: View | None = None
        self.placing: Placing | None = None
        """Where the points are; None while nothing is known of it."""
        self.picture: MapPicture | None = None
        """As it is seen; None before ``set_view``."""

    @property
    def is_one_unit(self) -> bool:
        """Whether distances along x and y can be compared."""
        x, y = (self.table.quantity(name) for name in (self.names.x, self.names.y))
        return x is not None and y is not None and x.unit == y.unit

    def set_view(self, view: View) -> None:
        """See this part from now on, once ``work`` has drawn it."""
        self._view = view

    def note_fates(self, start: int, stop: int) -> None:
        """Take note that other frames are complete, or missing, among these."""
        if self.picture is not None:
            self.picture.mark(start, stop)

    def work(self) -> Iterator[None]:
        """Bring the picture up to date with the table, in pieces of some milliseconds."""
        yield from self._look_where()
        self._look_how()
        if self.picture is None:
            return
        self._look_what()
        yield from self.picture.work()

    # ---- where the points are

    def _look_where(self) -> Iterator[None]:
        names = self._where
        x, y = (self.table.column(name) for name in names)
        known = {number for name, column in zip(names, (x, y), strict=True) if name for number in column.block_numbers}
        for number in self._blocks:
            versions = x.version(number), y.version(number)
            if number in known and self._taken.get(number) != versions:
                self._taken[number] = versions
                start, stop = max(self.page.start, number * BLOCK), min(self.page.stop, (number + 1) * BLOCK)
                self._extent.take(start, *(self.table.part(name, start, stop) for name in names))
                yield

    @property
    def _where(self) -> tuple[str, str]:
        return self.names.x, self.names.y

    @property
    def _blocks(self) -> range:
        return range(self.page.start // BLOCK, -(-self.page.stop // BLOCK))

    def _look_how(self) -> None:
        has_x, has_y = bool(self.names.x), bool(self.names.y)
        placing = self._line_placing() if self.page.is_line else place_grid(self._extent, has_x=has_x, has_y=has_y)
        if placing is None or not _is_same(self.placing, placing):
            self.placing, self.picture = placing, None
        elif isinstance(placing, PointPlacing) and isinstance(self.placing, PointPlacing):
            self.placing = replace(self.placing, area=placing.area)  # more points, drawn as those before
        if self.placing is None or self._view is None:
            self.picture = None
        elif self.picture is None or self.picture.view != self._view:
            points = PointValues(self.table, self.names.value, self._fates_of)
            self._versions = {}
            if isinstance(self.placing, GridPlacing):
                self.picture = GridPicture(self.placing, self._view, points)
            else:
                self.picture = PointPicture(self.placing, self._view, points, self.table, self._where)

    def _line_placing(self) -> Placing | None:
        n_known = min(self.table.n_known(name) for name in self._where)
        steps = steps_of_line(self._extent.area, n_known, is_one_unit=self.is_one_unit)
        return point_placing(self.page, self._extent.area, steps)

    # ---- what is known of them

    def _look_what(self) -> None:
        """Mark what changed since the last time."""
        assert self.picture is not None
        column = self.table.column(self.names.value)
        for number in self._blocks:
            version = column.version(number)
            if self._versions.get(number) != version:
                self._versions[number] = version
                self.picture.mark(number * BLOCK, (number + 1) * BLOCK)


def _is_same(before: Placing | None, now: Placing) -> bool:
    """Return whether points can stay where they are drawn."""
    if isinstance(before, GridPlacing) and isinstance(now, GridPlacing):
        sides = ((before.x, now.x), (before.y, now.y))
        return before.page == now.page and all(_is_near(old, new) for old, new in sides)
    if before is None or isinstance(before, GridPlacing) or isinstance(now, GridPlacing):
        return False
    is_near = all(abs(old - new) <= SETTLED * old for old, new in zip(before.reach, now.reach, strict=True))
    return is_near and before.page == now.page


def _is_near(before: Side, now: Side) -> bool:
    """Return whether cells are where they were, as far as a screen can tell: rows that come move what is read back a little."""
    if before.is_index != now.is_index:
        return False
    least = np.abs(np.diff(before.edges)).min()
    return bool(np.abs(before.centres - now.centres).max() <= MOVED * least)
