"""Minimum, maximum and sum of a frame, exact and ready for JSON. Pure numpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.frame_statistics import exact_sum


def measure(frame: npt.NDArray[Any]) -> dict[str, Any]:
    """Return ``shape``, ``dtype``, ``min``, ``max`` and ``sum`` of a frame.

    Parameters
    ----------
    frame : ndarray
        Of any shape; integers and booleans give exact Python ints, floats give floats (added up in float64). Complex numbers
        give the extremes of their magnitude, and a sum as [real part, imaginary part].

    Returns
    -------
    dict
        What is no number (NaN, infinite, an empty frame's extremes) is None.
    """
    described = {"shape": [int(n) for n in frame.shape], "dtype": frame.dtype.name}
    if frame.dtype.kind == "b":
        frame = frame.view(np.uint8)
    if frame.dtype.kind in "iu":
        return described | _measure_integers(frame)
    if frame.dtype.kind == "f":
        return described | _measure_floats(frame)
    if frame.dtype.kind == "c":
        return described | _measure_complex(frame)
    return described | {"min": None, "max": None, "sum": None}


def _measure_integers(frame: npt.NDArray[Any]) -> dict[str, int | None]:
    if not frame.size:
        return {"min": None, "max": None, "sum": 0}
    return {"min": int(frame.min()), "max": int(frame.max()), "sum": exact_sum(frame)}


def _measure_floats(frame: npt.NDArray[Any]) -> dict[str, float | None]:
    if not frame.size:
        return {"min": None, "max": None, "sum": 0.0}
    with np.errstate(all="ignore"):
        values = {"min": float(frame.min()), "max": float(frame.max()), "sum": float(frame.sum(dtype=np.float64))}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def _measure_complex(frame: npt.NDArray[Any]) -> dict[str, Any]:
    real, imaginary = (_measure_floats(part)["sum"] for part in (frame.real, frame.imag))
    magnitudes = _measure_floats(np.abs(frame))
    return magnitudes | {"sum": None if real is None or imaginary is None else [real, imaginary]}
