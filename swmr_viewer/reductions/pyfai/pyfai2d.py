"""``pyfai2d``: a frame over azimuth and radius, a cake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from swmr_viewer.reductions.contract import FrameDescription, Output, OutputAxis, Outputs
from swmr_viewer.reductions.parameters import parameter
from swmr_viewer.reductions.pyfai.integration import Integration, IntegrationParameters
from swmr_viewer.reductions.pyfai.peaks import FloatArray


@dataclass(frozen=True)
class Pyfai2dParameters(IntegrationParameters):
    """What pyFAI is told for a cake."""

    bins: int = parameter(500, low=2, high=10_000, words="bins of the radial axis")
    azimuth_bins: int = parameter(360, low=2, high=10_000, words="bins of the azimuth")


class Pyfai2d(Integration):
    """What ``AzimuthalIntegrator.integrate2d`` makes of a frame."""

    name = "pyfai2d"
    words = "Cake (pyFAI)"
    Parameters = Pyfai2dParameters
    n_dimensions = 2

    def _integrate(self, integrator: Any, pixels: Any, settings: Mapping[str, Any]) -> Any:
        return integrator.integrate2d(pixels, self.parameters.bins, self.parameters.azimuth_bins, **settings)

    def _outputs_for(self, result: Any, radial: FloatArray, description: FrameDescription) -> tuple[Output, ...]:
        azimuth = OutputAxis("azimuth", np.array(result.azimuthal, np.float64), "deg")
        return (Output("intensity", result.intensity.shape, description.unit, "f4", (azimuth, self._radial_axis(radial)), "intensity"),)

    def _outputs_of(self, intensity: Any) -> Outputs:
        return {"intensity": intensity}
