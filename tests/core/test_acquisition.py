"""What tells the order of acquisition: values of keys as they are in the file, and whether they count."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.follower import Follower
from swmr_viewer.core.positions import Counting, acquisition_values

COUNTS = {
    "from 1": ([1, 2, 3], [4, 5], True),
    "from 0, in any order": ([4, 0, 7], [1], True),
    "marks": ([1], [1], False),
    "marks at once": ([1, 1], [], False),
    "anew in each row": ([1, 2, 3], [1, 2, 3], False),
    "fractions": ([0.5, 1.5], [], False),
    "negative": ([-1, 2], [], False),
    "not there": ([1, np.nan], [], False),
}


@pytest.mark.parametrize("way", COUNTS)
def test_keys_count_as_long_as_none_comes_twice(way: str) -> None:
    first, then, counts = COUNTS[way]
    counting = Counting()
    assert (counting.goes_on_with(np.array(first, float)) and counting.goes_on_with(np.array(then, float))) == counts


@pytest.mark.parametrize("shape", [(12,), (3, 4), (3, 4, 1)])
def test_values_are_read_in_any_window_also_beyond_what_is_there(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["scan_shape"] = np.array([4, 4] if len(shape) > 1 else [16])
        keys = file.create_dataset("keys/k", shape, "i4", maxshape=(None,) * len(shape), chunks=True)
        keys[...] = np.arange(1, 13).reshape(shape)
        follower = Follower(file, "keys", timeout=0.0)
        (values,) = acquisition_values(file, follower, [None, "/no/times"])
        whole = np.concatenate([np.arange(1.0, 13.0), np.full(4, np.nan)])
        assert values.are_keys
        for start in range(17):
            for stop in range(start, 17):
                found = values.read(follower.scan_shape, start, stop)
                np.testing.assert_array_equal(found, whole[start:stop])


def test_times_that_are_not_written_are_none(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["keys/k"] = np.ones((2, 3), "i4")
        times = file.create_dataset("times", (6,), "f8", maxshape=(None,), fillvalue=np.nan)
        times[:3] = [0.0, 2.5, 1.5]
        _, found = acquisition_values(file, Follower(file, "keys", timeout=0.0), ["/times"])
        found.refresh()
        assert not found.are_keys
        np.testing.assert_array_equal(found.read((2, 3), 0, 6), [np.nan, 2.5, 1.5, np.nan, np.nan, np.nan])
        assert found.window >= 16
