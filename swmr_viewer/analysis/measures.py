"""What is measured of each frame, by name: the one list for the window's quantities, the library and reductions. Pure."""

from __future__ import annotations

from math import nan

from swmr_viewer.analysis.frame_statistics import FrameStatistics
from swmr_viewer.analysis.regions import RegionStatistics

FRAME_COLUMNS = ("total", "maximum", "hottest_x", "hottest_y", "n_masked", "n_saturated")
"""Of the whole frame."""
REGION_COLUMNS = ("sum", "mean", "maximum", "std")
"""Of each region, whatever the frames are."""
_FURTHER_COLUMNS = {2: ("centre_x", "centre_y"), 1: ("centre", "width")}
ALL_REGION_COLUMNS = REGION_COLUMNS + _FURTHER_COLUMNS[2] + _FURTHER_COLUMNS[1]
"""Of a region, of frames of any kind."""


def region_columns(rank: int) -> tuple[str, ...]:
    """Return what is measured of each region of frames that are shown with so many axes: images, spectra or scalars.

    ``centre_x``, ``centre_y``, ``centre`` and ``width`` are as in `RegionStatistics`: in pixels or channels, the centre of the first
    is 0.5; ``width`` is a standard deviation.
    """
    return REGION_COLUMNS + _FURTHER_COLUMNS.get(rank, ())


def frame_values(found: FrameStatistics) -> tuple[float, ...]:
    """Return the values of ``FRAME_COLUMNS``; NaN where every pixel is masked, but for the numbers of pixels."""
    total = nan if found.maximum is None else float(found.total)
    values = (nan if value is None else float(value) for value in (found.maximum, found.hottest_x, found.hottest_y))
    return total, *values, float(found.n_masked), float(found.n_saturated)


def region_values(found: RegionStatistics, rank: int) -> tuple[float, ...]:
    """Return the values of `region_columns`; NaN where it has no unmasked pixel."""
    places = {2: (found.centre_x, found.centre_y), 1: (found.centre_x, found.width)}.get(rank, ())
    return float(found.sum) if found.n else nan, found.mean, float(found.maximum), found.std, *places
