"""``pyfai1d``: an azimuthal pattern of each frame, and the areas of its peaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from swmr_viewer.reductions.contract import FrameDescription, Output, Outputs
from swmr_viewer.reductions.parameters import parameter
from swmr_viewer.reductions.pyfai.integration import Integration, IntegrationParameters, Range
from swmr_viewer.reductions.pyfai.peaks import FloatArray, Peak, peaks_of
from swmr_viewer.reductions.pyfai.radial_units import area_unit


@dataclass(frozen=True)
class Pyfai1dParameters(IntegrationParameters):
    """What pyFAI is told for a pattern."""

    bins: int = parameter(1000, low=2, high=100_000, words="bins of the pattern")
    peaks: tuple[Range, ...] = parameter((), kind="ranges", words="ranges of peaks whose areas are wanted, in the unit of the axis")
    background: bool = parameter(False, words="take the straight line through both ends of each peak's range away")


class Pyfai1d(Integration):
    """What ``AzimuthalIntegrator.integrate1d`` makes of a frame, and the areas of peaks in it."""

    name = "pyfai1d"
    words = "Azimuthal pattern (pyFAI)"
    Parameters = Pyfai1dParameters
    n_dimensions = 1

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)
        self._peaks: tuple[Peak, ...] = ()

    def _integrate(self, integrator: Any, pixels: Any, settings: Mapping[str, Any]) -> Any:
        return integrator.integrate1d(pixels, self.parameters.bins, **settings)

    def _outputs_for(self, result: Any, radial: FloatArray, description: FrameDescription) -> tuple[Output, ...]:
        self._peaks = peaks_of(radial, self.parameters.peaks, self.parameters.background, self.unit.words)
        pattern = Output("intensity", radial.shape, description.unit, "f4", (self._radial_axis(radial),), "intensity")
        return pattern, *(self._output_of(peak, description) for peak in self._peaks)

    def _output_of(self, peak: Peak, description: FrameDescription) -> Output:
        words = f"area of {peak.low:g} to {peak.high:g} {self.unit.words}"
        return Output(f"{peak.name}_area", unit=area_unit(description.unit, self.unit), words=words)

    def _outputs_of(self, intensity: Any) -> Outputs:
        return {"intensity": intensity} | {f"{peak.name}_area": peak.area(intensity) for peak in self._peaks}
