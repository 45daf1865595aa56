"""Masks that somebody drew, as pixels. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from swmr_viewer.analysis.masks import MaskShape
from swmr_viewer.analysis.regions import Mask, Region, region_mask


def drawn_mask(shapes: Sequence[MaskShape], frame_shape: tuple[int, ...], start: Mask | None = None) -> Mask:
    """Return which pixels are masked.

    Parameters
    ----------
    shapes : sequence of MaskShape
        In the order in which they were drawn: a later one that erases takes pixels out again.
    frame_shape : tuple of int
        (rows, columns).
    start : ndarray of bool, optional
        What is masked before the first of them.

    Returns
    -------
    ndarray of bool
        Of the frame's shape: True is masked. A pixel belongs to a shape if its centre lies inside.

    Raises
    ------
    ValueError
        If what is masked before has another shape.
    """
    if start is not None and start.shape != frame_shape:
        raise ValueError(f"A mask of shape {start.shape} does not fit a frame of shape {frame_shape}.")
    masked = np.zeros(frame_shape, bool) if start is None else start.copy()
    for shape in shapes:
        box, inside = region_mask(Region("", shape.kind, shape.points), frame_shape)
        masked[box] = np.where(True if inside is None else inside, not shape.erases, masked[box])
    return masked
