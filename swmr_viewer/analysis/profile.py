"""The values along a line across an image. Pure numpy."""

from __future__ import annotations

from math import ceil, hypot

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.masks import DEFAULT_RULES, MaskRules, Pixels, valid_mask

Values = npt.NDArray[np.float64]
MOST_SAMPLES = 20_000
"""Along the line; a longer one is sampled more coarsely."""


def line_profile(
    pixels: Pixels,
    start: tuple[float, float],
    stop: tuple[float, float],
    width: int = 1,
    rules: MaskRules = DEFAULT_RULES,
    pixel_mask: npt.NDArray[np.bool_] | None = None,
) -> tuple[Values, Values]:
    """Return the mean of the pixels along a line.

    Parameters
    ----------
    pixels : ndarray
        An image (complex numbers: their magnitude).
    start, stop : (x, y)
        In pixels; pixel (0, 0) covers [0, 1) x [0, 1).
    width : int
        How many parallel lines, one pixel apart, are averaged.
    rules : MaskRules
        What is masked.
    pixel_mask : ndarray of bool, optional
        Of the frame's shape: True is masked.

    Returns
    -------
    distance : float64 array (n,)
        From the start, in pixels; steps of about one.
    mean : float64 array (n,)
        Of the unmasked pixels (each the one that holds the sampled point, never interpolated); NaN where there is none.

    Raises
    ------
    ValueError
        If this is no image, the width is below 1, or the pixel mask has another shape.
    """
    if pixels.ndim != 2 or width < 1:
        raise ValueError(f"A profile needs an image and a width of 1 or more, not {pixels.ndim} axes and {width}.")
    if pixel_mask is not None and pixel_mask.shape != pixels.shape:
        raise ValueError(f"A pixel mask of shape {pixel_mask.shape} does not fit a frame of shape {pixels.shape}.")
    (x0, y0), (x1, y1) = start, stop
    length = hypot(x1 - x0, y1 - y0)
    along = np.linspace(0.0, 1.0, min(ceil(length), MOST_SAMPLES - 1) + 1 if length else 1)
    across = np.arange(width) - (width - 1) / 2
    nx, ny = (-(y1 - y0) / length, (x1 - x0) / length) if length else (0.0, 0.0)
    columns = np.floor(x0 + along * (x1 - x0) + across[:, None] * nx).astype(np.int64)
    rows = np.floor(y0 + along * (y1 - y0) + across[:, None] * ny).astype(np.int64)
    inside = (rows >= 0) & (rows < pixels.shape[0]) & (columns >= 0) & (columns < pixels.shape[1])
    if not pixels.size:
        return along * length, np.full(along.shape, np.nan)
    at = (np.where(inside, rows, 0), np.where(inside, columns, 0))
    taken = pixels[at]
    good = inside & valid_mask(taken, rules, None if pixel_mask is None else pixel_mask[at])
    return along * length, _mean_of(taken, good)


def _mean_of(taken: Pixels, good: npt.NDArray[np.bool_]) -> Values:
    """The mean over the first axis of what is good."""
    values = np.where(good, np.abs(taken) if taken.dtype.kind == "c" else taken, 0).astype(np.float64)
    n_good = good.sum(axis=0)
    mean = np.full(n_good.shape, np.nan)
    np.divide(values.sum(axis=0), n_good, out=mean, where=n_good > 0)
    return mean
