"""A writer that does everything a writer may do with its file, again and again, and counts the errors that it meets.

``python -m tests.reliability.busy_writer FILE --rounds 100`` does each operation so often at least, and prints what it did as JSON. It
locks its files, as HDF5 does by itself.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

KEYS, DATA = "/entry/keys", "/entry/data"
SHAPE = (24, 32)
N_FRAMES = 4
LONGEST_PAUSE_S = 0.03
OPERATIONS = (
    "create",
    "truncate",
    "switch to SWMR",
    "write",
    "close",
    "re-open",
    "re-open in SWMR mode",
    "rename",
    "rename over",
    "delete",
)


class Writer:
    """Writes scan after scan under one name, with pauses of any length up to some hundredths of a second."""

    def __init__(self, path: Path, seed: int) -> None:
        self._path = path
        self._chance = random.Random(seed)
        self.done = dict.fromkeys(OPERATIONS, 0)
        """How often each operation was done without an error."""
        self.errors: list[str] = []

    def round(self, number: int) -> None:
        """Do everything once; frames are told from those of other rounds by their values."""
        base = 1000 * (number + 1)
        file = self._do("truncate" if self._path.exists() else "create", lambda: h5py.File(self._path, "w", libver="latest"))
        file.create_dataset(DATA, (0, *SHAPE), np.uint32, maxshape=(None, *SHAPE), chunks=(1, *SHAPE), compression="gzip")
        file.create_dataset(KEYS, (0,), np.int32, maxshape=(None,), chunks=(8,))
        self._do("switch to SWMR", lambda: setattr(file, "swmr_mode", True))
        self._do("write", lambda: self._write(file, base, N_FRAMES))
        self._do("close", file.close)
        file = self._do("re-open", lambda: h5py.File(self._path, "r+", libver="latest"))
        file.attrs["round"] = number
        file.close()
        file = self._do("re-open in SWMR mode", lambda: h5py.File(self._path, "r+", libver="latest"))
        file.swmr_mode = True
        self._do("write", lambda: self._write(file, base, N_FRAMES))
        file.close()
        other = self._path.with_suffix(".old")
        if number % 2:  # the next one truncates it
            return
        self._do("rename", lambda: self._path.rename(other))
        self._do("rename over", lambda: other.replace(self._path))
        self._do("delete", self._path.unlink)

    def _write(self, file: h5py.File, base: int, n: int) -> None:
        data, keys = file[DATA], file[KEYS]
        for index in range(len(keys), len(keys) + n):
            data.resize(index + 1, 0)
            data[index] = base + index
            data.flush()
            keys.resize(index + 1, 0)
            keys[index] = index + 1
            keys.flush()
            self._pause()

    def _do(self, what: str, action: Callable[[], object]) -> object:
        self._pause()
        try:
            made = action()
        except Exception as error:
            self.errors.append(f"{what}: {type(error).__name__}: {error}")
            raise
        self.done[what] += 1
        return made

    def _pause(self) -> None:
        time.sleep(self._chance.uniform(0, LONGEST_PAUSE_S))


def write(path: Path, rounds: int, seed: int) -> None:
    """Write until each operation was done so often; print what was done."""
    writer, number = Writer(path, seed), 0
    while min(writer.done.values()) < rounds and len(writer.errors) < rounds:
        try:
            writer.round(number)
        except Exception:
            path.unlink(missing_ok=True)
        number += 1
    print(json.dumps({"done": writer.done, "errors": writer.errors}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.busy_writer", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    write(args.file, args.rounds, args.seed)


if __name__ == "__main__":
    main()
