"""Files that hang a reader for good: a frame, or a key dataset, that lies in a pipe nobody writes to."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np

KEYS, DATA, OTHER = "/keys", "/data", "/other"
SHAPE = (4, 6)


def pixels(index: int) -> np.ndarray:
    """Return frame ``index`` of such a file."""
    return np.full(SHAPE, index + 1, np.uint16)


def write_hanging_frame(folder: Path, n: int, hangs: int) -> Path:
    """Write a finished scan of ``n`` frames, each in a raw file of its own; reading frame ``hangs`` never returns."""
    parts = []
    for index in range(n):
        part = folder / f"frame{index}.raw"
        if index == hangs:
            os.mkfifo(part)
        else:
            part.write_bytes(pixels(index).tobytes())
        parts.append((str(part), 0, pixels(0).nbytes))
    path = folder / "hanging.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset(KEYS, data=np.arange(1, n + 1))
        file.create_dataset(DATA, (n, *SHAPE), np.uint16, external=parts)
    return path


def write_two_data_sets(folder: Path, n: int, hangs: int) -> Path:
    """Write what ``write_hanging_frame`` writes, and a second data set that is in order."""
    path = write_hanging_frame(folder, n, hangs)
    with h5py.File(path, "r+", libver="v110") as file:
        file.create_dataset(OTHER, data=np.stack([pixels(index) for index in range(n)]))
    return path


def write_hanging_opening(folder: Path) -> Path:
    """Write a file whose key dataset leads to a pipe: opening it never returns, and holds Python's lock if HDF5 does it.

    By two links: what one alone leads to is looked at before HDF5 opens it.
    """
    os.mkfifo(folder / "keys.h5")
    path = folder / "hanging.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file["/elsewhere"] = h5py.ExternalLink("keys.h5", "/keys")
        file[KEYS] = h5py.SoftLink("/elsewhere")
        file.create_dataset(DATA, data=np.zeros((3, *SHAPE), np.uint16))
    return path


def write_hanging_scalar(folder: Path) -> Path:
    """Write a finished scan of three frames with a monitor whose source is in a pipe: reading it never returns.

    A virtual one: raw data of others are looked at before HDF5 opens them.
    """
    os.mkfifo(folder / "monitor.raw")
    with h5py.File(folder / "monitor.h5", "w", libver="v110") as source:
        source.create_dataset("monitor", (3,), np.float64, external=[(str(folder / "monitor.raw"), 0, 24)])
    path = folder / "hanging.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset(KEYS, data=np.arange(1, 4))
        file.create_dataset(DATA, data=np.stack([pixels(index) for index in range(3)]))
        layout = h5py.VirtualLayout((3,), np.float64)
        layout[:] = h5py.VirtualSource("monitor.h5", "monitor", (3,))
        file.create_virtual_dataset("/monitor", layout)
    return path
