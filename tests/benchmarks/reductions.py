"""What reductions cost beside the same calls by hand, in one run: pyFAI's patterns, sums of regions, and ever longer scans.

Run ``python -m tests.benchmarks.reductions``. Each case first proves that both sides have the same numbers. Our side is all of
``swmr_viewer.reduce``: keys, frames, integrator, and the file with the results; the other sides keep their results in memory.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil

from swmr_viewer import reduce
from tests.benchmarks.finished_frames import BSLZ4, Case, bare_decoder, fill

PONI = """poni_version: 2.1
Detector: Detector
Detector_config: {"pixel1": 7.5e-05, "pixel2": 7.5e-05, "max_shape": [1030, 1065], "orientation": 3}
Distance: 0.2
Poni1: 0.04
Poni2: 0.04
Rot1: 0.01
Rot2: 0
Rot3: 0
Wavelength: 1e-10
"""
ONE_MILLION = Case("pyFAI 1-D, 1,000 frames 1030x1065 u4 bslz4", 1_000, (1030, 1065), 1, "u4", BSLZ4)
FOUR_MILLION = Case("sum of a region, 2167x2070 u4 bslz4", 480, (2167, 2070), 1, "u4", BSLZ4)
N_DIFFERENT = 24
TURNS = 3
BINS = 1000
REGION = "A=900:1100, 900:1100"
SHORT, LONG = 1_000, 100_000


# ---- files


def write(case: Case, path: Path) -> None:
    """Write a finished scan; some frames are different, and come again and again: compressing a thousand takes a minute."""
    with h5py.File(path, "w", libver="v110") as file:
        made = file.create_dataset(
            "data", (case.n_frames, *case.frame_shape), case.dtype, chunks=(1, *case.frame_shape), **case.compression
        )
        made.attrs["interpretation"] = "image"
        n = min(case.n_frames, N_DIFFERENT)
        fill(Case("", n, case.frame_shape, 1, case.dtype), _First(made, n), 0)
        file.flush()
        for index in range(n, case.n_frames):
            mask, raw = made.id.read_direct_chunk((index % n, 0, 0))
            made.id.write_direct_chunk((index, 0, 0), raw, mask)
        file.create_dataset("keys/k", data=np.arange(1, case.n_frames + 1), chunks=(case.n_frames,))


class _First:
    """The first frames of a data set."""

    def __init__(self, dataset: h5py.Dataset, n: int) -> None:
        self._dataset, self.shape = dataset, (n, *dataset.shape[1:])

    def __setitem__(self, where: slice, values: Any) -> None:
        self._dataset[where] = values


# ---- pyFAI


def integrator(poni: Path) -> Any:
    """Return pyFAI's integrator, as a script has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyFAI

        return pyFAI.load(str(poni))


def by_hand(path: Path, poni: Path, n_threads: int) -> np.ndarray:
    """What a script does: read by h5py, integrate by pyFAI, in a loop, or on a pool of threads."""
    made, method = integrator(poni), ("full", "csc", "cython")
    with h5py.File(path, "r", locking=False) as file:
        data = file["data"]

        def pattern(index: int) -> np.ndarray:
            return np.asarray(made.integrate1d(data[index], BINS, unit="q_A^-1", method=method).intensity)

        if n_threads == 1:
            return np.array([pattern(index) for index in range(data.shape[0])])
        with ThreadPoolExecutor(n_threads) as pool:
            return np.array(list(pool.map(pattern, range(data.shape[0]))))


def ours(path: Path, output: Path, reduction: str, values: dict[str, Any], **options: Any) -> int:
    """Reduce all of it; return how many frames were reduced."""
    output.unlink(missing_ok=True)
    return reduce(path, output, reduction, values, key_paths="keys/k", data_path="data", **options).n_reduced


def pyfai_rows(folder: Path) -> list[dict[str, Any]]:
    """Compare with one core's own loop, and with a bare pool."""
    case, path, output, poni = ONE_MILLION, folder / "scan.h5", folder / "out.h5", folder / "a.poni"
    write(case, path)
    poni.write_text(PONI)
    values = {"poni": str(poni), "bins": BINS, "unit": "q_A^-1"}
    loop, n = by_hand(path, poni, 1), ours(path, output, "pyfai1d", values)
    with h5py.File(output, locking=False) as file:
        found = file["entry/pyfai1d/intensity"][...]
    if n != case.n_frames or not np.array_equal(np.nan_to_num(found), loop):
        raise AssertionError(f"{case.what}: the patterns differ")
    turns = [
        (timed(ours, path, output, "pyfai1d", values)[0], timed(by_hand, path, poni, 1)[0], timed(by_hand, path, poni, 2)[0])
        for _ in range(TURNS)
    ]
    mine, one_core, pool = (case.n_frames / sorted(column)[TURNS // 2] for column in zip(*turns, strict=True))
    return [
        row(case.what, mine, one_core, "one core: h5py + pyFAI", runs=TURNS),
        row(case.what, mine, pool, "pool of 2 threads: h5py + pyFAI", runs=TURNS),
    ]


# ---- sums, and long scans


def sums_rows(folder: Path) -> list[dict[str, Any]]:
    """Compare sums of a region with decoding alone."""
    case, path, output = FOUR_MILLION, folder / "scan.h5", folder / "out.h5"
    write(case, path)
    values = {"regions": REGION, "whole": False}
    ours(path, output, "statistics", values)
    with h5py.File(path, locking=False) as file, h5py.File(output, locking=False) as results:
        sums = results["entry/statistics/A_sum"][...]
        if [int(file["data"][n, 900:1100, 900:1100].sum()) for n in (0, 7, 90)] != sums[[0, 7, 90]].astype(int).tolist():
            raise AssertionError(f"{case.what}: the sums differ")
    times = [(timed(ours, path, output, "statistics", values)[0], timed(_exhausted, bare_decoder(path))[0]) for _ in range(5)]
    mine, theirs = (case.n_frames / sorted(column)[2] for column in zip(*times, strict=True))
    return [row(case.what, mine, theirs, "bare decoder, 2 threads", runs=5)]


def _exhausted(frames: Any) -> None:
    for _frame in frames:
        pass


def growth_rows(folder: Path) -> list[dict[str, Any]]:
    """Compare what a frame costs in a long scan with what it costs in a short one."""
    found = []
    for n in (SHORT, LONG):
        path = folder / f"scan{n}.h5"
        with h5py.File(path, "w", libver="v110") as file:
            made = file.create_dataset("data", (n, 32, 32), "u2", chunks=(1, 32, 32))
            made[...] = np.random.default_rng(1).poisson(3, (n, 32, 32))
            made.attrs["interpretation"] = "image"
            file.create_dataset("keys/k", data=np.ones(n, "i4"), chunks=(min(n, 4096),))
        output = folder / "out.h5"
        ours(path, output, "centre_of_mass", {})
        before = psutil.Process(os.getpid()).memory_info().rss
        seconds, n_reduced = timed(ours, path, output, "centre_of_mass", {})
        if n_reduced != n:
            raise AssertionError(f"{n_reduced} of {n} small frames were reduced")
        found.append((1e6 * seconds / n, (psutil.Process(os.getpid()).memory_info().rss - before) / 1e6))
    (short_us, _), (long_us, growth_mb) = found
    what = f"centre of mass, 32x32, {LONG:,} frames"
    return [
        row(what, long_us, short_us, f"in a scan of {SHORT:,}", unit="us a frame"),
        row(f"{what}: memory", max(growth_mb, 0.0), 50.0, "limit", unit="MB more"),
    ]


# ---- rows


def timed(call: Any, *arguments: Any) -> tuple[float, Any]:
    """Return how long a call takes (s), and what it returns."""
    began = time.perf_counter()
    result = call(*arguments)
    return time.perf_counter() - began, result


def row(what: str, mine: float, theirs: float, peer: str, *, unit: str = "frames/s", runs: int = 1) -> dict[str, Any]:
    """Return one line of the table."""
    ratio = round(mine / theirs, 3)
    return {"what": what, "ours": round(mine, 2), "peer": round(theirs, 2), "peer_name": peer, "ratio": ratio, "unit": unit, "runs": runs}


def rows(only: str = "") -> list[dict[str, Any]]:
    """Return one row for each comparison."""
    found = []
    for part in (pyfai_rows, sums_rows, growth_rows):
        if only in part.__name__:
            with tempfile.TemporaryDirectory() as folder:
                found += part(Path(folder))
    return found


if __name__ == "__main__":
    print(json.dumps(rows(*sys.argv[1:]), indent=1))
