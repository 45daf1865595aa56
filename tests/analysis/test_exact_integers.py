"""Integers of 64 bits are told to the last digit: nothing on their way passes through float64."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.analysis import Region, examine, region_statistics
from swmr_viewer.analysis.frame_statistics import exact_sum
from swmr_viewer.analysis.preview import thumbnail_of
from swmr_viewer.reader.child.measuring.measured_delivery import measure

BASE = 2**63
LARGE = np.arange(60 * 80, dtype="u8").reshape(60, 80) + np.uint64(BASE)
LARGE[3, 4] = 2**64 - 2
NEGATIVE = np.full((60, 80), -(2**63) + 5, "i8")
NEGATIVE[7, 8] = 2**62 + 1


@pytest.mark.parametrize("frame", [LARGE, NEGATIVE], ids=["uint64", "int64"])
def test_extremes_and_sums_are_exact_wherever_they_are_told(frame: np.ndarray) -> None:
    lowest, highest = min(map(int, frame.ravel())), max(map(int, frame.ravel()))
    total = sum(map(int, frame.ravel()))
    levels, statistics = examine(frame)
    assert levels is not None
    assert (levels.minimum, levels.maximum, statistics.maximum, statistics.total) == (lowest, highest, highest, total)
    small = thumbnail_of(frame)
    assert (small.minimum, small.maximum) == (lowest, highest)
    found = region_statistics(frame, Region("A", "rectangle", ((0.0, 0.0), (80.0, 60.0))))
    assert (found.sum, found.maximum, found.n) == (total, highest, frame.size)
    assert found.mean == total / frame.size
    told = measure(frame)
    assert (told["min"], told["max"], told["sum"]) == (lowest, highest, total)


@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "i8", "u8", ">u8", "?"])
def test_sums_of_any_type_and_size_do_not_overflow(dtype: str) -> None:
    kind = np.dtype(dtype)
    largest = 1 if kind.kind == "b" else np.iinfo(kind).max - 1
    frame = np.full((300, 700), largest, kind)
    assert exact_sum(frame) == largest * frame.size
    assert exact_sum(frame[::3, ::2]) == largest * frame[::3, ::2].size
    assert exact_sum(frame[:0]) == 0
