"""Dark and flat frames taken out of a frame, and a frame held against a reference. Pure numpy."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.masks import Pixels, valid_mask
from swmr_viewer.core.frozen import frozen

Mask = npt.NDArray[np.bool_]
HowCompared = Literal["none", "reference", "difference", "ratio"]
"""What is drawn in place of a frame: the reference, ``frame - reference`` or ``frame / reference``."""


def corrected_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """Return the type of corrected frames of this type: float32 where that holds each of its values, else float64."""
    return np.dtype(np.float32 if np.can_cast(dtype, np.float32, "safe") else np.float64)


@frozen(eq=False)
class Corrector:
    """What a dark and a flat frame do to each frame: ``(frame - dark) * gain``."""

    dark: Pixels | None = None
    """NaN where it is not known."""
    gain: Pixels | None = None
    """``mean(flat - dark) / (flat - dark)``; NaN where the flat frame is masked, or not brighter than the dark one."""

    def corrected(self, frame: Pixels, out: Pixels | None = None) -> Pixels:
        """Return a corrected frame: a new array of its `corrected_dtype`, or ``out``.

        Parameters
        ----------
        frame : ndarray
            Real numbers, masked pixels known by their value (see `marked`).
        out : ndarray, optional
            Of the same shape, floating.

        Returns
        -------
        ndarray
            NaN at pixels that are masked in the frame, in the dark or in the flat one. Sums of it are sums of floating
            numbers: no longer exact to the last count.
        """
        out = np.empty(frame.shape, corrected_dtype(frame.dtype)) if out is None else out
        invalid = ~valid_mask(frame)
        with np.errstate(all="ignore"):
            if self.dark is None:
                np.copyto(out, frame, casting="unsafe")
            else:
                np.subtract(frame, self.dark, out=out, dtype=out.dtype, casting="same_kind")
            if self.gain is not None:
                np.multiply(out, self.gain, out=out, dtype=out.dtype, casting="same_kind")
        out[invalid] = np.nan
        return out


def corrector_of(dark: Pixels | None, flat: Pixels | None, pixel_mask: Mask | None = None, dtype: npt.DTypeLike = np.float64) -> Corrector:
    """Return what these frames do to each frame.

    Parameters
    ----------
    dark, flat : ndarray or None
        Of the frames' shape, masked pixels known by their value; None: there is none.
    pixel_mask : ndarray of bool, optional
        Of the same shape: True is masked, and does not count in the flat frame's mean.
    dtype : dtype
        Of what it holds: that of what comes out, which spares a conversion for each frame.

    Raises
    ------
    ValueError
        If their shapes differ.
    """
    if dark is not None and flat is not None and dark.shape != flat.shape:
        raise ValueError(f"The dark frame has the shape {dark.shape}, and the flat one {flat.shape}.")
    known_dark = None if dark is None else _as_float(dark)
    if flat is None:
        return Corrector(_as_type(known_dark, dtype))
    light = _as_float(flat) if known_dark is None else _as_float(flat) - known_dark
    with np.errstate(all="ignore"):
        light[~(light > 0)] = np.nan
        counts = np.isfinite(light) if pixel_mask is None else np.isfinite(light) & ~pixel_mask
        gain = (light[counts].mean() if counts.any() else np.nan) / light
    return Corrector(_as_type(known_dark, dtype), _as_type(gain, dtype))


def corrected(frame: Pixels, dark: Pixels | None = None, flat: Pixels | None = None, pixel_mask: Mask | None = None) -> Pixels:
    """Return ``(frame - dark) / (flat - dark) * mean(flat - dark)``, without what is not given.

    Parameters
    ----------
    frame, dark, flat : ndarray
        Of one shape.
    pixel_mask : ndarray of bool, optional
        True: masked; NaN in what is returned.

    Returns
    -------
    ndarray
        Of the frame's `corrected_dtype`; NaN at masked pixels, and where the flat frame is not brighter than the dark one.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    for name, other in (("dark", dark), ("flat", flat)):
        if other is not None and other.shape != frame.shape:
            raise ValueError(f"The {name} frame has the shape {other.shape}, and the frame {frame.shape}.")
    found = corrector_of(dark, flat, pixel_mask, corrected_dtype(frame.dtype)).corrected(frame)
    if pixel_mask is not None:
        found[pixel_mask] = np.nan
    return found


def compared_dtype(dtype: npt.DTypeLike, reference: npt.DTypeLike) -> np.dtype[Any]:
    """Return the type of frames of one type that are held against a reference of another."""
    return np.result_type(corrected_dtype(dtype), corrected_dtype(reference))


def compared(frame: Pixels, reference: Pixels, how: HowCompared, out: Pixels | None = None, period: float | None = None) -> Pixels:
    """Return the difference or the ratio of a frame and a reference (or the reference itself).

    Parameters
    ----------
    frame, reference : ndarray
        Of one shape, masked pixels known by their value.
    how : str
        reference, difference or ratio; none gives the frame.
    out : ndarray, optional
        Of the same shape, floating.
    period : float, optional
        Of numbers that begin anew after so much, as phases do: of their differences the one that is nearest to 0 is meant.

    Returns
    -------
    ndarray
        Of the `compared_dtype`. NaN where either is masked, and a ratio where the reference is 0.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if frame.shape != reference.shape:
        raise ValueError(f"The reference has the shape {reference.shape}, and the frame {frame.shape}.")
    out = np.empty(frame.shape, compared_dtype(frame.dtype, reference.dtype)) if out is None else out
    invalid = ~valid_mask(reference)
    with np.errstate(all="ignore"):
        if how == "reference":
            np.copyto(out, reference, casting="unsafe")
        elif how == "none":
            np.copyto(out, frame, casting="unsafe")
        else:
            (np.subtract if how == "difference" else np.divide)(frame, reference, out=out, dtype=out.dtype, casting="same_kind")
        if period is not None and how == "difference":
            np.subtract(out, period * np.round(out / period), out=out, casting="same_kind")
    if how == "ratio":
        invalid |= reference == 0
    if how != "reference":
        invalid |= ~valid_mask(frame)
    out[invalid] = np.nan
    return out


def _as_float(frame: Pixels) -> npt.NDArray[np.float64]:
    found = frame.astype(np.float64)
    found[~valid_mask(frame)] = np.nan
    return found


def _as_type(values: npt.NDArray[np.float64] | None, dtype: npt.DTypeLike) -> Pixels | None:
    return None if values is None else values.astype(dtype, copy=False)
