"""Diamond's files: GDA's NeXus file with keys of its own or of a detector's file, and Malcolm's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.simulator.layouts.pieces import nexus_group, set_attributes
from swmr_viewer.simulator.pattern import make_frame, make_side_frame
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.writer import Progress
from tests.layouts.pieces import (
    CLOSED,
    CREATED,
    FINISHED,
    FRAME_SHAPE,
    SWMR,
    TICK,
    Layout,
    Source,
    create,
    flush,
    frame,
    grow,
    images,
    key,
    plan_of,
    position,
    put,
    total_of,
    totals,
    visits_of,
)

LINE = plan_of(21, dtype="int32")
GRID = plan_of(2, 2, 20, dtype="uint32", order="snake")
MAP = plan_of(5, 6, order="random")


def _gda_scan(file: h5py.File, plan: ScanPlan) -> tuple[h5py.Group, h5py.Group]:
    """Create what GDA's files have in common; return the entry and the scan's group."""
    set_attributes(file, default="entry")
    entry = nexus_group(file, "entry", "NXentry", default="pilatus")
    scan = nexus_group(entry, "diamond_scan", "NXcollection")
    scan["scan_shape"] = np.array(plan.scan_shape, np.int32)
    scan["scan_rank"] = np.array([len(plan.scan_shape)], np.int32)
    nexus_group(scan, "keys", "NXcollection")
    return entry, scan


def _gda_detector(entry: h5py.Group) -> h5py.Dataset:
    """Create the images and their second name."""
    detector = nexus_group(nexus_group(entry, "instrument", "NXinstrument"), "pilatus", "NXdetector")
    data = grow(detector, "data", FRAME_SHAPE, LINE.dtype, 1, 1)
    nexus_group(entry, "pilatus", "NXdata", signal="data")["data"] = data
    return data


def gda_line(folder: Path) -> Iterator[Progress]:
    """Set each key one frame before its data are there; the finished flag has no storage until it is set."""
    with create(folder / "i22-1.nxs") as file:
        entry, scan = _gda_scan(file, LINE)
        data = _gda_detector(entry)
        keys = scan["keys"].create_dataset("uniqueKeys", (1,), "int32", chunks=(8,), maxshape=(None,))
        finished = scan.create_dataset("scan_finished", (1,), "int32")
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for step in range(LINE.n_points + 1):
            if step < LINE.n_points:
                put(keys, (step,), step + 1)
                flush(keys)
                yield key(step)
            if step:
                put(data, (step - 1,), make_frame(LINE, step - 1))
                flush(data)
                yield frame(step - 1)
            yield TICK
        finished[0] = 1
        flush(finished)
        yield FINISHED
    yield CLOSED


def gda_v0(folder: Path) -> Iterator[Progress]:
    """Write the same file in the oldest format: nothing in it says that it is being written."""
    with h5py.File(folder / "i22-2.nxs", "x", libver=("earliest", "v108")) as file:
        entry, scan = _gda_scan(file, LINE)
        data = _gda_detector(entry)
        keys = scan["keys"].create_dataset("uniqueKeys", (1,), "int32", chunks=(8,), maxshape=(None,))
        finished = scan.create_dataset("scan_finished", data=np.zeros(1, np.int32))
        file.flush()
        yield CREATED
        for index in range(LINE.n_points):
            put(data, (index,), make_frame(LINE, index))
            put(keys, (index,), index + 1)
            flush(data, keys)
            yield frame(index)
            yield TICK
        finished[0] = 1
        yield FINISHED
    yield CLOSED


def gda_grid(folder: Path) -> Iterator[Progress]:
    """Link keys and images to a detector's file, which comes after the scan has begun; the scan goes to and fro."""
    with create(folder / "i22-3.nxs") as file:
        entry, scan = _gda_scan(file, GRID)
        scan["keys/pilatus"] = h5py.ExternalLink("i22-3-pilatus.h5", "/entry/NDAttributes/NDArrayUniqueId")
        nexus_group(entry, "pilatus", "NXdata", signal="data")["data"] = h5py.ExternalLink("i22-3-pilatus.h5", "/entry/detector/detector")
        finished = scan.create_dataset("scan_finished", data=np.int32(0))
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        yield TICK
        with create(folder / "i22-3-pilatus.h5") as detector_file:
            data = grow(detector_file, "entry/detector/detector", FRAME_SHAPE, GRID.dtype, 3, 1, compression="gzip")
            ids = grow(detector_file, "entry/NDAttributes/NDArrayUniqueId", (), "int32", 3, 1, chunks=(1, 1, 8))
            detector_file.swmr_mode = True
            for number, index in enumerate(visits_of(GRID)):
                put(data, position(GRID, index), make_frame(GRID, index))
                flush(data)
                put(ids, position(GRID, index), number + 1)
                flush(ids)
                yield frame(index)
                yield TICK
        finished[()] = 1
        flush(finished)
        yield FINISHED
    yield CLOSED


MALCOLM_BURST = 7


def malcolm(folder: Path) -> Iterator[Progress]:
    """Let every scan axis grow, in any order of the points; nothing is visible until the flush after a burst."""
    with create(folder / "p45-detector.h5") as file:
        entry = nexus_group(file, "entry", "NXentry", default="detector")
        data = grow(nexus_group(entry, "detector", "NXdata", signal="detector"), "detector", FRAME_SHAPE, MAP.dtype, 2, 1)
        sums = grow(nexus_group(entry, "sum", "NXdata", signal="sum"), "sum", (), "int64", 2, 1, chunks=(1, 4))
        spectra = grow(nexus_group(entry, "xspress", "NXdata", signal="mca"), "mca", (256,), "uint32", 2, 1)
        ids = grow(nexus_group(entry, "NDAttributes", "NXcollection"), "NDArrayUniqueId", (), "int32", 2, 1, chunks=(1, 4))
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        written = []
        for number, index in enumerate(visits_of(MAP)):
            at = position(MAP, index)
            put(data, at, make_frame(MAP, index))
            put(sums, at, total_of(MAP, index))
            put(spectra, at, make_side_frame(MAP, 2, index))
            put(ids, at, number + 1)
            written.append(index)
            if len(written) == MALCOLM_BURST or number + 1 == MAP.n_points:
                flush(data, sums, spectra, ids)
                yield from map(frame, written)
                written.clear()
            yield TICK
        yield FINISHED
    yield CLOSED


def malcolm_demo(folder: Path) -> Iterator[Progress]:
    """Give every data set its full shape at once, and keys and sums two axes of 1 at the end."""
    with create(folder / "demo.h5") as file:
        shape = (*MAP.scan_shape, 1, 1)
        entry = nexus_group(file, "entry", "NXentry")
        data = entry.create_dataset("data", (*MAP.scan_shape, *FRAME_SHAPE), MAP.dtype, chunks=(1, 1, *FRAME_SHAPE), compression="gzip")
        sums = entry.create_dataset("sum", shape, "int64", chunks=(1, 1, 1, 1))
        ids = entry.create_dataset("uid", shape, "int32", chunks=(1, 1, 1, 1))
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for number, index in enumerate(visits_of(MAP)):
            at = position(MAP, index)
            data[at] = make_frame(MAP, index)
            sums[at] = total_of(MAP, index)
            flush(data, sums)
            ids[at] = number + 1
            flush(ids)
            yield frame(index)
            yield TICK
        yield FINISHED
    yield CLOSED


COLUMNS = plan_of(4, 5)
COLUMNS_ORDER = tuple(row * 5 + column for column in range(5) for row in range(4))


def malcolm_columns(folder: Path) -> Iterator[Progress]:
    """Let the last axis grow while the scan goes on, with the data one frame ahead of the keys."""
    with create(folder / "p46-detector.h5") as file:
        data = grow(file, "entry/detector/detector", FRAME_SHAPE, COLUMNS.dtype, 2, 1)
        ids = grow(file, "entry/NDAttributes/NDArrayUniqueId", (), "int32", 2, 1, chunks=(4, 4))
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for number, index in enumerate(COLUMNS_ORDER):
            for ahead in COLUMNS_ORDER[number if number == 0 else number + 1 : number + 2]:
                put(data, position(COLUMNS, ahead), make_frame(COLUMNS, ahead))
            flush(data)
            put(ids, position(COLUMNS, index), number + 1)
            flush(ids)
            yield frame(index)
            yield TICK
        yield FINISHED
    yield CLOSED


_GDA, _MALCOLM = "Diamond GDA `.nxs`", "Diamond Malcolm"
_FLAG = "/entry/diamond_scan/scan_finished"
_LINE_SOURCES = (images("/entry/pilatus/data", LINE),)

ROWS = (
    Layout("gda_line", _GDA, gda_line, "i22-1.nxs", (21,), _LINE_SOURCES, ("/entry/diamond_scan/keys/uniqueKeys",), _FLAG),
    Layout(
        "gda_v0",
        _GDA,
        gda_v0,
        "i22-2.nxs",
        (21,),
        _LINE_SOURCES,
        ("/entry/diamond_scan/keys/uniqueKeys",),
        _FLAG,
        swmr=False,
        followable_live=False,
        why_not="superblock version 0 has no SWMR mode",
    ),
    Layout(
        "gda_grid",
        _GDA,
        gda_grid,
        "i22-3.nxs",
        GRID.scan_shape,
        (images("/entry/pilatus/data", GRID),),
        ("/entry/diamond_scan/keys",),
        _FLAG,
        n_late_steps=2,
        order=visits_of(GRID),
    ),
    Layout(
        "malcolm",
        _MALCOLM,
        malcolm,
        "p45-detector.h5",
        MAP.scan_shape,
        (images("/entry/detector/detector", MAP), totals("/entry/sum/sum", MAP)),
        ("/entry/NDAttributes/NDArrayUniqueId",),
        order=visits_of(MAP),
    ),
    Layout(
        "malcolm_columns",
        _MALCOLM,
        malcolm_columns,
        "p46-detector.h5",
        COLUMNS.scan_shape,
        (images("/entry/detector/detector", COLUMNS),),
        ("/entry/NDAttributes/NDArrayUniqueId",),
        order=COLUMNS_ORDER,
    ),
    Layout(
        "malcolm_columns_told",
        _MALCOLM,
        malcolm_columns,
        "p46-detector.h5",
        COLUMNS.scan_shape,
        (images("/entry/detector/detector", COLUMNS),),
        ("/entry/NDAttributes/NDArrayUniqueId",),
        tells_shape=True,
        order=COLUMNS_ORDER,
    ),
    Layout(
        "malcolm_spectra",
        _MALCOLM,
        malcolm,
        "p45-detector.h5",
        MAP.scan_shape,
        (Source("/entry/xspress/mca", lambda index: make_side_frame(MAP, 2, index), (256,)),),
        ("/entry/NDAttributes/NDArrayUniqueId",),
        order=visits_of(MAP),
    ),
    Layout(
        "malcolm_demo",
        _MALCOLM,
        malcolm_demo,
        "demo.h5",
        MAP.scan_shape,
        (images("/entry/data", MAP), totals("/entry/sum", MAP, (1, 1))),
        ("/entry/uid",),
        order=visits_of(MAP),
    ),
)
