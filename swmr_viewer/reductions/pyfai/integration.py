"""What integrating to patterns and to cakes have in common: the parameters, what is masked, and how pyFAI is prepared."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from swmr_viewer.analysis import PoniFile, PoniFileError, load_poni, read_mask_file
from swmr_viewer.core.errors import PathError, SwmrViewerError
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.reductions.contract import Frame, FrameDescription, Mask, Output, OutputAxis, Outputs, Reduction, ReductionError
from swmr_viewer.reductions.parameters import checked_parameters, parameter
from swmr_viewer.reductions.pyfai.geometry import check_geometry, integrator_of_geometry, integrator_of_poni
from swmr_viewer.reductions.pyfai.loading import quiet
from swmr_viewer.reductions.pyfai.peaks import FloatArray
from swmr_viewer.reductions.pyfai.prepared import PreparedIntegration
from swmr_viewer.reductions.pyfai.radial_units import RADIAL_UNITS, RadialUnit

Range = tuple[float, float]
FARTHEST_D = 100.0
"""A pattern over d-spacings that reaches so many times further than it begins has nothing but its first bins."""


@dataclass(frozen=True)
class IntegrationParameters:
    """What pyFAI is told."""

    poni: str = parameter("", kind="file", words="PONI file; none: the geometry of the scan's file, or the one typed")
    unit: str = parameter("q_A^-1", choices=RADIAL_UNITS, words="unit of the radial axis, as pyFAI names it")
    mask: str = parameter("", kind="file", words="mask, in place of the detector's own that pyFAI knows; the frames' mask counts as well")
    polarization: float | None = parameter(None, kind="number", low=-1, high=1, words="factor of the polarisation; none: not corrected")
    solid_angle: bool = parameter(True, words="correct for the solid angle of each pixel")
    radial_range: tuple[float, float] | None = parameter(None, kind="range", words="part of the radial axis, in its unit; none: all")
    azimuth_range: tuple[float, float] | None = parameter(None, kind="range", unit="deg", low=-360, high=720, words="azimuths; none: all")
    splitting: str = parameter("full", choices=("full", "bbox", "no"), words="how a pixel is shared among bins")
    detector_files: bool = parameter(False, words="open the files of the detector that the PONI file names")


class Integration(Reduction):
    """Azimuthal integration, to whatever bins.

    The PONI file and the mask are read as it is made: workers on other machines need not see them.
    """

    is_thread_safe = True
    n_dimensions: ClassVar[int]

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)
        self.parameters = checked_parameters(self.parameters)
        self._poni = _poni_of(self.parameters.poni)
        self._own_mask = _mask_of(self.parameters.mask)
        self._prepared: PreparedIntegration | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what it was made of: the engine is prepared anew wherever it goes."""
        return {**self.__dict__, "_prepared": None, "outputs": ()}

    def prepare(self, description: FrameDescription) -> None:
        shape = description.frame_shape
        if len(shape) != 2:
            raise ReductionError(
                f"{self.name} integrates pictures, and these frames are of {shape_text(shape)} values.", "Choose a data set of pictures."
            )
        if np.dtype(description.dtype).kind not in "iuf":
            raise ReductionError(f"{self.name} integrates numbers, and these pixels are of the type {np.dtype(description.dtype)}.")
        try:
            with quiet():
                self._prepare(description)
        except SwmrViewerError:
            raise
        except MemoryError as error:
            raise ReductionError("There is not enough memory to prepare pyFAI.", "Ask for fewer bins, or another machine.") from error
        except Exception as error:  # whatever pyFAI thinks of a geometry
            raise ReductionError(f"pyFAI cannot be prepared: {type(error).__name__}: {error}.", "Look at the PONI file.") from error

    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        if self._prepared is None:
            raise ReductionError(f"{self.name} was called before it was prepared.")
        return self._outputs_of(self._prepared(frame, mask))

    @property
    def unit(self) -> RadialUnit:
        """Of the radial axis."""
        return RADIAL_UNITS[self.parameters.unit]

    @abstractmethod
    def _integrate(self, integrator: Any, pixels: Any, settings: Mapping[str, Any]) -> Any:
        """Have pyFAI integrate, and return its result."""

    @abstractmethod
    def _outputs_for(self, result: Any, radial: FloatArray, description: FrameDescription) -> tuple[Output, ...]:
        """Return what is declared, after an empty frame was integrated."""

    @abstractmethod
    def _outputs_of(self, intensity: Any) -> Outputs:
        """Return what is made of a frame's intensities."""

    def _prepare(self, description: FrameDescription) -> None:
        chosen, shape = self.parameters, description.frame_shape
        integrator = self._integrator(description)
        integrator.empty = np.nan
        low, high, starts_at_zero = azimuths(chosen.azimuth_range)
        if starts_at_zero:
            integrator.setChiDiscAtZero()
        settings = {
            "unit": chosen.unit,
            "mask": self._mask_for(description, integrator),
            "method": (chosen.splitting, "csc", "cython"),
            "radial_range": chosen.radial_range,
            "azimuth_range": None if chosen.azimuth_range is None else (low, high),
            "correctSolidAngle": chosen.solid_angle,
            "polarization_factor": chosen.polarization,
        }
        result = self._integrate(integrator, np.zeros(shape, np.float32), settings)
        radial = np.array(result.radial, np.float64)
        if not np.isfinite(result.intensity).any():
            raise ReductionError("No pixel is left to integrate: all are masked, or outside of the ranges.", "Look at mask and ranges.")
        if self.unit.axis == "d" and radial[-1] > FARTHEST_D * radial[0]:
            raise ReductionError(
                f"Close to the beam the d-spacing grows without a bound: the pattern would reach to {radial[-1]:.3g} {self.unit.words}.",
                "Set radial_range.",
            )
        dtype = np.dtype(description.dtype)
        is_cake = self.n_dimensions == 2 and chosen.splitting == "full"
        self._prepared = PreparedIntegration(
            integrator, result, dtype, shape, chosen.solid_angle, chosen.polarization, is_cake, told_mask=description.mask
        )
        self.outputs = self._outputs_for(result, radial, description)

    def _integrator(self, description: FrameDescription) -> Any:
        told, unit = description.geometry, self.parameters.unit
        if self._poni is None:
            check_geometry(told)
        has_wavelength = told.wavelength_m or (self._poni is not None and self._poni.wavelength_m)
        if self.unit.needs_wavelength and not has_wavelength:
            raise ReductionError(
                f"The unit {unit} needs a wavelength, and neither the PONI file nor the scan's file tells it.",
                "Type it, or choose 2th_deg.",
            )
        if self._poni is None:
            return integrator_of_geometry(told, description.frame_shape)
        return integrator_of_poni(self._poni, told, description.frame_shape, self.parameters.detector_files)

    def _mask_for(self, description: FrameDescription, integrator: Any) -> Mask | None:
        """Return what is left out of all frames: the mask of this reduction, or else pyFAI's of this detector, and that of the frames."""
        own: Any = self._own_mask if self._own_mask is not None else integrator.detector.mask
        for mask in (own, description.mask):
            if mask is not None and mask.shape != description.frame_shape:
                raise ReductionError(
                    f"The mask is of {shape_text(mask.shape)} pixels, and the frames have {shape_text(description.frame_shape)}.",
                    "Choose another mask.",
                )
        masks = [np.asarray(mask, bool) for mask in (own, description.mask) if mask is not None]
        return np.logical_or.reduce(masks) if masks else None

    def _radial_axis(self, values: FloatArray) -> OutputAxis:
        return OutputAxis(self.unit.axis, values, self.unit.words)


def azimuths(asked: Range | None) -> tuple[float, float, bool]:
    """Return a range of azimuths (degrees) as pyFAI takes it, and whether its azimuths start at 0, not at -180.

    Raises
    ------
    ReductionError
        If it crosses both 0 and 180 degrees, the seams that pyFAI has.
    """
    if asked is None:
        return -180.0, 180.0, False
    low, width = (asked[0] + 180) % 360 - 180, asked[1] - asked[0]
    if not 0 < width <= 360:
        raise ReductionError(f"The azimuths {asked[0]:g} to {asked[1]:g} are no range of up to 360 degrees.", "Give the lower one first.")
    if low + width <= 180:
        return low, low + width, False
    if low % 360 + width <= 360:
        return low % 360, low % 360 + width, True
    raise ReductionError(
        f"The azimuths {asked[0]:g} to {asked[1]:g} cross both 0 and 180 degrees, which pyFAI cannot.", "Choose a smaller range."
    )


def _poni_of(file: str) -> PoniFile | None:
    try:
        return load_poni(file) if file else None
    except PoniFileError as error:
        raise ReductionError(error.message, error.remedy) from error


def _mask_of(file: str) -> Mask | None:
    try:
        return read_mask_file(file) if file else None
    except PathError as error:
        raise ReductionError(error.message, error.remedy) from error
