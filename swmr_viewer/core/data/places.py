"""Where on a data set's axes the frames of a scan lie: indices and positions, told on the scan, found on the data set."""

from __future__ import annotations

from math import prod

from swmr_viewer.core.data.layout import Layout
from swmr_viewer.core.data.selections import Box, Region, bounds_of
from swmr_viewer.core.data.sources import Source
from swmr_viewer.core.scan import index_of, position_of

Index = int | tuple[int, ...]
"""A flat C-order number on the scan shape, or the position itself."""


class Places:
    """The places of one data set's frames.

    Parameters
    ----------
    source : Source
        The data set: its shape and its largest shape.
    layout : Layout
        Which of its axes are the scan's.
    scan_shape : tuple of int or None
        The scan's extent, if it was told.
    """

    def __init__(self, source: Source, layout: Layout, scan_shape: tuple[int, ...] | None) -> None:
        self._source = source
        self._layout = layout
        self._told_shape: tuple[int, ...] | None = None
        if scan_shape is not None:
            self.scan_shape = scan_shape

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The extent that indices are counted on: as told, else the data set's scan axes as long as they are or may become."""
        if self._layout.is_flat and self._told_shape is not None:
            return self._told_shape
        has, most = self._source.shape, self._source.maxshape
        if self._told_shape is None:
            return tuple(has[axis] if most[axis] is None else int(most[axis] or 0) for axis in self._layout.scan_axes)
        # Only the first axis may be longer than was told without changing what an index means.
        first = (max(self._told_shape[0], has[axis]) for axis in self._layout.scan_axes[:1])
        return (*first, *self._told_shape[1:])

    @scan_shape.setter
    def scan_shape(self, scan_shape: tuple[int, ...]) -> None:
        rank = len(scan_shape) if self._layout.is_flat else len(self._layout.scan_axes)
        self._told_shape = (*scan_shape[:rank], *(1 for _ in range(rank - len(scan_shape))))

    @property
    def scan_rank(self) -> int:
        """The number of scan axes."""
        return len(self._told_shape) if self._told_shape is not None else self._layout.scan_rank

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """The shape of one frame, () for scalars."""
        return self.frame_part(self._source.shape)

    @property
    def chunk_shape(self) -> tuple[int, ...]:
        """How many scan points lie in one chunk, along each scan axis; 1 where that is not known."""
        chunks = self._source.chunks
        if chunks is None:
            return (1,) * self.scan_rank
        along = tuple(chunks[axis] for axis in self._layout.scan_axes)
        return (1,) * (self.scan_rank - len(along)) + along

    def frame_part(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the frame's axes of a shape that has all axes of the data set."""
        return tuple(shape[axis] for axis in self._layout.frame_axes(len(shape)))

    def can_be_blocks(self, scan_rank: int) -> bool:
        """Return whether a box of so many scan axes is a box of the data set, with the scan axes first."""
        return not self._layout.is_flat and self._layout.scan_axes == tuple(range(scan_rank))

    def box(self, index: Index, region: Region | None, lengths: tuple[int, ...] | None = None) -> Box:
        """Return where a frame, or a part of it, or a block of ``lengths`` of them from there on, lies on the data set.

        Raises
        ------
        IndexError
            If the index is outside the scan.
        """
        at = dict(zip(self._layout.scan_axes, self._scan_part(index), strict=True))
        many = dict(zip(self._layout.scan_axes, lengths or (1,) * len(at), strict=True))
        parts = bounds_of(region, self.frame_shape)
        return tuple((at[axis], at[axis] + many[axis]) if axis in at else next(parts) for axis in range(len(self._source.maxshape)))

    def _scan_part(self, index: Index) -> tuple[int, ...]:
        """Return where the frame lies on the scan axes; beyond the end of an axis that still grows is no mistake."""
        shape, axes = self.scan_shape, self._layout.scan_axes
        if isinstance(index, tuple):
            return self._position_part(index, shape)
        if self._layout.is_flat:
            position_of(index, shape)
            return (index,)
        if shape and index >= prod(shape) and self._source.maxshape[axes[0]] is None:
            return index // max(1, prod(shape[1:])), *(0 for _ in shape[1:])
        return position_of(index, shape)

    def _position_part(self, position: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
        if self._layout.is_flat:
            return (index_of(position, shape),)
        limits = [self._source.maxshape[axis] for axis in self._layout.scan_axes]
        inside = (at >= 0 and (most is None or at < most) for at, most in zip(position, limits, strict=True))
        if len(position) != len(shape) or not all(inside):
            raise IndexError(f"Position {position} is outside the scan of shape {shape}.")
        return position
