"""The centre of mass of each frame: where the beam is, or a spectrum's line."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.number_text import shape_text
from swmr_viewer.reductions.contract import Frame, FrameDescription, Mask, Output, Outputs, Reduction, ReductionError
from swmr_viewer.reductions.parameter_info import ParameterKind
from swmr_viewer.reductions.parameters import parameter

_STRIP_PIXELS = 1 << 15
"""Pixels taken at a time: what is made of them stays in the processor's cache."""
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CentreOfMassParameters:
    """Which pixels count, and how much."""

    background: float | None = parameter(None, words="background of each pixel", kind=ParameterKind.NUMBER)
    """Taken from each pixel; what is below it counts as 0. None: nothing is."""
    threshold: float | None = parameter(None, words="lowest pixel value that counts", kind=ParameterKind.NUMBER)
    """Before the background is taken."""


class CentreOfMass(Reduction):
    """Where the weights of the pixels have their centre, and their total.

    Of images ``x`` and ``y`` in pixels, where the centre of the first pixel is 0.5; of spectra ``x`` along their axis, or in channels, the
    first of which is 0. NaN where the total is not above 0; ``total`` is NaN where every pixel is masked.
    """

    name = "centre_of_mass"
    words = "Centre of mass"
    Parameters = CentreOfMassParameters
    is_thread_safe = True

    def prepare(self, description: FrameDescription) -> None:
        """Refuse what is neither image nor spectrum."""
        shape = description.frame_shape
        if len(shape) not in (1, 2):
            raise ReductionError(f"Frames of {shape_text(shape)} have no centre of mass.", "Choose images or spectra.")
        total = Output("total", unit=description.unit)
        if len(shape) == 2:
            self._at: list[Values] = [np.arange(n, dtype=np.float64) + 0.5 for n in shape]
            self.outputs = (Output("x", unit="px"), Output("y", unit="px"), total)
            return
        axis = description.axes[0] if description.axes else None
        self._at = [np.arange(shape[0], dtype=np.float64) if axis is None else axis.values]
        self.outputs = (Output("x", unit="channels" if axis is None else axis.unit), total)

    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        """Return the centre of a frame, and its total."""
        rows = frame.reshape(-1, frame.shape[-1])
        mask_rows = None if mask is None else mask.reshape(rows.shape)
        along_x, along_y = np.zeros(rows.shape[1]), np.zeros(len(rows))
        step = max(1, _STRIP_PIXELS // max(1, rows.shape[1]))
        with np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, len(rows), step):
                part = slice(start, start + step)
                weights = self._weights(rows[part], None if mask_rows is None else mask_rows[part])
                along_x += weights.sum(axis=0)
                along_y[part] = weights.sum(axis=1)
            total = float(along_x.sum())
            sums = [along_x] if frame.ndim == 1 else [along_y, along_x]
            centres = [float(weights @ at) / total if total > 0 else nan for weights, at in zip(sums, self._at, strict=True)]
        found = dict(zip(("x", "y"), reversed([at if isfinite(at) else nan for at in centres]), strict=False))
        return {**found, "total": nan if mask is not None and mask.all() else total}

    def _weights(self, pixels: Frame, mask: Mask | None) -> Values:
        """Return what each pixel counts; what is masked may be infinite, and counts nothing."""
        values = np.abs(pixels) if pixels.dtype.kind == "c" else pixels
        weights = values.astype(np.float64)
        left_out = mask
        if self.parameters.threshold is not None:
            low = values < self.parameters.threshold
            left_out = low if mask is None else mask | low
        if self.parameters.background is not None:
            weights -= self.parameters.background
            np.maximum(weights, 0.0, out=weights)
        if left_out is not None:
            weights[left_out] = 0.0
        return weights
