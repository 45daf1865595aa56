"""The file of EPICS areaDetector's NDFileHDF5: one frame after the other on one axis that starts at length 1."""

from __future__ import annotations

import time

import h5py

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

ATTRIBUTE_CHUNK = 16384


def lay_out(h5file: h5py.File, plan: ScanPlan) -> OpenScan:
    """Create the images' group and its hard link, the attributes, and one group per further detector."""
    set_attributes(h5file, NX_class="NXroot", default="entry")
    entry = nexus_group(h5file, "entry", "NXentry", default="data")
    instrument = nexus_group(entry, "instrument", "NXinstrument")
    sides = tuple(_side(instrument, plan, number) for number in range(1, plan.n_keys))
    return OpenScan((_images(entry, instrument, plan), *sides))


def _images(entry: h5py.Group, instrument: h5py.Group, plan: ScanPlan) -> Channel:
    detector = nexus_group(instrument, "detector", "NXdetector")
    unlimited = (None,) * (1 + len(plan.frame_shape))
    data = create_data(detector, "data", (1,), plan.frame_shape, plan.dtype, maxshape=unlimited, **image_options(plan))
    set_attributes(data, signal="1")
    nexus_group(entry, "data", "NXdata", signal="data")["data"] = data
    return _with_attributes(instrument, data, plan, 0)


def _side(instrument: h5py.Group, plan: ScanPlan, number: int) -> Channel:
    detector = nexus_group(instrument, side_name(number), "NXdetector")
    return _with_attributes(detector, create_side_data(detector, "data", (1,), number), plan, number)


def _with_attributes(parent: h5py.Group, data: h5py.Dataset, plan: ScanPlan, number: int) -> Channel:
    attributes = nexus_group(parent, "NDAttributes", "NXcollection")
    key = create_key(attributes, "NDArrayUniqueId", (1,), (ATTRIBUTE_CHUNK,))
    stamps = attributes.create_dataset("NDArrayTimeStamp", (1,), "float64", chunks=(ATTRIBUTE_CHUNK,), maxshape=(None,))
    make = side_maker(plan, number) if number else image_maker(plan)
    return Channel(data, key, plan.stored_shape, make, {"time": (stamps, lambda _: time.time())})
