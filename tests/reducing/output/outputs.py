"""A small scan, a reduction of it whose results are known at each position, and a process that writes them until it is told to end.

``python -m tests.reducing.output.outputs SCAN OUT SEED PAUSE_S``: writes batches in an order of its own, over and over the scan, and says
what it has done; ``finish`` or ``close`` on its standard input ends it.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.files import open_swmr
from swmr_viewer.reducing.output.output_file import OutputFile
from swmr_viewer.reductions import Output, OutputAxis

DATA = "/entry/det/data"
N_BINS = 50
Q = OutputAxis("q", np.linspace(0.5, 3, N_BINS), "1/nm")
OUTPUTS = (
    Output("intensity", (N_BINS,), "counts", "f4", (Q,)),
    Output("total", (), "counts"),
    Output("n_bad", dtype="i4"),
    Output("cake", (3, N_BINS), "counts", "f4", (OutputAxis("chi", np.arange(3.0), "deg"), Q)),
)
VALUES = {"npt": N_BINS, "unit": "q_nm^-1", "azimuth": None, "peaks": [[1.0, 2.0]]}


def make_scan(path: Path, shape: tuple[int, ...] = (3, 4), seed: int = 0) -> Path:
    """Write a scan at rest: frames of noise, an axis for each scan axis, and a read-back along all of them."""
    rank = len(shape)
    with h5py.File(path, "w", libver="v110") as file:
        file.attrs["default"] = "entry"
        entry = file.create_group("entry")
        entry.attrs.update({"NX_class": "NXentry", "default": "det"})
        entry.create_dataset("keys/k", data=np.arange(1, np.prod(shape) + 1).reshape(shape), maxshape=(None,) * rank)
        group = entry.create_group("det")
        noise = np.random.default_rng(seed).random((*shape, 2, 3))
        group.create_dataset("data", data=noise, chunks=(1,) * rank + (2, 3), maxshape=(None,) * rank + (2, 3))
        names = [f"m{axis}" for axis in range(rank)]
        for axis, name in enumerate(names):
            group[name] = np.arange(shape[axis]) / 2
            group[name].attrs["units"] = "mm"
        group["rbv"] = np.arange(np.prod(shape), dtype=float).reshape(shape)
        group.attrs.update({"NX_class": "NXdata", "signal": "data", "axes": [*names, ".", "."], "rbv_indices": np.arange(rank)})
    return path


def results(first: tuple[int, ...], n: int) -> dict[str, npt.NDArray[Any]]:
    """Return what the reduction makes of ``n`` frames: each value tells its position."""
    numbers = np.array([_number((*first[:-1], first[-1] + offset)) for offset in range(n)], float)
    pattern = (numbers[:, None] + np.arange(N_BINS) / 64).astype("f4")
    cake = pattern[:, None, :] * np.arange(1, 4, dtype="f4")[:, None]
    return {"intensity": pattern, "total": numbers, "n_bad": numbers.astype("i4"), "cake": cake}


def _number(position: tuple[int, ...]) -> int:
    number = 1
    for at in position:
        number = number * 500 + at
    return number


def output_of(scan: Path, path: Path, shape: tuple[int, ...] = (3, 4), **other: Any) -> OutputFile:
    """Make or take up the output; the source is closed by ``output._source.close()`` or with the process."""
    given: dict[str, Any] = {"data_path": DATA, "scan_shape": shape, "reduction": "azimuthal", "values": VALUES, "outputs": OUTPUTS}
    return OutputFile(path, h5file=open_swmr(scan), **(given | other))


def done_positions(path: Path) -> npt.NDArray[np.intp]:
    """Return the positions whose keys are set, after each result there was compared with what it must be, and all others are nothing."""
    with h5py.File(path, "r", locking=False, swmr=True) as file:
        keys = file["entry/keys/azimuthal"][()]
        assert set(np.unique(keys)) <= {0, 1}
        where = np.argwhere(keys == 1)
        _compare({name: file[f"entry/azimuthal/{name}"][()] for name in (output.name for output in OUTPUTS)}, where)
        return where


def _compare(found: Mapping[str, npt.NDArray[Any]], where: npt.NDArray[np.intp]) -> None:
    for position in map(tuple, where.tolist()):
        for name, expected in results(position, 1).items():
            assert np.array_equal(found[name][position], expected[0]), (name, position)


def main() -> int:
    """Write until the pipe tells to end."""
    scan, path, seed, pause_s = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    orders: list[str] = []
    threading.Thread(target=lambda: orders.append(sys.stdin.readline().strip()), daemon=True).start()
    moments = random.Random(seed)
    with h5py.File(scan, "r", locking=False) as file:
        shape = file["entry/keys/k"].shape
    print("ready", flush=True)
    output = output_of(scan, path, moments.choice([shape, (1,) * len(shape)]), flush_s=moments.choice([0, 0.01, 0.05]))
    print("begun", output.n_done, flush=True)
    at = 0
    while not orders:
        at = (at + 1 if moments.random() < 0.8 else moments.randrange(10**6)) % int(np.prod(shape))
        first = tuple(int(one) for one in np.unravel_index(at, shape))
        n = min(moments.choice([1, 1, 4, 16]), shape[-1] - first[-1])
        is_new = output.write(first, results(first, n), np.array([moments.random() < 0.9 for _ in range(n)]))
        if is_new and pause_s:
            print("done", output.n_done, flush=True)
        output.flush_if_due()
        time.sleep(pause_s)
    if orders[0] == "finish":
        output.finish()
    else:
        output.close()
    print("ended", output.n_done, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
