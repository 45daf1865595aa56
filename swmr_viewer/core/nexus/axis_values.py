"""What the values of a frame's axis say of its pixels: one value each, or none at all (pure numpy)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def values_of_pixels(given: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64] | None:
    """Return the value at the middle of each pixel along an axis of a frame.

    Parameters
    ----------
    given : float64 array
        As the file has them: one per pixel, or one more, which are then the edges of the pixels.
        See https://manual.nexusformat.org/classes/base_classes/NXdata.html.
    length : int
        Pixels along the axis.

    Returns
    -------
    float64 array (length,) or None
        None where they do not fit, are not all finite, or are all the same: such an axis was not written (yet).
    """
    if given.shape == (length + 1,):
        given = (given[:-1] + given[1:]) / 2
    if given.shape != (length,) or not np.isfinite(given).all() or (length > 1 and (given == given[0]).all()):
        return None
    return given
