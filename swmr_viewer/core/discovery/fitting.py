"""How shapes fit one another: the scan axes of key datasets, and the frame axes that remain of a data set."""

from __future__ import annotations

from math import prod

from swmr_viewer.core.discovery.found import Found, MaxShape, Shape
from swmr_viewer.core.scan_extent import KeyShape, can_number, is_stray, numbered


def key_shape_of(key: Found) -> KeyShape:
    """Return what the scan's extent depends on."""
    return KeyShape(key.path, key.node.shape, key.node.maxshape)


def scan_rank_of(key: Found, told: Shape | None) -> int:
    """Return the number of scan axes that a key dataset has once trailing axes of 1 are dropped.

    An axis of length 1 that may grow is the scan's only if the whole dataset is still of length 1 (the scan has just begun).
    """
    if told and len(told) <= len(key.node.shape) and all(n == 1 for n in key.node.shape[len(told) :]):
        return len(told)
    lengths = key.node.shape if any(n > 1 for n in key.node.shape) else tuple(2 if most is None else most for most in key.node.maxshape)
    while len(lengths) > 1 and lengths[-1] == 1:
        lengths = lengths[:-1]
    return len(lengths)


def keys_fit(first: Found, other: Found, told: Shape | None) -> bool:
    """Return whether two key datasets can belong to one scan.

    Those of one group do although they end at other lengths: whoever names that group gets them all. Elsewhere
    another fixed length is another scan's, or another detector's that has frames of its own.
    """
    if not other.node.shape:
        return not other.kind  # a link that leads nowhere yet
    one, another = numbered([key_shape_of(first), key_shape_of(other)], told)
    if is_stray(another, [one]):
        return False
    rank, other_rank = scan_rank_of(first, told), scan_rank_of(other, told)
    if rank != other_rank or one.flat or another.flat:
        return one.flat or another.flat or (bool(told) and 1 in (rank, other_rank))
    pairs = zip(first.node.maxshape[:rank], other.node.maxshape[:rank], strict=True)
    return first.parent == other.parent or all(a is None or b is None or a == b for a, b in pairs)


def could_number(key: Found, data: Found) -> bool:
    """Return whether a key dataset has, or may get, a value for each frame that a data set has by now.

    One that holds a single number for ever is none where there may be more frames: it is somebody's id, or a total.
    """
    limits = tuple(n for n in key.node.maxshape if n is not None)
    if len(limits) < len(key.node.maxshape):
        return True
    if prod(limits) <= 1:
        return data.node.maxshape[0] == 1
    rank = scan_rank_of(key, None)
    fits = len(data.node.shape) >= rank and all(has <= most for has, most in zip(data.node.shape, limits[:rank], strict=False))
    return fits or (rank > 1 and data.node.shape[0] <= prod(limits))


def frame_shape_on(shape: Shape, maxshape: MaxShape, scan: Shape) -> Shape | None:
    """Return the shape of a data set's frames on a scan, or None if its leading axes are not the scan's.

    Parameters
    ----------
    shape, maxshape : tuple
        The data set's; an axis that may still grow fits.
    scan : tuple of int
        The scan shape, 0 or 1 for an axis whose length is not known.
    """
    rank = len(scan)
    if len(shape) >= rank and all(most is None or most >= n for most, n in zip(maxshape, scan, strict=False)):
        return shape[rank:]
    if rank > 1 and shape and can_number(maxshape[0], scan):
        return shape[1:]
    return None
