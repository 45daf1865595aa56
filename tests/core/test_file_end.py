"""Files that end before what their metadata tell of: a copy under way, a size that is told late. Nothing there is data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, FrameGrabber, open_swmr
from swmr_viewer.core.data.stored import FileEnd
from swmr_viewer.core.errors import FrameNotWrittenError
from swmr_viewer.core.keys.key_dataset import KeyDataset

N, CUT = 10, 6
"""Frames, and the one that the file ends within; the ones before it are there."""


def cut_copy(tmp_path: Path, write: Callable[[h5py.File], h5py.Dataset], end: Callable[[h5py.Dataset], int]) -> tuple[Path, bytes]:
    """Write a file in SWMR mode and a copy of its first bytes, and return the copy's path and all bytes."""
    path = tmp_path / "whole.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file["keys/k"] = np.arange(1, N + 1)
        made = write(file)
        file.flush()
        n_bytes = end(made)
        file.swmr_mode = True
        file.flush()
        content = path.read_bytes()
    copy = tmp_path / "copy.h5"
    copy.write_bytes(content[:n_bytes])
    return copy, content


def in_frame(number: int) -> Callable[[h5py.Dataset], int]:
    """Return where the file is cut: within the chunk of this frame."""
    return lambda made: made.id.get_chunk_info_by_coord((number, *(0 for _ in made.shape[1:]))).byte_offset + 5


def frames(**options: Any) -> Callable[[h5py.File], h5py.Dataset]:
    def write(file: h5py.File) -> h5py.Dataset:
        made = file.create_dataset("d", (N, 32, 32), "u4", **({"chunks": (1, 32, 32)} | options))
        for number in range(N):
            made[number] = number + 1
            made.flush()  # each behind the one before
        return made

    return write


@pytest.mark.parametrize("options", [{}, {"compression": "gzip"}, {"compression": "lzf"}], ids=["plain", "gzip", "lzf"])
def test_frames_behind_the_end_of_a_file_are_not_written_until_they_are_copied(tmp_path: Path, options: dict[str, Any]) -> None:
    path, content = cut_copy(tmp_path, frames(**options), in_frame(CUT))
    with open_swmr(path) as file, FrameGrabber(file, "d") as grabber:
        for number in range(CUT):
            assert (grabber.grab(number) == number + 1).all()
        for number in range(CUT, N):
            with pytest.raises(FrameNotWrittenError, match="behind the end"):
                grabber.grab(number)
        with pytest.raises(FrameNotWrittenError, match="behind the end"):
            grabber.grab_block((slice(CUT - 1, CUT + 1),))
        path.write_bytes(content)
        for number in range(N):
            assert (grabber.grab(number) == number + 1).all()


def test_a_file_of_the_oldest_format_that_was_copied_while_it_grew_ends_where_the_copy_does(tmp_path: Path) -> None:
    """Its superblock tells the end from when it was made, and nothing that it is still written."""
    path, copy = tmp_path / "whole.h5", tmp_path / "copy.h5"
    with h5py.File(path, "w", libver=("earliest", "v108")) as file:
        data = file.create_dataset("d", (0, 32, 32), "u4", maxshape=(None, 32, 32), chunks=(1, 32, 32))
        file.flush()
        for number in range(N):
            data.resize(number + 1, 0)
            data[number] = number + 1
            data.flush()
        copy.write_bytes(path.read_bytes()[: in_frame(CUT)(data)])
    with open_swmr(copy) as file, FrameGrabber(file, "d") as grabber:
        for number in range(CUT):
            assert (grabber.grab(number) == number + 1).all()
        with pytest.raises(FrameNotWrittenError, match="behind the end"):
            grabber.grab(CUT)
    with open_swmr(path) as file, FrameGrabber(file, "d") as grabber:
        assert (grabber.grab(N - 1) == N).all()


def test_a_contiguous_data_set_is_there_as_far_as_the_file_reaches(tmp_path: Path) -> None:
    def whole_frames(made: h5py.Dataset) -> int:
        return int(made.id.get_offset() + CUT * 32 * 32 * 4 + 3)

    path, _ = cut_copy(tmp_path, frames(chunks=None), whole_frames)
    with open_swmr(path) as file, FrameGrabber(file, "d") as grabber:
        assert [int(grabber.grab(number)[-1, -1]) for number in range(CUT)] == list(range(1, CUT + 1))
        for number in range(CUT, N):
            with pytest.raises(FrameNotWrittenError, match="behind the end"):
                grabber.grab(number)


def test_a_virtual_data_set_of_a_file_that_is_being_copied(tmp_path: Path) -> None:
    path, _ = cut_copy(tmp_path, frames(), in_frame(CUT))
    layout = h5py.VirtualLayout((N, 32, 32), "u4")
    layout[:] = h5py.VirtualSource(path.name, "d", (N, 32, 32))
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        file.create_virtual_dataset("v", layout)
    with open_swmr(tmp_path / "master.h5") as file, FrameGrabber(file, "v") as grabber:
        assert [int(grabber.grab(number).max()) for number in range(CUT)] == list(range(1, CUT + 1))
        with pytest.raises(FrameNotWrittenError, match="behind the end"):
            grabber.grab(CUT)


@pytest.mark.parametrize("chunk", [1, 2])
def test_sets_of_frames_hold_none_that_is_not_in_the_file(tmp_path: Path, chunk: int) -> None:
    path, _ = cut_copy(tmp_path, frames(chunks=(chunk, 32, 32)), in_frame(CUT))
    for how in ({}, {"chunks": True}):
        with open_swmr(path) as file, DataSource(file, "keys", "d", 0.05, wait_s=0.01, **how) as source:
            seen = [int(number) for one in source for number in np.asarray(one["d"]).reshape(-1, 1024)[:, 0]]
            assert seen == list(range(1, CUT + 1))
            assert any("behind the end" in fault for fault in source.take_faults())


def test_frames_without_keys_count_once_they_are_in_the_file(tmp_path: Path) -> None:
    path, content = cut_copy(tmp_path, frames(), in_frame(CUT))
    with open_swmr(path) as file:
        follower = Follower(file, (), 0.05, length_paths="d")
        follower.refresh()
        assert follower.n_complete == CUT
        path.write_bytes(content)
        assert list(follower) == list(range(N))


@pytest.mark.parametrize("fill", [0, -1])
@pytest.mark.parametrize("as_keys", [True, False], ids=["keys", "lengths"])
def test_numbers_behind_the_end_of_a_file_are_not_set(tmp_path: Path, fill: int, as_keys: bool) -> None:
    def write(file: h5py.File) -> h5py.Dataset:
        made = file.create_dataset("numbers", (N,), "i4", chunks=(1,), maxshape=(None,), fillvalue=fill)
        for number in range(N):
            made[number] = number + 1
            made.flush()
        return made

    path, _ = cut_copy(tmp_path, write, lambda made: made.id.get_chunk_info_by_coord((CUT,)).byte_offset)
    with open_swmr(path) as file:
        follower = Follower(file, "numbers", 0.05) if as_keys else Follower(file, (), 0.05, length_paths="numbers")
        assert list(follower) == list(range(CUT))


def test_keys_that_count_from_zero_are_set_where_they_are_in_the_file(tmp_path: Path) -> None:
    def write(file: h5py.File) -> h5py.Dataset:
        made = file.create_dataset("k", (N, 1, 1), "i4", chunks=(4, 1, 1), fillvalue=-1)
        made[:CUT] = np.arange(CUT)[:, None, None]
        return made

    _, content = cut_copy(tmp_path, write, lambda made: 0)
    (tmp_path / "all.h5").write_bytes(content)
    with open_swmr(tmp_path / "all.h5") as file:
        assert KeyDataset(file["k"]).set_in((N,), 0, N).tolist() == [True] * CUT + [False] * (N - CUT)


class Counted:
    """A data set that counts how often its chunks are looked up."""

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._dataset = dataset
        self.n_lookups = 0

    def now(self) -> float:
        """Seconds, of which nothing but lookups takes any."""
        return 0.01 * self.n_lookups

    def __getattr__(self, name: str) -> Any:
        return self if name == "id" else getattr(self._dataset.id if hasattr(self._dataset.id, name) else self._dataset, name)

    def get_chunk_info_by_coord(self, at: tuple[int, ...]) -> Any:
        self.n_lookups += 1
        return self._dataset.id.get_chunk_info_by_coord(at)


@pytest.mark.parametrize("cut", [False, True])
def test_chunks_are_looked_up_in_a_share_of_the_time_and_a_cut_is_found_all_the_same(tmp_path: Path, cut: bool) -> None:
    path, content = cut_copy(tmp_path, frames(), in_frame(CUT))
    if not cut:
        path.write_bytes(content)
    with open_swmr(path) as file:
        counted: Any = Counted(file["d"])
        end = FileEnd(counted, counted.now)
        boxes = [((number % N, number % N + 1), (0, 32), (0, 32)) for number in range(100 * N)]
        assert [end.holds(box) for box in boxes] == [not cut or box[0][0] < CUT for box in boxes]
        assert cut or 1 <= counted.n_lookups < N


def test_a_file_that_was_closed_is_not_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "closed.h5"
    with h5py.File(path, "w", libver="v110") as file:
        frames()(file)
    with open_swmr(path) as file:
        counted: Any = Counted(file["d"])
        assert FileEnd(counted).holds(((0, N), (0, 32), (0, 32)))
        assert counted.n_lookups == 0
