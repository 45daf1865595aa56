"""How a data set's axes divide into scan axes and frame axes, and where on them the frames of a scan lie."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from swmr_viewer.core.data.selections import Box, Region, bounds_of
from swmr_viewer.core.data.sources import Source
from swmr_viewer.core.data_facts import frame_rank_of
from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.fitting import DataShape, DoesNotFit, fit_data
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.scan import index_of, position_of


@frozen
class Layout:
    """Which axes are the scan's; the others, in their order, are the frame's."""

    scan_axes: tuple[int, ...]
    """The axes of the data set that number the scan points, slowest first."""
    is_flat: bool = False
    """True: one axis numbers the points of a scan of several axes, in C order."""

    @property
    def scan_rank(self) -> int:
        """How many axes of the data set number the scan points."""
        return len(self.scan_axes)

    def frame_axes(self, rank: int) -> tuple[int, ...]:
        """Return the frame's axes of a data set with this many."""
        return tuple(axis for axis in range(rank) if axis not in self.scan_axes)


def layout_of(source: Source, scan_shape: tuple[int, ...] | None, scan_rank: int | None, scan_axes: Sequence[int] | None = None) -> Layout:
    """Return the division of a data set's axes.

    Parameters
    ----------
    source : Source
        The data.
    scan_shape : tuple of int or None
        The scan's extent, where it is known.
    scan_rank : int or None
        The number of scan axes, where it is known.
    scan_axes : sequence of int or None
        Which axes are the scan's, where they are not the leading ones; negative ones count from the end.

    Raises
    ------
    ShapeError
        If the data set has fewer axes than the scan, or axes of other lengths.
    """
    if scan_axes is not None:
        return _layout_with(source, tuple(scan_axes), scan_shape)
    if scan_shape is not None:
        return _layout_on(source, scan_shape)
    if scan_rank is None:
        return _leading(_guessed_rank(source))
    if scan_rank > len(source.maxshape):
        raise _misfit(source, f"a scan of {scan_rank} axes")
    return _leading(scan_rank)


def _leading(rank: int, is_flat: bool = False) -> Layout:
    return Layout(tuple(range(rank)), is_flat)


def _layout_with(source: Source, axes: tuple[int, ...], scan_shape: tuple[int, ...] | None) -> Layout:
    rank = len(source.maxshape)
    found = tuple(axis + rank if axis < 0 else axis for axis in axes)
    if any(not 0 <= axis < rank for axis in found) or len(set(found)) < len(found):
        raise _misfit(source, f"the scan axes {axes}")
    if scan_shape is None:
        return Layout(found)
    is_flat = len(found) == 1 < len(scan_shape)
    points = (prod(scan_shape),) if is_flat else scan_shape
    these = DataShape(tuple(source.shape[axis] for axis in found), tuple(source.maxshape[axis] for axis in found), frame_rank=0)
    fit = fit_data(these, points)
    if isinstance(fit, DoesNotFit) or not fit.scan_rank == len(found) == len(points):
        raise _misfit(source, f"the scan shape {scan_shape} on its axes {axes}")
    return Layout(found, is_flat)


def _layout_on(source: Source, scan_shape: tuple[int, ...]) -> Layout:
    fit = fit_data(DataShape(source.shape, source.maxshape, _declared_frame_rank(source)), scan_shape)
    if isinstance(fit, DoesNotFit):
        raise _misfit(source, f"the scan shape {scan_shape} of the keys")
    return _leading(fit.scan_rank, fit.is_flat)


def _declared_frame_rank(source: Source) -> int | None:
    shape = source.shape if len(source.maxshape) > 3 else ()  # joined sources open their parts to know it
    return frame_rank_of(shape, source.dtype, source.interpretation)


def _guessed_rank(source: Source) -> int:
    """Without keys: NeXus' ``interpretation``, else images where there are three axes or more, else one scan axis."""
    frame_rank, n_axes = _declared_frame_rank(source), len(source.maxshape)
    if frame_rank is not None and frame_rank <= n_axes:
        return n_axes - frame_rank
    return n_axes - 2 if n_axes > 2 else min(1, n_axes)


def _misfit(source: Source, what: str) -> ShapeError:
    return ShapeError(
        f"The data set {source.path} in {source.filename} has shape {source.shape} and does not fit {what}.",
        "Name a data set whose leading axes are the scan's (or its scan_axes), or other keys.",
    )


Index = int | tuple[int, ...]
"""A flat C-order number on the scan shape, or the position itself."""


class FrameSelector:
    """The boxes of one data set's frames.

    Parameters
    ----------
    source : Source
        The data set: its shape and its largest shape.
    layout : Layout
        Which of its axes are the scan's.
    scan_shape : tuple of int or None
        The scan's extent, if it was given.
    """

    def __init__(self, source: Source, layout: Layout, scan_shape: tuple[int, ...] | None) -> None:
        self._source = source
        self._layout = layout
        self._is_leading = layout.scan_axes == tuple(range(layout.scan_rank))
        self._last_frame: tuple[tuple[int, ...], Box] | None = None
        self._frame_axes = layout.frame_axes(len(source.maxshape))
        self._given_shape: tuple[int, ...] | None = None
        if scan_shape is not None:
            self.scan_shape = scan_shape

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The extent that indices are counted on: as given, else the data set's scan axes as long as they are or may become."""
        if self._layout.is_flat and self._given_shape is not None:
            return self._given_shape
        has, most = self._source.shape, self._source.maxshape
        if self._given_shape is None:
            return tuple(has[axis] if most[axis] is None else int(most[axis] or 0) for axis in self._layout.scan_axes)
        # Only the first axis may be longer than was given without changing what an index means.
        first = (max(self._given_shape[0], has[axis]) for axis in self._layout.scan_axes[:1])
        return (*first, *self._given_shape[1:])

    @scan_shape.setter
    def scan_shape(self, scan_shape: tuple[int, ...]) -> None:
        rank = len(scan_shape) if self._layout.is_flat else len(self._layout.scan_axes)
        self._given_shape = (*scan_shape[:rank], *(1 for _ in range(rank - len(scan_shape))))

    @property
    def scan_rank(self) -> int:
        """The number of scan axes."""
        return len(self._given_shape) if self._given_shape is not None else self._layout.scan_rank

    @property
    def frame_rank(self) -> int:
        """The number of the frame's axes."""
        return len(self._frame_axes)

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
        return shape[len(self._layout.scan_axes) :] if self._is_leading else tuple(shape[axis] for axis in self._frame_axes)

    def block_lengths(self, lengths: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return a block's extent on the scan axes of the data set, if it is a box there and these are the first; else None."""
        if self._layout.is_flat:
            return lengths[-1:] if self._is_leading and all(n == 1 for n in lengths[:-1]) else None
        return lengths if self._layout.scan_axes == tuple(range(len(lengths))) else None

    def box(self, index: Index, region: Region | None, lengths: tuple[int, ...] | None = None) -> Box:
        """Return where a frame, or a part of it, or a block of ``lengths`` of them from there on, lies on the data set.

        Raises
        ------
        IndexError
            If the index is outside the scan.
        """
        part = self._scan_part(index)
        if self._is_leading:
            frame = self._whole_frame() if region is None else tuple(bounds_of(region, self.frame_shape))
            return *((at, at + n) for at, n in zip(part, lengths or (1,) * len(part), strict=True)), *frame
        at = dict(zip(self._layout.scan_axes, part, strict=True))
        many = dict(zip(self._layout.scan_axes, lengths or (1,) * len(at), strict=True))
        parts = bounds_of(region, self.frame_shape)
        return tuple((at[axis], at[axis] + many[axis]) if axis in at else next(parts) for axis in range(len(self._source.maxshape)))

    def _whole_frame(self) -> Box:
        shape = self.frame_shape
        if self._last_frame is None or self._last_frame[0] != shape:
            self._last_frame = shape, tuple((0, n) for n in shape)
        return self._last_frame[1]

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
