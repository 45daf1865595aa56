"""The extent of a scan: limits that are plans and limits that are not, keys of other lengths, shapes that are told wrongly."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.fitting import MOST_PLANNED, MOST_POINTS, KeyShape, MaxShape, Shape, fit_keys

BILLION = 10**9


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., h5py.File]]:
    """Return a function that writes datasets (path -> options of ``create_dataset``) and opens the file to read."""
    opened: list[h5py.File] = []

    def build(**datasets: dict[str, Any]) -> h5py.File:
        path = tmp_path / f"{len(opened)}.h5"
        with h5py.File(path, "w", libver="v110") as file:
            for name, options in datasets.items():
                file.create_dataset(name.replace("__", "/"), **options)
        opened.append(h5py.File(path, "r", swmr=True, locking=False))
        return opened[-1]

    yield build
    for file in opened:
        file.close()


def ids(*shape: int, limit: MaxShape | None = None) -> dict[str, Any]:
    """Keys that are all set, of this shape."""
    values = np.arange(1, 1 + np.prod(shape), dtype="i4").reshape(shape)
    return {"data": values, "maxshape": limit, "chunks": tuple(max(1, min(16, n)) for n in shape)}


def frames(*shape: int, limit: MaxShape | None = None) -> dict[str, Any]:
    """Frames of 2 x 3 pixels, each of the value of its number, counted from 1."""
    values = np.arange(1, 1 + np.prod(shape), dtype="i4").reshape(*shape, 1, 1) + np.zeros((2, 3), "i4")
    return {"data": values, "maxshape": None if limit is None else (*limit, 2, 3), "chunks": (*(1 for _ in shape), 2, 3)}


@pytest.mark.parametrize(
    ("keys", "shape", "is_fixed"),
    [
        ([((5,), (100,))], (100,), True),
        ([((0,), (100,))], (100,), True),
        ([((5,), (None,))], (5,), False),
        ([((5,), (BILLION,))], (5,), False),
        ([((0,), (2**60,))], (0,), False),
        ([((5,), (MOST_PLANNED,))], (MOST_PLANNED,), True),
        ([((5,), (MOST_PLANNED + 1,))], (5,), False),
        ([((MOST_PLANNED + 1,), (MOST_PLANNED + 1,))], (MOST_PLANNED + 1,), True),
        ([((3, 10), (BILLION, 10))], (3, 10), False),
        ([((3, 4), (None, 10))], (3, 10), False),
        ([((5,), (BILLION,)), ((4,), (None,))], (5,), False),
        ([((5,), (BILLION,)), ((0,), (100,))], (100,), True),
    ],
)
def test_a_limit_is_the_length_only_where_it_can_be_a_plan(keys: list[tuple[Shape, MaxShape]], shape: Shape, is_fixed: bool) -> None:
    found = fit_keys([KeyShape(f"k{number}", *key) for number, key in enumerate(keys)])
    assert (found.shape, found.is_fixed, found.disagreements) == (shape, is_fixed, ())


def test_a_given_shape_is_the_plan_whatever_the_limit() -> None:
    found = fit_keys([KeyShape("k", (5,), (BILLION,))], given=(20,))
    assert (found.shape, found.is_fixed, found.disagreements) == ((20,), True, ())


@pytest.mark.parametrize("n_keys", [1, 3])
def test_generous_limits_cost_next_to_nothing(make: Callable[..., h5py.File], n_keys: int) -> None:
    file = make(**{f"keys__k{number}": ids(5, limit=(BILLION,)) for number in range(n_keys)}, data=frames(5, limit=(BILLION,)))
    tracemalloc.start()
    source = DataSource(file, "keys", "data", timeout=0.0)
    values = [int(frame_set.frames["data"][0, 0]) for frame_set in source]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert values == [1, 2, 3, 4, 5]
    assert (source.reason, source.follower.total, source.follower.extent_is_fixed) == ("timeout", 5, False)
    assert peak < 20e6
    assert inspect_file(file.filename).scan_shape == (5,)


@pytest.mark.parametrize(("shape", "limit"), [((2**60,), (2**60,)), ((10**10,), (None,)), ((10**5, 10**5), (None, None))])
def test_what_is_no_scan_is_refused_in_a_sentence(make: Callable[..., h5py.File], shape: Shape, limit: MaxShape) -> None:
    file = make(keys__k={"shape": shape, "maxshape": limit, "dtype": "i4", "chunks": (1024,) * len(shape)})
    with pytest.raises(ShapeError, match=r"/k has .* points") as raised:
        Follower(file, "keys")
    assert raised.value.remedy
    assert inspect_file(file.filename).key_paths == ("/keys/k",)


@pytest.mark.parametrize("told", [(10**6, 10**6), (2**62,), (0, 5), (-1,)])
def test_an_absurd_shape_from_the_user_is_refused(make: Callable[..., h5py.File], told: Shape) -> None:
    with pytest.raises(ShapeError, match="cannot be followed"):
        Follower(make(keys__k=ids(5)), "keys", scan_shape=told)


def test_an_absurd_shape_in_the_file_is_said_and_the_keys_count(make: Callable[..., h5py.File]) -> None:
    file = make(keys__k=ids(5, limit=(None,)), scan_shape={"data": [2**31, 2**31]})
    follower = Follower(file, "keys", timeout=0.0)
    assert list(follower) == list(range(5))
    (fault,) = follower.take_faults()
    assert "is 2147483648 x 2147483648, which is no scan's" in fault
    assert inspect_file(file.filename).scan_shape == (5,)


GROWS, IS_FIXED = True, False


@pytest.mark.parametrize(
    ("given", "shape", "grows", "scan_shape", "text"),
    [
        ([20], (4, 5), GROWS, (4, 5), "does not fit the keys"),
        ([20], (4, 5), IS_FIXED, (4, 5), "does not fit the keys"),
        ([5, 4], (4, 5), GROWS, (4, 5), "does not fit the keys"),
        ([5, 4], (4, 5), IS_FIXED, (4, 5), "does not fit the keys"),
        ([2, 5], (4, 5), GROWS, (4, 5), "keys for 20 points"),
        ([2, 5], (4, 5), IS_FIXED, (4, 5), "keys for 20 points"),
        ([8, 5], (4, 5), GROWS, (8, 5), ""),
        ([8, 5], (4, 5), IS_FIXED, (4, 5), "ends at 4 x 5"),
        ([4, 5, 1], (4, 5), GROWS, (4, 5), ""),
        ([4, 5], (25,), GROWS, (5, 5), "keys for 25 points"),
        ([4, 5], (25,), IS_FIXED, (5, 5), "keys for 25 points"),
        ([4, 5], (23,), IS_FIXED, (5, 5), "keys for 23 points"),
        ([4, 5], (13,), GROWS, (4, 5), ""),
        ([4, 5], (13,), IS_FIXED, (3, 5), "ends at 13"),
    ],
)
def test_no_frame_is_lost_by_a_scan_shape_that_is_wrong(
    make: Callable[..., h5py.File], given: list[int], shape: Shape, grows: bool, scan_shape: Shape, text: str
) -> None:
    limit = tuple(None for _ in shape) if grows else None
    file = make(scan__keys__k=ids(*shape, limit=limit), scan__scan_shape={"data": given}, data=frames(*shape, limit=limit))
    assert inspect_file(file.filename).scan_shape == scan_shape
    source = DataSource(file, "scan/keys", "data", timeout=0.0)
    values = [int(frame_set.frames["data"][0, 0]) for frame_set in source]
    assert values == list(range(1, 1 + int(np.prod(shape))))
    faults = source.take_faults()
    assert source.scan_shape == scan_shape
    assert [text in fault for fault in faults] == ([True] if text else [])


LENGTHS = [
    ("fixed", [(50,), (50,), (30,)], (30,), True),
    ("growing", [(None,)] * 3, (50,), False),
    ("growing to a limit", [(50,)] * 3, (50,), True),
    ("one of them fixed", [(None,), (None,), (30,)], (30,), True),
]


@pytest.mark.parametrize(("limits", "shape", "is_fixed"), [case[1:] for case in LENGTHS], ids=[case[0] for case in LENGTHS])
@pytest.mark.parametrize("named", [True, False])
def test_keys_of_other_lengths_complete_what_they_have_in_common(
    make: Callable[..., h5py.File], limits: list[MaxShape], shape: Shape, is_fixed: bool, named: bool
) -> None:
    lengths = [(50,), (50,), (30,)]
    file = make(**{f"keys__k{n}": ids(*one, limit=limits[n]) for n, one in enumerate(lengths)}, data=frames(50, limit=(None,)))
    paths = ["keys/k0", "keys/k1", "keys/k2"] if named else inspect_file(file.filename).key_paths
    assert len(paths) == 3
    source = DataSource(file, paths, "data", timeout=0.0)
    assert [int(frame_set.frames["data"][0, 0]) for frame_set in source] == list(range(1, 31))
    assert (source.scan_shape, source.follower.extent_is_fixed) == (shape, is_fixed)
    (fault,) = source.take_faults()
    assert "different lengths" in fault
    assert "k2" in fault
    assert "50" in fault
    assert inspect_file(file.filename).scan_shape == shape


def test_keys_of_two_axes_and_of_one_that_numbers_the_same_points(make: Callable[..., h5py.File]) -> None:
    follower = Follower(make(keys__a=ids(5, 10), keys__b=ids(50)), "keys", timeout=0.0)
    assert list(follower) == list(range(50))
    assert (follower.scan_shape, follower.reason, follower.take_faults()) == ((5, 10), "all_keys", [])


@pytest.mark.parametrize("stray", [np.array([1001]), np.array(7), np.array([[3]]), np.zeros(0, "i4")])
def test_a_single_number_is_no_key_of_fifty_frames(make: Callable[..., h5py.File], stray: np.ndarray) -> None:
    file = make(keys__a=ids(50), keys__b={"data": stray}, data=frames(50))
    for paths in ("keys", inspect_file(file.filename).key_paths):
        follower = Follower(file, paths, timeout=0.0)
        assert list(follower) == list(range(50))
        assert follower.key_paths in (("keys/a",), ("/keys/a",))
    assert inspect_file(file.filename).key_paths == ("/keys/a",)


def test_a_scan_shape_among_the_keys_is_no_key(make: Callable[..., h5py.File]) -> None:
    file = make(keys__a=ids(5, 10), keys__scan_shape={"data": [5, 10]}, keys__scan_rank={"data": [2]}, data=frames(5, 10))
    found = inspect_file(file.filename)
    assert (found.key_paths, found.scan_shape) == (("/keys/a",), (5, 10))
    for paths in ("keys", found.key_paths):
        follower = Follower(file, paths, timeout=0.0)
        assert list(follower) == list(range(50))
        assert (len(follower.key_paths), follower.scan_shape, follower.take_faults()) == (1, (5, 10), [])


def test_a_scan_of_one_point_has_a_key_of_one(make: Callable[..., h5py.File]) -> None:
    file = make(keys__a=ids(1), keys__b=ids(1), data=frames(1))
    follower = Follower(file, inspect_file(file.filename).key_paths, timeout=0.0)
    assert list(follower) == [0]
    assert follower.reason == "all_keys"


@pytest.mark.parametrize("shape", [(MOST_POINTS,), (10**4, 10**4)])
def test_the_largest_scan_that_is_followed_costs_what_is_written(make: Callable[..., h5py.File], shape: Shape) -> None:
    file = make(k={"shape": shape, "dtype": "i4", "chunks": (1000,) * len(shape)})
    follower = Follower(file, "k", timeout=0.0)
    assert (follower.total, follower.newest) == (MOST_POINTS, None)
