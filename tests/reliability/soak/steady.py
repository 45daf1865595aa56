"""One long scan at an even pace; as a program it is the writer: ``python -m tests.reliability.soak.steady FILE JSON``.

Frames are the same noise, raised by a number that says which frame it is, so that each sum over pixels is known beforehand. When each key
had been flushed stands in ``FILE.times``: int64 ns of ``time.monotonic_ns``, 0 where it is not flushed yet.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any, TextIO

import h5py
import hdf5plugin
import numpy as np
import numpy.typing as npt

DATA_PATH = "/entry/detector/data"
KEY_PATH, FINISHED_PATH = "/entry/diamond_scan/keys/det", "/entry/diamond_scan/scan_finished"
N_LEVELS = 40_000
"""After so many frames the numbers begin anew: all of a frame stays below what marks a gap in 16 bits."""


@dataclass(frozen=True)
class Steady:
    """A scan of ``n_frames`` uint16 frames."""

    n_frames: int
    frame_shape: tuple[int, int] = (16, 16)
    rate_hz: float = 6000.0
    per_flush: int = 64
    """Frames in a chunk; their keys are set and flushed together."""
    compressed: bool = False

    @property
    def seconds(self) -> float:
        """How long it takes to write."""
        return self.n_frames / self.rate_hz

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def steady_of(text: str) -> Steady:
    """Return what ``to_json`` made a text of."""
    told = json.loads(text)
    return Steady(**{**told, "frame_shape": tuple(told["frame_shape"])})


def noise(scan: Steady) -> npt.NDArray[np.uint16]:
    """Return what all frames have in common."""
    return np.random.default_rng(0).poisson(5, scan.frame_shape).astype(np.uint16)


def frames_of(common: npt.NDArray[np.uint16], start: int, stop: int) -> npt.NDArray[np.uint16]:
    """Return the frames from one index up to another."""
    return common + (np.arange(start, stop) % N_LEVELS).astype(np.uint16)[:, None, None]


def sums_of(scan: Steady, n_frames: int, part: tuple[slice, slice] = (slice(None), slice(None))) -> npt.NDArray[np.float64]:
    """Return the sum over this part of each of the first frames."""
    common = noise(scan)[part]
    return common.sum(dtype=np.float64) + prod(common.shape) * (np.arange(n_frames) % N_LEVELS).astype(np.float64)


def times_path(path: Path) -> Path:
    """Return where the writer of a file notes when keys had been flushed."""
    return path.with_name(f"{path.name}.times")


class Writer:
    """Writes the first frames at once, and the others until the scan is complete, or it is told to end."""

    def __init__(self, path: Path, scan: Steady) -> None:
        self._scan, self._common = scan, noise(scan)
        self._times = np.memmap(times_path(path), np.int64, "w+", shape=(scan.n_frames,))
        self._file = h5py.File(path, "w", libver="v110")
        options: dict[str, Any] = dict(hdf5plugin.Bitshuffle(cname="lz4")) if scan.compressed else {}
        chunks = (scan.per_flush, *scan.frame_shape)
        self._data = self._file.create_dataset(DATA_PATH, (scan.n_frames, *scan.frame_shape), "u2", chunks=chunks, **options)
        self._data.attrs["interpretation"] = "image"
        self._keys = self._file.create_dataset(KEY_PATH, (scan.n_frames,), "i4", chunks=(min(scan.n_frames, 16384),))
        self._finished = self._file.create_dataset(FINISHED_PATH, (1,), "i4", chunks=(1,))
        self._file.swmr_mode = True
        self._n = self._write_block(0)

    def write(self, is_stopped: threading.Event) -> int:
        """Write at the scan's pace, close the file, and return how many frames it has."""
        scan, began_s, n = self._scan, time.monotonic(), self._n
        while n < scan.n_frames and not is_stopped.is_set():
            is_stopped.wait(max(0.0, began_s + (n - self._n) / scan.rate_hz - time.monotonic()))
            n = self._write_block(n)
        self._finished[0] = 1
        self._finished.flush()
        self._file.close()
        return n

    def _write_block(self, start: int) -> int:
        stop = min(start + self._scan.per_flush, self._scan.n_frames)
        frames = frames_of(self._common, start, stop)
        if self._scan.compressed or stop - start < self._scan.per_flush:
            self._data[start:stop] = frames
        else:
            self._data.id.write_direct_chunk((start, 0, 0), frames.tobytes())
        self._data.flush()
        self._keys[start:stop] = np.arange(start + 1, stop + 1)
        self._keys.flush()
        self._times[start:stop] = time.monotonic_ns()
        return stop


def _stop_when_told(lines: TextIO, is_stopped: threading.Event) -> None:
    lines.readline()
    is_stopped.set()


def main() -> None:
    writer = Writer(Path(sys.argv[1]), steady_of(sys.argv[2]))
    is_stopped = threading.Event()
    print("null", flush=True)
    sys.stdin.readline()  # go
    threading.Thread(target=_stop_when_told, args=(sys.stdin, is_stopped), daemon=True).start()
    print(writer.write(is_stopped), flush=True)


if __name__ == "__main__":
    main()
