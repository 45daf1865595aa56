"""ophyd-async's files: no key; how long a data set is says how far the scan is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from swmr_viewer.simulator.pattern import Frame, make_frame
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
    plan_of,
    put,
)

PLAN = plan_of(18)
DARK = 5
"""The shutter was closed here: the sum of this frame is 0, and it is a frame like any other."""
PANDA_POINTS, PANDA_BURST = 60, 6
PANDA_NAMES = ("COUNTER1-OUT-Value", "INENC1-VAL-Mean")


def image_at(index: int) -> Frame:
    """Return the frame of an index."""
    image = make_frame(PLAN, index)
    return np.zeros_like(image) if index == DARK else image


def sum_at(index: int) -> float:
    """Return the sum of a frame."""
    return float(image_at(index).sum(dtype=np.int64))


def panda_value(number: int, index: int) -> float:
    """Return a position: it passes through 0, and a channel that was not read is NaN."""
    return np.nan if (number, index) == (1, 3) else (index - 10) * 0.5 * (number + 1)


def simulated_detector(folder: Path) -> Iterator[Progress]:
    """Let the frames grow by one, flush, then the sums by one, and flush."""
    with create(folder / "sim.h5") as file:
        data = grow(file, "entry/data/data", FRAME_SHAPE, PLAN.dtype, 1, 0)
        sums = grow(file, "entry/sum", (), "float64", 1, 0, chunks=(1024,))
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for index in range(PLAN.n_points):
            put(data, (index,), image_at(index))
            flush(data)
            put(sums, (index,), sum_at(index))
            flush(sums)
            yield frame(index)
            yield TICK
        yield FINISHED
    yield CLOSED


def panda(folder: Path) -> Iterator[Progress]:
    """Append bursts to one data set after the other: between the flushes their lengths differ."""
    with create(folder / "panda.h5") as file:
        columns = [grow(file, name, (), "float64", 1, 0, chunks=(1024,)) for name in PANDA_NAMES]
        yield CREATED
        file.swmr_mode = True
        yield SWMR
        for start in range(0, PANDA_POINTS, PANDA_BURST):
            burst = range(start, start + PANDA_BURST)
            for number, column in enumerate(columns):
                column.resize((burst.stop,))
                column[start:] = [panda_value(number, index) for index in burst]
                flush(column)
            yield from map(frame, burst)
            yield TICK
        yield FINISHED
    yield CLOSED


ROWS = (
    Layout(
        "ophyd_simulated",
        "ophyd-async simulated detector",
        simulated_detector,
        "sim.h5",
        (18,),
        (Source("/entry/data/data", image_at), Source("/entry/sum", sum_at, ())),
        length_paths=("/entry/sum",),
    ),
    Layout(
        "ophyd_panda",
        "ophyd-async PandA",
        panda,
        "panda.h5",
        (PANDA_POINTS,),
        (
            Source(f"/{PANDA_NAMES[0]}", lambda index: panda_value(0, index), ()),
            Source(f"/{PANDA_NAMES[1]}", lambda index: panda_value(1, index), ()),
        ),
        length_paths=tuple(f"/{name}" for name in PANDA_NAMES),
    ),
)
