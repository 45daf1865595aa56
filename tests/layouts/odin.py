"""odin-data's files: blocks of frames dealt over several files, ids in each, one file of parameters, virtual masters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.simulator.layouts.pieces import filter_options, nexus_group, set_attributes
from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.writer import Progress
from tests.layouts.pieces import CLOSED, CREATED, FINISHED, FRAME_SHAPE, SWMR, TICK, Layout, create, flush, frame, images, plan_of

PLAN = plan_of(22, dtype="uint32")
N_FILES, BLOCK, PARAMETER_FLUSH = 2, 3, 4
NAMES = tuple(f"run_{number:06}.h5" for number in range(1, N_FILES + 1))


def home_of(index: int) -> tuple[int, int]:
    """Return (file, place in it) of a frame: blocks go round."""
    block, within = divmod(index, BLOCK)
    return block % N_FILES, (block // N_FILES) * BLOCK + within


def _length_of(number: int) -> int:
    return sum(home_of(index)[0] == number for index in range(PLAN.n_points))


def virtual(file: h5py.File, path: str, name: str, frame_shape: Sequence[int], dtype: str, fill: int = 0) -> None:
    """Create a virtual data set over the interleaved blocks of all files."""
    layout = h5py.VirtualLayout((PLAN.n_points, *frame_shape), dtype)
    for start in range(0, PLAN.n_points, BLOCK):
        stop = min(start + BLOCK, PLAN.n_points)
        number, place = home_of(start)
        source = h5py.VirtualSource(NAMES[number], name, (_length_of(number), *frame_shape), dtype)
        layout[start:stop] = source[place : place + stop - start]
    file.create_virtual_dataset(path, layout, fillvalue=fill)


def _write_all(folder: Path) -> Iterator[Progress]:
    """Write the files of data and the file of parameters; ids are flushed seldom, and the last ones by closing."""
    with ExitStack() as stack:
        files = [stack.enter_context(create(folder / name)) for name in NAMES]
        meta = stack.enter_context(create(folder / "run_meta.h5"))
        for number, file in enumerate(files):
            shape = (_length_of(number), *FRAME_SHAPE)
            file.create_dataset("data", shape, PLAN.dtype, chunks=(1, *FRAME_SHAPE), **filter_options("bslz4"))
            file.create_dataset("uid", shape[:1], "uint64", chunks=(8,))
        numbers = meta.create_dataset("frame", (PLAN.n_points,), "int64", chunks=(1000,), maxshape=(None,), fillvalue=-1)
        meta["mask"] = np.zeros(FRAME_SHAPE, np.uint32)
        yield CREATED
        for file in (*files, meta):
            file.swmr_mode = True
        yield SWMR
        hidden = []
        for index in range(PLAN.n_points):
            number, place = home_of(index)
            files[number]["data"][place] = make_frame(PLAN, index)
            flush(files[number]["data"])
            files[number]["uid"][place] = index + 1
            numbers[index] = index
            hidden.append(index)
            if len(hidden) == PARAMETER_FLUSH:
                flush(*(file["uid"] for file in files), numbers)
                yield from map(frame, hidden)
                hidden.clear()
            yield TICK
        yield FINISHED
    yield from map(frame, hidden)
    yield CLOSED


def by_ids(folder: Path) -> Iterator[Progress]:
    """Deal frames and ids over the files; a master at rest shows both as one."""
    with create(folder / "run_vds.h5") as master:
        virtual(master, "data", "data", FRAME_SHAPE, PLAN.dtype)
        virtual(master, "uid", "uid", (), "uint64")
    yield from _write_all(folder)


def by_parameters(folder: Path) -> Iterator[Progress]:
    """Count from 0 in the file of parameters, where -1 is unset; the master links to it."""
    with create(folder / "run_master.h5") as master:
        virtual(master, "data", "data", FRAME_SHAPE, PLAN.dtype)
        master["frame"] = h5py.ExternalLink("run_meta.h5", "/frame")
    yield from _write_all(folder)


def nexgen(folder: Path) -> Iterator[Progress]:
    """Write an NXmx master with no key at all; its mask lies in the file of parameters."""
    with create(folder / "run.nxs") as master:
        set_attributes(master, default="entry")
        entry = nexus_group(master, "entry", "NXentry", default="data")
        nexus_group(entry, "data", "NXdata", signal="data")
        virtual(master, "entry/data/data", "data", FRAME_SHAPE, PLAN.dtype)
        detector = nexus_group(nexus_group(entry, "instrument", "NXinstrument"), "detector", "NXdetector")
        detector["pixel_mask"] = h5py.ExternalLink("run_meta.h5", "/mask")
    yield from _write_all(folder)


_MASTER = {"swmr": False, "swmr_sources": True}

ROWS = (
    Layout("odin_ids", "odin-data", by_ids, "run_vds.h5", (22,), (images("/data", PLAN),), ("/uid",), ends=("all_keys",), **_MASTER),
    Layout("odin_parameters", "odin-data", by_parameters, "run_master.h5", (22,), (images("/data", PLAN),), ("/frame",), **_MASTER),
    Layout(
        "nexgen",
        "NXmx (nexgen)",
        nexgen,
        "run.nxs",
        (22,),
        (images("/entry/data/data", PLAN),),
        length_paths=("/entry/data/data",),
        ends=("all_keys",),
        **_MASTER,
    ),
)
