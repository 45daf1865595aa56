"""A frame made small enough to travel in a message: a picture, a curve or a value, with what it takes to show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.frame_statistics import examine, level_statistics
from swmr_viewer.analysis.frame_view import FrameView, Part, frame_view
from swmr_viewer.analysis.masks import DEFAULT_RULES, MaskRules, Pixels, marked
from swmr_viewer.analysis.preview import preview_factor, write_preview

LONGEST_SIDE = 256
"""Of a picture (pixels)."""
MOST_POINTS = 1024
"""Of a curve."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small copy of one frame, and what the frame itself is like."""

    shape: tuple[int, ...]
    """Of the whole frame."""
    dtype: str
    """Of the frame: numpy's name with byte order, as ``numpy.dtype(...).str``."""
    pixels: bytes
    """float32 in C order; each is the maximum of a block of the frame's pixels, NaN where all of them are masked."""
    pixels_shape: tuple[int, ...]
    """() with no pixels, where there is no small copy (a scalar, or no pixels at all)."""
    minimum: float | int | None
    """Of the shown unmasked numbers, as is ``maximum``; None when every pixel is masked."""
    maximum: float | int | None
    n_masked: int
    levels: tuple[float, float]
    """Between which to shade the small copy."""
    value: str = ""
    """Of a scalar: the file's own, in full."""
    colors: bytes = b""
    """uint8 in C order, red, green and blue for each of ``pixels``: of frames with colours of their own, between the levels."""
    view: FrameView = field(default_factory=lambda: FrameView((), ()))
    """What of the frame is shown."""

    def array(self) -> npt.NDArray[np.float32]:
        """Return the small copy as a read-only array of ``pixels_shape``."""
        return np.frombuffer(self.pixels, np.float32).reshape(self.pixels_shape or (0,))


def thumbnail_of(
    frame: Pixels, view: FrameView | None = None, rules: MaskRules = DEFAULT_RULES, pixel_mask: npt.NDArray[np.bool_] | None = None
) -> Thumbnail:
    """Return a small copy of a frame, as it is shown.

    Parameters
    ----------
    frame : ndarray
        Of any shape and numeric type.
    view : FrameView, optional
        What of it is shown; None: what `frame_view` gives for its shape and type.
    rules : MaskRules
        Which of the shown numbers are masked.
    pixel_mask : ndarray of bool, optional
        Of ``view.shown_shape``; True is masked.

    Returns
    -------
    Thumbnail
        Its levels are percentiles of the small copy, not of the frame: block maxima are brighter than what they stand for.
        Colours of 8 bits are meant as they are.
    """
    view = frame_view(frame.shape, frame.dtype) if view is None else view
    shown = marked(view.shown(frame), rules, pixel_mask)
    small = _small(shown) if shown.ndim and shown.size else None
    within, _ = examine(shown) if shown.size else (None, None)
    levels = _levels(small, frame.dtype, view)
    minimum, maximum = (None, None) if within is None else (within.minimum, within.maximum)
    return Thumbnail(
        frame.shape,
        frame.dtype.str,
        b"" if small is None else small.tobytes(),
        () if small is None else small.shape,
        minimum,
        maximum,
        within.n_masked if within is not None else shown.size,
        levels,
        "" if shown.ndim else str(view.picked(frame)[()]),
        b"" if small is None or view.part is not Part.COLOR else _colors(view.picked(frame), levels).tobytes(),
        view,
    )


def _levels(small: npt.NDArray[np.float32] | None, dtype: np.dtype[Any], view: FrameView) -> tuple[float, float]:
    if view.part is Part.COLOR and dtype == np.uint8:
        return 0.0, 255.0
    shades = level_statistics(small) if small is not None else None
    return (0.0, 1.0) if shades is None else (shades.low, shades.high)


def _colors(picked: Pixels, levels: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """Return one pixel of each block: maxima of each colour would be a colour that is nowhere in the frame."""
    factor = preview_factor(picked.shape[:2], LONGEST_SIDE)
    low, high = levels
    sample = picked[::factor, ::factor, :3].astype(np.float64)
    shades = (sample - low) * (255 / (high - low)) if high > low else 255.0 * (sample > low)
    return (np.clip(np.nan_to_num(shades), 0, 255) + 0.5).astype(np.uint8)


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
