"""The file of EPICS areaDetector's NDFileHDF5: one frame after the other on one axis that starts at length 1."""

from __future__ import annotations

import time
from functools import partial

import h5py
import numpy as np

from swmr_viewer.simulator.beam import monitor_counts, temperatures
from swmr_viewer.simulator.layouts.nexus import Now, add_beam, describe_detector
from swmr_viewer.simulator.layouts.pieces import (
    Channel,
    Extras,
    OpenScan,
    channel_maker,
    create_key,
    create_main_data,
    create_points,
    create_side_data,
    nexus_group,
    set_attributes,
    side_name,
)
from swmr_viewer.simulator.motors import motor_values, motors
from swmr_viewer.simulator.pattern import block_maker
from swmr_viewer.simulator.plan import ScanPlan, detector_name, further_plan, kind_of
from swmr_viewer.simulator.response import image_keys

ATTRIBUTE_CHUNK = 16384


def lay_out(h5file: h5py.File, plan: ScanPlan, now: Now = time.time) -> OpenScan:
    """Create the main data's group and its hard link, the attributes, and one group per further detector."""
    set_attributes(h5file, NX_class="NXroot", default="entry")
    entry = nexus_group(h5file, "entry", "NXentry", default="data")
    instrument = nexus_group(entry, "instrument", "NXinstrument")
    add_beam(instrument)
    main = _main(entry, instrument, plan, now)
    return OpenScan((main, *(_beside(instrument, plan, number, now) for number in range(1, plan.n_channels))))


def _main(entry: h5py.Group, instrument: h5py.Group, plan: ScanPlan, now: Now) -> Channel:
    detector = nexus_group(instrument, "detector", "NXdetector")
    data = _data(detector, plan)
    nexus_group(entry, "data", "NXdata", signal="data")["data"] = data
    describe_detector(detector, plan)
    return _with_attributes(instrument, data, plan, 0, now)


def _beside(instrument: h5py.Group, plan: ScanPlan, number: int, now: Now) -> Channel:
    if kind_of(plan, number) == "side":
        detector = nexus_group(instrument, side_name(number), "NXdetector")
        return _with_attributes(detector, create_side_data(detector, "data", (1,), number), plan, number, now)
    seen = further_plan(plan, number)
    detector = nexus_group(instrument, detector_name(plan, number), "NXdetector")
    data = _data(detector, seen)
    describe_detector(detector, seen, further=True)
    return _with_attributes(detector, data, plan, number, now)


def _data(detector: h5py.Group, plan: ScanPlan) -> h5py.Dataset:
    data = create_main_data(detector, "data", (1,), plan, maxshape=(None,) * (1 + len(plan.frame_shape)))
    set_attributes(data, signal="1")
    return data


def _with_attributes(parent: h5py.Group, data: h5py.Dataset, plan: ScanPlan, number: int, now: Now) -> Channel:
    attributes = nexus_group(parent, "NDAttributes", "NXcollection")
    key = create_key(attributes, "NDArrayUniqueId", (1,), (ATTRIBUTE_CHUNK,))
    stamps = create_points(attributes, "NDArrayTimeStamp", (1,), "float64", (ATTRIBUTE_CHUNK,))
    extras: Extras = {"time": (stamps, lambda indices: np.full(len(indices), now()))}
    if not number:
        extras = {**extras, **_read_backs(attributes, plan), **_scalars(attributes, plan)}
    return Channel(data, key, plan.stored_shape, channel_maker(plan, number), extras, block_maker(plan, number))


def _read_backs(attributes: h5py.Group, plan: ScanPlan) -> Extras:
    """Add the motors as attributes of each frame, as NDFileHDF5 has them: without units, and with the record that they come from."""
    names = [motor.name for motor in motors(plan)]
    return {name: (_attribute(attributes, name, f"{name.upper()}.RBV"), partial(motor_values, plan, name)) for name in names}


def _scalars(attributes: h5py.Group, plan: ScanPlan) -> Extras:
    """Add the monitor, the sample's temperature and what each frame is, where the plan has them."""
    found: Extras = {}
    if plan.monitor:
        kelvin = "sample_temperature"  # a motor may be called temperature
        found = {"I0": (_attribute(attributes, "I0", "I0"), partial(monitor_counts, plan))}
        found = {**found, kelvin: (_attribute(attributes, kelvin, "TEMPERATURE"), partial(temperatures, plan))}
    if plan.dark + plan.flat:
        found = {**found, "image_key": (_attribute(attributes, "image_key", "IMAGE_KEY"), partial(image_keys, plan))}
    return found


def _attribute(attributes: h5py.Group, name: str, record: str) -> h5py.Dataset:
    values = create_points(attributes, name, (1,), "float64", (ATTRIBUTE_CHUNK,), fillvalue=np.nan)
    set_attributes(values, NDAttrName=name, NDAttrSource=f"SIM:{record}", NDAttrSourceType="NDAttrSourceEPICSPV")
    return values
