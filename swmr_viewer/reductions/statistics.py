"""What the window measures of each frame: of the whole of it, and of regions of images or spans of spectra."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from swmr_viewer.analysis import (
    FRAME_COLUMNS,
    FramePass,
    Region,
    frame_values,
    marked,
    region_columns,
    region_mask,
    region_statistics,
    region_values,
    saturation_of,
)
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.quantities import of_frame, of_region
from swmr_viewer.reductions.contract import Frame, FrameDescription, Mask, Output, Outputs, Reduction, ReductionError
from swmr_viewer.reductions.parameter_info import ParameterKind
from swmr_viewer.reductions.parameters import parameter

LONGEST_PREFIX = 60
"""Characters of a region's name in the names of its outputs."""


@dataclass(frozen=True)
class StatisticsParameters:
    """What is measured."""

    regions: tuple[Region, ...] = parameter((), words="regions", kind=ParameterKind.REGIONS)
    whole: bool = parameter(True, words="whole frame")


class Statistics(Reduction):
    """Total, maximum and its place, masked and saturated pixels; sum, mean, maximum, deviation and centre of each region.

    They are named as the window's columns are: ``total``, and ``A_sum`` for ``A.sum``. What a region's name has besides letters, digits and
    ``_`` becomes ``_``. Without the whole frame only the regions' pixels are looked at.
    """

    name = "statistics"
    words = "Counts, extremes and regions"
    Parameters = StatisticsParameters
    is_thread_safe = True
    masks_itself = True

    def prepare(self, description: FrameDescription) -> None:
        """Refuse regions that are not on such frames."""
        regions, shape = self.parameters.regions, description.frame_shape
        if not regions and not self.parameters.whole:
            raise ReductionError("There is nothing to measure.", "Set regions, or whole=yes.")
        if regions and len(shape) > 2:
            raise ReductionError(f"Frames of {shape_text(shape)} pixels have no regions.", "Regions are of images and of spectra.")
        for region in regions:
            if any(axis.start == axis.stop for axis in region_mask(region, shape)[0]):
                words = f"The region {plain(region.name)} is outside of frames of {shape_text(shape)} pixels."
                raise ReductionError(words, "Choose regions that were drawn on such frames.")
        self._rules = description.rules
        self._saturation = saturation_of(description.dtype, description.saturation_value)
        columns = region_columns(len(shape))
        self._names = [f"{prefix}_{what}" for prefix in _prefixes(regions) for what in columns]
        told = [of_frame(what, description.unit) for what in FRAME_COLUMNS] if self.parameters.whole else []
        names = (*(one.name for one in told), *self._names)
        told += [of_region(f"{plain(region.name)}.{what}", description.unit) for region in regions for what in columns]
        self.outputs = tuple(Output(name, unit=one.unit, words=one.words) for name, one in zip(names, told, strict=True))

    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        """Measure a frame; NaN where there is no unmasked pixel."""
        found = dict(zip(FRAME_COLUMNS, self._of_frame(frame, mask), strict=True)) if self.parameters.whole else {}
        values: list[float] = []
        for region in self.parameters.regions:
            values += region_values(region_statistics(frame, region, rules=self._rules, pixel_mask=mask), frame.ndim)
        return found | dict(zip(self._names, values, strict=True))

    def _of_frame(self, frame: Frame, mask: Mask | None) -> tuple[float, ...]:
        rules: dict[str, Any] = {"rules": self._rules, "pixel_mask": mask}
        if not FramePass.can_measure(frame.dtype, **rules):
            frame, rules = marked(frame, **rules), {}
        return frame_values(FramePass(np.asarray(frame), saturation=self._saturation, **rules).finish(None)[1])


def _prefixes(regions: Iterable[Region]) -> list[str]:
    """Return a name for each region that can begin the name of a data set, each another one."""
    found: list[str] = []
    for region in regions:
        plain_name = re.sub(r"[^A-Za-z0-9_]+", "_", region.name)[:LONGEST_PREFIX]
        name = plain_name if plain_name[:1].isalpha() else f"R{plain_name}"
        number = 1
        while (numbered := name if number == 1 else f"{name}_{number}") in found:
            number += 1
        found.append(numbered)
    return found
