"""Follow a writer at full speed and check every frame: ``python -m tests.benchmarks.stress --frames 200000``.

The writer is a process of its own that never waits: frame, flush, key, flush. Each frame is compared with what was written,
once in the order of the scan and, at the live edge where a reader races the writer, as the newest one as well.
Exit status 1 if any frame was wrong, missing, or handed out twice.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.errors import FrameNotWrittenError
from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.plan import COMPRESSIONS, ScanPlan

FRAME_SHAPE = (16, 16)
KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
TIMEOUT_S = 60.0
LOOKS_AT_EDGE_EVERY = 10
"""Frames between two looks at the newest one: a poll costs more than a small frame."""


@dataclass
class Result:
    """What one run showed."""

    n_frames: int = 0
    n_at_edge: int = 0
    """Frames that were read as the newest, while the writer was writing the next one."""
    n_wrong: int = 0
    n_not_there: int = 0
    """Frames whose key was set and that could not be read."""
    seconds: float = 0.0
    latest_lag: int = 0
    """How many frames the reader was behind at worst."""
    reason: str | None = None

    def is_good(self, n_frames: int) -> bool:
        """Return whether every frame came, once, and was right."""
        return (self.n_frames, self.n_wrong, self.n_not_there) == (n_frames, 0, 0) and self.n_at_edge > 0


def main() -> int:
    """Run for each compression and print one line for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stress", description=__doc__)
    parser.add_argument("--frames", type=int, default=200_000)
    parser.add_argument("--compression", nargs="+", default=["gzip", "bslz4"], choices=COMPRESSIONS)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    args = parser.parse_args()
    failed = False
    for compression in args.compression:
        plan = ScanPlan((args.frames,), FRAME_SHAPE, period_s=0.0, compression=compression)
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            result = run(plan, Path(folder) / "stress.h5")
        failed |= not result.is_good(args.frames)
        print(
            f"{compression}: {result.n_frames} frames and {result.n_at_edge} at the live edge in {result.seconds:.0f} s "
            f"({result.n_frames / result.seconds:.0f} frames/s), {result.n_wrong} wrong, {result.n_not_there} not there, "
            f"at worst {result.latest_lag} behind, ended by {result.reason}",
            flush=True,
        )
    return int(failed)


def run(plan: ScanPlan, path: Path) -> Result:
    """Write and follow one scan."""
    size = "x".join(map(str, plan.frame_shape))
    command = [sys.executable, "-m", "swmr_viewer", "simulate", str(path), "--scan", str(plan.n_points), "--frame", size]
    options = ["--period", "0", "--compression", plan.compression, "--dtype", plan.dtype]
    writer = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL)
    try:
        result = follow(plan, path)
        if writer.wait(TIMEOUT_S) != 0:
            result.n_not_there += 1
        return result
    finally:
        writer.kill()
        writer.wait()


def follow(plan: ScanPlan, path: Path) -> Result:
    """Check each frame in the order of the scan, and the newest whenever it is another one."""
    result, started = Result(), time.monotonic()
    with open_swmr(path, TIMEOUT_S) as file:
        follower = Follower(file, KEYS, TIMEOUT_S, ("finished_flag", "timeout"))
        grabber = FrameGrabber(file, DATA, scan_shape=follower.scan_shape)
        newest = -1
        for expected_index, index in enumerate(follower):
            result.n_wrong += index != expected_index
            check(plan, grabber, index, result)
            result.n_frames += 1
            if index % LOOKS_AT_EDGE_EVERY:
                continue
            follower.refresh()
            result.latest_lag = max(result.latest_lag, (follower.newest or 0) - index)
            if follower.newest is not None and follower.newest not in (newest, index):
                newest = follower.newest
                check(plan, grabber, newest, result)
                result.n_at_edge += 1
        result.reason = follower.reason
        result.n_wrong += len(follower.take_faults())
    result.seconds = time.monotonic() - started
    return result


def check(plan: ScanPlan, grabber: FrameGrabber, index: int, result: Result) -> None:
    """Compare one frame."""
    try:
        found = grabber.grab(index)
    except FrameNotWrittenError:
        result.n_not_there += 1
        return
    result.n_wrong += not np.array_equal(found, make_frame(plan, index))


if __name__ == "__main__":
    sys.exit(main())
