"""How a data set's axes divide into scan axes and frame axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from swmr_viewer.core.data.frame_kinds import frame_rank_of
from swmr_viewer.core.data.sources import Source
from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.scan_extent import can_number


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
    if scan_shape is None or (len(scan_shape) == len(found) and _fits(source, scan_shape, found)):
        return Layout(found)
    if len(found) == 1 and _fits(source, (prod(scan_shape),), found):
        return Layout(found, True)
    raise _misfit(source, f"the scan shape {scan_shape} on its axes {axes}")


def _layout_on(source: Source, scan_shape: tuple[int, ...]) -> Layout:
    n_axes = len(source.maxshape)
    ranks = [rank for rank in _possible_ranks(scan_shape) if rank <= n_axes and _fits(source, scan_shape[:rank], range(rank))]
    fits_flat = len(scan_shape) > 1 and n_axes >= 1 and (source.maxshape[0] is None or source.maxshape[0] >= prod(scan_shape))
    if ranks:
        rank = _likeliest_rank(source, scan_shape, ranks)
        return _leading(1, True) if fits_flat and _is_rather_flat(source, scan_shape[:rank]) else _leading(rank)
    # Where the keys went past the shape that was told, the last row need not be whole.
    if fits_flat or (len(scan_shape) > 1 and n_axes >= 1 and can_number(source.maxshape[0], scan_shape)):
        return _leading(1, True)
    raise _misfit(source, f"the scan shape {scan_shape} of the keys")


def _possible_ranks(scan_shape: tuple[int, ...]) -> range:
    """Trailing axes of 1 may be axes of the scan that have not grown yet, or a mere tail of the keys."""
    least = len(scan_shape)
    while least > 1 and scan_shape[least - 1] == 1:
        least -= 1
    return range(least, len(scan_shape) + 1)


def _likeliest_rank(source: Source, scan_shape: tuple[int, ...], ranks: list[int]) -> int:
    """NeXus decides; else axes of 1 belong to the scan where the data have them too; else frames are images."""
    n_axes, told = len(source.maxshape), _frame_rank_told(source, -1)
    if n_axes - told in ranks:
        return n_axes - told
    alike = [rank for rank in ranks if all(source.shape[axis] == 1 for axis in range(ranks[0], rank))]
    if alike and (len(alike) == len(ranks) or n_axes - alike[-1] <= 2):
        return alike[-1]
    return n_axes - 2 if n_axes - 2 in ranks else ranks[0]


def _is_rather_flat(source: Source, scan_shape: tuple[int, ...]) -> bool:
    """Where axes may grow without limit both readings fit: NeXus decides, else lengths that no scan axis has by now."""
    rank, n_axes = len(scan_shape), len(source.maxshape)
    told = _frame_rank_told(source, -1)
    if told in (n_axes - 1, n_axes - rank):
        return told == n_axes - 1
    # Writers flush the data before the keys: an inner axis that grows has its next images there already.
    is_ahead = source.shape[0] == scan_shape[0] and n_axes - rank == 2
    return not is_ahead and any(has > wanted for has, wanted in zip(source.shape[1:rank], scan_shape[1:], strict=True))


def _fits(source: Source, scan_shape: Sequence[int], axes: Sequence[int]) -> bool:
    """Whether these axes can be the scan's: each as long as it, or able to become so."""
    limits = ((source.shape[axis], source.maxshape[axis]) for axis in axes)
    return all(most is None or most >= wanted or (has == 1 == wanted) for (has, most), wanted in zip(limits, scan_shape, strict=True))


def _frame_rank_told(source: Source, otherwise: int) -> int:
    shape = source.shape if len(source.maxshape) > 3 else ()  # joined sources open their parts to know it
    told = frame_rank_of(shape, source.dtype, source.interpretation)
    return otherwise if told is None else told


def _guessed_rank(source: Source) -> int:
    """Without keys: NeXus' ``interpretation``, else images where there are three axes or more, else one scan axis."""
    frame_rank, n_axes = _frame_rank_told(source, -1), len(source.maxshape)
    if 0 <= frame_rank <= n_axes:
        return n_axes - frame_rank
    return n_axes - 2 if n_axes > 2 else min(1, n_axes)


def _misfit(source: Source, what: str) -> ShapeError:
    return ShapeError(
        f"The data set {source.path} in {source.filename} has shape {source.shape} and does not fit {what}.",
        "Name a data set whose leading axes are the scan's (or its scan_axes), or other keys.",
    )
