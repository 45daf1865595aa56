"""Radial and azimuthal profiles of each frame, on the geometry that its file tells: each pixel is counted where its centre is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.number_text import shape_text
from swmr_viewer.reductions.contract import Frame, FrameDescription, Mask, Output, OutputAxis, Outputs, Reduction, ReductionError
from swmr_viewer.reductions.parameter_info import ParameterKind
from swmr_viewer.reductions.parameters import parameter
from swmr_viewer.reductions.pixel_coordinates import RADIAL_UNITS, azimuth_of, radial_of, refuse_what_is_missing

Values = npt.NDArray[np.float64]
_TURN = (-180.0, 180.0)


@dataclass(frozen=True)
class RadialParameters:
    """Which profile, and of which pixels."""

    profile: str = parameter("radial", words="profile", choices=("radial", "azimuthal"))
    bins: int = parameter(500, words="bins", low=1, high=1_000_000)
    unit: str = parameter("px", words="unit of the distance from the beam", choices=RADIAL_UNITS)
    radial_range: tuple[float, float] | None = parameter(None, words="distances from the beam", kind=ParameterKind.RANGE, low=0)
    """In that unit; None: all that the detector covers."""
    azimuth_range: tuple[float, float] | None = parameter(None, words="azimuths", unit="deg", kind=ParameterKind.RANGE, low=-360, high=360)
    """0 along the columns (x), 90 along the rows (y, down); None: all."""


class Radial(Reduction):
    """The mean of the unmasked pixels in each bin, and how many there are.

    Pixels are not split, and not corrected for solid angle or polarization: for that there is ``pyfai1d``. ``intensity`` is NaN in bins
    without pixels.
    """

    name = "radial"
    words = "Radial or azimuthal profile"
    Parameters = RadialParameters
    is_thread_safe = True

    def prepare(self, description: FrameDescription) -> None:
        """Find the bin of each pixel; refuse where the geometry is not known."""
        shape, chosen = description.frame_shape, self.parameters
        if len(shape) != 2:
            raise ReductionError(f"Frames of {shape_text(shape)} have no {chosen.profile} profile.", "Choose images.")
        self._bin, axis = self._bins_of(description, (shape[0], shape[1]))
        if description.mask is not None:
            self._bin[description.mask.reshape(-1)] = chosen.bins
        self._mask = description.mask
        self._n_pixels = self._count(self._bin)
        if not self._n_pixels.any():
            raise ReductionError("No unmasked pixel lies in these ranges.", "Choose wider ones.")
        self.outputs = (
            Output("intensity", (chosen.bins,), description.unit, axes=(axis,), words="mean of pixels"),
            Output("pixels", (chosen.bins,), dtype="i8", axes=(axis,), words="number of pixels"),
        )

    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        """Return the profile of a frame."""
        values = np.abs(frame) if frame.dtype.kind == "c" else frame
        n_pixels = self._n_pixels
        if mask is not self._mask and mask is not None:
            # What is masked in this frame alone: nothing, as a rule, or a few pixels.
            n_pixels = n_pixels - self._count(self._bin[mask.reshape(-1)])
            values = np.where(mask, 0, values)
        with np.errstate(over="ignore", invalid="ignore"):
            sums = np.bincount(self._bin, values.reshape(-1), self.parameters.bins + 1)[:-1]
        intensity = np.full(sums.shape, np.nan)
        np.divide(sums, n_pixels, out=intensity, where=n_pixels > 0)
        return {"intensity": intensity, "pixels": n_pixels}

    def _count(self, bins: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        return np.bincount(bins, minlength=self.parameters.bins + 1)[:-1].astype(np.int64)

    def _bins_of(self, description: FrameDescription, shape: tuple[int, int]) -> tuple[npt.NDArray[np.intp], OutputAxis]:
        """Return the bin of each pixel, flat; ``bins`` for those that count nowhere; and the axis."""
        chosen, unit, geometry = self.parameters, RADIAL_UNITS[self.parameters.unit], description.geometry
        is_radial = chosen.profile == "radial"
        what = f"A profile along {unit.axis} ({chosen.unit})" if is_radial else "An azimuthal profile"
        refuse_what_is_missing(geometry, unit.needs if is_radial or chosen.radial_range else ("poni",), what)
        start, stop = azimuths = chosen.azimuth_range or _TURN
        if stop - start > 360:
            raise ReductionError("azimuth_range (deg) is longer than a whole turn.", "Give 360 degrees at most.")
        if is_radial:
            found, edges = _binned(radial_of(chosen.unit, geometry, shape), chosen.radial_range, chosen.bins)
        else:
            found, edges = _binned(azimuth_of(geometry, shape, start), azimuths, chosen.bins)
        if is_radial and chosen.azimuth_range:
            found[_is_beyond(azimuth_of(geometry, shape, start), azimuths)] = chosen.bins
        if not is_radial and chosen.radial_range:
            found[_is_beyond(radial_of(chosen.unit, geometry, shape), chosen.radial_range)] = chosen.bins
        name, axis_unit = (unit.axis, unit.unit) if is_radial else ("azimuth", "deg")
        return found, OutputAxis(name, (edges[:-1] + edges[1:]) / 2, axis_unit)


def _is_beyond(values: Values, ends: tuple[float, float]) -> Mask:
    return ~((values >= ends[0]) & (values <= ends[1])).reshape(-1)


def _binned(along: Values, ends: tuple[float, float] | None, n: int) -> tuple[npt.NDArray[np.intp], Values]:
    """Return which of ``n`` bins of one width each value is in, ``n`` where in none, and the bins' edges."""
    low, high = ends or (float(np.nanmin(along)), float(np.nanmax(along)))
    if not low < high:  # a single pixel
        high = float(np.nextafter(low, np.inf)) if not low else low * (1 + 1e-9)
    edges = np.linspace(low, high, n + 1)
    with np.errstate(invalid="ignore"):
        at = np.floor((along - low) * (n / (high - low)))
        at[along == high] = n - 1
        at[~((along >= low) & (along <= high))] = n
    return np.minimum(at, n).astype(np.intp).reshape(-1), edges
