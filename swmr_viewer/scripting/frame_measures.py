"""What is measured of one frame, by the names and with the units that the window has for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import (
    FRAME_COLUMNS,
    Region,
    examine,
    frame_values,
    region_columns,
    region_statistics,
    region_values,
    saturation_of,
)
from swmr_viewer.quantities import Quantity, of_frame, of_region


def measures_of_frame(frame: npt.NDArray[Any], unit: str, saturation: float | None) -> Iterator[tuple[Quantity, float]]:
    """Yield what is measured of a whole frame; ``unit`` of its pixels, ``saturation`` as its file declares it."""
    _, found = examine(np.asarray(frame), None, saturation_of(frame.dtype, saturation))
    for name, value in zip(FRAME_COLUMNS, frame_values(found), strict=True):
        yield of_frame(name, unit), value


def measures_of_regions(frame: npt.NDArray[Any], regions: Iterable[Region], unit: str) -> Iterator[tuple[Quantity, float]]:
    """Yield what is measured of regions of an image, or of spans of a spectrum."""
    for region in regions:
        found = region_values(region_statistics(frame, region), frame.ndim)
        for what, value in zip(region_columns(frame.ndim), found, strict=True):
            yield of_region(f"{region.name}.{what}", unit), value
