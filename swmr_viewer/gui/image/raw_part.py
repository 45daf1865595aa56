"""A part of the raw frame as a picture: float32, NaN where masked, reduced by block maxima."""

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
