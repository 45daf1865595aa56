"""Which scan point is nearest to each pixel of a picture, for points that come a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.decimation import Values

FINENESS = 1 << 30
"""Parts of the square of a distance: with the index in the lower 32 bits it is one number, of which the least counts."""
NOBODY = np.iinfo(np.int64).max
CANDIDATES = 1 << 17
"""Pixels times points that are looked at in one piece: some milliseconds."""
LARGE_WINDOW = 400
"""Pixels around a point from which on points are drawn one by one."""


@frozen
class View:
    """Which part of a map is seen, and on how many pixels; row 0 of the picture has the lowest y."""

    left: float
    right: float
    bottom: float
    top: float
    width: int
    height: int

    @property
    def x(self) -> Values:
        """The middle of each column of pixels."""
        return self.left + (np.arange(self.width) + 0.5) * (self.right - self.left) / self.width

    @property
    def y(self) -> Values:
        """The middle of each row of pixels."""
        return self.bottom + (np.arange(self.height) + 0.5) * (self.top - self.bottom) / self.height


class NearestPoints:
    """The nearest point of each pixel, as far as it is within reach.

    Of points at the same place the one with the lowest index counts. Where several share a pixel, distances are as fine as a pixel.

    Parameters
    ----------
    view : View
        The pixels.
    reach : tuple of float
        How far from a point it is drawn, along x and y: half axes of an ellipse, whose lengths are one in the measure of distances.
    """

    def __init__(self, view: View, reach: tuple[float, float]) -> None:
        self.view = view
        self._best = np.full((view.height, view.width), NOBODY, np.int64)
        self._own = np.full((view.height, view.width), 2.0, np.float32)
        """How far from the middle of each pixel the point is that is drawn in its name (pixels, squared)."""
        x_pixel, y_pixel = (view.right - view.left) / view.width, (view.top - view.bottom) / view.height
        self._pixel = x_pixel, y_pixel
        reach = max(reach[0], x_pixel), max(reach[1], y_pixel)  # no hole between points that are a pixel apart
        self._scale = x_pixel / reach[0], y_pixel / reach[1]
        self._window = ceil(1 / self._scale[0] + 0.5), ceil(1 / self._scale[1] + 0.5)

    @property
    def indices(self) -> IndexArray:
        """The index of the point of each pixel, int64 (height, width); -1 where none is within reach."""
        return np.where(self._best == NOBODY, -1, self._best & 0xFFFFFFFF)

    def put(self, indices: IndexArray, x: Values, y: Values) -> Iterator[None]:
        """Take points, in pieces of some milliseconds each.

        Parameters
        ----------
        indices : int64 array (n,)
            Below 2**32.
        x, y : float64 arrays (n,)
            Where they are; those that are not known (NaN), or too far from the view, are left out.
        """
        view = self.view
        across, up = (x - view.left) / self._pixel[0], (y - view.bottom) / self._pixel[1]
        (wide, high) = self._window
        near = (across > -wide) & (across < view.width + wide) & (up > -high) & (up < view.height + high)
        indices, across, up = indices[near], across[near], up[near]
        if indices.size > view.width * view.height // 8:
            kept = self._thinned(across, up)
            indices, across, up = indices[kept], across[kept], up[kept]
        window = (2 * wide + 1) * (2 * high + 1)
        if window > LARGE_WINDOW:
            yield from self._put_one_by_one(indices, across, up)
            return
        piece = max(1, CANDIDATES // window)
        for start in range(0, indices.size, piece):
            part = slice(start, start + piece)
            self._put_many(indices[part], across[part], up[part])
            yield

    def _thinned(self, across: Values, up: Values) -> npt.NDArray[np.bool_]:
        """Return which points to keep: in each pixel the one nearest to its middle, unless there is a nearer one already."""
        column, row = np.floor(across).astype(np.int64), np.floor(up).astype(np.int64)
        inside = (column >= 0) & (column < self.view.width) & (row >= 0) & (row < self.view.height)
        kept = ~inside
        pixels = row[inside] * self.view.width + column[inside]
        distance = ((across[inside] - column[inside] - 0.5) ** 2 + (up[inside] - row[inside] - 0.5) ** 2).astype(np.float32)
        before = self._own.ravel()[pixels]
        np.minimum.at(self._own.ravel(), pixels, distance)
        kept[inside] = (distance == self._own.ravel()[pixels]) & (distance < before)
        return kept

    def _put_many(self, indices: IndexArray, across: Values, up: Values) -> None:
        wide, high = self._window
        column, row = np.floor(across).astype(np.int64), np.floor(up).astype(np.int64)
        columns = column[:, None] + np.arange(-wide, wide + 1)
        rows = row[:, None] + np.arange(-high, high + 1)
        far = (((columns + 0.5 - across[:, None]) * self._scale[0]) ** 2)[:, None, :] + (
            ((rows + 0.5 - up[:, None]) * self._scale[1]) ** 2
        )[:, :, None]
        inside = ((columns >= 0) & (columns < self.view.width))[:, None, :] & ((rows >= 0) & (rows < self.view.height))[:, :, None]
        found = inside & (far < 1.0)
        pixels = (rows[:, :, None] * self.view.width + columns[:, None, :])[found]
        keys = ((far[found] * FINENESS).astype(np.int64) << 32) | np.broadcast_to(indices[:, None, None], far.shape)[found]
        np.minimum.at(self._best.ravel(), pixels, keys)

    def _put_one_by_one(self, indices: IndexArray, across: Values, up: Values) -> Iterator[None]:
        wide, high = self._window
        done = 0
        for index, x, y in zip(indices.tolist(), across.tolist(), up.tolist(), strict=True):
            columns = np.arange(max(0, int(x) - wide), min(self.view.width, int(x) + wide + 1))
            rows = np.arange(max(0, int(y) - high), min(self.view.height, int(y) + high + 1))
            if not (columns.size and rows.size):
                continue
            far = (((columns + 0.5 - x) * self._scale[0]) ** 2)[None] + (((rows + 0.5 - y) * self._scale[1]) ** 2)[:, None]
            keys = np.where(far < 1.0, ((np.minimum(far, 1.0) * FINENESS).astype(np.int64) << 32) | index, NOBODY)
            part = self._best[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            np.minimum(part, keys, out=part)
            done += far.size
            if done > CANDIDATES:
                done = 0
                yield
        yield
