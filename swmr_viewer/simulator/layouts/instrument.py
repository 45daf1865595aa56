"""What NeXus says of a detector and its beam: geometry with units, pixel mask, the time of each frame."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import h5py
import numpy as np

from swmr_viewer.simulator.defects import pixel_mask
from swmr_viewer.simulator.layouts.pieces import create_points, nexus_group, set_attributes
from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.plan import ScanPlan, saturation_value

Now = Callable[[], float]
"""Seconds since 1970."""

WAVELENGTH_ANGSTROM: Final = 0.9763
DISTANCE_M: Final = 0.2
PIXEL_SIZE_M: Final = 75e-6
FURTHER_DISTANCE_MM: Final = 1350.0
FURTHER_PIXEL_SIZE_UM: Final = (172.0, 86.0)
"""Along x and y."""


def add_beam(instrument: h5py.Group) -> None:
    """Add the beam with its wavelength."""
    _quantity(nexus_group(instrument, "beam", "NXbeam"), "incident_wavelength", WAVELENGTH_ANGSTROM, "angstrom")


def describe_detector(detector: h5py.Group, plan: ScanPlan, *, further: bool = False) -> None:
    """Add to an NXdetector what is known of it.

    Parameters
    ----------
    detector : h5py.Group
        The NXdetector.
    plan : ScanPlan
        The scan as this detector sees it.
    further : bool
        A detector beside the main one: further off, of oblong pixels, and in other units, as happens in one and the same file.
    """
    if plan.frame_shape:
        detector["saturation_value"] = np.asarray(saturation_value(plan.dtype), plan.dtype)
    if len(plan.frame_shape) == 2:
        _add_geometry(detector, plan.frame_shape, further=further)
        if plan.mask:
            detector["pixel_mask"] = pixel_mask(plan)
            detector["pixel_mask_applied"] = np.bool_(False)


def pixel_size_m(*, further: bool = False) -> tuple[float, float]:
    """Return how wide and how high a pixel is; ``further`` as for `describe_detector`."""
    return (FURTHER_PIXEL_SIZE_UM[0] * 1e-6, FURTHER_PIXEL_SIZE_UM[1] * 1e-6) if further else (PIXEL_SIZE_M, PIXEL_SIZE_M)


def add_start_times(detector: h5py.Group, scan_shape: tuple[int, ...], chunks: tuple[int, ...], now: Now) -> h5py.Dataset:
    """Add the time of each frame: float64 seconds since the attribute ``start`` (ISO 8601), NaN where there is none yet.

    As NeXus has it: NXdetector/start_time with @start as absolute reference. The scan's shape, as the key has it.
    """
    times = create_points(detector, "start_time", scan_shape, "float64", chunks, fillvalue=np.nan)
    set_attributes(times, units="s", start=datetime.fromtimestamp(now(), UTC).isoformat(timespec="microseconds"))
    return times


def start_times(times: h5py.Dataset, now: Now) -> tuple[h5py.Dataset, Callable[[IndexArray], Any]]:
    """Return what a channel writes with each key: when the frame was given to the file; those of one burst are of one time."""
    start_s = datetime.fromisoformat(times.attrs["start"].decode()).timestamp()
    return times, lambda indices: np.full(len(indices), now() - start_s)


def _add_geometry(detector: h5py.Group, frame_shape: tuple[int, ...], *, further: bool) -> None:
    """Add where the beam hits on average (it wanders over the scan), how far away, and the size of a pixel."""
    rows, columns = frame_shape
    x_size, y_size = FURTHER_PIXEL_SIZE_UM if further else (PIXEL_SIZE_M, PIXEL_SIZE_M)
    _quantity(detector, "beam_center_x", columns / 2, "pixel")
    _quantity(detector, "beam_center_y", rows / 2, "pixel")
    _quantity(detector, "distance", *((FURTHER_DISTANCE_MM, "mm") if further else (DISTANCE_M, "m")))
    _quantity(detector, "x_pixel_size", x_size, "um" if further else "m")
    _quantity(detector, "y_pixel_size", y_size, "um" if further else "m")


def _quantity(group: h5py.Group, name: str, value: float, units: str) -> None:
    group[name] = np.float64(value)
    set_attributes(group[name], units=units)
