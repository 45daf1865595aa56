"""Times of frames as files have them: stamps from 1970 and 1990, in any unit, relative ones, and numbers that are no times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.nexus.frame_times import FrameTimes

NOW_S = datetime(2025, 6, 7, 8, 9, 10, tzinfo=UTC).timestamp()
N = 4
TAKEN_S = 1_700_000_000.0

Write = Callable[..., h5py.Dataset]


@pytest.fixture
def written(tmp_path: Path):
    """Return a function that writes times, with attributes, and returns them as `FrameTimes` has them, and what it says."""
    with h5py.File(tmp_path / "times.h5", "w", libver="v110") as file:

        def read(values: np.ndarray, **attrs: str) -> tuple[list[float | None], list[str]]:
            dataset = file.create_dataset("times", data=values, maxshape=(None,) * values.ndim)
            dataset.attrs.update(attrs)
            times = FrameTimes(file, "/times", clock=lambda: NOW_S)
            found = [times.at(index, values.shape) for index in range(values.size)]
            found += [times.at(index, values.shape) for index in range(values.size)]
            assert found[: values.size] == found[values.size :]
            return found[: values.size], times.take_faults()

        yield read


ticks = np.arange(N)
TRUE = {
    "unix": (TAKEN_S + ticks, {}),
    "epics": (TAKEN_S - 631_152_000 + ticks, {}),
    "ms": (1e3 * (TAKEN_S + ticks), {}),
    "us": (1e6 * (TAKEN_S + ticks), {}),
    "ns": (1e9 * (TAKEN_S + ticks), {}),
    "ns as whole numbers": (np.uint64(1_700_000_000_000_000_000) + np.arange(N, dtype="u8") * np.uint64(1_000_000_000), {}),
    "ns by their unit": (1e9 * (TAKEN_S + ticks), {"units": "nanoseconds"}),
    "seconds": (1.0 * ticks, {"start": "2023-11-14T22:13:20", "units": "s"}),
    "without a unit": (1.0 * ticks, {"start": "2023-11-14T22:13:20"}),
    "nanoseconds": (1e9 * ticks, {"start": "2023-11-14T22:13:20+00:00", "units": "nanoseconds"}),
    "zone": (1e3 * ticks, {"start": "2023-11-15T00:13:20+02:00", "units": "ms"}),
}


@pytest.mark.parametrize("way", TRUE)
def test_a_time_is_read_from_wherever_and_in_whatever_it_counts(written: Write, way: str) -> None:
    values, attrs = TRUE[way]
    found, faults = written(values, **attrs)
    assert found == pytest.approx([TAKEN_S, TAKEN_S + 1, TAKEN_S + 2, TAKEN_S + 3], abs=1e-3)
    assert faults == []


FALSE = {
    "since the camera's start": (12_345.6 + ticks, {}, "12345.6"),
    "since the camera's start, ns": (4.3e14 + ticks, {}, "4.3e+14"),
    "negative": (-5.0 - ticks, {}, "-5"),
    "huge": (np.full(N, 1e300), {}, "1e+300"),
    "infinite": (np.full(N, np.inf), {}, "inf"),
    "to come": (NOW_S + 1e6 + ticks, {}, "1.75"),
    "year 1": (1.0 * ticks, {"start": "0001-01-01T00:00:00"}, "(0)"),
    "year 9999": (1.0 * ticks, {"start": "9999-12-31T23:59:59", "units": "s"}, "(0)"),
    "no date": (1.0 * ticks, {"start": "yesterday"}, "'yesterday'"),
    "no unit of time": (1.0 * ticks, {"start": "2024-05-06T07:08:09", "units": "mm"}, "'mm'"),
    "beyond all years": (np.full(N, 1e30), {"start": "2024-05-06T07:08:09", "units": "s"}, "1e+30"),
}


@pytest.mark.parametrize("way", FALSE)
def test_what_cannot_be_a_time_is_left_out_and_reported_once(written: Write, way: str) -> None:
    values, attrs, named = FALSE[way]
    found, faults = written(values, **attrs)
    assert found == [None] * N
    assert len(faults) == 1
    assert named in faults[0]
    assert "/times" in faults[0]


def test_what_is_not_written_yet_is_no_time_and_nothing_to_speak_of(written: Write) -> None:
    found, faults = written(np.array([TAKEN_S, 0.0, 0.0]))
    assert (found, faults) == ([TAKEN_S, None, None], [])


def test_one_bad_time_does_not_hide_the_others(written: Write) -> None:
    found, faults = written(np.array([TAKEN_S, -1.0, TAKEN_S + 2, np.nan]))
    assert found == [TAKEN_S, None, TAKEN_S + 2, None]
    assert len(faults) == 1


def test_fill_values_that_are_no_number_are_not_written_yet(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "fill.h5", "w", libver="v110") as file:
        file.create_dataset("times", (N,), "f8", maxshape=(None,), fillvalue=np.nan)
        times = FrameTimes(file, "/times", clock=lambda: NOW_S)
        assert [times.at(index, (N,)) for index in range(N)] == [None] * N
        assert times.take_faults() == []
