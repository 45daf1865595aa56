"""Chunks that are filled bit by bit, read while they are: ``python -m tests.benchmarks.shared_chunks --frames 20000``.

A writer at full speed puts several frames into each chunk: frame, flush, key, flush. What is not written yet holds other pixels, which
no check for fill would notice. Readers in processes of their own take every frame from a DataSource, and the newest one and old ones
from a FrameGrabber beside it, and compare each with what was written.
Exit status 1 if any frame was wrong, missing, or handed out twice.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import hdf5plugin
import numpy as np
import numpy.typing as npt

from swmr_viewer import DataSource, FrameGrabber, SwmrViewerError, open_swmr
from swmr_viewer.core.errors import FrameNotWrittenError

SHAPE = (16, 16)
FILTERS: dict[str, dict[str, Any]] = {"none": {}, "gzip": {"compression": "gzip"}, "bslz4": {**hdf5plugin.Bitshuffle(cname="lz4")}}
TIMEOUT_S = 60.0
LOOKS_EVERY = 7
"""Frames between two looks at the newest and at an old one."""

_WRITER = """
import json, sys
import h5py, hdf5plugin, numpy as np
path, n, per_chunk, grows, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "grows", json.loads(sys.argv[5])
from tests.benchmarks.shared_chunks import SHAPE, frame_of
f = h5py.File(path, "w", libver="v110", locking=False)
if "compression_opts" in options:
    options["compression_opts"] = tuple(options["compression_opts"])
first = 0 if grows else n
d = f.create_dataset("data", (first, *SHAPE), "u2", maxshape=(None if grows else n, *SHAPE), chunks=(per_chunk, *SHAPE), **options)
k = f.create_dataset("keys/k", (first,), "i4", maxshape=(None if grows else n,), chunks=(min(256, n),))
f.swmr_mode = True
print("swmr", flush=True)
for i in range(n):
    if i % per_chunk == 0:
        stop = min(i + per_chunk, n)
        if grows:
            d.resize(stop, 0)
        d[i:stop] = 65535
    d[i] = frame_of(i)
    d.flush()
    if grows:
        k.resize(i + 1, 0)
    k[i] = i + 1
    k.flush()
f.close()
"""


def frame_of(index: int) -> npt.NDArray[np.uint16]:
    """Return what is written at an index, shape `SHAPE`, uint16: no two are alike, and none has a pixel of 0 or 65535."""
    pixels: npt.NDArray[np.int64] = (np.arange(SHAPE[0] * SHAPE[1]) * 31 + index * 7919) % 65521 + 1
    return pixels.astype(np.uint16).reshape(SHAPE)


def follow(path: Path, n_frames: int) -> dict[str, int]:
    """Compare every frame, and return what was seen."""
    seen = dict.fromkeys(("frames", "beside", "wrong", "not_there"), 0)
    rng = np.random.default_rng(0)
    with open_swmr(path, TIMEOUT_S) as file, DataSource(file, "keys", ["data"], TIMEOUT_S, "file_closed") as source:
        grabber = FrameGrabber(file, "data", scan_shape=source.scan_shape)
        for expected, frames in enumerate(source):
            seen["wrong"] += frames.index != expected or not np.array_equal(frames["data"], frame_of(frames.index))
            seen["frames"] += 1
            if expected % LOOKS_EVERY == 0:
                source.follower.refresh()
                newest = source.follower.newest or 0
                for index in (newest, int(rng.integers(newest + 1))):
                    _look(grabber, index, seen)
        seen["wrong"] += len(source.take_faults()) + (seen["frames"] != n_frames)
    return seen


def _look(grabber: FrameGrabber, index: int, seen: dict[str, int]) -> None:
    try:
        found = grabber.grab(index)
    except FrameNotWrittenError:
        seen["not_there"] += 1
    except SwmrViewerError:
        seen["wrong"] += 1
    else:
        seen["beside"] += 1
        seen["wrong"] += not np.array_equal(found, frame_of(index))


def run(path: Path, n_frames: int, per_chunk: int, grows: bool, filters: str, n_readers: int) -> list[dict[str, int]]:
    """Write one file and follow it by several readers; return what each has seen."""
    options = json.dumps(FILTERS[filters])
    arguments = [str(path), str(n_frames), str(per_chunk), "grows" if grows else "fixed", options]
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, *arguments], stdout=subprocess.PIPE, text=True)
    readers: list[subprocess.Popen[str]] = []
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        command = [sys.executable, "-m", "tests.benchmarks.shared_chunks", "--follow", str(path), "--frames", str(n_frames)]
        readers += [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(n_readers - 1)]
        seen = [follow(path, n_frames)]
        for reader in readers:
            seen.append(json.loads(reader.communicate(timeout=TIMEOUT_S)[0]))
        if writer.wait(TIMEOUT_S):
            raise AssertionError("the writer failed")
        return seen
    finally:
        for process in (writer, *readers):
            process.kill()
            process.communicate()


def main() -> int:
    """Run for each filter and each kind of extent, and print a line for each reader."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.shared_chunks", description=__doc__)
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--per-chunk", type=int, default=16)
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--filters", nargs="+", default=[*FILTERS], choices=[*FILTERS])
    parser.add_argument("--follow", type=Path, help="only read this file, and print what was seen as JSON")
    args = parser.parse_args()
    if args.follow:
        print(json.dumps(follow(args.follow, args.frames)))
        return 0
    failed = False
    for filters in args.filters:
        for grows in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                for seen in run(Path(folder) / "shared.h5", args.frames, args.per_chunk, grows, filters, args.readers):
                    failed |= bool(seen["wrong"])
                    print(filters, "growing" if grows else "fixed", seen, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
