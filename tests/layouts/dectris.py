"""Dectris' file writer: a master at rest, and files of frames that appear whole, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.core.conditions import FrameCount
from swmr_viewer.simulator.layouts.pieces import filter_options, nexus_group, set_attributes
from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.writer import LIBVER, Progress
from tests.layouts.pieces import CLOSED, CREATED, FINISHED, FRAME_SHAPE, TICK, Layout, Source, create, frame, images, plan_of

PLAN = plan_of(23, dtype="uint32")
PER_FILE = 2


def _files() -> list[tuple[str, range]]:
    starts = range(0, PLAN.n_points, PER_FILE)
    return [(f"lyso_data_{at // PER_FILE + 1:06}.h5", range(at, min(at + PER_FILE, PLAN.n_points))) for at in starts]


def _master(file: h5py.File) -> h5py.Group:
    set_attributes(file, default="entry")
    entry = nexus_group(file, "entry", "NXentry", default="data")
    specific = nexus_group(nexus_group(entry, "instrument", "NXinstrument"), "detector", "NXdetector").create_group("detectorSpecific")
    mask = np.zeros(FRAME_SHAPE, np.uint32)
    mask[:, -1] = 1
    specific["pixel_mask"] = mask
    specific["nimages"] = np.uint32(PLAN.n_points)
    return nexus_group(entry, "data", "NXdata", signal="data")


def _deliver(folder: Path, thresholds: tuple[int, ...]) -> Iterator[Progress]:
    """Let one file after the other appear under its name, complete and closed."""
    for name, indices in _files():
        pixels = np.stack([make_frame(PLAN, index) for index in indices]).reshape(len(indices), *thresholds, *FRAME_SHAPE)
        with h5py.File(folder / f".{name}", "x", libver=LIBVER) as file:
            file.create_dataset("entry/data/data", data=pixels, chunks=(1, *pixels.shape[1:]), **filter_options("bslz4"))
        (folder / f".{name}").rename(folder / name)
        yield from map(frame, indices)
        yield TICK
    yield FINISHED
    yield CLOSED


def linked(folder: Path) -> Iterator[Progress]:
    """Link to every file by its number, whether it is there or not."""
    with create(folder / "lyso_master.h5") as file:
        data = _master(file)
        for number, (name, _) in enumerate(_files(), 1):
            data[f"data_{number:06}"] = h5py.ExternalLink(name, "/entry/data/data")
    yield CREATED
    yield from _deliver(folder, ())


def virtual(folder: Path) -> Iterator[Progress]:
    """Show all files as one data set of four axes: image, threshold, rows, columns."""
    with create(folder / "lyso_master.h5") as file:
        layout = h5py.VirtualLayout((PLAN.n_points, 1, *FRAME_SHAPE), PLAN.dtype)
        for name, indices in _files():
            layout[indices.start : indices.stop] = h5py.VirtualSource(name, "/entry/data/data", (len(indices), 1, *FRAME_SHAPE), PLAN.dtype)
        _master(file).create_virtual_dataset("data", layout, fillvalue=0)
    yield CREATED
    yield from _deliver(folder, (1,))


def _piece(number: int, indices: range) -> Source:
    return Source(f"/entry/data/data_{number:06}", lambda index: make_frame(PLAN, indices[index]))


PIECES = tuple(_piece(number, indices) for number, (_, indices) in enumerate(_files(), 1))
"""The files one by one, each counted from its own first frame."""

ROWS = (
    Layout(
        "dectris_linked",
        "Dectris filewriter",
        linked,
        "lyso_master.h5",
        (23,),
        (images("/entry/data", PLAN),),
        length_paths=("/entry/data",),
        n_late_steps=1,
        ends=(FrameCount(PLAN.n_points),),  # nothing else in the file tells how many there will be
        swmr=False,
    ),
    Layout(
        "dectris_virtual",
        "Dectris filewriter",
        virtual,
        "lyso_master.h5",
        (23,),
        (Source("/entry/data/data", lambda index: make_frame(PLAN, index)[None], (1, *FRAME_SHAPE)),),
        length_paths=("/entry/data/data",),
        ends=("all_keys",),
        swmr=False,
    ),
)
