"""Data are refreshed once for all frames that a poll saw, and again for those that it did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, FrameGrabber, open_swmr
from swmr_viewer.core.data.kept import Block, KeptBlocks
from swmr_viewer.core.data.sources import StoredSource
from swmr_viewer.core.files import identity_of_file
from swmr_viewer.core.frame_runs import most_in_run
from swmr_viewer.core.freshness import Freshness, note_follower
from swmr_viewer.core.progress import KeyProgress
from tests.core.stepping_writer import SteppingWriter, stepping_writer

N = 8
BEGIN = (
    "f = h5py.File(path, 'w', libver='v110')",
    "d = f.create_dataset('data', (8, 4, 5), 'u2', chunks=(4, 4, 5), compression='gzip')",
    "d[:] = 99",  # not fill: what is read too early would go unnoticed
    "k = [f.create_dataset(f'keys{n}/k', (8,), 'i4') for n in range(2)]",
    "[(one.write_direct(np.zeros(8, 'i4')), one.flush()) for one in k]",
    "f.swmr_mode = True",
)


def add(index: int, keys: int = 0) -> str:
    return f"d[{index}] = {index} + 1; d.flush(); k[{keys}][{index}] = 1; k[{keys}].flush()"


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SteppingWriter]:
    with stepping_writer(tmp_path / "scan.h5") as writer:
        for step in BEGIN:
            writer.do(step)
        yield writer


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths of the stored data that are refreshed, in turn."""
    paths: list[str] = []
    refresh = StoredSource.refresh

    def noted(source: StoredSource) -> None:
        paths.append(source.path)
        refresh(source)

    monkeypatch.setattr(StoredSource, "refresh", noted)
    return paths


def values(grabber: FrameGrabber, *indices: int) -> list[int]:
    return [int(grabber.grab(index).min()) for index in indices]


def test_frames_that_one_poll_saw_are_read_after_one_refresh(tmp_path: Path, writer: SteppingWriter, refreshed: list[str]) -> None:
    for index in range(3):
        writer.do(add(index))
    with open_swmr(tmp_path / "scan.h5") as file, FrameGrabber(file, "data", scan_rank=1) as grabber:
        follower = Follower(file, "keys0", 60.0)
        for index in range(3):
            assert next(follower) == index
            assert values(grabber, index) == [index + 1]
        assert len(refreshed) == 1
        writer.do(add(3))  # into the chunk that was decoded and is kept
        assert next(follower) == 3
        assert values(grabber, 3, 0, 2) == [4, 1, 3]
        assert len(refreshed) == 2


def test_a_frame_behind_the_frontier_needs_no_refresh_when_others_come(
    tmp_path: Path, writer: SteppingWriter, refreshed: list[str]
) -> None:
    for index in range(3):
        writer.do(add(index))
    with open_swmr(tmp_path / "scan.h5") as file, FrameGrabber(file, "data", scan_rank=1) as grabber:
        follower = Follower(file, "keys0", 60.0)
        follower.refresh()
        assert values(grabber, 2) == [3]
        writer.do(add(5))
        follower.refresh()
        assert (values(grabber, 0, 1), len(refreshed)) == ([1, 2], 1)
        assert (values(grabber, 5), len(refreshed)) == ([6], 2)


def test_who_learns_of_frames_elsewhere_gets_them_as_they_are_now(tmp_path: Path, writer: SteppingWriter) -> None:
    with open_swmr(tmp_path / "scan.h5") as file, FrameGrabber(file, "data", scan_rank=1) as grabber:
        writer.do(add(0))
        assert values(grabber, 0) == [1], "with no follower at all"
        writer.do(add(1))
        assert values(grabber, 1) == [2]
        follower = Follower(file, "keys0", 60.0)
        follower.refresh()
        writer.do(add(2))
        assert values(grabber, 2) == [3], "a follower that has not polled since"
        writer.do(add(3, keys=1))
        other = Follower(file, "keys1", 60.0, order="arrival")
        assert next(other) == 3
        assert values(grabber, 3) == [4], "another follower's frame"
        writer.do(add(4, keys=1))
        assert next(other) == 4
        assert values(grabber, 4) == [5]


def test_a_file_that_its_writer_has_closed_is_refreshed_once(tmp_path: Path, writer: SteppingWriter, refreshed: list[str]) -> None:
    for index in range(N):
        writer.do(add(index))
    with open_swmr(tmp_path / "scan.h5") as file, FrameGrabber(file, "data", scan_rank=1) as grabber:
        assert values(grabber, 0, 1, 2) == [1, 2, 3]
        assert len(refreshed) == 3, "it may be written without a word"
        writer.do("f.close()")
        assert values(grabber, 0, 5, 7) == [1, 6, 8]
        assert len(refreshed) == 4
        writer.do("f = h5py.File(path, 'r+', libver='v110'); f.swmr_mode = True; d = f['data']; d[5] = 77; d.flush()")
        assert values(grabber, 5) == [77], "opened again"


def test_a_frame_that_is_doubtful_is_looked_at_anew(tmp_path: Path, writer: SteppingWriter) -> None:
    writer.do(f"{add(4)}; d[5] = 0; d.flush()")  # in the last chunk: behind another one it would count as left
    with open_swmr(tmp_path / "scan.h5") as file, FrameGrabber(file, "data", scan_rank=1) as grabber:
        follower = Follower(file, "keys0", 60.0)
        writer.do("k[0][5] = 1; k[0].flush()")  # before its frame
        follower.refresh()
        assert values(grabber, 4) == [5]
        with pytest.raises(LookupError):
            grabber.grab(5)
        writer.do("d[5] = 9; d.flush()")
        assert values(grabber, 5) == [9], "no poll was needed"


@pytest.fixture
def finished(tmp_path: Path) -> Iterator[h5py.File]:
    """Yield a scan of 3 x 7: images in chunks of 2 x 4, scalars, spectra; all keys set but that of (2, 3)."""
    keys = np.ones((3, 7), "i4")
    keys[2, 3] = 0
    with h5py.File(tmp_path / "finished.h5", "w", libver="v110") as file:
        file["keys/k"] = keys
        file.create_dataset("images", data=numbered((3, 7, 4, 5)), chunks=(2, 4, 4, 5), compression="gzip")
        file.create_dataset("scalars", data=numbered((3, 7)), chunks=(3, 2))
        file.create_dataset("in a row", data=numbered((21, 4, 5)), chunks=(4, 4, 5), compression="gzip")
        file.create_dataset("spectra", data=numbered((3, 7, 6)), chunks=(1, 1, 6))
    with open_swmr(tmp_path / "finished.h5") as file:
        yield file


def numbered(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(1, np.prod(shape) + 1, dtype="u4").reshape(shape)


@pytest.mark.parametrize("options", [{}, {"rows": True}, {"chunks": True}], ids=str)
def test_images_numbered_along_one_axis_are_read_by_rows_of_the_scan(finished: h5py.File, options: dict[str, bool]) -> None:
    with DataSource(finished, "keys", "in a row", 0, "always_true", **options) as source:
        found = [image for frames in source for image in frames["in a row"].reshape(-1, 4, 5)]
    np.testing.assert_array_equal(found, finished["in a row"][: 14 if options else 17])


@pytest.mark.parametrize("order", ["scan", "arrival"])
def test_runs_are_what_frames_one_by_one_are(finished: h5py.File, order: Any) -> None:
    paths = ["images", "scalars", "spectra"]
    with DataSource(finished, "keys", paths, 0, "always_true", order=order) as source:
        found = list(source)
        expected = [index for index in range(21) if index != 17][: 17 if order == "scan" else 20]
        assert [frames.index for frames in found] == expected
        assert source.take_faults() == []
    for frames in found:
        assert frames.position == divmod(frames.index, 7) == frames.slices
        for path in paths:
            assert isinstance(frames[path], np.ndarray)
            np.testing.assert_array_equal(frames[path], finished[path][frames.position])


def test_a_frame_of_a_run_is_its_own(finished: h5py.File) -> None:
    with DataSource(finished, "keys", ["images"], 0, "always_true") as source:
        first, second = next(source)["images"], next(source)["images"]
    before = second.copy()
    first[:] = 0
    np.testing.assert_array_equal(second, before)


def test_a_run_ends_with_the_chunk_the_row_and_what_memory_has_room_for(finished: h5py.File) -> None:
    with FrameGrabber(finished, "images", scan_shape=(3, 7)) as images, FrameGrabber(finished, "scalars", scan_shape=(3, 7)) as scalars:
        assert most_in_run({"images": images, "scalars": scalars}, (1, 3), (3, 7)) == 4, "the row"
        assert most_in_run({"scalars": scalars}, (), ()) == 1

        class Large:
            has_blocks, frame_shape, dtype, chunk_shape = True, (4000, 4000), np.dtype("u4"), (1,)

        assert most_in_run({"large": Large}, (0,), (100,)) == 1, "a megabyte or two"  # type: ignore[dict-item]
        Large.chunk_shape = (10,)
        assert most_in_run({"large": Large}, (0,), (100,)) == 1, "a chunk of 640 MB"  # type: ignore[dict-item]
        Large.frame_shape = (512, 512)
        assert most_in_run({"large": Large}, (3,), (100,)) == 7, "to the end of the chunk"  # type: ignore[dict-item]


def test_what_is_kept_has_a_bound() -> None:
    class Owner:
        pass

    kept, owners = KeptBlocks(most_bytes=100), [Owner() for _ in range(4)]
    for number, owner in enumerate(owners):
        kept.keep(owner, Block(((0, 40),), np.full(40, number, np.uint8)))
    assert [kept.of(owner) is not None for owner in owners] == [False, False, True, True]
    assert kept.n_bytes == 80
    del owners[3], owner
    assert kept.n_bytes == 40


def test_a_follower_that_is_gone_vouches_for_nothing(finished: h5py.File) -> None:
    file = identity_of_file(finished)
    progress = KeyProgress(1, (4,))
    note_follower(file, progress)
    freshness = Freshness(file, None, lambda: 0.0)
    progress.add(0, np.array([0]), np.array([2]))
    moment = freshness.now()
    assert [freshness.covers(moment, index, (4,)) for index in range(4)] == [True, True, False, False]
    assert freshness.covers(moment, (0,), (4,), (2,))
    assert not freshness.covers(moment, (0,), (4,), (3,))
    progress.add(0, np.array([3]), np.array([4]))
    assert [freshness.covers(moment, index, (4,)) for index in range(4)] == [True, True, False, False]
    del progress
    assert not freshness.covers(moment, 0, (4,))


def test_what_was_read_before_a_refresh_by_another_thread_is_not_kept_behind_it(
    writer: SteppingWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_swmr(tmp_path / "scan.h5") as file:
        source = StoredSource(file["data"], "data")
        read, box, shape = source._read_now, ((0, 1), (0, 4), (0, 5)), (1, 4, 5)

        def refreshed_meanwhile(*what: Any) -> None:
            read(*what)
            writer.do("d[0] = 7; d.flush()")
            source.refresh()

        monkeypatch.setattr(source, "_read_now", refreshed_meanwhile)
        out = np.empty(shape, "u2")
        source.read(box, out, tuple((0, n) for n in shape))
        monkeypatch.undo()
        source.read(box, out, tuple((0, n) for n in shape))
        assert (out == 7).all()
