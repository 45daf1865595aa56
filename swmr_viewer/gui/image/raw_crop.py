"""Which part of a raw frame to draw, how finely, and as which picture (pure)."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import DEFAULT_RULES, MaskRules, marked, preview_shape, write_centred_preview
from swmr_viewer.core.frozen import frozen


@frozen
class Crop:
    """A part of a frame, reduced by block maxima of ``factor`` x ``factor`` pixels."""

    top: int
    bottom: int
    left: int
    right: int
    factor: int

    @property
    def drawn_rect(self) -> tuple[float, float, float, float]:
        """Left, top, width and height (frame pixels) that the reduced part covers; the last block may reach over the edge."""
        height = ceil((self.bottom - self.top) / self.factor) * self.factor
        width = ceil((self.right - self.left) / self.factor) * self.factor
        return float(self.left), float(self.top), float(width), float(height)


def crop_for(
    visible: tuple[float, float, float, float], pixel_size: float, frame_shape: tuple[int, int], preview_factor: int
) -> Crop | None:
    """Return the part of the frame to draw from its raw pixels, or None where the preview is fine enough.

    Parameters
    ----------
    visible : tuple of float
        Left, top, right, bottom of the view, in frame pixels.
    pixel_size : float
        Frame pixels per screen pixel.
    frame_shape : tuple of int
        Rows and columns of the frame.
    preview_factor : int
        Frame pixels per preview pixel.
    """
    factor = max(1, floor(pixel_size))
    if preview_factor <= factor:
        return None
    rows, columns = frame_shape
    left, top, right, bottom = visible
    crop = Crop(
        _aligned(top, factor, rows, floor), _aligned(bottom, factor, rows, ceil),
        _aligned(left, factor, columns, floor), _aligned(right, factor, columns, ceil), factor,
    )  # fmt: skip
    return crop if crop.bottom > crop.top and crop.right > crop.left else None


def _aligned(at: float, factor: int, end: int, direction: object) -> int:
    """Return a border on the grid of blocks, so that panning does not make the picture shimmer."""
    blocks = floor(at / factor) if direction is floor else ceil(at / factor)
    return min(max(blocks * factor, 0), end)


Picture = npt.NDArray[np.float32]


def raw_part(
    pixels: npt.NDArray[Any],
    factor: int,
    rules: MaskRules = DEFAULT_RULES,
    pixel_mask: npt.NDArray[np.bool_] | None = None,
    centre: float | None = None,
) -> Picture:
    """Return pixels as the reader's preview would show them.

    Parameters
    ----------
    pixels : ndarray
        An image, or a part of one.
    factor : int
        Side of the blocks (pixels).
    rules : MaskRules
        What is masked.
    pixel_mask : ndarray of bool, optional
        Of the shape of ``pixels``: True is masked.
    centre : float, optional
        Of differences and ratios: the value that stands for no change.
    """
    pixels = marked(pixels, rules, pixel_mask)
    out = np.empty(preview_shape(pixels.shape, factor), np.float32)
    write_centred_preview(pixels, factor, out, centre)
    return out


def colored_picture(shades: npt.NDArray[Any], levels: tuple[float, float], is_valid: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Return red, green, blue and opacity (uint8, (rows, columns, 4)): each colour from the low level to the high one, masked pixels clear.

    Parameters
    ----------
    shades : ndarray (rows, columns, 3)
        The colours, on the scale that is drawn.
    levels : tuple of float
        Which shades are dark, and full.
    is_valid : ndarray of bool (rows, columns)
        False where masked.
    """
    low, high = levels
    picture = np.empty((*shades.shape[:2], 4), np.uint8)
    picture[..., :3] = np.clip(np.nan_to_num((shades - low) * (255 / (high - low))) + 0.5, 0, 255)
    picture[..., 3] = np.where(is_valid, 255, 0)
    return picture
