"""Special files: huge shapes, and more groups, or deeper ones, than anybody has."""

from __future__ import annotations

import random
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np

from tests.reliability.fuzz.usual import DATA, KEYS, MAIN, N, frames, usual

N_GROUPS = 100_000
HUGE = 1 << 60


def huge_shapes(file: h5py.File, chance: random.Random) -> None:
    """Declare lengths of 2^60, with a few chunks or none."""
    rank = chance.choice((1, 2))
    scan = (HUGE,) if rank == 1 else (1 << 30, 1 << 30)
    keys = file.create_dataset(KEYS, scan, np.int32, chunks=(*(1,) * (rank - 1), 64), maxshape=(None,) * rank)
    data = file.create_dataset(DATA, (*scan, 2, 2), np.uint16, chunks=(*(1,) * rank, 2, 2), maxshape=(*(None,) * rank, 2, 2))
    for at in range(chance.choice((0, 3))):
        position = (*(0,) * (rank - 1), at)
        data[position], keys[position] = at + 1, at + 1
    if chance.random() < 0.3:
        keys[(1 << 20,) if rank == 1 else (1 << 15, 5)] = 9


def huge_frames(file: h5py.File, chance: random.Random) -> None:
    """Declare frames that no memory holds."""
    usual(file, data="/entry/small")
    shape = chance.choice(((1 << 30, 1 << 28), (1 << 40,), (1, HUGE), (70_000, 70_000), (2, 3, 1 << 30)))
    chunks = (1, *(min(n, 1024) for n in shape))
    data = file.create_dataset(DATA, (N, *shape), np.uint8, chunks=chunks, maxshape=(None, *shape), fillvalue=chance.choice((0, 3)))
    if np.prod(shape) < 1 << 40:
        data[(0,) * data.ndim] = 1
    if chance.random() < 0.5:
        file.create_dataset("entry/one", (N, 1 << 15, 1 << 15), np.uint16, chunks=(1, 1 << 15, 1 << 15), compression="gzip")


def many_groups(file: h5py.File, chance: random.Random) -> None:
    """Hold a hundred thousand groups (made once)."""
    name = Path(file.filename)
    file.close()
    shutil.copyfile(_many_groups(), name)


@cache
def _kept_folder() -> TemporaryDirectory[str]:
    """Return a folder that is gone when Python ends."""
    return TemporaryDirectory(prefix="fuzz-groups-")


@cache
def _many_groups() -> Path:
    path = Path(_kept_folder().name, MAIN)
    with h5py.File(path, "w", libver="v110") as file:
        usual(file)
        for number in range(N_GROUPS // 1000):
            group = file.create_group(f"entry/many{number:03}")
            for within in range(999):
                h5py.h5g.create(group.id, b"g%d" % within)
    return path


def deep_groups(file: h5py.File, chance: random.Random) -> None:
    """Nest groups deeper than anybody does."""
    group = file["/"]
    for _ in range(chance.choice((200, 3000))):
        group = h5py.Group(h5py.h5g.create(group.id, b"g"))
    group.create_dataset("data", data=frames())
    usual(file)
