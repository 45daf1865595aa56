"""How soon after its key was flushed does a frame reach the caller? Ours beside a plain poll, and swmr-tools if installed.

Run ``python -m tests.benchmarks.follower_latency``; the figure to quote is the ratio of the medians in one run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import h5py
import numpy as np

_WRITER = """
import json, sys, time
import h5py
path, frames, period = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
f = h5py.File(path, "w", libver="v110")
d = f.create_dataset("data", (frames, 512, 512), "u2", chunks=(1, 512, 512))
k = f.create_dataset("keys/k", (frames,), "i4", chunks=(frames,))
f.swmr_mode = True
print("swmr", flush=True)
sys.stdin.readline()
flushed = []
for i in range(frames):
    time.sleep(period)
    d[i] = i + 1
    d.flush()
    k[i] = i + 1
    k.flush()
    flushed.append(time.monotonic())
f.close()
print(json.dumps(flushed), flush=True)
"""


_READY = np.empty(0)
"""What a reader yields first: it is prepared, the scan may begin."""


def plain_poll(file: h5py.File, frames: int) -> Iterator[np.ndarray]:
    """Refresh, look, read, sleep 1 ms: the least that a correct reader does."""
    keys, data = file["keys/k"], file["data"]
    yield _READY
    for index in range(frames):
        while not keys[index]:
            time.sleep(0.001)
            keys.refresh()
        data.refresh()
        yield data[index]


def ours(file: h5py.File, frames: int) -> Iterator[np.ndarray]:
    """Follower and FrameGrabber."""
    from swmr_viewer import Follower, FrameCount, FrameGrabber

    follower = Follower(file, "keys", 60, (FrameCount(frames), "timeout"))
    grabber = FrameGrabber(file, "data", scan_shape=follower.scan_shape)
    yield _READY
    for index in follower:
        yield grabber.grab(index)


def swmr_tools(file: h5py.File, frames: int) -> Iterator[np.ndarray]:
    """Diamond's library."""
    from swmr_tools import DataSource

    source = DataSource([file["keys/k"]], {"/data": file["data"]}, timeout=5)
    yield _READY
    for frame in source:
        yield np.asarray(frame["/data"]).reshape(512, 512)


def latencies_ms(read: Callable[[h5py.File, int], Iterator[np.ndarray]], frames: int, period_s: float) -> list[float]:
    """Follow one scan; every frame is checked. Return key flushed -> frame in hand (ms), a value per frame."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.h5"
        command = [sys.executable, "-c", _WRITER, str(path), str(frames), str(period_s)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdin is not None
            assert writer.stdout is not None
            writer.stdout.readline()
            with h5py.File(path, "r", swmr=True, locking=False) as file:
                frames_in = read(file, frames)
                next(frames_in)
                print(file=writer.stdin, flush=True)
                arrived = []
                for index, frame in enumerate(frames_in):
                    arrived.append(time.monotonic())
                    if not (frame == index + 1).all():
                        raise SystemExit(f"{read.__name__}: frame {index} is wrong")
            flushed = json.loads(writer.stdout.readline())
    if len(arrived) != frames:
        raise SystemExit(f"{read.__name__}: {len(arrived)} of {frames} frames came")
    return [1000 * (at - since) for at, since in zip(arrived, flushed, strict=True)]


def rows() -> list[dict[str, Any]]:
    """Return median and p99 at 20 Hz and at 4 Hz, beside swmr-tools, and the median beside a plain poll."""
    found = []
    for what, frames, period_s in (("20 Hz", 120, 0.05), ("4 Hz", 32, 0.25)):
        base, here, there = (latencies_ms(read, frames, period_s) for read in (plain_poll, ours, swmr_tools))
        what = f"key flushed -> frame in hand, 512x512 at {what}"
        found.append(_row(what, median(here), median(there), "swmr-tools", frames))
        found.append(_row(f"{what}, p99", _p99(here), _p99(there), "swmr-tools", frames))
        found.append(_row(what, median(here), median(base), "plain poll each ms", frames))
    return found


def _row(what: str, ours_ms: float, peer_ms: float, peer: str, runs: int) -> dict[str, Any]:
    compared = {"ours": ours_ms, "peer": peer_ms, "peer_name": peer, "ratio": ours_ms / peer_ms}
    return {"what": what, **compared, "unit": "ms", "runs": runs}


def _p99(found: list[float]) -> float:
    return quantiles(found, n=100)[98]


def main(argv: list[str] | None = None) -> int:
    """Print a line per reader, and the ratio to the plain poll."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--period", type=float, default=0.05, help="seconds between frames")
    args = parser.parse_args(argv)
    readers = [plain_poll, ours]
    try:
        import swmr_tools as _  # noqa: F401
    except ImportError:
        print("swmr-tools is not installed: pip install swmr-tools to compare")
    else:
        readers.append(swmr_tools)
    base = 0.0
    for read in readers:
        found = latencies_ms(read, args.frames, args.period)
        middle, p99 = median(found), _p99(found)
        base = base or middle
        print(f"{read.__name__:12} median {middle:7.2f} ms   p99 {p99:7.2f} ms   ratio {middle / base:5.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
