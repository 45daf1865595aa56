"""What one poll of three key datasets costs, half of their keys set, ours beside swmr-tools'.

Run ``python -m tests.benchmarks.poll_cost``. The writer is a process of its own and has the file open in SWMR mode.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import h5py

_WRITER = """
import sys
import h5py, numpy as np
n = int(sys.argv[2])
f = h5py.File(sys.argv[1], "w", libver="v110")
keys = [f.create_dataset(f"keys/k{i}", (n,), "i4", chunks=(min(n, 65536),)) for i in range(3)]
f.swmr_mode = True
for k in keys:
    k[:] = 0
    k[: n // 2] = np.arange(1, n // 2 + 1)
    k.flush()
print("set", flush=True)
for line in sys.stdin:
    for k in keys:
        k[n // 2] = n // 2 + 1
        k.flush()
    print("set", flush=True)
"""
_SIZES = {10_000_000: (400, 7), 10_000: (400, 40)}
"""Points, and how many polls of ours and of swmr-tools are timed."""


def rows() -> list[dict[str, Any]]:
    """Return a row for each size of scan (medians, ms)."""
    return [_row(n, *runs) for n, runs in _SIZES.items()]


def _row(n: int, n_ours: int, n_theirs: int) -> dict[str, Any]:
    with _half_set(n) as (path, set_next):
        ours_ms, ours = _ours(path, n // 2, n_ours, set_next)
        theirs_ms, theirs = _theirs(path, n_theirs)
    if ours != theirs:
        raise SystemExit(f"keys up to {ours} (ours) and {theirs} (swmr-tools): they do not see the same ones")
    return {
        "what": f"one poll, 3 key datasets of {n:,} points, half set",
        "ours": ours_ms,
        "peer": theirs_ms,
        "peer_name": "swmr-tools",
        "ratio": ours_ms / theirs_ms,
        "unit": "ms",
        "runs": n_ours,
    }


def _ours(path: str, n_set: int, runs: int, set_next: Callable[[], None]) -> tuple[float, int]:
    """Return what a poll takes (ms) and the last complete index, once one more key was set."""
    from swmr_viewer import Follower

    with h5py.File(path, "r", swmr=True, locking=False) as file:
        follower = Follower(file, "keys")
        while follower.refresh() or follower.n_complete < n_set:
            pass
        took = _median_ms(follower.refresh, runs)
        set_next()
        if not follower.refresh():
            raise SystemExit("one poll did not find the next key")
        return took, follower.frontier - 1


def _theirs(path: str, runs: int) -> tuple[float, int]:
    from swmr_tools import KeyFollower

    with h5py.File(path, "r", swmr=True, locking=False) as file:
        follower = KeyFollower([file[f"keys/k{i}"] for i in range(3)], timeout=60)
        follower.check_datasets()
        follower._is_next()
        return _median_ms(follower._is_next, runs), int(follower.current_max)


def _median_ms(poll: Callable[[], object], runs: int) -> float:
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        poll()
        took.append(1000 * (time.perf_counter() - began))
    return median(took)


@contextmanager
def _half_set(n: int) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the file's path, and what has the writer set the next key."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "scan.h5")
        command = [sys.executable, "-c", _WRITER, path, str(n)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdin is not None
            assert writer.stdout is not None
            writer.stdout.readline()

            def set_next() -> None:
                print(file=writer.stdin, flush=True)
                writer.stdout.readline()

            yield path, set_next
            writer.stdin.close()


if __name__ == "__main__":
    for row in rows():
        print("{what}: ours {ours:.3f} {unit}, {peer_name} {peer:.3f} {unit}, ratio {ratio:.4f}, {runs} runs".format(**row))
