"""A part of the raw frame as a picture: float32, NaN where masked, reduced by block maxima; or in its own colours."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import marked, preview_shape, write_preview
from swmr_viewer.analysis.masks import DEFAULT_RULES, MaskRules

Picture = npt.NDArray[np.float32]


def raw_part(
    pixels: npt.NDArray[Any], factor: int, rules: MaskRules = DEFAULT_RULES, pixel_mask: npt.NDArray[np.bool_] | None = None
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
    """
    pixels = marked(pixels, rules, pixel_mask)
    out = np.empty(preview_shape(pixels.shape, factor), np.float32)
    write_preview(pixels, factor, out)
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
