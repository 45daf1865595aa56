"""The axes of an NXdata group: names, units and values, so that a reader can say where a frame was taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.layouts.instrument import pixel_size_m
from swmr_viewer.simulator.layouts.pieces import set_attributes
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.spectra import CHANNEL_EV

AXES: Final = (
    ("energy", "keV", 11.9, 12.1, "Energy"),
    ("temperature", "K", 290.0, 350.0, "Temperature"),
    ("stage_y", "um", -500.0, 500.0, "Stage, vertical"),
    ("stage_x", "mm", -1.0, 1.0, "Stage, horizontal"),
)
"""Name, units, first and last value, and name for people; a scan of n axes has the last n."""


def axis_values(plan: ScanPlan) -> dict[str, npt.NDArray[np.float64]]:
    """Return the values of each scan axis by name, slowest first."""
    return {name: np.linspace(first, last, length) for (name, _, first, last, _), length in zip(_axes(plan), plan.scan_shape, strict=True)}


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
    for name, units, _, _, long_name in _axes(plan):
        group[name] = values[name]
        set_attributes(group[name], units=units, long_name=long_name)
    names = [*values, *frame_axes]
    set_attributes(group, axes=names)
    for number, name in enumerate(names):
        if name != ".":
            group.attrs[f"{name}_indices"] = np.int32(number)


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


def _axes(plan: ScanPlan) -> list[tuple[Any, ...]]:
    """The last of the known axes; those beyond have a number for a name, and steps for values."""
    rank = len(plan.scan_shape)
    unnamed = [(f"axis_{number}", "step", 0.0, float(plan.scan_shape[number] - 1), f"Axis {number}") for number in range(rank - len(AXES))]
    return [*unnamed, *AXES[-rank:]]
