"""Values that are read by the places of their chunks are those that HDF5 reads."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, open_swmr
from swmr_viewer.core.data import Box
from swmr_viewer.core.keys import raw_chunks
from swmr_viewer.core.keys.raw_chunks import RawChunks, can_read_raw
from tests.core.stepping_writer import stepping_writer

pytestmark = pytest.mark.skipif(os.name != "posix", reason="HDF5's descriptors are Python's on POSIX only")


@pytest.fixture(autouse=True)
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_chunks, "_LEAST_BYTES", 1)


def read_raw(dataset: h5py.Dataset, box: Box) -> np.ndarray | None:
    raw = RawChunks(dataset, clock=lambda: 0.0)
    values = np.empty([stop - start for start, stop in box], dataset.dtype)
    for _ in range(20):  # one lookup for each chunk
        if raw.read_into(values, box):
            return values
        raw.learn(box)
    return None


@pytest.mark.parametrize("dtype", ["<i4", ">i4", "<u8", ">f8", "u1", "?"])
@pytest.mark.parametrize(
    ("shape", "chunks", "box"),
    [((10,), (4,), ((1, 9),)), ((7, 9), (3, 4), ((1, 6), (2, 9))), ((3, 2, 5), (2, 1, 3), ((0, 3), (1, 2), (2, 5)))],
    ids=str,
)
def test_values_are_the_same(tmp_path: Path, dtype: str, shape: tuple[int, ...], chunks: tuple[int, ...], box: Box) -> None:
    values = (np.arange(np.prod(shape)).reshape(shape) % 251).astype(dtype)
    with h5py.File(tmp_path / "k.h5", "w") as file:
        file.create_dataset("k", data=values, chunks=chunks)
    with h5py.File(tmp_path / "k.h5") as file:
        assert can_read_raw(file["k"])
        found = read_raw(file["k"], box)
        assert found is not None
        assert np.array_equal(found, values[tuple(slice(*bounds) for bounds in box)])


def test_what_was_not_written_is_left_to_hdf5(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "k.h5", "w") as file:
        file.create_dataset("k", (10,), "i4", chunks=(5,))[:5] = 1
        file.flush()
        assert read_raw(file["k"], ((0, 5),)) is not None
        assert read_raw(file["k"], ((4, 6),)) is None


def test_what_lies_behind_the_end_of_the_file_reads_as_0(tmp_path: Path) -> None:
    path = tmp_path / "k.h5"
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("k", data=np.ones(100, "i4"), chunks=(100,))
        place = dataset.id.get_chunk_info(0).byte_offset
    with h5py.File(path) as file:
        os.truncate(path, place + 200)
        found = read_raw(file["k"], ((0, 100),))
        assert found is not None
        assert found.tolist() == [1] * 50 + [0] * 50


@pytest.mark.parametrize("options", [{"compression": "gzip"}, {"shuffle": True}, {"chunks": None}, {"fletcher32": True}], ids=str)
def test_what_is_not_plain_is_left_to_hdf5(tmp_path: Path, options: dict) -> None:
    with h5py.File(tmp_path / "k.h5", "w") as file:
        assert not can_read_raw(file.create_dataset("k", (100,), "i4", **options))
    with h5py.File(tmp_path / "u.h5", "w", userblock_size=512) as file:
        assert not can_read_raw(file.create_dataset("k", (100,), "i4", chunks=(10,)))


def test_places_are_looked_up_anew_after_a_while(tmp_path: Path) -> None:
    now = 0.0
    with h5py.File(tmp_path / "k.h5", "w") as file:
        dataset = file.create_dataset("k", data=np.ones(10, "i4"), chunks=(10,))
        file.flush()
        raw, values = RawChunks(dataset, clock=lambda: now), np.empty(10, "i4")
        raw.note_refresh()
        raw.learn(((0, 10),))
        for now, is_known in ((4.0, True), (6.0, False)):  # noqa: B007 - the clock reads it
            raw.note_refresh()
            assert raw.read_into(values, ((0, 10),)) is is_known


def test_keys_that_this_process_writes_itself_are_read_as_it_holds_them(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        keys = file.create_dataset("keys/k", (100,), "i4", chunks=(100,))
        file.swmr_mode = True
        follower = Follower(file, [keys], order="arrival")
        for index in range(5):
            keys[index] = 1  # not flushed: it is in HDF5's cache alone
            assert follower.refresh()


def test_what_lies_there_after_a_file_was_written_anew_is_not_taken_for_keys(tmp_path: Path) -> None:
    begin = "f = h5py.File(path, 'w', libver='v110'); k = f.create_dataset('keys/k', (512,), 'i4', chunks=(512,))"
    with stepping_writer(tmp_path / "scan.h5") as writer:
        writer.do(begin)
        writer.do("k[:3] = 1; f.flush(); f.swmr_mode = True")
        with open_swmr(tmp_path / "scan.h5") as file:
            follower = Follower(file, "keys", order="arrival")
            follower.refresh()
            follower.refresh()
            writer.do("f.close()")
            writer.do(begin)
            writer.do("f['x'] = np.full(60000, 7, 'i4'); k[:3] = 1; f.flush(); f.swmr_mode = True")
            follower.refresh()
            assert follower.n_complete == 3
