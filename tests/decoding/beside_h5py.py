"""Decodes chunks with changed bytes here and by h5py, one beside the other: the same numbers, or a refusal.

    python -m tests.decoding.beside_h5py [--times 2000] [--seed 0] [FILTER ...]

Prints how many of each filter came out the same, and how many were refused, or decoded by one of them alone. Linux, macOS.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np

from swmr_viewer.decoding import ChunkReader
from swmr_viewer.decoding.parts import DamagedChunkError
from tests.decoding.changed_bytes import FILTERS, asked_for, changed

SHAPE = (31, 43)
_TYPES = ("u1", "<u2", ">u4", "<f8")


def compare(name: str, times: int, seed: int, folder: Path) -> Counter[str]:
    """Change the chunk of one filter as often as asked for; return how many came out how.

    Raises
    ------
    AssertionError
        If other numbers are decoded here than by h5py.
    """
    rng, found = np.random.default_rng(seed), Counter[str]()
    for number, dtype in enumerate(_TYPES):
        values = (rng.poisson(2, SHAPE) + 100 * (rng.random(SHAPE) > 0.95)).astype(dtype)
        path = folder / f"{name}{number}.h5"
        with h5py.File(path, "w", libver="v110") as file:
            file.create_dataset("data", data=values, chunks=SHAPE, **FILTERS[name])
        with h5py.File(path, "r") as file:
            whole = file["data"].id.read_direct_chunk((0, 0))[1]
        for data in islice(changed(whole, rng), times // len(_TYPES)):
            with h5py.File(path, "r+") as file:
                file["data"].id.write_direct_chunk((0, 0), data.tobytes())
            found[_compared(path, f"{name} {dtype} {seed}")] += 1
    return found


def _compared(path: Path, words: str) -> str:
    with h5py.File(path, "r") as file:
        dataset = file["data"]
        here = np.zeros(SHAPE, dataset.dtype)
        try:
            is_decoded = ChunkReader(dataset).read(tuple((0, n) for n in SHAPE), here)
        except DamagedChunkError:
            return "refused here"
    there = _by_h5py(path, here.tobytes())
    if there == "decodes" and is_decoded:
        raise AssertionError(f"{words}: other numbers than by h5py")
    return "the same" if there == "the same" and is_decoded else f"h5py {there}, this {'decodes' if is_decoded else 'leaves it to h5py'}"


def _by_h5py(path: Path, expected: bytes) -> str:
    """Return how h5py fares, in a process that may end over it."""
    child = os.fork()
    if not child:
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        try:
            with h5py.File(path, "r") as file:
                os._exit(0 if file["data"][...].tobytes() == expected else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    return ("the same", "decodes", "refuses")[os.waitstatus_to_exitcode(status)] if os.WIFEXITED(status) else "crashes"


def main() -> None:
    """Compare each filter."""
    asked = asked_for()
    with TemporaryDirectory() as folder:
        for name in asked.filters or FILTERS:
            print(f"{name}: ", end="", flush=True)
            found = compare(name, asked.times, asked.seed, Path(folder))
            print(", ".join(f"{n} {what}" for what, n in sorted(found.items())))


if __name__ == "__main__":
    main()
