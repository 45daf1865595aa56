"""EPICS areaDetector's files, as its HDF5 plugin flushes them: attributes first, or several frames to a chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.simulator.layouts.areadetector import lay_out
from swmr_viewer.simulator.layouts.pieces import nexus_group
from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.writer import Progress
from tests.layouts.pieces import CLOSED, CREATED, FINISHED, FRAME_SHAPE, SWMR, TICK, Layout, create, flush, frame, images, key, plan_of, put

PLAN = replace(plan_of(24), layout="areadetector")
CHUNK = 4


def attributes_first(folder: Path) -> Iterator[Progress]:
    """Flush each key before its frame is written: a set key whose chunk is absent means wait."""
    with create(folder / "ad-1.h5") as file:
        (channel,) = lay_out(file, PLAN).channels
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for index in range(PLAN.n_points):
            channel.set_key(index)
            yield key(index)
            yield TICK
            channel.write_frame(index)
            yield frame(index)
        yield TICK
        yield FINISHED
    yield CLOSED


def several_per_chunk(folder: Path) -> Iterator[Progress]:
    """Put four frames into a chunk and flush it half full; keys have room for the capture count."""
    with create(folder / "ad-2.h5") as file:
        entry = nexus_group(file, "entry", "NXentry", default="data")
        instrument = nexus_group(entry, "instrument", "NXinstrument")
        chunks, limits = (CHUNK, *FRAME_SHAPE), (None, None, None)
        data = nexus_group(instrument, "detector", "NXdetector").create_dataset(
            "data", (1, *FRAME_SHAPE), PLAN.dtype, chunks=chunks, maxshape=limits, compression="gzip"
        )
        nexus_group(entry, "data", "NXdata", signal="data")["data"] = h5py.SoftLink("/entry/instrument/detector/data")
        attributes = nexus_group(instrument, "NDAttributes", "NXcollection")
        ids, times = (
            attributes.create_dataset(name, (1,), dtype, chunks=(PLAN.n_points,), maxshape=(None,))
            for name, dtype in (("NDArrayUniqueId", np.int32), ("NDArrayTimeStamp", np.float64))
        )
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for index in range(PLAN.n_points):
            put(data, (index,), make_frame(PLAN, index))
            flush(data)
            put(ids, (index,), index + 1)
            put(times, (index,), index / 10)
            flush(ids, times)
            yield frame(index)
            yield TICK
        yield FINISHED
    yield CLOSED


_ROW, _KEY = "EPICS areaDetector NDFileHDF5", ("/entry/instrument/NDAttributes/NDArrayUniqueId",)

ROWS = (
    Layout("ad_attributes_first", _ROW, attributes_first, "ad-1.h5", (24,), (images("/entry/data/data", PLAN),), _KEY),
    Layout("ad_several_per_chunk", _ROW, several_per_chunk, "ad-2.h5", (24,), (images("/entry/data/data", PLAN),), _KEY),
)
