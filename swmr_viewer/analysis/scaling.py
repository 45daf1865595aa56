"""From values to what is coloured: linear, square root, logarithm, symmetric logarithm, and back for tick labels. Pure numpy."""

from __future__ import annotations

from math import isfinite
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen

ScaleName = Literal["linear", "sqrt", "log", "symlog"]


@frozen
class Scaling:
    """How values become brightness.

    Raises
    ------
    ValueError
        If the threshold is not above 0.
    """

    name: ScaleName = "linear"
    threshold: float = 1.0
    """log: the smallest value that differs from 0 in the picture; what is below is shown as it (1 count). symlog: linear between -threshold
    and threshold."""

    def __post_init__(self) -> None:
        if not (isfinite(self.threshold) and self.threshold > 0):
            raise ValueError(f"A threshold of {self.threshold} is not possible; give a number above 0.")


def scaled(values: npt.ArrayLike, scale: Scaling) -> npt.NDArray[Any]:
    """Return the values on this scale.

    Parameters
    ----------
    values : array_like
        Any shape; NaN stays NaN. float32 stays float32, all else becomes float64.
    scale : Scaling
        linear: x. sqrt: the square root, of the magnitude and with its sign. log: log10 of x, or of the threshold where x is
        below it. symlog: sign(x) * log10(1 + |x| / threshold), which is smooth and has an exact inverse (Webber, Measurement
        Science and Technology 24 (2013) 027001).

    Returns
    -------
    ndarray
        Rising with the values; ``values`` itself where it is linear and floating already.
    """
    given = np.asarray(values)
    x = given if given.dtype == np.float32 else given.astype(np.float64, copy=False)
    if scale.name == "linear":
        return x
    if scale.name == "sqrt":
        return np.asarray(np.copysign(np.sqrt(np.abs(x)), x))
    kind = x.dtype.type
    if scale.name == "log":
        return np.asarray(np.log10(np.maximum(x, kind(scale.threshold))))
    return np.asarray(np.copysign(np.log1p(np.abs(x) / kind(scale.threshold)) / kind(np.log(10)), x))


def unscaled(values: npt.ArrayLike, scale: Scaling) -> npt.NDArray[np.float64]:
    """Return the inverse of `scaled`, in float64: what a place on the colour bar stands for."""
    y = np.asarray(values, np.float64)
    if scale.name == "linear":
        return y
    with np.errstate(over="ignore"):
        if scale.name == "sqrt":
            return np.asarray(np.copysign(y * y, y))
        if scale.name == "log":
            return np.asarray(10.0**y)
        return np.asarray(np.copysign(np.expm1(np.abs(y) * np.log(10)) * scale.threshold, y))
