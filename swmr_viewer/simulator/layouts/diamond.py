"""The file of a Diamond scan: scan axes before the frame's, keys in a group of their own, a finished flag."""

from __future__ import annotations

import time
from dataclasses import dataclass

import h5py
import numpy as np

from swmr_viewer.simulator.layouts.nexus import (
    Now,
    add_axes,
    add_beam,
    add_channel_energies,
    add_image_keys,
    add_monitor,
    add_pixel_offsets,
    add_positioners,
    add_start_times,
    describe_detector,
    start_times,
)
from swmr_viewer.simulator.layouts.pieces import (
    Channel,
    Extras,
    OpenScan,
    channel_maker,
    create_key,
    create_main_data,
    create_side_data,
    nexus_group,
    point_chunks,
    set_attributes,
    side_name,
)
from swmr_viewer.simulator.orders import IndexArray, visits_of
from swmr_viewer.simulator.pattern import block_maker
from swmr_viewer.simulator.plan import ScanPlan, detector_name, further_plan, kind_of


def lay_out(h5file: h5py.File, plan: ScanPlan, now: Now = time.time) -> OpenScan:
    """Create everything a follower looks for, before SWMR begins: what comes later is invisible to open readers."""
    set_attributes(h5file, NX_class="NXroot", default="entry")
    entry = nexus_group(h5file, "entry", "NXentry", default="detector")
    scan = nexus_group(entry, "diamond_scan", "NXcollection")
    scan.create_dataset("scan_shape", data=np.array(plan.scan_shape, np.int32))
    scan.create_dataset("scan_rank", data=np.array([len(plan.scan_shape)], np.int32))
    # Chunked: a contiguous dataset that is first written under SWMR breaks the reader's refresh.
    finished = scan.create_dataset("scan_finished", (1,), "int32", chunks=(1,), maxshape=(None,), fillvalue=0)
    instrument = nexus_group(entry, "instrument", "NXinstrument")
    add_beam(instrument)
    laying = _Laying(entry, nexus_group(scan, "keys", "NXcollection"), instrument, plan, now)
    return OpenScan(tuple(laying.channel(number) for number in range(plan.n_channels)), finished)


@dataclass(frozen=True, eq=False)
class _Laying:
    """Where the parts of a detector go."""

    entry: h5py.Group
    keys: h5py.Group
    instrument: h5py.Group
    plan: ScanPlan
    now: Now

    @property
    def extent(self) -> tuple[int, ...]:
        """The scan axes as they are at first."""
        return (1,) * len(self.plan.scan_shape) if self.plan.growing else self.plan.scan_shape

    def channel(self, number: int) -> Channel:
        """Create a detector's data, axes and key."""
        return self._side(number) if kind_of(self.plan, number) == "side" else self._detector(number)

    def _side(self, number: int) -> Channel:
        group = nexus_group(self.entry, side_name(number), "NXdata", signal="data")
        data = create_side_data(group, "data", self.extent, number)
        add_axes(group, self.plan, ["."] * (data.ndim - len(self.extent)))
        make = channel_maker(self.plan, number)
        return Channel(data, self._key(side_name(number)), self.plan.stored_shape, make, {}, block_maker(self.plan, number), self._visits)

    def _detector(self, number: int) -> Channel:
        """Create the data under both of their names: NXdata's and NXdetector's."""
        name = detector_name(self.plan, number)
        plan = further_plan(self.plan, number) if number else self.plan
        group = nexus_group(self.entry, name, "NXdata", signal="data")
        data = create_main_data(group, "data", self.extent, plan)
        add_axes(group, plan, self._frame_axes(group, plan, further=number > 0))
        detector = nexus_group(self.instrument, name, "NXdetector")
        detector["data"] = data
        describe_detector(detector, plan, further=number > 0)
        times = add_start_times(detector, self.extent, point_chunks(plan.scan_shape), self.now)
        make, make_block = channel_maker(self.plan, number), block_maker(self.plan, number)
        extras = {"time": start_times(times, self.now), **({} if number else self._scalars(detector))}
        return Channel(data, self._key(name), plan.stored_shape, make, extras, make_block, self._visits)

    def _visits(self, indices: IndexArray) -> IndexArray:
        """As GDA's uniqueKeys, keys count the steps of the scan, wherever these lead."""
        return visits_of(self.plan, indices)

    def _scalars(self, detector: h5py.Group) -> Extras:
        room = self.plan, self.extent, point_chunks(self.plan.scan_shape)
        return {**add_positioners(self.instrument, *room), **add_monitor(self.entry, *room), **add_image_keys(detector, *room)}

    def _frame_axes(self, group: h5py.Group, plan: ScanPlan, *, further: bool) -> list[str]:
        if len(plan.frame_shape) == 1:
            return [add_channel_energies(group, *plan.frame_shape)]
        return add_pixel_offsets(group, plan.frame_shape, further=further) if plan.frame_shape else []

    def _key(self, name: str) -> h5py.Dataset:
        return create_key(self.keys, name, self.extent, point_chunks(self.plan.scan_shape))
