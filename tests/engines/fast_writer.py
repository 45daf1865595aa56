"""Writes small frames in shared chunks as quickly as it can, in a process of its own: ``python -m tests.engines.fast_writer PATH N KIND``.

Kinds: ``frames_first`` (keys when frames are flushed), ``keys_first`` (as areaDetector does), ``virtual`` (many source files),
``virtual_keys`` (the keys are in them as well).
"""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np
import numpy.typing as npt

FRAME = (24, 36)
PER_CHUNK = 20
"""Also half of a frame's rows make chunks that are large enough to be decoded past HDF5's lock (32 KB)."""
PER_FILE = 100
KINDS = ("frames_first", "keys_first", "virtual", "virtual_keys")


def frames(first: int, stop: int) -> npt.NDArray[np.uint32]:
    """Return what is written: each frame differs from all others, and some are truly dark."""
    index = np.arange(first, stop, dtype=np.uint32)[:, None, None]
    made = (index * np.uint32(7919) + np.arange(FRAME[0] * FRAME[1], dtype=np.uint32).reshape(FRAME) * np.uint32(31)) % np.uint32(100_003)
    made[index[:, 0, 0] % 13 == 5] = 0
    return np.asarray(made, np.uint32)


def layout(h5file: h5py.File, name: str, n: int) -> h5py.Dataset:
    return h5file.create_dataset(
        name, (0, *FRAME), "u4", maxshape=(n, *FRAME), chunks=(PER_CHUNK, *FRAME), **hdf5plugin.Bitshuffle(cname="lz4")
    )


def write(path: Path, n: int, keys_first: bool) -> None:
    with h5py.File(path, "w", libver="v110") as h5file:
        data, keys = layout(h5file, "data", n), h5file.create_dataset("keys/k", (n,), "i4", chunks=(512,))
        h5file.swmr_mode = True
        print("swmr", flush=True)
        rng, at = np.random.default_rng(3), 0
        while at < n:
            stop = min(n, at + int(rng.integers(1, 11)))
            data.resize(stop, axis=0)
            if keys_first:
                data.flush()
                set_keys(keys, at, stop)
            data[at:stop] = frames(at, stop)
            data.flush()
            if not keys_first:
                set_keys(keys, at, stop)
            at = stop


def write_virtual(path: Path, n: int, keys_too: bool) -> None:
    """Sources have half of each frame's rows."""
    half = FRAME[0] // 2
    layout_of_all = h5py.VirtualLayout((n, *FRAME), "u4")
    for number in range(0, n, PER_FILE):
        for part in (0, 1):
            source = h5py.VirtualSource(f"{name_of(number, part)}", "data", (PER_FILE, half, FRAME[1]), "u4")
            layout_of_all[number : number + PER_FILE, part * half : (part + 1) * half] = source[: min(PER_FILE, n - number)]
    with h5py.File(path, "w", libver="v110") as h5file:
        h5file.create_virtual_dataset("data", layout_of_all)
        if keys_too:
            layout_of_keys = h5py.VirtualLayout((n,), "i4")
            for number in range(0, n, PER_FILE):
                length = min(PER_FILE, n - number)
                layout_of_keys[number : number + length] = h5py.VirtualSource(name_of(number, 1), "k", (length,), "i4")
            h5file.create_virtual_dataset("keys/k", layout_of_keys)
        else:
            keys = h5file.create_dataset("keys/k", (n,), "i4", chunks=(512,))
        h5file.swmr_mode = True
        print("swmr", flush=True)
        for number in range(0, n, PER_FILE):
            made = frames(number, min(n, number + PER_FILE))
            for part in (0, 1):
                with h5py.File(path.parent / name_of(number, part), "w", libver="v110") as source_file:
                    source_file.create_dataset(
                        "data",
                        data=np.concatenate([made, np.zeros((PER_FILE - len(made), *FRAME), "u4")])[:, part * half : (part + 1) * half],
                        chunks=(PER_CHUNK, half, FRAME[1]),
                        **hdf5plugin.Bitshuffle(cname="lz4"),
                    )
                    if part and keys_too:
                        source_file.create_dataset("k", data=np.arange(number + 1, number + 1 + len(made)), dtype="i4", chunks=(len(made),))
            if not keys_too:
                set_keys(keys, number, number + len(made))


def name_of(number: int, part: int) -> str:
    return f"source_{number:06d}_{part}.h5"


def set_keys(keys: h5py.Dataset, first: int, stop: int) -> None:
    keys[first:stop] = np.arange(first + 1, stop + 1)
    keys.flush()


if __name__ == "__main__":
    _path, _n, _kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if _kind.startswith("virtual"):
        write_virtual(_path, _n, _kind == "virtual_keys")
    else:
        write(_path, _n, _kind == "keys_first")
