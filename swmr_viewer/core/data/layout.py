"""How a data set's axes divide into scan axes and frame axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from swmr_viewer.core.data.frame_kinds import frame_rank_of
from swmr_viewer.core.data.sources import Source
from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.fitting import DataShape, DoesNotFit, fit_data


@dataclass(frozen=True, slots=True)
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
