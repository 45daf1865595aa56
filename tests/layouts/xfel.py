"""European XFEL's files: a train id that is not 0 says that the train's data are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.writer import Progress
from tests.layouts.pieces import (
    CLOSED,
    CREATED,
    FINISHED,
    FRAME_SHAPE,
    SWMR,
    TICK,
    Layout,
    create,
    flush,
    frame,
    grow,
    images,
    plan_of,
    put,
)

PLAN = plan_of(20)
FIRST_TRAIN, ROOM = 1_517_000_001, 8
SOURCE = "INSTRUMENT/SPB_XTD9_IMGII/CAM/CAM:daqOutput/data/image/pixels"


def trains(folder: Path) -> Iterator[Progress]:
    """Make room for trains in steps, so that the end of the index is 0 while the file is written."""
    with create(folder / "RAW-R0001-DA01-S00000.h5") as file:
        pixels = grow(file, SOURCE, FRAME_SHAPE, PLAN.dtype, 1, 0)
        ids = grow(file, "INDEX/trainId", (), "uint64", 1, 0, chunks=(ROOM,))
        counts = grow(file, "INDEX/SPB_XTD9_IMGII/CAM/CAM:daqOutput/data/count", (), "uint64", 1, 0, chunks=(ROOM,))
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for index in range(PLAN.n_points):
            put(pixels, (index,), make_frame(PLAN, index))
            put(counts, (index,), 1)
            flush(pixels, counts)
            if index == len(ids):
                ids.resize((index + ROOM,))
            ids[index] = FIRST_TRAIN + index
            flush(ids)
            yield frame(index)
            yield TICK
        yield FINISHED
    yield CLOSED


ROWS = (Layout("xfel", "European XFEL", trains, "RAW-R0001-DA01-S00000.h5", (20,), (images(f"/{SOURCE}", PLAN),), ("/INDEX/trainId",)),)
