"""A writer process that does what a test tells it, one JSON line a step: for histories that no detector would plan."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PROGRAM = """
import json, sys
import h5py, numpy as np

def new(path, n_keys, shape, chunks, frame, limit, motors, started):
    global file, keys, data
    file = h5py.File(path, "w", libver="v110")
    free = (limit,) * len(shape)
    keys = [file.create_dataset(f"keys/k{k}", shape, "i4", maxshape=free, chunks=tuple(chunks)) for k in range(n_keys)]
    ones = (1,) * len(shape)
    data = file.create_dataset("data", (*shape, *frame), "i4", maxshape=(*free, *frame), chunks=(*ones, *frame), compression="gzip")
    for name in motors:
        read_back = file.create_dataset(name, shape, "f8", maxshape=free, chunks=tuple(chunks), fillvalue=np.nan)
        read_back.attrs["units"] = np.bytes_("s" if started else "mm")
        if started:
            read_back.attrs["start"] = np.bytes_(started)
        file.attrs[name + "_indices"] = list(range(len(shape)))
    file.attrs["axes"] = np.array([*motors, *("." for _ in range(len(shape) + len(frame) - len(motors)))], "S")
    file.swmr_mode = True

def reach(dataset, position):
    for axis, at in enumerate(position):
        if at >= dataset.shape[axis]:
            dataset.resize(at + 1, axis)

def frame(position):
    reach(data, position)
    data[tuple(position)] = 1 + np.dot(position, [100 ** i for i in range(len(position))])
    data.flush()

def key(number, positions):
    for position in positions:
        reach(keys[number], position)
        keys[number][tuple(position)] = 1
    keys[number].flush()

def moved(name, position, value):
    reach(file[name], position)
    file[name][tuple(position)] = value
    file[name].flush()

def close():
    file.close()

for line in sys.stdin:
    verb, arguments = json.loads(line)
    globals()[verb](*arguments)
    print("done", flush=True)
"""


class ScriptedWriter:
    """The process; use it in a ``with`` statement. Each call returns when its effect has been flushed."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def _do(self, verb: str, *arguments: Any) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([verb, arguments]), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "done\n", "the writer died"

    def new(
        self,
        path: Path,
        n_keys: int,
        shape: tuple[int, ...],
        chunks: tuple[int, ...],
        frame: tuple[int, ...] = (2, 3),
        limit: int | None = None,
        motors: tuple[str, ...] = (),
        started: str = "",
    ) -> None:
        """Begin a file with growing keys ``keys/k0`` ... and ``data`` of this frame shape, in SWMR mode; a limit is of each scan axis.

        Motors are the scan's first axes, and are read back at each point; ``started``: instead they are times since then.
        """
        self._do("new", str(path), n_keys, shape, chunks, frame, limit, motors, started)

    def frame(self, position: tuple[int, ...]) -> None:
        """Write and flush the frame at a position; each of its pixels is ``value_at(position)``."""
        self._do("frame", position)

    def key(self, number: int, positions: list[tuple[int, ...]]) -> None:
        """Set and flush keys, growing the key dataset as far as they reach."""
        self._do("key", number, positions)

    def moved(self, name: str, position: tuple[int, ...], value: float) -> None:
        """Write and flush where a motor is read back at a position."""
        self._do("moved", name, position, value)

    def close(self) -> None:
        """Close the file."""
        self._do("close")


def value_at(position: tuple[int, ...]) -> int:
    """Return the value of every pixel of the frame at this position."""
    return 1 + sum(at * 100**axis for axis, at in enumerate(position))
