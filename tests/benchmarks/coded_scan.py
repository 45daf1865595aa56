"""A scan whose frames say on a screen which they are, by black and white cells; as a program it is the writer.

``python -m tests.benchmarks.coded_scan FILE ROWS COLUMNS TYPE COMPRESSION N_FRAMES`` reads commands from standard input, a line each,
and answers each with a line of JSON: ``frame`` and ``run N PERIOD_S`` with the moments (``time.monotonic``) when the keys had been
flushed, ``finish`` with none. Frames are compressed before the first command: what is measured is not the writer.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import numpy.typing as npt

DATA_PATH, KEY_PATH, FINISHED_PATH = "/entry/detector/data", "/entry/diamond_scan/keys/det", "/entry/diamond_scan/scan_finished"
CODES = (0b01010101, 0b10101010, 0b00110011, 0b11001100, 0b00001111, 0b11110000, 0b01101001, 0b10010110)
"""Of the frames, in turn: neighbours differ in four bits at least, the first two in all."""
CELLS = 4
"""So many cells each way: the bits of the code from the top on, their complements from the bottom; as many white as black ones."""
LEAD_S = 0.3
"""From the command to the first frame of a run."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the frames are like."""

    shape: tuple[int, int]
    dtype: str
    compression: str
    """``none`` or ``bslz4``."""

    @property
    def name(self) -> str:
        return f"{self.shape[0]}x{self.shape[1]} {self.dtype}{'' if self.compression == 'none' else f' {self.compression}'}"


def cells_of(code: int) -> npt.NDArray[np.bool_]:
    """Return which cells are white."""
    bits = [bool(code >> n & 1) for n in range(CELLS * CELLS // 2)]
    return np.array([*bits, *(not bit for bit in reversed(bits))]).reshape(CELLS, CELLS)


def code_of(frame: int) -> int:
    """Return the code of the frame at an index."""
    return CODES[frame % len(CODES)]


def frame_of(kind: Kind, code: int) -> npt.NDArray[Any]:
    """Return a frame: its cells, and counting noise on them."""
    at = [np.arange(size) * CELLS // size for size in kind.shape]
    noise = np.random.default_rng(0).poisson(5, kind.shape)
    return (1000 * cells_of(code)[np.ix_(*at)] + noise).astype(kind.dtype)


class Writer:
    """Writes frames and keys as a detector does: the frame, a flush, its key, a flush."""

    def __init__(self, path: str, kind: Kind, n_frames: int) -> None:
        options: Any = hdf5plugin.Bitshuffle(cname="lz4") if kind.compression == "bslz4" else {}
        layout = {"maxshape": (None, *kind.shape), "chunks": (1, *kind.shape), "dtype": kind.dtype, **options}
        with h5py.File("chunks", "w", driver="core", backing_store=False) as memory:
            stored = memory.create_dataset("data", (len(CODES), *kind.shape), **layout)
            for n, code in enumerate(CODES):
                stored[n] = frame_of(kind, code)
            self._chunks = [stored.id.read_direct_chunk((n, 0, 0))[1] for n in range(len(CODES))]
        self._file = h5py.File(path, "w", libver="v110")
        self._data = self._file.create_dataset(DATA_PATH, (0, *kind.shape), **layout)
        self._keys = self._file.create_dataset(KEY_PATH, (n_frames,), "i8", chunks=(n_frames,))
        self._finished = self._file.create_dataset(FINISHED_PATH, (1,), "i4", chunks=(1,))
        self._file.swmr_mode = True
        self._n = 0

    def frame(self) -> float:
        """Write the next frame; return when its key had been flushed."""
        self._data.resize(self._n + 1, 0)
        self._data.id.write_direct_chunk((self._n, 0, 0), self._chunks[self._n % len(CODES)])
        self._data.flush()
        self._keys[self._n] = self._n + 1
        self._keys.flush()
        self._n += 1
        return time.monotonic()

    def run(self, n_frames: int, period_s: float) -> list[float]:
        """Write frames at a steady pace."""
        start_s, flushed = time.monotonic() + LEAD_S, []
        for n in range(n_frames):
            time.sleep(max(0.0, start_s + n * period_s - time.monotonic()))
            flushed.append(self.frame())
        return flushed

    def finish(self) -> None:
        self._finished[0] = 1
        self._finished.flush()
        self._file.close()


def main() -> None:
    path, rows, columns, dtype, compression, n_frames = sys.argv[1:]
    writer = Writer(path, Kind((int(rows), int(columns)), dtype, compression), int(n_frames))
    print("null", flush=True)
    for line in sys.stdin:
        command, *numbers = line.split()
        answer: Any = writer.run(int(numbers[0]), float(numbers[1])) if command == "run" else getattr(writer, command)()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
