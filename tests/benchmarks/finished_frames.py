"""Every frame of a finished file, one by one and by chunks: ours, swmr-tools, h5py and the bare decoder, in one run.

Run ``python -m tests.benchmarks.finished_frames``; ``--json`` prints the rows as JSON. Each case first proves that both sides hand out the
same frames, then times them in turn. The figures to quote are the ratios of the medians.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import numpy.typing as npt

from swmr_viewer import DataSource, open_swmr

Frames = Iterator[npt.NDArray[Any]]
Reader = Callable[[Path], Frames]
KEYS, DATA = "keys", "data"
BSLZ4 = hdf5plugin.Bitshuffle(cname="lz4")


@dataclass(frozen=True)
class Case:
    """One kind of file."""

    what: str
    n_frames: int
    frame_shape: tuple[int, ...]
    frames_per_chunk: int
    dtype: str = "u2"
    compression: Any = None
    n_sources: int = 0
    """Files that a virtual data set is made of; 0: none."""

    @property
    def has_large_frames(self) -> bool:
        """Whether one frame is enough for two threads."""
        return int(np.prod(self.frame_shape)) > 1_000_000


SMALL = (
    Case("8x8 in chunks of 1,000", 40_000, (8, 8), 1000),
    Case("scalars in chunks of 1,024", 40_000, (), 1024, "f8"),
    Case("spectra of 2,048, gzip chunks of 64", 4_000, (2048,), 64, "u4", "gzip"),
    Case("64x64, gzip chunks of 16", 4_000, (64, 64), 16, "u2", "gzip"),
    Case("512x512, bslz4 chunks of 8", 480, (512, 512), 8, "u2", BSLZ4),
    Case("512x512, bslz4 chunks of 1", 480, (512, 512), 1, "u2", BSLZ4),
)
VIRTUAL = Case("256x256, virtual, 4 sources", 2_000, (256, 256), 1, "u2", None, 4)
LARGE = tuple(
    Case(f"2167x2070 u4, {name}", 24, (2167, 2070), 1, "u4", compression)
    for name, compression in [
        ("bslz4", BSLZ4),
        ("gzip", "gzip"),
        ("blosc", hdf5plugin.Blosc(cname="lz4")),
        ("lz4", hdf5plugin.LZ4()),
        ("zstd", hdf5plugin.Zstd()),
        ("no filter", None),
    ]
)


# ---- the files


def write(case: Case, path: Path) -> None:
    """Write a finished scan: counts as a detector has them, a pattern that tells frames apart, all keys set."""
    with h5py.File(path, "w", libver="v110") as file:
        if case.n_sources:
            write_virtual(case, file, path)
        else:
            made = file.create_dataset(
                DATA,
                (case.n_frames, *case.frame_shape),
                case.dtype,
                chunks=(case.frames_per_chunk, *case.frame_shape),
                **_filter(case.compression),
            )
            fill(case, made, 0)
        file.create_dataset(f"{KEYS}/k", data=np.arange(1, case.n_frames + 1), chunks=(case.n_frames,))


def _filter(compression: Any) -> dict[str, Any]:
    return {} if compression is None else {"compression": compression} if isinstance(compression, str) else dict(compression)


def fill(case: Case, made: h5py.Dataset, first: int) -> None:
    """Write all frames of a data set, of which the first has this number."""
    counts = np.random.default_rng(1).poisson(2.0, case.frame_shape).astype(case.dtype)
    step = max(1, case.frames_per_chunk)
    for start in range(0, made.shape[0], step):
        numbers = np.arange(first + start, first + min(start + step, made.shape[0]))
        made[start : start + step] = counts[np.newaxis] + (numbers % 200 + 1).reshape(-1, *(1 for _ in case.frame_shape)).astype(case.dtype)


def write_virtual(case: Case, file: h5py.File, path: Path) -> None:
    """Write the sources one after the other, and the virtual data set that joins them."""
    each = case.n_frames // case.n_sources
    layout = h5py.VirtualLayout((case.n_frames, *case.frame_shape), case.dtype)
    for number in range(case.n_sources):
        name = path.with_name(f"{path.stem}_{number}.h5")
        with h5py.File(name, "w", libver="v110") as source:
            made = source.create_dataset(DATA, (each, *case.frame_shape), case.dtype, chunks=(1, *case.frame_shape))
            fill(case, made, number * each)
        layout[number * each : (number + 1) * each] = h5py.VirtualSource(name.name, DATA, (each, *case.frame_shape), case.dtype)
    file.create_virtual_dataset(DATA, layout)


# ---- who reads them


def ours(path: Path, **options: Any) -> Frames:
    """DataSource, in the order of the scan."""
    with open_swmr(path) as file, DataSource(file, KEYS, [DATA], 60, **options) as source:
        for frames in source:
            yield frames.frames[DATA]
        if source.take_faults():
            raise AssertionError("frames were lost")


def swmr_tools(path: Path) -> Frames:
    """Diamond's library, frame by frame."""
    import swmr_tools

    with h5py.File(path, "r", swmr=True, locking=False) as file:
        for frames in swmr_tools.DataSource([file[KEYS]["k"]], {DATA: file[DATA]}, timeout=0.001):
            yield frames[DATA]


def plain_h5py(path: Path) -> Frames:
    """What a script does that knows that the file is finished."""
    with h5py.File(path, "r", locking=False) as file:
        data = file[DATA]
        for index in range(data.shape[0]):
            yield data[index]


def bare_decoder(path: Path) -> Frames:
    """The limit, for bitshuffle-LZ4: raw chunks into kept buffers, two of them decoded at a time, each on a thread of its own."""
    decode = ctypes.CDLL(hdf5plugin.get_config().registered_filters["bshuf"]).bshuf_decompress_lz4
    decode.restype, decode.argtypes = ctypes.c_int64, (ctypes.c_void_p, ctypes.c_void_p, *(ctypes.c_size_t,) * 3)
    with h5py.File(path, "r", locking=False) as file, ThreadPoolExecutor(2) as pool:
        data, (n_frames, *shape) = file[DATA], file[DATA].shape
        outs = [np.empty(shape, data.dtype) for _ in range(4)]
        raws = [np.empty(outs[0].nbytes * 2, np.uint8) for _ in outs]

        def read(index: int) -> npt.NDArray[Any]:
            raw, out = raws[index % 4], outs[index % 4]
            data.id.read_direct_chunk((index, 0, 0), out=raw)
            decode(raw.ctypes.data + 12, out.ctypes.data, out.size, out.itemsize, 8192 // out.itemsize)
            return out

        ahead = deque(pool.submit(read, index) for index in range(2))
        for index in range(n_frames):
            frame = ahead.popleft().result()
            if index + 2 < n_frames:
                ahead.append(pool.submit(read, index + 2))
            yield frame


# ---- comparing


def prove_same(case: Case, one: Reader, other: Reader, path: Path) -> None:
    """Compare all that both hand out; one after the other, since each has a handle of its own on the data."""
    if not digest(case, one(path)) == digest(case, other(path)):
        raise AssertionError(f"{case.what}: the frames differ")


def digest(case: Case, several: Frames) -> bytes:
    """Return what tells whether all frames are the same, byte by byte, in the same order."""
    found, n = hashlib.blake2b(), 0
    for frames in several:
        found.update(np.ascontiguousarray(frames).data)
        n += max(1, np.asarray(frames).size) // int(np.prod(case.frame_shape))
    if n != case.n_frames:
        raise AssertionError(f"{case.what}: {n} frames of {case.n_frames}")
    return found.digest()


def seconds(read: Reader, path: Path) -> float:
    """Return how long reading all takes, the arrays let go one after the other."""
    began = time.perf_counter()
    for _frame in read(path):
        pass
    return time.perf_counter() - began


def row(case: Case, path: Path, peer_name: str, one: Reader, other: Reader, runs: int, what: str = "") -> dict[str, Any]:
    """Compare two readers in turn; frames/s."""
    prove_same(case, one, other, path)
    times = [(seconds(one, path), seconds(other, path)) for _ in range(runs)]
    mine, theirs = (case.n_frames / median(column) for column in zip(*times, strict=True))
    return {
        "what": what or case.what,
        "ours": round(mine, 1),
        "peer": round(theirs, 1),
        "peer_name": peer_name,
        "ratio": round(mine / theirs, 2),
        "unit": "frames/s",
        "runs": runs,
    }


def rows(runs: int = 5, only: str = "") -> list[dict[str, Any]]:
    """Return one row for each comparison."""
    with tempfile.TemporaryDirectory() as folder:
        return [found for case in (*SMALL, VIRTUAL, *LARGE) if only in case.what for found in rows_of(case, Path(folder), runs)]


def rows_of(case: Case, folder: Path, runs: int) -> list[dict[str, Any]]:
    """Write a case's file, compare, and remove it."""
    path = folder / "scan.h5"
    write(case, path)
    found = []
    if not case.n_sources and not case.has_large_frames:
        found.append(row(case, path, "swmr-tools", ours, swmr_tools, runs))
        if case.frames_per_chunk > 1:
            by_chunks: Reader = partial(ours, chunks=True)
            found.append(row(case, path, "swmr-tools", by_chunks, swmr_tools, runs, f"{case.what}, chunks=True"))
    else:
        found.append(row(case, path, "h5py", ours, plain_h5py, runs))
        if case.has_large_frames and case.compression is BSLZ4:
            found.append(row(case, path, "bare decoder, 2 threads", ours, bare_decoder, runs))
    for made in folder.iterdir():
        made.unlink()
    return found


def main() -> int:
    """Print the rows."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.finished_frames", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="cases with this in their name")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = rows(args.runs, args.only)
    if args.json:
        print(json.dumps(found))
        return 0
    for one in found:
        figures = f"{one['ours']:>10} {one['peer']:>10} {one['unit']} ({one['peer_name']})"
        print(f"{one['what']:45} {figures}, {one['ratio']} times, {one['runs']} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
