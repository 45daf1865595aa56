"""The scan shape that key datasets make, from their shapes and limits alone: no file, so that inspection, reader and window agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod

from swmr_viewer.core.errors import ShapeError

Shape = tuple[int, ...]
MaxShape = tuple[int | None, ...]

MOST_PLANNED = 1_000_000
"""Scan points up to which a length limit is taken for the planned length.

Writers give a limit where they know the length of their scan, and a generous one (10^9) where others give none. Taken for
a plan, that one cost 24 GB with 5 keys set. A scan that is larger than this is planned all the same once its key
datasets are that long, or once ``scan_shape`` says so; until then its extent is what there is, and it may grow.
"""
MOST_POINTS = 100_000_000
"""Scan points that can be followed: a few bytes are kept for each, in the reader and in the window."""


@dataclass(frozen=True, slots=True)
class KeyShape:
    """What the extent depends on of one key dataset."""

    path: str
    shape: Shape
    maxshape: MaxShape
    """None: unlimited."""
    flat: bool = False
    """Whether its one axis numbers the points of a scan of several axes."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Key datasets, or a told scan shape, that do not agree."""

    about: str
    """``scan shape`` or ``lengths``: the numbers in the sentence may change while the scan grows, and it is said once."""
    text: str


@dataclass(frozen=True, slots=True)
class ScanExtent:
    """The scan shape, and how sure it is."""

    shape: Shape
    is_fixed: bool
    """Whether no further point can come."""
    disagreements: tuple[Disagreement, ...] = ()


def extent_of(keys: Sequence[KeyShape], told: Shape | None = None, most_axes: int | None = None) -> ScanExtent:
    """Return the extent of the scan that these key datasets make.

    The keys are the truth: a told shape that they have outgrown is given up, and where one of them ends for good the scan
    ends as well, since a frame is complete only when all of them are set.

    Parameters
    ----------
    keys : sequence of KeyShape
        At least one; strays (:func:`is_stray`) are none of them.
    told : tuple of int, optional
        The scan shape that the user, or the file's ``scan_shape``, tells; not an absurd one (:func:`is_absurd`).
    most_axes : int, optional
        The number of scan axes, where the data tell it: axes behind them that are 1 long are dropped.

    Raises
    ------
    ShapeError
        If the numbers of axes do not fit one another, or there are more points than can be followed.
    """
    aligned = [_cut(key, most_axes) for key in keys if not key.flat]
    rank = max([len(key.shape) for key in aligned], default=most_axes or 1)
    if told is not None:
        told = _without_tail(told, rank)
        rank = max(rank, len(told))
    _refuse_misfits(aligned, rank)
    shape, holds_told = _planned(aligned, rank), False
    said: list[Disagreement] = []
    flat = [key for key in keys if key.flat]
    if told is not None:
        n_flat = max((key.shape[0] for key in flat), default=0)
        shape, said = _as_told(told, shape, _longest([key.shape for key in aligned], rank), n_flat)
        holds_told = not said
    ends = _ends(aligned, flat, shape)
    capped = tuple(n if end is None else min(n, end) for n, end in zip(shape, ends, strict=True))
    if capped != shape:
        said = [*said, _ending(aligned, flat, capped, told)]
    _refuse_too_many(aligned, capped)
    return ScanExtent(capped, holds_told or capped == ends, tuple(said))


def is_absurd(told: Shape) -> bool:
    """Return whether a told scan shape is no scan's."""
    return prod(told) > MOST_POINTS or any(n < 1 for n in told)


def numbered(keys: Sequence[KeyShape], told: Shape | None) -> list[KeyShape]:
    """Return the keys, those marked that number the points of a scan of several axes along one axis (areaDetector's ids do)."""
    largest = max(keys, key=lambda key: len(key.shape), default=None)
    like = told or (largest.shape if largest is not None and largest.maxshape == largest.shape else ())
    return [replace(key, flat=key.flat or (len(like) > 1 and _is_flat(key, like, told is not None))) for key in keys]


def _is_flat(key: KeyShape, scan_shape: Shape, is_told: bool) -> bool:
    """Further axes that are 1 long and may grow count only once the first one is longer than the scan's.

    A scan of several axes that grows from (1, 1) looks the same at its beginning. Where nobody told the shape, and another
    key dataset has those axes, only one with exactly as many points is one.
    """
    if not key.shape or any(n != 1 for n in key.shape[1:]):
        return False
    if not is_told:
        return key.maxshape == key.shape and key.shape[0] == prod(scan_shape) != scan_shape[0]
    return all(most == 1 for most in key.maxshape[1:]) or key.shape[0] > scan_shape[0]


def can_number(most: int | None, scan_shape: Shape) -> bool:
    """Return whether one axis of at most this length can number the points of a scan, whose last row need not be whole."""
    return most is None or most > prod(scan_shape) - prod(scan_shape[1:])


def is_stray(key: KeyShape, others: Iterable[KeyShape]) -> bool:
    """Return whether a dataset holds a single number for ever beside key datasets of more points: a total, or somebody's id."""
    most = _most(key)
    return most is not None and most <= 1 and any((_most(other) or 2) > 1 for other in others)


def _most(key: KeyShape) -> int | None:
    """How many values it can ever hold; None: without limit."""
    return None if None in key.maxshape else prod(n or 0 for n in key.maxshape)


def _cut(key: KeyShape, most_axes: int | None) -> KeyShape:
    """Drop trailing axes that are 1 long for ever, or that the data do not have.

    Those that are 1 long by now and may grow stay: a scan that grows from (1, 1) would else lose its second axis, and
    its rows would be taken for frames. That they are a mere tail only the data can tell.
    """
    rank = len(key.shape)
    while rank > 1 and key.shape[rank - 1] == 1 and (key.maxshape[rank - 1] == 1 or (most_axes is not None and rank > max(most_axes, 1))):
        rank -= 1
    return KeyShape(key.path, key.shape[:rank], key.maxshape[:rank])


def _longest(shapes: Iterable[Shape], rank: int) -> Shape:
    padded = [shape + (1,) * (rank - len(shape)) for shape in shapes]
    return tuple(max(lengths) for lengths in zip(*padded, strict=True)) if padded else (0,) * rank


def _planned(keys: Sequence[KeyShape], rank: int) -> Shape:
    return _longest([planned_shape(key.shape, key.maxshape) for key in keys], rank)


def planned_shape(shape: Shape, maxshape: MaxShape) -> Shape:
    """Return the shape with every limited axis at its limit, unless that is too far to be a plan (:data:`MOST_PLANNED`)."""
    limits = tuple(n if most is None else most for n, most in zip(shape, maxshape, strict=True))
    return limits if prod(limits) <= MOST_PLANNED else shape


def _without_tail(told: Shape, rank: int) -> Shape:
    """Drop axes of 1 that no key dataset has."""
    while len(told) > rank and told[-1] == 1:
        told = told[:-1]
    return told


def _ends(keys: Sequence[KeyShape], flat: Sequence[KeyShape], shape: Shape) -> MaxShape:
    """Where each axis ends for good: with the shortest limit (of one that numbers all points, in the row that it reaches)."""
    limits = [[key.maxshape[axis] for key in keys if axis < len(key.maxshape)] for axis in range(len(shape))]
    rows = [None if key.maxshape[0] is None else -(-key.maxshape[0] // max(1, prod(shape[1:]))) for key in flat]
    several = [[*limits[0], *rows], *limits[1:]] if limits else []
    return tuple(min((n for n in one if n is not None), default=None) for one in several)


def _as_told(told: Shape, planned: Shape, has: Shape, n_flat: int) -> tuple[Shape, list[Disagreement]]:
    """Return the scan shape: as told, or longer, which moves no index while it is the first axis that is; else as planned."""
    wanted = told + (1,) * (len(has) - len(told))
    if any(n > m for n, m in zip(has[1:], wanted[1:], strict=True)):
        text = f"The scan shape {_words(told)} was told, which does not fit the keys: they have {_words(has)} points, and count."
        return planned, [Disagreement("scan shape", text)]
    rows = max(wanted[0], has[0], -(-n_flat // prod(wanted[1:])))
    if rows == wanted[0]:
        return wanted, []
    n_keys = max(n_flat, prod(has))
    text = f"The scan shape {_words(told)} was told, and there are keys for {n_keys} points: they count."
    return (rows, *wanted[1:]), [Disagreement("scan shape", text)]


def _ending(keys: Sequence[KeyShape], flat: Sequence[KeyShape], ends: Shape, told: Shape | None) -> Disagreement:
    """Say which key dataset ends before the others, or before the scan that was told."""
    plans = [(key.path, planned_shape(key.shape, key.maxshape)) for key in keys]
    shortest = min([key for key in (*keys, *flat) if None not in key.maxshape] or keys, key=lambda key: _most(key) or 0)
    ending = f"{shortest.path} ends at {_words(shortest.maxshape)}"
    only = f"Only {prod(ends)} frames can become complete."
    longer = [one for one in plans if any(n > end for n, end in zip(one[1], ends, strict=False))]
    if not longer:
        return Disagreement("scan shape", f"The scan shape {_words(told or ())} was told, and {ending}. {only}")
    path, plan = max(longer, key=lambda one: prod(one[1]))
    return Disagreement("lengths", f"The key datasets have different lengths: {ending}, {path} has {_words(plan)}. {only}")


def differing_lengths(keys: Sequence[KeyShape]) -> str:
    """Say of key datasets that nothing more is waited for which are shorter than others; "" if none is."""
    lengths = {key.path: prod(key.shape) for key in keys}
    if not lengths or min(lengths.values()) == max(lengths.values()):
        return ""
    shortest, longest = (choose(lengths, key=lambda path: lengths[path]) for choose in (min, max))
    said = f"{shortest} has {lengths[shortest]}, {longest} has {lengths[longest]}"
    return f"The key datasets have different lengths: {said}. Frames without all of their keys are not complete."


def _refuse_misfits(keys: Sequence[KeyShape], rank: int) -> None:
    for key in keys:
        longer = [other.shape[len(key.shape) :] for other in keys if len(other.shape) > len(key.shape)]
        if len(key.shape) < rank and any(prod(tail) > 1 for tail in longer):
            said = ", ".join(f"{one.path} {_words(one.shape)}" for one in keys)
            raise ShapeError(f"The key datasets have different shapes: {said}.", "Name key datasets of one and the same scan.")


def _refuse_too_many(keys: Sequence[KeyShape], shape: Shape) -> None:
    if prod(shape) > MOST_POINTS:
        largest = max(keys, key=lambda key: prod(key.shape), default=None)
        raise ShapeError(
            f"{largest.path if largest else 'The scan'} has {prod(shape):,} points ({_words(shape)}), "
            f"and no more than {MOST_POINTS:,} can be followed.",
            "Name another key dataset, or have its writer make it as long as the scan.",
        )


def _words(shape: Sequence[int | None]) -> str:
    return " x ".join("any" if n is None else str(n) for n in shape) or "1"
