"""What must be at the end: nothing of the window's is left, and each result is in the output."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import psutil

from tests.reliability.soak.led import Led
from tests.reliability.soak.sampling import Sample

END_S = 30.0
"""Longest time for what was told to close; that it is 5 s on a machine with nothing else to do is what `ended_window` looks at."""


def what_is_left(window: Led, samples: Sequence[Sample]) -> list[str]:
    """Return what is left of a window that was told to close, as sentences."""
    began_s, processes = time.monotonic(), psutil.Process(window.process.pid).children(recursive=True)
    try:
        status: object = window.process.wait(END_S)
    except subprocess.TimeoutExpired:
        status = "none"
    _, alive = psutil.wait_procs(processes, max(0.0, END_S - (time.monotonic() - began_s)))
    shared = sorted({name for one in samples for name in one.shared if Path(name).exists()})
    left = [f"{END_S:.0f} s after the window was closed there is still process {one.pid}" for one in alive]
    left += [f"after the window was closed there is still {name}" for name in shared]
    left += [f"the window ended with status {status}"] if status != 0 else []
    return left + ([f"on standard error: {window.said}"] if window.said else [])


def results_in(path: Path, reduction: str) -> npt.NDArray[np.float64]:
    """Return the totals that a reduction wrote, one for each scan point."""
    with h5py.File(path, "r", locking=False) as file:
        return np.asarray(file[f"/entry/{reduction}/total"][()], np.float64).ravel()
