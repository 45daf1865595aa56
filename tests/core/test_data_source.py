"""DataSource on files at rest: sets of frames, rows, chunks, faults of single frames; the gathering against a naive model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer import AllKeys, AlwaysTrue, DataSource, FrameSet
from swmr_viewer.core.errors import PathError, ShapeError
from swmr_viewer.core.frame_sets import Gatherer

SHAPE = (4, 5)
IMAGES = np.arange(20 * 6, dtype="u2").reshape(*SHAPE, 2, 3)
SPECTRA = np.arange(20 * 4, dtype="f4").reshape(*SHAPE, 4)


class Clock:
    """Time that passes only while one sleeps."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def scan(tmp_path: Path) -> Iterator[Callable[..., h5py.File]]:
    """Return a function that writes a scan, changed by another function, and opens it to read."""
    opened: list[h5py.File] = []

    def build(change: Callable[[h5py.File], object] = lambda file: None) -> h5py.File:
        path = tmp_path / "scan.h5"
        with h5py.File(path, "w", libver="v110") as file:
            file["keys/k"] = np.arange(1, 21).reshape(*SHAPE, 1, 1)
            file.create_dataset("a/image", data=IMAGES, chunks=(2, 3, 2, 3))
            file.create_dataset("b/spectrum", data=SPECTRA, chunks=(1, 1, 4))
            change(file)
        opened.append(h5py.File(path, "r", swmr=True, locking=False))
        return opened[-1]

    yield build
    for file in opened:
        file.close()


def test_frames_that_belong_together(scan: Callable[..., h5py.File]) -> None:
    with DataSource(scan(), "keys", ["a/image", "b/spectrum"]) as source:
        sets = list(source)
    assert [one.index for one in sets] == list(range(20))
    for one in sets:
        assert one.position == one.slices == divmod(one.index, 5)
        assert one.scan_shape == SHAPE
        assert np.array_equal(one["a/image"], IMAGES[one.slices])
        assert np.array_equal(one["spectrum"], SPECTRA[one.slices])
    assert (source.reason, source.is_finished(), source.take_faults()) == ("all_keys", True, [])


@pytest.mark.parametrize("how", ["rows", "chunks"])
def test_rows_and_chunks_are_what_the_slices_say(scan: Callable[..., h5py.File], how: str) -> None:
    with DataSource(scan(), "keys", ["a/image", "b/spectrum"], **{how: True}) as source:
        sets = list(source)
    assert len(sets) == 4
    seen = np.zeros(SHAPE, int)
    for one in sets:
        assert one["image"].shape == ((5, 2, 3) if how == "rows" else (2, min(3, 5 - one.position[1]), 2, 3))
        assert np.array_equal(one["image"], IMAGES[one.slices])
        assert np.array_equal(one["spectrum"], SPECTRA[one.slices])
        seen[one.slices] += 1
    assert (seen == 1).all()


def test_a_row_that_is_not_complete_is_not_handed_out_and_reported(scan: Callable[..., h5py.File]) -> None:
    def drop(file: h5py.File) -> None:
        file["keys/k"][1, 2] = 0

    with DataSource(scan(drop), "keys", "a/image", 10, [AlwaysTrue()], rows=True, order="arrival") as source:
        assert [one.position for one in source] == [(0, 0), (2, 0), (3, 0)]
    assert source.take_faults() == ["1 rows had begun and were not complete at the end."]


def late(file: h5py.File) -> None:
    del file["b/spectrum"]
    made = file.create_dataset("b/spectrum", (*SHAPE, 4), "f4", chunks=(1, 1, 4))
    for index in set(range(20)) - {7, 12}:
        made[divmod(index, 5)] = SPECTRA[divmod(index, 5)]


def test_a_frame_that_does_not_come_is_a_fault_for_itself_alone(scan: Callable[..., h5py.File]) -> None:
    clock = Clock()
    with DataSource(scan(late), "keys", ["a/image", "b/spectrum"], 99, AllKeys(), wait_s=3, clock=clock, sleep=clock.sleep) as source:
        assert [one.index for one in source] == sorted(set(range(20)) - {7, 12})
    faults = source.take_faults()
    assert ["(1, 2)" in faults[0], "(2, 2)" in faults[1], len(faults)] == [True, True, 2]
    assert "has not been written" in faults[0]
    assert 6 <= clock.now < 7


def test_stop_ends_the_wait_for_a_frame(scan: Callable[..., h5py.File]) -> None:
    clock = Clock()
    source = DataSource(
        scan(late), "keys", "b/spectrum", wait_s=1e9, clock=clock, sleep=lambda seconds: (clock.sleep(seconds), source.stop())
    )
    assert [one.index for one in source] == [0, 1, 2, 3, 4, 5, 6, *(i for i in range(8, 20) if i != 12)]
    assert clock.now < 1
    source.close()


def test_reset_hands_out_everything_again(scan: Callable[..., h5py.File]) -> None:
    with DataSource(scan(), ["keys"], "a/image", rows=True) as source:
        first = [one.index for one in source]
        source.reset()
        assert [one.index for one in source] == first == [0, 5, 10, 15]


def test_names_of_ones_own_and_several_files_in_turn(scan: Callable[..., h5py.File], tmp_path: Path) -> None:
    for number in range(2):
        with h5py.File(tmp_path / f"{number}.h5", "w", libver="v110") as file:
            file["data"] = IMAGES.reshape(20, 2, 3)[number::2]
    paths: dict[str, Any] = {"eiger": [("0.h5", "/data"), ("1.h5", "/data")], "fluo": "b/spectrum"}
    with DataSource(scan(), "keys", paths, rows=True) as source:
        sets = list(source)
    assert len(sets) == 4
    for one in sets:
        assert np.array_equal(one["eiger"], IMAGES[one.slices])
        assert list(one) == ["eiger", "fluo"]


def test_short_names_are_for_what_is_unique() -> None:
    frame = np.zeros(1)
    one = FrameSet(0, (0,), (0,), (1,), {"/a/data": frame, "/b/data": frame, "/b/sum": frame})
    assert one["sum"] is frame
    assert (len(one), "/a/data" in one) == (3, True)
    with pytest.raises(KeyError, match="several"):
        one["data"]
    with pytest.raises(KeyError, match="none"):
        one["image"]


@pytest.mark.parametrize("options", [{"data_paths": []}, {"data_paths": "a/image", "rows": True, "chunks": True}])
def test_what_makes_no_sense_is_refused(scan: Callable[..., h5py.File], options: dict[str, Any]) -> None:
    file = scan()
    with pytest.raises(ShapeError):
        DataSource(file, "keys", **options)
    with pytest.raises(PathError):
        DataSource(file, "nothing", "a/image")


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.data())
def test_each_block_comes_once_and_when_it_is_whole(scan_shape: list[int], data: st.DataObject) -> None:
    shape = tuple(scan_shape)
    steps = tuple(data.draw(st.one_of(st.none(), st.integers(1, 4))) for _ in shape)
    order = data.draw(st.permutations(list(np.ndindex(*shape))))
    gatherer, given_out, seen = Gatherer(steps), np.zeros(shape, int), np.zeros(shape, int)
    for position in order:
        seen[position] = 1
        for block in gatherer.add(position, shape, True):
            assert seen[block].all()
            given_out[block] += 1
    assert (given_out == 1).all()
    assert gatherer.n_begun == 0


@given(st.integers(1, 5), st.integers(1, 5))
def test_rows_of_a_scan_that_grows_wait_for_the_next_one(n_rows: int, n_columns: int) -> None:
    gatherer, rows = Gatherer((1, None)), []
    for row, column in np.ndindex(n_rows, n_columns):
        shape = (row + 1, n_columns if row else column + 1)
        rows += list(gatherer.add((row, column), shape, False))
        assert len(rows) == row
    rows += list(gatherer.rest((n_rows, n_columns)))
    assert rows == [(slice(row, row + 1), slice(0, n_columns)) for row in range(n_rows)]


def test_a_scan_that_turns_out_to_have_two_axes_keeps_what_was_gathered() -> None:
    one, two = Gatherer((None,)), Gatherer((1, None))
    assert list(one.add((0,), (1,), False)) == []
    two.take_over(one)
    assert list(two.add((0, 1), (2, 2), False)) == []
    assert list(two.add((1, 0), (2, 2), False)) == [(slice(0, 1), slice(0, 2))]
