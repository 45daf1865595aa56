"""What fits together: key datasets in one scan, and data on it. From shapes and limits alone, so that all who ask get one answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import prod

from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.frozen import frozen

Shape = tuple[int, ...]
MaxShape = tuple[int | None, ...]
"""Limits of the axes; None: unlimited."""

MOST_PLANNED = 1_000_000
"""Scan points up to which a length limit is taken for the planned length.

Writers give a limit where they know the length of their scan, and a generous one (10^9) where others give none: taken for a
plan, that one cost 24 GB with 5 keys set. A larger scan is planned once its key datasets are that long or ``scan_shape`` says so.
"""
MOST_POINTS = 100_000_000
"""Scan points that can be followed: a few bytes are kept for each, in the reader and in the window."""


@frozen
class KeyShape:
    """The shape and limits of one key dataset."""

    path: str
    shape: Shape
    maxshape: MaxShape
    flat: bool = False
    """Whether its one axis numbers the points of a scan of several axes."""


@frozen
class DataShape:
    """The shape and limits of one data set."""

    shape: Shape
    maxshape: MaxShape
    frame_rank: int | None = None
    """How many of its axes are a frame's, where the file declares it."""


@frozen
class Disagreement:
    """Key datasets, or a given scan shape, that do not agree and can be followed all the same."""

    about: str
    """``scan shape`` or ``lengths``: the numbers in the text may change while the scan grows, and it is reported once."""
    text: str


@frozen
class KeysFit:
    """These key datasets make one scan."""

    shape: Shape
    is_fixed: bool
    """Whether no further point can come."""
    keys: tuple[KeyShape, ...]
    """Those that were asked about, with ``flat`` where one numbers the points of several axes."""
    disagreements: tuple[Disagreement, ...] = ()


@frozen
class DataFits:
    """The leading axes of this data set are the scan's."""

    scan_rank: int
    is_flat: bool = False
    """True: its first axis numbers the points of a scan of several axes, in C order."""


@frozen
class DoesNotFit:
    """Nothing of these together could be followed or shown."""

    because: str
    remedy: str = ""

    def error(self, filename: str | None = None) -> ShapeError:
        """Return what is raised where they must fit; the file is named first."""
        return ShapeError(f"{filename}: {self.because}" if filename else self.because, self.remedy)


def fit_keys(keys: Sequence[KeyShape], given: Shape | None = None, most_axes: int | None = None) -> KeysFit | DoesNotFit:
    """Return the scan that these key datasets make.

    The keys are the truth: a given shape that they have outgrown is given up, and where one of them ends for good the scan
    ends as well, since a frame is complete only when all of them are set. An axis that is 1 long and may grow can still become
    as long as the others' (a key too many keeps frames back, one too few shows them half written).

    Parameters
    ----------
    keys : sequence of KeyShape
        At least one; strays (``is_stray``) are none of them.
    given : tuple of int, optional
        The scan shape from the user or from the file's ``scan_shape``; not an absurd one (``is_absurd``).
    most_axes : int, optional
        The number of scan axes, where the data tell it: axes behind them that are 1 long are dropped.
    """
    keys = _numbered(keys, given)
    aligned, flat = [_cut(key, most_axes) for key in keys if not key.flat], [key for key in keys if key.flat]
    rank = max([len(key.shape) for key in aligned], default=most_axes or 1)
    if given is not None:
        while len(given) > rank and given[-1] == 1:  # axes that no key dataset has
            given = given[:-1]
        rank = max(rank, len(given))
    if misfit := _misfit(aligned):
        return misfit
    shape, holds_given = _longest([_planned(key.shape, key.maxshape) for key in aligned], rank), False
    found: list[Disagreement] = []
    if given is not None:
        n_flat = max((key.shape[0] for key in flat), default=0)
        shape, found = _as_given(given, shape, _longest([key.shape for key in aligned], rank), n_flat)
        holds_given = not found
    ends = _ends(aligned, flat, shape)
    capped = tuple(n if end is None else min(n, end) for n, end in zip(shape, ends, strict=True))
    if capped != shape:
        found.append(_ending(aligned, flat, capped, given))
    return _too_many(aligned, capped) or KeysFit(capped, holds_given or capped == ends, tuple(keys), tuple(found))


def fit_data(data: DataShape, scan_shape: Shape) -> DataFits | DoesNotFit:
    """Return which leading axes of a data set are the scan's: each as long as the scan's (0: not known), or able to become so."""
    n_axes, n_points = len(data.maxshape), prod(scan_shape)
    # Trailing axes of 1 may be axes of the scan that have not grown yet, or a mere tail of the keys.
    least, most_axes = len(trimmed(scan_shape)), min(n_axes, len(scan_shape))
    ranks = [rank for rank in range(least, most_axes + 1) if _misfit_axis(data, scan_shape[:rank]) is None]
    can_be_flat = len(scan_shape) > 1 and n_axes > 0
    most = data.maxshape[0] if can_be_flat and data.maxshape[0] is not None else n_points + 1
    if ranks:
        rank = _likeliest_rank(data, ranks)
        return DataFits(1, True) if can_be_flat and most >= n_points and _is_rather_flat(data, scan_shape[:rank]) else DataFits(rank)
    # Where the keys went past the given shape, the last row need not be whole.
    if can_be_flat and most > n_points - prod(scan_shape[1:]):
        return DataFits(1, True)
    return _why_not(data, scan_shape[:least])


def trimmed(shape: Shape) -> Shape:
    """Return the shape without its trailing axes of 1, keeping one axis of a shape that has any."""
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def is_absurd(given: Shape) -> bool:
    """Return whether a given scan shape is no scan's."""
    return prod(given) > MOST_POINTS or any(n < 1 for n in given)


def is_stray(key: KeyShape, others: Iterable[KeyShape]) -> bool:
    """Return whether a dataset holds a single number for ever beside key datasets of more points: a total, or somebody's id."""
    most = _most(key)
    return most is not None and most <= 1 and any((_most(other) or 2) > 1 for other in others)


def shape_text(shape: Shape, maxshape: MaxShape) -> str:
    """Return the shape for people; ``+`` marks an axis that can grow."""
    axes = (f"{n}" if limit == n else f"{n}+" for n, limit in zip(shape, maxshape, strict=True))
    return " \N{MULTIPLICATION SIGN} ".join(axes) or "one value"


def _numbered(keys: Sequence[KeyShape], given: Shape | None) -> list[KeyShape]:
    """Mark keys that number the points of a scan of several axes along one axis (areaDetector's ids do)."""
    largest = max(keys, key=lambda key: len(key.shape), default=None)
    like = given or (largest.shape if largest is not None and largest.maxshape == largest.shape else ())
    return [replace(key, flat=key.flat or (len(like) > 1 and _is_flat(key, like, given is not None))) for key in keys]


def _is_flat(key: KeyShape, scan_shape: Shape, is_given: bool) -> bool:
    """Further axes of 1 that may grow count only once the first is longer than the scan's: a scan begins at (1, 1) as well.

    Where no shape is given, and another key dataset has those axes, only one with exactly as many points is one.
    """
    if not key.shape or any(n != 1 for n in key.shape[1:]):
        return False
    if not is_given:
        return key.maxshape == key.shape and key.shape[0] == prod(scan_shape) != scan_shape[0]
    return all(most == 1 for most in key.maxshape[1:]) or key.shape[0] > scan_shape[0]


def _most(key: KeyShape) -> int | None:
    """How many values it can ever hold; None: without limit."""
    return None if None in key.maxshape else prod(n or 0 for n in key.maxshape)


def _cut(key: KeyShape, most_axes: int | None) -> KeyShape:
    """Drop trailing axes that are 1 long for ever, or that the data do not have.

    Those that may grow stay: a scan that grows from (1, 1) would else lose its second axis, and its rows be taken for frames.
    """
    rank = len(key.shape)
    while rank > 1 and key.shape[rank - 1] == 1 and (key.maxshape[rank - 1] == 1 or (most_axes is not None and rank > max(most_axes, 1))):
        rank -= 1
    return KeyShape(key.path, key.shape[:rank], key.maxshape[:rank])


def _planned(shape: Shape, maxshape: MaxShape) -> Shape:
    """The shape with every limited axis at its limit, unless that is too far to be a plan (``MOST_PLANNED``)."""
    limits = tuple(n if most is None else most for n, most in zip(shape, maxshape, strict=True))
    return limits if prod(limits) <= MOST_PLANNED else shape


def _longest(shapes: Iterable[Shape], rank: int) -> Shape:
    padded = [shape + (1,) * (rank - len(shape)) for shape in shapes]
    return tuple(max(lengths) for lengths in zip(*padded, strict=True)) if padded else (0,) * rank


def _ends(keys: Sequence[KeyShape], flat: Sequence[KeyShape], shape: Shape) -> MaxShape:
    """Where each axis ends for good: with the shortest limit (of one that numbers all points, in the row that it reaches)."""
    limits = [[key.maxshape[axis] for key in keys if axis < len(key.maxshape)] for axis in range(len(shape))]
    rows = [None if key.maxshape[0] is None else -(-key.maxshape[0] // max(1, prod(shape[1:]))) for key in flat]
    several = [[*limits[0], *rows], *limits[1:]] if limits else []
    return tuple(min((n for n in axis if n is not None), default=None) for axis in several)


def _misfit(keys: Sequence[KeyShape]) -> DoesNotFit | None:
    if all(prod(other.shape[len(key.shape) :]) <= 1 for key in keys for other in keys):
        return None
    shapes = ", ".join(f"{key.path} {_text(key.shape)}" for key in keys)
    return DoesNotFit(f"The key datasets have different shapes: {shapes}.", "Name key datasets of one and the same scan.")


def _too_many(keys: Sequence[KeyShape], shape: Shape) -> DoesNotFit | None:
    if prod(shape) <= MOST_POINTS:
        return None
    largest = max(keys, key=lambda key: prod(key.shape), default=None)
    points = f"{largest.path if largest else 'The scan'} has {prod(shape):,} points ({_text(shape)})"
    remedy = "Name another key dataset, or have its writer make it as long as the scan."
    return DoesNotFit(f"{points}, and no more than {MOST_POINTS:,} can be followed.", remedy)


def _as_given(given: Shape, planned: Shape, has: Shape, n_flat: int) -> tuple[Shape, list[Disagreement]]:
    """The scan shape: as given, or longer, which moves no index while it is the first axis that is; else as planned."""
    wanted = given + (1,) * (len(has) - len(given))
    if any(n > m for n, m in zip(has[1:], wanted[1:], strict=True)):
        text = f"The scan shape {_text(given)} was told, which does not fit the keys: they have {_text(has)} points, and count."
        return planned, [Disagreement("scan shape", text)]
    rows = max(wanted[0], has[0], -(-n_flat // prod(wanted[1:])))
    if rows == wanted[0]:
        return wanted, []
    text = f"The scan shape {_text(given)} was told, and there are keys for {max(n_flat, prod(has))} points: they count."
    return (rows, *wanted[1:]), [Disagreement("scan shape", text)]


def _ending(keys: Sequence[KeyShape], flat: Sequence[KeyShape], ends: Shape, given: Shape | None) -> Disagreement:
    """Which key dataset ends before the others, or before the scan that was given."""
    shortest = min([key for key in (*keys, *flat) if None not in key.maxshape] or keys, key=lambda key: _most(key) or 0)
    ending = f"{shortest.path} ends at {_text(shortest.maxshape)}"
    only = f"Only {prod(ends)} frames can become complete."
    plans = [(key.path, _planned(key.shape, key.maxshape)) for key in keys]
    longer = [(path, plan) for path, plan in plans if any(n > end for n, end in zip(plan, ends, strict=False))]
    if not longer:
        return Disagreement("scan shape", f"The scan shape {_text(given or ())} was told, and {ending}. {only}")
    path, plan = max(longer, key=lambda item: prod(item[1]))
    return Disagreement("lengths", f"The key datasets have different lengths: {ending}, {path} has {_text(plan)}. {only}")


def _text(shape: Sequence[int | None]) -> str:
    return " x ".join("any" if n is None else str(n) for n in shape) or "1"


def _misfit_axis(data: DataShape, scan_shape: Shape) -> int | None:
    """The first axis that is too short for the scan and cannot grow."""
    limits = enumerate(zip(data.maxshape, scan_shape, strict=False))
    return next((axis for axis, (limit, wanted) in limits if limit is not None and limit < wanted), None)


def _likeliest_rank(data: DataShape, ranks: list[int]) -> int:
    """The file's declaration decides; else axes of 1 belong to the scan where the data have them too; else frames are images."""
    n_axes = len(data.maxshape)
    if data.frame_rank is not None and n_axes - data.frame_rank in ranks:
        return n_axes - data.frame_rank
    alike = [rank for rank in ranks if all(n == 1 for n in data.shape[ranks[0] : rank])]
    if len(alike) == len(ranks) or n_axes - alike[-1] <= 2:
        return alike[-1]
    return n_axes - 2 if n_axes - 2 in ranks else ranks[0]


def _is_rather_flat(data: DataShape, scan_shape: Shape) -> bool:
    """Where axes may grow without limit both readings fit: the file's declaration decides, else lengths that no scan axis has by now."""
    rank, n_axes = len(scan_shape), len(data.maxshape)
    if data.frame_rank in (n_axes - 1, n_axes - rank):
        return data.frame_rank == n_axes - 1
    # Writers flush the data before the keys: an inner axis that grows has its next images there already.
    is_ahead = data.shape[0] == scan_shape[0] and n_axes - rank == 2
    return not is_ahead and any(has > wanted for has, wanted in zip(data.shape[1:rank], scan_shape[1:], strict=True))


def _why_not(data: DataShape, scan_shape: Shape) -> DoesNotFit:
    if len(data.shape) < len(scan_shape):
        axes = "1 axis" if len(scan_shape) == 1 else f"{len(scan_shape)} axes"
        return DoesNotFit(f"its shape is {shape_text(data.shape, data.maxshape)}, and the scan has {axes}")
    axis = _misfit_axis(data, scan_shape) or 0
    return DoesNotFit(f"axis {axis} has {data.maxshape[axis]} points there and {scan_shape[axis]} in the scan")
