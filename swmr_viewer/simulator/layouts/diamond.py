"""The file of a Diamond scan: scan axes before the frame's, keys in a group of their own, a finished flag."""

from __future__ import annotations

import h5py
import numpy as np

from swmr_viewer.simulator.layouts.pieces import (
    Channel,
    OpenScan,
    create_data,
    create_key,
    create_side_data,
    image_maker,
    image_options,
    nexus_group,
    set_attributes,
    side_maker,
    side_name,
)
from swmr_viewer.simulator.plan import ScanPlan


def lay_out(h5file: h5py.File, plan: ScanPlan) -> OpenScan:
    """Create everything a follower looks for, before SWMR begins: what comes later is invisible to open readers."""
    set_attributes(h5file, NX_class="NXroot", default="entry")
    entry = nexus_group(h5file, "entry", "NXentry", default="detector")
    scan = nexus_group(entry, "diamond_scan", "NXcollection")
    scan.create_dataset("scan_shape", data=np.array(plan.scan_shape, np.int32))
    scan.create_dataset("scan_rank", data=np.array([len(plan.scan_shape)], np.int32))
    # Chunked: a contiguous dataset that is first written under SWMR breaks the reader's refresh.
    finished = scan.create_dataset("scan_finished", (1,), "int32", chunks=(1,), maxshape=(None,), fillvalue=0)
    keys = nexus_group(scan, "keys", "NXcollection")
    return OpenScan(tuple(_channel(entry, keys, plan, number) for number in range(plan.n_keys)), finished)


def _channel(entry: h5py.Group, keys: h5py.Group, plan: ScanPlan, number: int) -> Channel:
    extent = (1,) * len(plan.scan_shape) if plan.growing else plan.scan_shape
    name = "detector" if number == 0 else side_name(number)
    group = nexus_group(entry, name, "NXdata", signal="data")
    if number == 0:
        data = create_data(group, "data", extent, plan.frame_shape, plan.dtype, **image_options(plan))
        make = image_maker(plan)
    else:
        data = create_side_data(group, "data", extent, number)
        make = side_maker(plan, number)
    _add_axes(group, plan, data.ndim)
    return Channel(data, create_key(keys, name, extent), plan.stored_shape, make)


def _add_axes(group: h5py.Group, plan: ScanPlan, rank: int) -> None:
    names = [f"stage_{letter}" for letter in "zyx"[-len(plan.scan_shape) :]] if len(plan.scan_shape) <= 3 else []
    names = names or [f"axis_{number}" for number in range(len(plan.scan_shape))]
    for name, length in zip(names, plan.scan_shape, strict=True):
        axis = group.create_dataset(name, data=np.linspace(-1.0, 1.0, length))
        set_attributes(axis, units="mm")
    set_attributes(group, axes=[*names, *(["."] * (rank - len(names)))])
