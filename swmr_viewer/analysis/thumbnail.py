"""A frame made small enough to travel in a message: a picture, a curve or a value, with what it takes to show it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.frame_statistics import examine, level_statistics
from swmr_viewer.analysis.masks import Pixels
from swmr_viewer.analysis.preview import preview_factor, write_preview

LONGEST_SIDE = 256
"""Of a picture (pixels)."""
MOST_POINTS = 1024
"""Of a curve."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small copy of one frame, and what the frame itself is like."""

    shape: tuple[int, ...]
    """Of the frame: an image has 2 axes, a spectrum 1, a scalar none."""
    dtype: str
    """Of the frame: numpy's name with byte order, as ``numpy.dtype(...).str``."""
    pixels: bytes
    """float32 in C order; each is the maximum of a block of the frame's pixels, NaN where all of them are masked."""
    pixels_shape: tuple[int, ...]
    """() with no pixels, where such a frame has no small copy (more than 2 axes, or no pixels at all)."""
    minimum: float | int | None
    """Of the frame's unmasked pixels, as is ``maximum``; None when every pixel is masked."""
    maximum: float | int | None
    n_masked: int
    levels: tuple[float, float]
    """Between which to shade the small copy."""
    value: str = ""
    """Of a scalar: the file's own, in full."""

    def array(self) -> npt.NDArray[np.float32]:
        """Return the small copy as a read-only array of ``pixels_shape``."""
        return np.frombuffer(self.pixels, np.float32).reshape(self.pixels_shape or (0,))


def thumbnail_of(frame: Pixels) -> Thumbnail:
    """Return a small copy of a frame.

    Parameters
    ----------
    frame : ndarray
        Of any shape and numeric type (complex numbers: their magnitude); masked pixels are told by their value.

    Returns
    -------
    Thumbnail
        Its levels are percentiles of the small copy, not of the frame: block maxima are brighter than what they stand for.
    """
    small = _small(frame) if 0 < frame.ndim <= 2 and frame.size else None
    within, _ = examine(frame) if frame.size else (None, None)
    shades = level_statistics(small) if small is not None else None
    minimum, maximum = (None, None) if within is None else (within.minimum, within.maximum)
    return Thumbnail(
        frame.shape,
        frame.dtype.str,
        b"" if small is None else small.tobytes(),
        () if small is None else small.shape,
        minimum,
        maximum,
        within.n_masked if within is not None else frame.size,
        (0.0, 1.0) if shades is None else (shades.low, shades.high),
        "" if frame.ndim else str(frame[()]),
    )


def _small(frame: Pixels) -> npt.NDArray[np.float32]:
    if frame.ndim == 1:
        factor = -(-frame.size // MOST_POINTS)
        return _reduced(frame.reshape(1, -1), factor).reshape(-1)
    return _reduced(frame, preview_factor(frame.shape, LONGEST_SIDE))


def _reduced(image: Pixels, factor: int) -> npt.NDArray[np.float32]:
    image = image.view(np.uint8) if image.dtype.kind == "b" else image
    small = np.empty(tuple(-(-side // factor) for side in image.shape), np.float32)
    write_preview(image, factor, small)
    return small
