"""What it costs to measure a frame and make it small: ours beside plain numpy, and what it adds to decoding the frame.

Run ``python -m tests.benchmarks.examining``. Medians of wall times, both sides in turn, after both gave the same numbers.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FramePass, examine, preview_factor, preview_shape
from swmr_viewer.analysis.percentiles import subsample
from swmr_viewer.decoding import ChunkReader, share

Frame = npt.NDArray[Any]
PERCENTILES = (0.5, 99.5)
_CASES: tuple[tuple[tuple[int, int], str, int], ...] = (((512, 512), "u2", 60), ((2167, 2070), "u4", 30), ((4371, 4150), "u4", 12))
"""Shape, type, and how often."""


def rows() -> list[dict[str, Any]]:
    """Return the rows of all sizes (medians, ms)."""
    found = [_beside_numpy(_frame(shape, dtype), runs) for shape, dtype, runs in _CASES]
    return found + [_beside_decoding(_frame(shape, dtype), runs) for shape, dtype, runs in _CASES[1:]]


def _frame(shape: tuple[int, int], dtype: str) -> Frame:
    frame = np.random.default_rng(1).poisson(20, shape).astype(dtype)
    frame[shape[0] // 3, shape[1] // 2] = 9001
    return frame


def _beside_numpy(frame: Frame, runs: int) -> dict[str, Any]:
    factor = preview_factor(frame.shape)
    out = np.empty(preview_shape(frame.shape, factor), np.float32)

    def ours() -> tuple[Any, ...]:
        levels, statistics = examine(frame, PERCENTILES, factor=factor, out=out, share=share)
        assert levels is not None
        place = statistics.hottest_y, statistics.hottest_x
        return (levels.minimum, levels.maximum, place, statistics.total, levels.low, levels.high), out

    (ours_numbers, ours_small), (numbers, small) = ours(), _by_numpy(frame, factor)
    if ours_numbers != numbers or not np.array_equal(ours_small, small):
        raise SystemExit(f"{ours_numbers} (ours) and {numbers} (numpy): they do not find the same")
    ours_ms, theirs_ms = _in_turn(ours, lambda: _by_numpy(frame, factor), runs)
    return _row(f"preview, extremes, sum and levels of {_size(frame)}", ours_ms, theirs_ms, "numpy, one after another", runs)


def _by_numpy(frame: Frame, factor: int) -> tuple[Any, ...]:
    """Do the same by numpy's own functions."""
    rows, columns = (np.arange(0, side, factor) for side in frame.shape)
    small = np.maximum.reduceat(np.maximum.reduceat(frame, rows, axis=0), columns, axis=1).astype(np.float32)
    low, high = np.percentile(subsample(frame), PERCENTILES)
    y, x = np.unravel_index(int(frame.argmax()), frame.shape)
    return (int(frame.min()), int(frame.max()), (int(y), int(x)), int(frame.sum()), float(low), float(high)), small


def _beside_decoding(frame: Frame, runs: int) -> dict[str, Any]:
    factor, out = preview_factor(frame.shape), np.empty((1, *frame.shape), frame.dtype)
    small, box = np.empty(preview_shape(frame.shape, factor), np.float32), ((0, 1), *((0, side) for side in frame.shape))
    with tempfile.TemporaryDirectory() as folder, h5py.File(Path(folder) / "frame.h5", "w") as file:
        reader = ChunkReader(file.create_dataset("data", data=frame[None], chunks=out.shape, **hdf5plugin.Bitshuffle()))
        file.flush()

        def measured() -> Any:
            one = FramePass(out[0], factor, small)
            assert reader.read(box, out, one.note)
            return one.finish(PERCENTILES)

        if measured() != examine(frame, PERCENTILES) or not np.array_equal(out[0], frame):
            raise SystemExit("the pieces give other numbers than the frame")
        ours_ms, theirs_ms = _in_turn(measured, lambda: reader.read(box, out), runs)
    return _row(f"{_size(frame)}, bitshuffle-LZ4, decoded and measured", ours_ms, theirs_ms, "the limit: decoded", runs)


def _size(frame: Frame) -> str:
    return f"{' x '.join(map(str, frame.shape))} {frame.dtype}"


def _in_turn(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the medians (ms)."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for side, kept in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            side()
            kept.append(1000 * (time.perf_counter() - began))
    return median(times[0]), median(times[1])


def _row(what: str, ours_ms: float, theirs_ms: float, peer_name: str, runs: int) -> dict[str, Any]:
    return {
        "what": what,
        "ours": ours_ms,
        "peer": theirs_ms,
        "peer_name": peer_name,
        "ratio": ours_ms / theirs_ms,
        "unit": "ms",
        "runs": runs,
    }


if __name__ == "__main__":
    for row in rows():
        print(f"{row['what']}: {row['ours']:.2f} ms, {row['peer_name']} {row['peer']:.2f} ms, {row['ratio']:.2f} times, {row['runs']} runs")
