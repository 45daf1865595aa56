"""What NeXus says of axes, of a detector and of its beam, so that a reader can say where and when a frame was taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import h5py
import numpy as np

from swmr_viewer.simulator.beam import monitor_counts, temperatures
from swmr_viewer.simulator.defects import pixel_mask
from swmr_viewer.simulator.layouts.pieces import Extras, create_points, nexus_group, set_attributes
from swmr_viewer.simulator.motors import axis_of, axis_values, motor_values, motors
from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.plan import ScanPlan, saturation_value
from swmr_viewer.simulator.response import image_keys
from swmr_viewer.simulator.specimen import CHANNEL_EV


def add_axes(group: h5py.Group, plan: ScanPlan, frame_axes: Sequence[str]) -> None:
    """Add the scan's axes to an NXdata group, and name the frame's.

    Parameters
    ----------
    group : h5py.Group
        The NXdata.
    plan : ScanPlan
        The scan.
    frame_axes : sequence of str
        One name per axis of the frame, "." where it has none; a named one must be in the group.
    """
    values = axis_values(plan)
    for motor in motors(plan):
        group[motor.name] = values[motor.name]
        set_attributes(group[motor.name], units=motor.units, long_name=motor.long_name)
        group.attrs[f"{motor.name}_indices"] = np.int32(axis_of(plan, motor.name))
    names = [*list(values)[-len(plan.scan_shape) :], *frame_axes]
    set_attributes(group, axes=names)
    for number, name in enumerate(names):
        if name != ".":
            group.attrs[f"{name}_indices"] = np.int32(number)


def add_positioners(instrument: h5py.Group, plan: ScanPlan, extent: tuple[int, ...], chunks: tuple[int, ...]) -> Extras:
    """Add each axis as a motor, with what was asked for and what is read back at each point (NaN: not there yet).

    Returns
    -------
    mapping
        What a channel writes with each key.
    """
    read_backs = {}
    for motor in motors(plan):
        positioner = nexus_group(instrument, motor.name, "NXpositioner")
        positioner["value_set"] = axis_values(plan)[motor.name]
        value = create_points(positioner, "value", extent, "float64", chunks, fillvalue=np.nan)
        for dataset in (value, positioner["value_set"]):
            set_attributes(dataset, units=motor.units, long_name=motor.long_name)
        read_backs[motor.name] = value, partial(motor_values, plan, motor.name)
    return read_backs


def add_monitor(entry: h5py.Group, plan: ScanPlan, extent: tuple[int, ...], chunks: tuple[int, ...]) -> Extras:
    """Add the monitor ``I0`` and the sample's temperature, if the plan has them; return what a channel writes with each key."""
    if not plan.monitor:
        return {}
    counts = create_points(nexus_group(entry, "I0", "NXmonitor"), "data", extent, "float64", chunks, fillvalue=np.nan)
    set_attributes(counts, units="counts", long_name="Incoming beam")
    kelvin = create_points(nexus_group(entry, "sample", "NXsample"), "temperature", extent, "float64", chunks, fillvalue=np.nan)
    set_attributes(kelvin, units="K", long_name="Sample temperature")
    return {"monitor": (counts, partial(monitor_counts, plan)), "sample": (kelvin, partial(temperatures, plan))}


def add_image_keys(detector: h5py.Group, plan: ScanPlan, extent: tuple[int, ...], chunks: tuple[int, ...]) -> Extras:
    """Add what each frame is (0 of the sample, 1 flat, 2 dark), as NXtomo has it, if some are not of the sample."""
    if not plan.dark + plan.flat:
        return {}
    return {"image_key": (create_points(detector, "image_key", extent, "int32", chunks, fillvalue=0), partial(image_keys, plan))}


def add_channel_energies(group: h5py.Group, length: int) -> str:
    """Add the energies of a spectrum's channels; return the axis' name."""
    group["channel_energy"] = np.arange(length) * CHANNEL_EV
    set_attributes(group["channel_energy"], units="eV", long_name="Photon energy")
    return "channel_energy"


def add_pixel_offsets(group: h5py.Group, frame_shape: tuple[int, ...], *, further: bool = False) -> list[str]:
    """Add how far an image's rows and columns are from its middle (mm); return the axes' names, slowest first."""
    for letter, length, size_m in zip("xy", reversed(frame_shape), pixel_size_m(further=further), strict=True):
        group[f"{letter}_pixel_offset"] = (np.arange(length) - (length - 1) / 2) * size_m * 1e3
        set_attributes(group[f"{letter}_pixel_offset"], units="mm", long_name=f"{letter} offset")
    return ["y_pixel_offset", "x_pixel_offset"]


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
