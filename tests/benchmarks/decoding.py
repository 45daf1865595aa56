"""Frames of a finished file: read past HDF5's lock, by h5py, and by the bare decoder over raw chunks with kept buffers.

    python -m tests.benchmarks.decoding [--seconds 4] [FILTER ...]

Each first proves that it reads the same bytes. The three take turns. Times are by the clock, and by the processor for all threads.
"""

from __future__ import annotations

import argparse
import ctypes
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import h5py
import hdf5plugin
import numpy as np

from swmr_viewer.decoding import ChunkReader

FILTERS: dict[str, dict[str, Any]] = {
    "bslz4": {**hdf5plugin.Bitshuffle(cname="lz4")},
    "bszstd": {**hdf5plugin.Bitshuffle(cname="zstd")},
    "none": {},
    "lz4": {**hdf5plugin.LZ4()},
    "zstd": {**hdf5plugin.Zstd()},
    "gzip": {"compression": "gzip", "compression_opts": 1},
    "gzip+shuffle": {"compression": "gzip", "compression_opts": 1, "shuffle": True},
    "blosc": {**hdf5plugin.Blosc(cname="lz4")},
    "blosc2": {**hdf5plugin.Blosc2(cname="lz4")},
}
SHAPES: dict[str, tuple[tuple[int, int], str]] = {
    "4M u4": ((2167, 2070), "u4"),
    "16M u4": ((4371, 4150), "u4"),
    "512 u2": ((512, 512), "u2"),
}
N_FRAMES = 6

Read = Callable[[int], None]


@contextmanager
def stack(shape: tuple[int, int], dtype: str, filters: dict[str, Any]) -> Iterator[h5py.Dataset]:
    """Give a finished stack, one frame in each chunk: counts of a weak background and some spots."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stack.h5")
        with h5py.File(path, "w", libver="v110") as file:
            dataset = file.create_dataset("data", (N_FRAMES, *shape), dtype, chunks=(1, *shape), **filters)
            frame = rng.poisson(2, shape).astype(dtype)
            frame[rng.integers(0, 2, shape[0]) == 0, :50] = 1000
            for index in range(N_FRAMES):
                dataset[index] = np.roll(frame, index * 7)
        with h5py.File(path, "r", swmr=True, locking=False) as file:
            yield file["data"]


def ours(dataset: h5py.Dataset, out: Any) -> Read | None:
    """Read by raw chunks."""
    reader, (height, width) = ChunkReader(dataset), dataset.shape[1:]
    if not reader.is_usable:
        return None

    def read(index: int) -> None:
        if not reader.read(((index, index + 1), (0, height), (0, width)), out[None]):
            raise AssertionError(f"frame {index} was not read")

    return read


def by_h5py(dataset: h5py.Dataset, out: Any) -> Read:
    """Read into a kept array: faster than ``dataset[index]``."""
    return lambda index: dataset.read_direct(out, np.s_[index])


def bare_bitshuffle(dataset: h5py.Dataset, out: Any) -> Read:
    """Read the raw chunk into a kept buffer and decode it on two threads, half of its blocks on each: where they part is known before."""
    decode = ctypes.CDLL(hdf5plugin.get_config().registered_filters["bshuf"]).bshuf_decompress_lz4
    decode.restype, decode.argtypes = ctypes.c_int64, (ctypes.c_void_p, ctypes.c_void_p, *(ctypes.c_size_t,) * 3)
    raw, size, block = np.empty(out.nbytes * 2, np.uint8), out.itemsize, 8192 // out.itemsize
    blocks_before = out.size // block // 2
    halves = []
    for index in range(dataset.shape[0]):
        _, data = dataset.id.read_direct_chunk((index, 0, 0), out=raw)
        at = 12
        for _ in range(blocks_before):
            at += 4 + int.from_bytes(data[at : at + 4], "big")
        halves.append(at)
    pool = ThreadPoolExecutor(1)
    split = blocks_before * block

    def read(index: int) -> None:
        dataset.id.read_direct_chunk((index, 0, 0), out=raw)
        there = pool.submit(decode, raw.ctypes.data + 12, out.ctypes.data, split, size, block)
        decode(raw.ctypes.data + halves[index], out.ctypes.data + split * size, out.size - split, size, block)
        there.result()

    return read


Times = dict[str, list[tuple[float, float]]]
"""For each way of reading, the seconds of each frame by the clock and of the processor."""


def compared(name: str, shape: tuple[int, int], dtype: str, seconds: float) -> Times:
    """Read a stack in each way, in turn, after each was shown to read the same bytes."""
    with stack(shape, dtype, FILTERS[name]) as dataset:
        out = np.zeros(shape, dtype)
        ways: dict[str, Read | None] = {"ours": ours(dataset, out), "h5py": by_h5py(dataset, out)}
        if name == "bslz4":
            ways["bare"] = bare_bitshuffle(dataset, out)
        for read in filter(None, ways.values()):
            _prove(dataset, out, read)
        times: Times = {way: [] for way in ways}
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for way, read in ways.items():
                if read is not None:
                    times[way] += [_timed(read, index) for index in range(N_FRAMES)]
    return {way: found for way, found in times.items() if found}


def _prove(dataset: h5py.Dataset, out: Any, read: Read) -> None:
    for index in range(N_FRAMES):
        out[...] = 0
        read(index)
        assert (out == dataset[index]).all()


def _timed(read: Read, index: int) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    read(index)
    return time.perf_counter() - began, time.process_time() - worked


def _told(times: list[tuple[float, float]]) -> str:
    walls, works = zip(*times, strict=True)
    return f"{1e3 * median(walls):6.2f} ({1e3 * min(walls):6.2f}) cpu {1e3 * median(works):6.2f}"


def rows(seconds: float = 1.5) -> list[dict[str, Any]]:
    """Return a row for each filter beside h5py, and for bitshuffle-LZ4 beside the bare decoder, which is the limit."""
    found = []
    for size, names in (("4M u4", list(FILTERS)), ("16M u4", ["bslz4"])):
        for name in names:
            times = compared(name, *SHAPES[size], seconds)
            ms = {way: 1e3 * median(clock for clock, _ in spans) for way, spans in times.items()}
            for peer, peer_name in (("h5py", "h5py, kept array"), ("bare", "bare decoder, 2 threads")):
                if "ours" in ms and peer in ms:
                    compare = {"ours": ms["ours"], "peer": ms[peer], "peer_name": peer_name, "ratio": ms["ours"] / ms[peer]}
                    found.append(
                        {"what": f"one frame read and decoded, {size} {name}", **compare, "unit": "ms", "runs": len(times["ours"])}
                    )
    return found


def main() -> None:
    """Print a line for each filter and size."""
    options = argparse.ArgumentParser()
    options.add_argument("filters", nargs="*", choices=[*FILTERS, []])
    options.add_argument("--seconds", type=float, default=2.0)
    asked = options.parse_args()
    print("ms for a frame: median (least), processor's median")
    for size, (shape, dtype) in SHAPES.items():
        for name in asked.filters or FILTERS:
            times = compared(name, shape, dtype, asked.seconds)
            print(f"{size:7} {name:13} {'  '.join(f'{way} {_told(found):>26}' for way, found in times.items())}", flush=True)


if __name__ == "__main__":
    main()
