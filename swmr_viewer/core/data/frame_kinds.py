"""What one frame is, by the file's word for it or by what its shape leaves no doubt of: how many axes it has, and which are colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

COLOR_IMAGE = "rgb-image"
_RANKS = {"image": 2, COLOR_IMAGE: 3, "rgba-image": 3, "spectrum": 1, "scalar": 0, "vertex": 1, "scaler": 0}
"""NeXus ``interpretation`` to frame rank (nexusformat.org, NXdata)."""
_SURE_TYPES, _LIKELY_TYPES = ("u1",), ("u1", "u2")
COLOR_MODES = ("2", "3", "4", "RGB1", "RGB2", "RGB3")
"""areaDetector's ``ColorMode`` of colour images (ADCore, NDArray.h)."""


def frame_rank_of(shape: tuple[int, ...], dtype: npt.DTypeLike, told: str) -> int | None:
    """Return how many of a data set's last axes are a frame's, or None where nothing tells.

    Parameters
    ----------
    shape, dtype :
        Of the data set, scan axes included.
    told : str
        As `interpretation_of`.
    """
    if told in ("", "image") and len(shape) >= 4:
        color = color_axis_of(shape[-3:], dtype)
        if color:  # as the first of three it may as well be an axis of the scan
            return 3
    return _RANKS.get(told)


def is_one_image(shape: Sequence[int], maxshape: Sequence[int | None], by_rows: bool, interpretation: str) -> bool:
    """Return whether a data set without keys is a single image, and not one spectrum per scan point.

    Two axes that cannot grow are an image, unless NeXus says that they are spectra, or they are written row by row.

    Parameters
    ----------
    shape, maxshape : sequence
        The data set's.
    by_rows : bool
        Whether each chunk, or each source, is a row.
    interpretation : str
        NeXus' word, or "".
    """
    if len(shape) != 2 or tuple(maxshape) != tuple(shape) or 1 in shape:
        return False
    return _RANKS.get(interpretation, 1 if by_rows else 2) == 2


def color_axis_of(shape: tuple[int, ...], dtype: npt.DTypeLike, told: str = "") -> int | None:
    """Return which axis of a frame is red, green and blue (and opacity), or None.

    Where the file tells of colour it is the last axis of 3 or 4. UnreportedRanges, it must be likely: images of 8 bits have it
    as the last axis (areaDetector's RGB1) or, of exactly 3, before or between the others (RGB3, RGB2); those of 16
    bits as the last axis alone, because three thresholds or modules come first.
    """
    kind, rank = np.dtype(dtype), len(shape)
    if rank < 3 or kind.kind not in "uif" or _RANKS.get(told, 2) < 2:
        return None
    if _RANKS.get(told) == 3:
        return next((axis for axis in (rank - 1, rank - 3, rank - 2) if shape[axis] in (3, 4)), None)
    if _name(kind) in _LIKELY_TYPES and shape[-1] in (3, 4):
        return rank - 1
    if _name(kind) in _SURE_TYPES:
        return next((axis for axis in (rank - 3, rank - 2) if shape[axis] == 3), None)
    return None


def _name(dtype: np.dtype[Any]) -> str:
    return dtype.str[1:]
