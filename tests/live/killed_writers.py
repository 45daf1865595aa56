"""Kill writers at random moments: ``python -m tests.live.killed_writers --writers 300``.

Each is followed from its start, and ended by SIGKILL somewhere in its scan. Every frame that is handed out is compared with
what was written, and what is told as the reason of the end must be so: a killed scan is not closed, finished or complete.
Exit status 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.conditions import default_conditions
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.scan import index_of, position_of
from swmr_viewer.simulator.plan import ScanPlan
from tests.layouts.catalogue import LAYOUTS
from tests.layouts.conftest import LayoutWriter
from tests.layouts.pieces import Layout, images
from tests.live.writers import LiveWriter

TIMEOUT_S = 0.5
LONGEST_LIFE_S = 0.5
"""From the moment at which a file is there: some writers come to their end, most do not."""
_FRAME_SHAPE = (24, 32)
_KEYS = {"diamond": "/entry/diamond_scan/keys", "areadetector": "/entry/instrument/NDAttributes/NDArrayUniqueId"}
_DATA = {"diamond": "/entry/detector/data", "areadetector": "/entry/data/data"}


@dataclass
class Counts:
    """What was seen of some writers."""

    n_frames: int = 0
    """Frames that were handed out and compared."""
    n_not_there: int = 0
    """Frames whose key was set, and that the writer did not live to write."""
    n_never_open: int = 0
    """Writers that did not live to write what can be opened."""
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    """Run, and print one line."""
    parser = argparse.ArgumentParser(prog="python -m tests.live.killed_writers", description=__doc__)
    parser.add_argument("--writers", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layout", default="", help="only those with this in their name")
    args = parser.parse_args()
    counts = kill_many(args.writers, args.seed, args.layout)
    print(
        f"{args.writers} writers: {counts.n_frames} frames right, {counts.n_not_there} not written, {counts.n_never_open} never opened, "
        f"ends {dict(counts.reasons)}, {len(counts.wrong)} wrong"
    )
    print(*counts.wrong, sep="\n", end="")
    return int(bool(counts.wrong))


def kill_many(n_writers: int, seed: int, name: str = "") -> Counts:
    """Start, follow and kill writers of every layout in turn."""
    moments, counts = random.Random(seed), Counts()
    for number, layout in enumerate(islice(cycle(one for one in _layouts() if name in one.name), n_writers)):
        with tempfile.TemporaryDirectory() as folder:
            _kill_one(_writer(Path(folder), layout, number), layout, moments.uniform(0, LONGEST_LIFE_S), counts)
    return counts


def _layouts() -> list[Layout]:
    simulated = [_simulated(kind, order) for kind in ("diamond", "areadetector") for order in ("raster", "snake", "random")]
    return [*simulated, *(layout for layout in LAYOUTS.values() if layout.followable_live)]


def _simulated(kind: str, order: str) -> Layout:
    plan = ScanPlan((9, 11), _FRAME_SHAPE, order=order, layout=kind, period_s=0.004, compression="bslz4")
    source = images(_DATA[kind], plan)
    shape = (9, 11) if kind == "diamond" else (99,)
    return Layout(f"simulated {kind} {order}", kind, lambda _: iter(()), "scan.h5", shape, (source,), key_paths=(_KEYS[kind],))


def _writer(folder: Path, layout: Layout, number: int) -> LiveWriter:
    if not layout.name.startswith("simulated"):
        return LayoutWriter(folder, layout, stepped=False)
    _, kind, order = layout.name.split()
    compression = ("bslz4", "gzip", "none")[number % 3]
    plan = ScanPlan((9, 11), _FRAME_SHAPE, order=order, layout=kind, period_s=0.004, compression=compression)
    return LiveWriter(folder / "scan.h5", plan, stepped=False, hold=True)


def _kill_one(writer: LiveWriter, layout: Layout, after_s: float, counts: Counts) -> None:
    with writer:
        killer = threading.Timer(after_s, writer.process.kill)
        killer.start()
        try:
            _follow(writer, layout, counts)
        finally:
            killer.join()


def _follow(writer: LiveWriter, layout: Layout, counts: Counts) -> None:
    for is_last in _tries(writer):
        try:
            file = open_swmr(writer.path)
        except SwmrViewerError:
            counts.n_never_open += is_last
            continue
        with file:
            try:
                follower = Follower(
                    file,
                    layout.key_paths,
                    termination_conditions=default_conditions(TIMEOUT_S),
                    finished_path=layout.finished_path,
                    length_paths=layout.length_paths,
                    order="arrival",
                    scan_shape=layout.scan_shape if layout.tells_shape else None,
                )
            except SwmrViewerError:
                counts.n_never_open += is_last
                continue
            seen = _compare(file, follower, layout, counts)
            _check_end(follower, writer, layout, seen, counts)
            return


def _tries(writer: LiveWriter) -> Iterator[bool]:
    """Yield False again and again while it lives, and True once after that."""
    while writer.process.poll() is None:
        yield False
        threading.Event().wait(0.01)
    yield True


def _compare(file: h5py.File, follower: Follower, layout: Layout, counts: Counts) -> set[int]:
    seen: set[int] = set()
    grabbers: dict[tuple[str, tuple[int, ...]], FrameGrabber] = {}
    for index in follower:
        position = position_of(index, follower.scan_shape)
        there = index_of(position, layout.scan_shape)
        if there in seen:
            counts.wrong.append(f"{layout.name}: frame {there} came twice")
        seen.add(there)
        for source in layout.sources:
            try:
                which = source.path, follower.scan_shape[1:]  # where inner axes grow, a data set may turn out to have them
                if which not in grabbers:
                    grabbers[which] = FrameGrabber(file, source.path, scan_shape=follower.scan_shape)
                found = grabbers[which].grab(position, wait_s=0.2)
            except SwmrViewerError as error:
                counts.n_not_there += error.retryable
                if not error.retryable:
                    counts.wrong.append(f"{layout.name}: {error}")
                continue
            counts.n_frames += 1
            if not np.array_equal(found, source.expected(there), equal_nan=found.dtype.kind == "f"):
                counts.wrong.append(f"{layout.name}: frame {there} of {source.path} is {found!r:.60}, not {source.expected(there)!r:.60}")
    for grabber in grabbers.values():
        grabber.close()
    return seen


def _check_end(follower: Follower, writer: LiveWriter, layout: Layout, seen: set[int], counts: Counts) -> None:
    """A timeout is always so; every other reason says that the writer came to its end, or that all is there."""
    reason = str(follower.reason)
    counts.reasons[reason] += 1
    n_frames = layout.n_frames
    if reason != "timeout" and len(seen) < n_frames:
        writer.wait_exit()
        counts.wrong.append(f"{layout.name}: ended by {reason} with {len(seen)} of {n_frames} frames, after {writer.events[-2:]}")


if __name__ == "__main__":
    sys.exit(main())
