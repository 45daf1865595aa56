"""How long does it take to find out what is in a file of many objects? Ours beside a bare visit of every object in one run.

Run ``python -m tests.benchmarks.inspection``; the limit is 2 s for 20,000 objects, the figure to quote the ratio.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import h5py

from swmr_viewer.core.discovery import inspect_file

MAKERS: dict[str, dict[str, object]] = {
    "scalars": {"data": 1.5},
    "not written yet": {"shape": (100,), "dtype": "f8"},
    "empty and growing": {"shape": (0,), "maxshape": (None,), "chunks": (64,), "dtype": "f8"},
}
_IN_A_GROUP = 1000


def make(path: Path, n_objects: int, options: dict[str, object]) -> None:
    """Write a scan of 100 points beside so many datasets."""
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        for number in range(n_objects):
            file.create_dataset(f"entry/instrument_{number // _IN_A_GROUP}/value_{number}", **options)
        file.create_dataset("entry/keys/detector", (100,), "i4", chunks=(100,))
        file.create_dataset("entry/detector/data", (100, 8, 8), "u2", chunks=(1, 8, 8))
        file.swmr_mode = True


def _look(_name: str, one: object) -> None:
    if isinstance(one, h5py.Dataset):
        _ = one.shape, one.dtype


def bare_visit(path: Path) -> None:
    """Open every object and look at its shape and type: the least that can tell what it is."""
    with h5py.File(path, "r", swmr=True, locking=False) as file:
        file.visititems(_look)


def timed_s(function: Callable[[Path], object], path: Path) -> float:
    start = time.perf_counter()
    function(path)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=20_000)
    n_objects = parser.parse_args().objects
    with tempfile.TemporaryDirectory() as folder:
        for name, options in MAKERS.items():
            path = Path(folder) / "many.h5"
            make(path, n_objects, options)
            assert "/entry/keys/detector" in inspect_file(path).key_paths
            ours, bare = (min(timed_s(function, path) for _ in range(3)) for function in (inspect_file, bare_visit))
            print(f"{n_objects} {name}: {ours:.2f} s, a bare visit {bare:.2f} s, ratio {ours / bare:.2f}")


if __name__ == "__main__":
    main()
