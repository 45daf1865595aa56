"""What special files have in common: usual keys and frames, and their places."""

from __future__ import annotations

import random
from collections.abc import Callable

import h5py
import numpy as np

N, SHAPE = 5, (6, 8)
KEYS, DATA = "/entry/keys", "/entry/data"
MAIN = "special.h5"

Build = Callable[[h5py.File, random.Random], None]


def frame(index: int) -> np.ndarray:
    """Return what is written at an index, wherever a special file has usual frames."""
    return (np.arange(np.prod(SHAPE)).reshape(SHAPE) * (index + 2) + index + 1).astype(np.uint16)


def frames() -> np.ndarray:
    """Return all of them."""
    return np.stack([frame(index) for index in range(N)])


def usual(file: h5py.File, keys: str = KEYS, data: str = DATA) -> None:
    """Write keys and frames as anybody does."""
    file.create_dataset(keys, data=np.arange(1, N + 1, dtype=np.int32), chunks=(2,), maxshape=(None,))
    file.create_dataset(data, data=frames(), chunks=(1, *SHAPE), maxshape=(None, *SHAPE))
