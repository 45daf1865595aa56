"""A prepared integrator: the sparse matrix of pyFAI that turns the pixels of a frame into bins.

``integrate1d`` checks at each call whether its matrix still fits, under a lock, and sums the mask for it. What is prepared here fits all
frames of a data set, so that its engine is called directly: the same numbers, and threads in parallel. Of pyFAI's engines this is the one
in compressed columns (CSC), written in Cython: it needs one thread for each call, without Python's lock, and changes nothing of itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.reductions.contract import Frame, Mask, ReductionError

Pixels = npt.NDArray[np.float32]
MASKED = np.float32(np.nan)


class PreparedIntegration:
    """What is done with each frame; any number of threads may call it at once.

    Parameters
    ----------
    integrator : pyFAI's AzimuthalIntegrator
        It has integrated a frame.
    result : pyFAI's Integrate1dResult or Integrate2dResult
        Of that.
    dtype : dtype
        Of the frames.
    shape : (rows, columns)
        Of the frames.
    solid_angle : bool
        Whether pixels are divided by the solid angle under which the sample sees them.
    polarization : float or None
        Factor of the polarisation; None: nothing is corrected.
    is_cake : bool
        Whether pixels are split among bins in two dimensions, by their whole outline.
    told_mask : Mask or None
        The mask that frames come with where their own values mask nothing.
    """

    def __init__(
        self,
        integrator: Any,
        result: Any,
        dtype: np.dtype[Any],
        shape: tuple[int, ...],
        solid_angle: bool,
        polarization: float | None,
        is_cake: bool,
        told_mask: Mask | None,
    ) -> None:
        self._engine = integrator.engines[result.method].engine
        if self._engine is None:
            raise ReductionError("There is not enough memory to prepare pyFAI.", "Ask for fewer bins, or another machine.")
        corrections = {
            "solidangle": integrator.solidAngleArray(shape, True) if solid_angle else None,
            "polarization": None if polarization is None else integrator.polarization(shape, polarization),
        }
        # pyFAI calculates in float32, and would convert these for each frame.
        self._corrections = {name: np.ascontiguousarray(values, np.float32) for name, values in corrections.items() if values is not None}
        dummies = getattr(integrator.detector, "get_dummies", None)
        dummy, delta = dummies(dtype) if dummies else (None, None)
        self._dummies = {} if dummy is None else {"dummy": dummy, "delta_dummy": delta}
        self._told_mask = told_mask
        self._left_out = _first_pixel(self._engine) if is_cake else None
        self._engine.pos = None  # corners of all pixels, 32 bytes each, which only making the matrix needed

    def __call__(self, frame: Frame, mask: Mask | None) -> Pixels:
        """Return the intensity in each bin, NaN where no pixel counts.

        Parameters
        ----------
        frame : ndarray
            Its pixels.
        mask : Mask or None
            True is masked; what the matrix leaves out is left out in any case.
        """
        pixels = np.asarray(frame, np.float32)
        masks_more = mask is not None and mask is not self._told_mask
        changes = masks_more or self._left_out is not None
        if (changes and np.may_share_memory(pixels, frame)) or not pixels.flags.writeable:  # which pyFAI refuses
            pixels = pixels.copy(order="C")
        pixels = np.ascontiguousarray(pixels)
        if masks_more:
            np.copyto(pixels, MASKED, where=mask)  # pyFAI leaves out NaN, and NaN alone
        if self._left_out is not None:
            pixels.reshape(-1)[self._left_out] = MASKED
        intensity = self._engine.integrate_ng(pixels, **self._corrections, **self._dummies).intensity
        return np.ascontiguousarray(intensity, np.float32)


def _first_pixel(engine: Any) -> int:
    """Return the first pixel of a matrix (flat).

    In a cake with whole outlines pyFAI (2024.9 to 2026.9) gives the first pixel that it splits whatever stood in memory before: shares of
    up to 1 in bins where it is not, other ones in each process. That pixel is left out; the others are right.
    """
    return int(np.argmax(np.diff(np.asarray(engine.indptr)) > 0))
