"""What is measured of one frame, by the names and with the units that the window has for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import Region, examine, region_statistics, saturation_of
from swmr_viewer.quantities import Quantity, of_frame, of_region

_OF_FRAME = ("total", "maximum", "hottest_x", "hottest_y", "n_masked", "n_saturated")
_OF_REGION = ("sum", "mean", "maximum", "std")
_PLACES = {2: ("centre_x", "centre_y"), 1: ("centre", "width")}


def measures_of_frame(frame: npt.NDArray[Any], unit: str, saturation: float | None) -> Iterator[tuple[Quantity, float]]:
    """Yield what is measured of a whole frame; ``unit`` of its pixels, ``saturation`` as its file declares it."""
    _, found = examine(np.asarray(frame), None, saturation_of(frame.dtype, saturation))
    for name in _OF_FRAME:
        yield of_frame(name, unit), _number(getattr(found, name))


def measures_of_regions(frame: npt.NDArray[Any], regions: Iterable[Region], unit: str) -> Iterator[tuple[Quantity, float]]:
    """Yield what is measured of regions of an image, or of spans of a spectrum."""
    for region in regions:
        found = region_statistics(frame, region)
        for what in (*_OF_REGION, *_PLACES.get(frame.ndim, ())):
            value = getattr(found, "centre_x" if what == "centre" else what)
            yield of_region(f"{region.name}.{what}", unit), _number(value)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
