"""Decodes chunks with changed bytes, between pages that no one may touch: a step out of bounds ends this process by a signal.

    python -m tests.decoding.changed_bytes [--times 2000] [--seed 0] [FILTER ...]

Prints how many of each filter were refused, and how many decoded. Linux, macOS.
"""

from __future__ import annotations

import argparse
import ctypes
import mmap
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import numpy.typing as npt

from swmr_viewer.decoding.parts import Codec, DamagedChunkError, Raw, UnknownDataError, address_of
from swmr_viewer.decoding.pipeline import Pipeline

FILTERS: dict[str, dict[str, Any]] = {
    "bslz4": {**hdf5plugin.Bitshuffle(nelems=512, cname="lz4")},
    "bszstd": {**hdf5plugin.Bitshuffle(nelems=512, cname="zstd")},
    "lz4": {**hdf5plugin.LZ4(nbytes=1024)},
    "zstd": {**hdf5plugin.Zstd()},
    "gzip": {"compression": "gzip", "shuffle": True},
    "lzf": {"compression": "lzf", "shuffle": True},
    "blosc-lz4": {**hdf5plugin.Blosc(cname="lz4")},
    "blosc-blosclz": {**hdf5plugin.Blosc(cname="blosclz", shuffle=hdf5plugin.Blosc.BITSHUFFLE)},
    "blosc-zlib": {**hdf5plugin.Blosc(cname="zlib")},
    "blosc-zstd": {**hdf5plugin.Blosc(cname="zstd")},
}
SHAPE = (61, 83)
Bytes = npt.NDArray[np.uint8]


class Guarded:
    """Memory between two pages that nobody may read or write."""

    def __init__(self, n_bytes: int) -> None:
        page = mmap.PAGESIZE
        n_pages = -(-n_bytes // page) + 2
        self._map = mmap.mmap(-1, n_pages * page)
        whole = np.frombuffer(self._map, np.uint8)
        protect = ctypes.CDLL(None).mprotect
        protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for number in (0, n_pages - 1):
            assert protect(address_of(whole) + number * page, page, 0) == 0
        self._inner = whole[page:-page]

    def at_end(self, n_bytes: int) -> Bytes:
        """Return so many bytes, with nothing behind."""
        return self._inner[self._inner.size - n_bytes :]

    def at_start(self, n_bytes: int) -> Bytes:
        """Return so many bytes, with nothing before."""
        return self._inner[:n_bytes]


def chunk_of(filters: dict[str, Any]) -> tuple[Codec, bytes, npt.NDArray[Any]]:
    """Return a decoder, a chunk as it stands in a file, and what it holds."""
    rng = np.random.default_rng(0)
    values = (rng.poisson(2, SHAPE) + 1000 * (rng.random(SHAPE) > 0.95)).astype("u4")
    with TemporaryDirectory() as folder, h5py.File(Path(folder, "one.h5"), "w") as file:
        dataset = file.create_dataset("data", data=values, chunks=SHAPE, **filters)
        file.flush()
        codec = Pipeline(dataset).codec(0)
        assert codec is not None
        return codec, dataset.id.read_direct_chunk((0, 0))[1], values


def changed(chunk: bytes, rng: np.random.Generator) -> Iterator[Bytes]:
    """Yield the chunk with changed bytes, mostly in its first ones, or cut."""
    while True:
        data = np.frombuffer(chunk, np.uint8).copy()
        for _ in range(rng.integers(1, 4)):
            at = rng.integers(0, 32 if rng.random() < 0.5 else len(data))
            some = rng.integers(0, 256, rng.integers(1, 5)) if rng.random() < 0.7 else rng.choice([0, 1, 127, 128, 255], 1).repeat(4)
            data[at : at + len(some)] = some[: len(data[at:])]
        yield data[: rng.integers(0, len(data))] if rng.random() < 0.1 else data


def decoded(codec: Codec, raw: Raw, out: Bytes) -> bool:
    """Return whether a chunk was decoded, in each of its parts."""
    try:
        return all(part.decode(address_of(out) + part.start) for part in codec.parts(raw, out.size, 0, out.size))
    except (UnknownDataError, DamagedChunkError):
        return False


def attack(name: str, times: int, seed: int) -> str:
    """Decode as many changed chunks as asked for; return how many were refused and how many decoded."""
    codec, chunk, values = chunk_of(FILTERS[name])
    source, target, scratch = Guarded(len(chunk)), Guarded(values.nbytes), np.empty(values.nbytes, np.uint8)
    taken = -1
    for number, data in enumerate(islice(chain([np.frombuffer(chunk, np.uint8)], changed(chunk, np.random.default_rng(seed))), times + 1)):
        place = (source.at_start if number % 4 == 1 else source.at_end)(data.size)
        out = (target.at_start if number % 3 == 1 else target.at_end)(values.nbytes)
        place[...] = data
        taken += decoded(codec, Raw(place, data.size, scratch), out)
        assert number or out.tobytes() == values.tobytes(), "not even the whole chunk is decoded"
    return f"{times - taken} refused, {taken} decoded"


def asked_for() -> argparse.Namespace:
    """Return which filters the command line names, how many chunks of each are changed, and the seed."""
    options = argparse.ArgumentParser()
    options.add_argument("filters", nargs="*", choices=[*FILTERS, []])
    options.add_argument("--times", type=int, default=2000)
    options.add_argument("--seed", type=int, default=0)
    return options.parse_args()


def main() -> None:
    """Attack each filter."""
    asked = asked_for()
    for name in asked.filters or FILTERS:
        print(f"{name}: ", end="", flush=True)
        print(attack(name, asked.times, asked.seed))


if __name__ == "__main__":
    main()
