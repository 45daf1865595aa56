"""The FrameGrabber on files at rest: shapes and ranks, what is not written, bad input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import pytest

from swmr_viewer import FrameGrabber
from swmr_viewer.core import frame_access
from swmr_viewer.core.errors import FrameNotWrittenError, FrameUnreadableError, PathError, PathNotThereError, ShapeError

Write = Callable[[h5py.File], object]


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Callable[[Write], h5py.File]]:
    """Return a function that lets another function fill a file, and opens it to read."""
    opened: list[h5py.File] = []

    def build(write: Write) -> h5py.File:
        path = tmp_path / "data.h5"
        with h5py.File(path, "w", libver="v110") as file:
            write(file)
        opened.append(h5py.File(path, "r", swmr=True, locking=False))
        return opened[-1]

    yield build
    for file in opened:
        file.close()


@pytest.mark.parametrize("scan_shape", [(), (6,), (2, 3), (1, 2, 3), (2, 1, 3, 1)], ids=str)
@pytest.mark.parametrize("frame_shape", [(), (5,), (4, 5), (2, 4, 5)], ids=str)
@pytest.mark.parametrize("chunked", [True, False])
def test_every_frame_of_every_rank(
    written: Callable[[Write], h5py.File], scan_shape: tuple[int, ...], frame_shape: tuple[int, ...], chunked: bool
) -> None:
    shape = (*scan_shape, *frame_shape)
    data = np.arange(int(np.prod(shape)), dtype="u2").reshape(shape)
    file = written(lambda f: f.create_dataset("d", data=data, chunks=tuple(max(1, n // 2) for n in shape) if chunked and shape else None))
    grabber = FrameGrabber(file, "d", scan_shape=scan_shape)
    assert (grabber.frame_shape, grabber.dtype, grabber.scan_rank) == (frame_shape, np.uint16, len(scan_shape))
    for index in range(int(np.prod(scan_shape))):
        expected = data[grabber.position(index)]
        assert np.array_equal(grabber.grab(index), expected)
        kept = np.zeros(frame_shape, "u2")
        grabber.grab_into(index, kept)
        assert np.array_equal(kept, expected)


@pytest.mark.parametrize(
    ("shape", "interpretation", "scan_rank"),
    [((6, 4, 5), None, 1), ((2, 3, 4, 5), None, 2), ((6, 4), None, 1), ((6,), None, 1), ((2, 3, 4), "spectrum", 2), ((2, 3), "scalar", 2)],
)
def test_without_keys_the_rank_is_told_by_nexus_or_guessed(
    written: Callable[[Write], h5py.File], shape: tuple[int, ...], interpretation: str | None, scan_rank: int
) -> None:
    def write(file: h5py.File) -> None:
        made = file.create_dataset("d", data=np.zeros(shape))
        if interpretation:
            made.attrs["interpretation"] = interpretation

    assert FrameGrabber(written(write), "d").scan_rank == scan_rank


def test_a_data_set_numbered_along_one_axis_serves_a_scan_of_two(written: Callable[[Write], h5py.File]) -> None:
    data = np.arange(6 * 4 * 5).reshape(6, 4, 5)
    file = written(lambda f: f.create_dataset("d", data=data, maxshape=(None, None, None), chunks=(1, 4, 5)))
    grabber = FrameGrabber(file, "d", scan_shape=(2, 3))
    assert (grabber.position(4), grabber.frame_shape) == ((1, 1), (4, 5))
    assert np.array_equal(grabber.grab(4), data[4])


def holes(file: h5py.File) -> None:
    made = file.create_dataset("d", (4, 8, 8), "u2", maxshape=(None, 8, 8), chunks=(1, 4, 8), fillvalue=7)
    made[0] = 1
    made[1, :4] = 1


@pytest.mark.parametrize("index", [1, 2, 3, 4, 1000])
def test_what_is_not_written_is_an_error_and_never_the_fill(written: Callable[[Write], h5py.File], index: int) -> None:
    grabber = FrameGrabber(written(holes), "d", scan_rank=1)
    assert (grabber.grab(0) == 1).all()
    with pytest.raises(FrameNotWrittenError, match=f"Frame {index} "):
        grabber.grab(index)


def test_a_contiguous_data_set_without_storage_is_not_written(written: Callable[[Write], h5py.File]) -> None:
    grabber = FrameGrabber(written(lambda f: f.create_dataset("d", (3, 40, 50), "u2")), "d")
    with pytest.raises(FrameNotWrittenError):
        grabber.grab(0)


def test_outside_the_scan(written: Callable[[Write], h5py.File]) -> None:
    grabber = FrameGrabber(written(holes), "d", scan_shape=(2, 2))
    for index in (-1, 4):
        with pytest.raises(IndexError):
            grabber.grab(index)


@pytest.mark.parametrize(
    ("path", "error", "options"),
    [
        ("nothing", PathNotThereError, {}),
        ("group", PathError, {}),
        ("text", PathError, {}),
        ("fixed", ShapeError, {"scan_shape": (3, 9)}),
        ("d", ShapeError, {"scan_rank": 4}),
    ],
)
def test_bad_paths_and_shapes_say_so(
    written: Callable[[Write], h5py.File], path: str, error: type[Exception], options: dict[str, Any]
) -> None:
    def write(file: h5py.File) -> None:
        holes(file)
        file["group/x"] = 1
        file["text"] = "words"
        file["fixed"] = np.zeros((3, 8, 8))

    with pytest.raises(error) as raised:
        FrameGrabber(written(write), path, **options)
    assert str(raised.value).endswith(".")


def test_a_damaged_frame_is_an_error_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "broken.h5"
    with h5py.File(path, "w", libver="v110") as file:
        made = file.create_dataset("d", data=np.ones((3, 64, 64)), chunks=(1, 64, 64), compression="gzip")
        at = made.id.get_chunk_info_by_coord((1, 0, 0))
    content = bytearray(path.read_bytes())
    content[at.byte_offset : at.byte_offset + at.size] = b"\xff" * at.size
    path.write_bytes(content)
    with h5py.File(path, "r", locking=False) as file:
        grabber = FrameGrabber(file, "d")
        with pytest.raises(FrameUnreadableError, match="Frame 1 "):
            grabber.grab(1)
        assert (grabber.grab(2) == 1).all()


def test_fill_in_a_chunk_that_frames_share_is_refused_until_the_writer_has_left_it(tmp_path: Path) -> None:
    path = tmp_path / "shared.h5"
    with h5py.File(path, "w", libver="v110", locking=False) as file:
        made = file.create_dataset("d", (8, 3, 3), "u2", chunks=(4, 3, 3))
        made[0] = 1
        made.flush()
        file.swmr_mode = True
        with h5py.File(path, "r", swmr=True, locking=False) as reading:
            grabber = FrameGrabber(reading, "d", scan_rank=1)
            assert (grabber.grab(0) == 1).all()
            with pytest.raises(FrameNotWrittenError, match="reads as fill"):
                grabber.grab(1)
    with h5py.File(path, "r", locking=False) as reading:
        assert not FrameGrabber(reading, "d", scan_rank=1).grab(1).any()


@pytest.mark.parametrize(
    ("shape", "keys", "frame"),
    [
        ((3, 2, 4, 5), (3, 1), (4, 5)),
        ((1, 6, 4, 5), (1, 1), (4, 5)),
        ((7, 3, 4, 5), (4, 2), (3, 4, 5)),  # numbered along one axis, two thresholds more than the scan has columns
        ((4, 32, 40), (4, 5), (32, 40)),
    ],
)
def test_images_that_are_a_column_ahead_of_their_keys_have_the_axes_of_the_scan(
    tmp_path: Path, shape: tuple[int, ...], keys: tuple[int, ...], frame: tuple[int, ...]
) -> None:
    values = np.arange(np.prod(shape), dtype="u4").reshape(shape)
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file.create_dataset("data", data=values, maxshape=(None,) * len(shape))
        with FrameGrabber(file, "data", scan_shape=keys) as grabber:
            assert grabber.frame_shape == frame
            is_flat = len(shape) - len(frame) == 1
            np.testing.assert_array_equal(grabber.grab(0), values[0] if is_flat else values[0, 0])


def test_what_was_told_of_a_frame_that_is_read_again_counts_for_nothing(
    written: Callable[[Write], h5py.File], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = np.arange(2 * 300 * 400, dtype="u4").reshape(2, 300, 400)
    file = written(lambda f: f.create_dataset("d", data=data, chunks=(1, 300, 400), **hdf5plugin.Bitshuffle()))
    grabber, out, told = FrameGrabber(file, "d", scan_shape=(2,)), np.zeros((300, 400), "u4"), []
    assert grabber.grab_into(0, out, note=lambda start, stop: told.append((start, stop)))
    assert sum(stop - start for start, stop in told) == out.size
    is_doubtful = iter([True, False])
    monkeypatch.setattr(frame_access, "may_be_unwritten", lambda frame, pieces: next(is_doubtful))
    assert not grabber.grab_into(1, out, note=lambda start, stop: None)
    assert np.array_equal(out, data[1])
