"""Facilities whose writers do not use SWMR mode: their files can be read when they are closed, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.simulator.layouts.pieces import filter_options, nexus_group
from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.writer import Progress
from tests.layouts.pieces import CLOSED, CREATED, FINISHED, FRAME_SHAPE, TICK, Layout, create, flush, frame, grow, images, plan_of, put

PLAN = plan_of(14)
PER_FILE = 5
ALLOTTED = 20
"""Frames that slsDetectorPackage makes room for: more than it catches."""


def lima(folder: Path) -> Iterator[Progress]:
    """Show the files of LIMA as one data set in BLISS' file, which is written in the oldest format until the scan ends."""
    with h5py.File(folder / "sample.h5", "x") as file:
        scan = nexus_group(file, "1.1", "NXentry")
        layout = h5py.VirtualLayout((PLAN.n_points, *FRAME_SHAPE), PLAN.dtype)
        detector = nexus_group(nexus_group(scan, "instrument", "NXinstrument"), "eiger", "NXdetector")
        nexus_group(scan, "measurement", "NXcollection")["eiger"] = h5py.SoftLink("/1.1/instrument/eiger/data")
        file.flush()
        yield CREATED
        for start in range(0, PLAN.n_points, PER_FILE):
            indices = range(start, min(start + PER_FILE, PLAN.n_points))
            name = f"eiger_{start // PER_FILE:04}.h5"
            with h5py.File(folder / name, "x") as lima_file:
                data = grow(lima_file, "entry_0000/measurement/data", FRAME_SHAPE, PLAN.dtype, 1, 0, **filter_options("bslz4"))
                for index in indices:
                    put(data, (index - start,), make_frame(PLAN, index))
            layout[start : indices.stop] = h5py.VirtualSource(name, "entry_0000/measurement/data", (len(indices), *FRAME_SHAPE), PLAN.dtype)
            yield from map(frame, indices)
            yield TICK
        detector.create_virtual_dataset("data", layout)
        scan["end_time"] = "2024-05-01T12:00:00"
        yield FINISHED
    yield CLOSED


def contrast(folder: Path) -> Iterator[Progress]:
    """Append to a file of the oldest format, with the detector's own file behind an external link."""
    with (
        h5py.File(folder / "000001.h5", "x") as file,
        h5py.File(folder / "scan_000001_eiger.hdf5", "x") as stream,
    ):
        frames = grow(stream, "entry/instrument/eiger/data", FRAME_SHAPE, PLAN.dtype, 1, 0)
        measurement = nexus_group(nexus_group(file, "entry", "NXentry"), "measurement", "NXcollection")
        measurement["eiger/frames"] = h5py.ExternalLink("scan_000001_eiger.hdf5", "entry/instrument/eiger/data")
        positions = grow(measurement, "sx", (), "float64", 1, 0, chunks=(16,))
        file.flush()
        yield CREATED
        for index in range(PLAN.n_points):
            put(frames, (index,), make_frame(PLAN, index))
            put(positions, (index,), index * 0.1)
            file.flush()
            stream.flush()
            yield frame(index)
            yield TICK
        yield FINISHED
    yield CLOSED


def sls(folder: Path) -> Iterator[Progress]:
    """Make room for more frames than come; all ones in ``frame number`` means that none came."""
    with create(folder / "run_d0_f0_0.h5") as file:
        data = file.create_dataset("data", (ALLOTTED, *FRAME_SHAPE), PLAN.dtype, chunks=(1, *FRAME_SHAPE))
        numbers = file.create_dataset("frame number", (ALLOTTED,), "uint64", chunks=(ALLOTTED,), fillvalue=np.iinfo(np.uint64).max)
        yield CREATED
        for index in range(PLAN.n_points):
            data[index] = make_frame(PLAN, index)
            numbers[index] = index
            flush(data, numbers)
            yield frame(index)
            yield TICK
        yield FINISHED
    yield CLOSED


_OLD = "superblock version 0 has no SWMR mode"
_PLAIN = "it is written without SWMR mode and can be opened when it is closed"

ROWS = (
    Layout(
        "lima",
        "BLISS/LIMA",
        lima,
        "sample.h5",
        (14,),
        (images("/1.1/measurement/eiger", PLAN),),
        swmr=False,
        followable_live=False,
        why_not=_OLD,
    ),
    Layout(
        "contrast",
        "MAX IV contrast",
        contrast,
        "000001.h5",
        (14,),
        (images("/entry/measurement/eiger/frames", PLAN),),
        swmr=False,
        followable_live=False,
        why_not=_OLD,
    ),
    Layout(
        "sls",
        "slsDetectorPackage",
        sls,
        "run_d0_f0_0.h5",
        (14,),
        (images("/data", PLAN),),
        ("/frame number",),
        swmr=False,
        followable_live=False,
        why_not=_PLAIN,
    ),
)
