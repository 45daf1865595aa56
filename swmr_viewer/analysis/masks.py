"""Masked pixels: gaps and bad pixels, told from their value alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]


def sentinel_of(dtype: npt.DTypeLike) -> int | float | None:
    """Return the value that stands for "no measurement" in frames of this type.

    Parameters
    ----------
    dtype : dtype
        Type of the frame's pixels.

    Returns
    -------
    int, float or None
        The type's maximum for unsigned integers of 16 bits and more (Dectris, NXmx) and for signed ones of 32 bits
        and more (where such frames were cast); NaN for floating and complex numbers (infinities are masked as well);
        None for everything else: 255 in an 8-bit camera picture is a saturated pixel, and so is 32767 in int16,
        and a viewer must not hide those.
    """
    kind = np.dtype(dtype)
    if kind.kind in "fc":
        return float("nan")
    if (kind.kind == "u" and kind.itemsize >= 2) or (kind.kind == "i" and kind.itemsize >= 4):
        return int(np.iinfo(kind).max)
    return None


def valid_mask(pixels: Pixels) -> npt.NDArray[np.bool_]:
    """Return where pixels hold a measurement.

    Parameters
    ----------
    pixels : ndarray
        A frame of any shape and numeric type.

    Returns
    -------
    ndarray of bool, same shape
        False at gaps, bad pixels, NaN and infinities.
    """
    pixels = np.asarray(pixels)
    if pixels.dtype.kind in "fc":
        return np.isfinite(pixels)
    sentinel = sentinel_of(pixels.dtype)
    return np.ones(pixels.shape, bool) if sentinel is None else np.asarray(pixels != sentinel)
