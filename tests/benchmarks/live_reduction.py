"""How far are results behind a scan that is being written? From a key's flush to its result, and to where another program sees it.

Run ``python -m tests.benchmarks.live_reduction``: frames of 1030x1065 uint32 bslz4 at 10 Hz, patterns by pyFAI, on threads of this
process. Who reads the output is another process, as the window's reader is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from swmr_viewer.core.conditions import AllKeys
from swmr_viewer.reducing.job import ReductionJob
from swmr_viewer.reducing.messages import Reduced, ReduceRequest, ReductionChoice, ReductionEvent, ReductionFailed
from tests.benchmarks.reductions import BINS, PONI

_WRITER = """
import json, sys, time
import h5py, hdf5plugin
import numpy as np
path, frames, period = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
f = h5py.File(path, "w", libver="v110")
shape = (1030, 1065)
d = f.create_dataset("data", (frames, *shape), "u4", chunks=(1, *shape), **hdf5plugin.Bitshuffle(cname="lz4"))
d.attrs["interpretation"] = "image"
k = f.create_dataset("keys/k", (frames,), "i4", chunks=(frames,))
random = np.random.default_rng(1)
d[0] = random.poisson(3, shape)
mask, raw = d.id.read_direct_chunk((0, 0, 0))
f.swmr_mode = True
print("swmr", flush=True)
sys.stdin.readline()
began, flushed = time.monotonic(), []
for i in range(frames):
    time.sleep(max(0.0, began + (i + 1) * period - time.monotonic()))
    d.id.write_direct_chunk((i, 0, 0), raw, mask)
    d.flush()
    k[i] = i + 1
    k.flush()
    flushed.append(time.monotonic())
sys.stdin.readline()
f.close()
print(json.dumps(flushed))
"""
_READER = """
import json, sys, time
from swmr_viewer import Follower, open_swmr
with open_swmr(sys.argv[1]) as file:
    seen = [(index, time.monotonic()) for index in Follower(file, "/entry/keys/pyfai1d", 30, ("finished_flag", "timeout"), order="arrival")]
print(json.dumps(seen))
"""


def measure(folder: Path, n_frames: int, period_s: float) -> tuple[list[float], list[float]]:
    """Return how late (s) each frame's result was told, and how late another program saw it in the output."""
    path, out, poni = folder / "scan.h5", folder / "out.h5", folder / "a.poni"
    poni.write_text(PONI)
    told: dict[int, float] = {}
    failures: list[str] = []

    def tell(event: ReductionEvent) -> None:
        match event:
            case Reduced():
                told.update(dict.fromkeys(event.indices.tolist(), time.monotonic()))
            case ReductionFailed():
                failures.append(event.message)

    choice = ReductionChoice("pyfai1d", {"poni": str(poni), "bins": BINS, "unit": "q_A^-1"})
    request = ReduceRequest(str(path), choice, output=str(out), conditions=(AllKeys(),), sends_values=True)
    pipe: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path), str(n_frames), str(period_s)], **pipe) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()
        job = ReductionJob(request, tell)
        while not out.exists() and job.step():
            pass
        with subprocess.Popen([sys.executable, "-c", _READER, str(out)], **pipe) as reader:
            writer.stdin.write("go\n")
            writer.stdin.flush()
            while job.step():
                pass
            job.close()
            if failures:
                raise AssertionError(failures)
            seen = dict(json.loads(reader.communicate(timeout=60)[0]))
        flushed = json.loads(writer.communicate("end\n", timeout=60)[0])
    if len(told) != n_frames or len(seen) != n_frames:
        raise AssertionError(f"{len(told)} of {n_frames} results were told, {len(seen)} were seen")
    return [told[n] - flushed[n] for n in range(n_frames)], [seen[n] - flushed[n] for n in range(n_frames)]


def main() -> None:
    """Measure once and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--period", type=float, default=0.1, help="s")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for what, late in zip(("told", "seen in the output"), measure(Path(folder), args.frames, args.period), strict=True):
            ordered = sorted(late)
            worst, most = ordered[-1], ordered[int(0.95 * len(ordered))]
            print(f"{what}: median {1e3 * median(late):.0f} ms, 95 % within {1e3 * most:.0f} ms, worst {1e3 * worst:.0f} ms")


if __name__ == "__main__":
    main()
