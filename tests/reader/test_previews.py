"""The first complete frame for the open dialog: the writer's own pixels, never fill, and an answer whatever happens."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.errors import FailureKind, FrameNotWrittenError, PathError
from swmr_viewer.reader.child.previewing import read_first_frame
from swmr_viewer.reader.messages import FollowRequest, FrameReady, Inspected, Previewed, ReaderReplaced
from swmr_viewer.simulator.defects import pixel_mask
from tests.reader import broken
from tests.reader.listening import STUCK_S, Listener

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
SENTINEL = np.iinfo(np.uint16).max


def preview_of(listener: Listener, request: FollowRequest) -> Previewed:
    number = listener.supervisor.preview(request)
    answer = listener.until(lambda event: isinstance(event, Previewed) and event.request_id == number)
    assert isinstance(answer, Previewed)
    return answer


def shown(frame: np.ndarray) -> np.ndarray:
    """Return what a small frame looks like in a preview: its own values, NaN where it says nothing."""
    return np.where(frame == SENTINEL, np.nan, frame).astype(np.float32)


@pytest.mark.live
@pytest.mark.parametrize("order", ["raster", "random"])
def test_the_first_complete_frame_has_the_writers_pixels(live_writer, order: str) -> None:
    writer = live_writer(order=order, seed=1, n_keys=2, dtype="uint16", mask=True)
    request = FollowRequest(str(writer.path), (KEYS,), (DATA,))
    with Listener() as listener:
        nothing = preview_of(listener, request)
        assert (nothing.thumbnail, nothing.index, nothing.kind) == (None, None, FailureKind.FRAME_NOT_WRITTEN)
        assert nothing.message == "No frame is complete yet."
        while len(writer.complete) < 2:
            writer.step()
        first = min(writer.complete)
        assert order == "raster" or first > 0  # otherwise this would not tell the first from index 0
        answer = preview_of(listener, request)
        masked = pixel_mask(writer.plan) != 0
        frame = np.where(masked, SENTINEL, writer.expected(first))
        assert masked.sum() > np.count_nonzero(writer.expected(first) == SENTINEL) > 0
        assert (answer.index, answer.position, answer.data_path) == (first, divmod(first, 4), DATA)
        assert answer.thumbnail is not None
        assert (answer.thumbnail.shape, np.dtype(answer.thumbnail.dtype)) == (frame.shape, np.uint16)
        assert np.array_equal(answer.thumbnail.array(), shown(frame), equal_nan=True)
        assert answer.thumbnail.n_masked == np.count_nonzero(frame == SENTINEL) > 0
        valid = frame[frame != SENTINEL]
        assert (answer.thumbnail.minimum, answer.thumbnail.maximum) == (valid.min(), valid.max())


@pytest.mark.live
def test_a_data_set_without_keys_is_previewed_by_its_length(live_writer) -> None:
    writer = live_writer(layout="areadetector")
    request = FollowRequest(str(writer.path), (), ("/entry/data/data",))
    with Listener() as listener:
        writer.step(2)
        answer = preview_of(listener, request)
        assert answer.thumbnail is not None, answer
        assert answer.index == 0
        assert np.array_equal(answer.thumbnail.array(), shown(writer.expected(0)), equal_nan=True)


@pytest.mark.live
def test_a_reader_that_follows_opens_nothing_a_second_time(live_writer) -> None:
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA)
        writer.step(2)
        listener.until_a(FrameReady)
        answer = preview_of(listener, FollowRequest(str(writer.path), (KEYS,), (DATA,)))
        assert (answer.thumbnail, answer.kind) == (None, FailureKind.READER)


def write(path: Path, data: Any, keys: Any, **options: Any) -> FollowRequest:
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset("data", data=data, **options)
        file["keys"] = np.asarray(keys, np.int32)
    return FollowRequest(str(path), ("/keys",), ("/data",))


def test_large_images_are_reduced_and_keep_their_bright_pixels(tmp_path: Path) -> None:
    frames = np.zeros((2, 600, 900), np.uint32)
    frames[1, 599, 899], frames[1, 0, 0], frames[1, 300, 450] = 70_000, np.iinfo(np.uint32).max, 5
    first = read_first_frame(write(tmp_path / "a.h5", frames, [0, 5]))  # from 0 on they would be 0, 1
    small = first.thumbnail.array()
    assert (first.index, first.position) == (1, (1,))
    assert (first.thumbnail.shape, small.shape) == ((600, 900), (150, 225))
    assert (small[-1, -1], small[75, 112], small.sum()) == (70_000, 5, 70_005)
    assert (first.thumbnail.minimum, first.thumbnail.maximum, first.thumbnail.n_masked) == (0, 70_000, 1)


def test_spectra_and_scalars(tmp_path: Path) -> None:
    spectrum = read_first_frame(write(tmp_path / "a.h5", np.arange(5000.0).reshape(1, 5000), [1])).thumbnail
    assert spectrum.array().shape == (1000,)
    assert np.array_equal(spectrum.array(), np.arange(4.0, 5000, 5))
    large = 2**60 + 1
    scalar = read_first_frame(write(tmp_path / "b.h5", np.array([0, large], np.int64), [0, 5])).thumbnail
    assert (scalar.shape, scalar.value, scalar.pixels_shape) == ((), str(large), ())
    volume = read_first_frame(replace(write(tmp_path / "c.h5", np.ones((1, 2, 3, 4)), [1]), scan_shape=(1,))).thumbnail
    assert (volume.shape, volume.pixels_shape, volume.maximum) == ((2, 3, 4), (3, 4), 1.0)


BAD = np.zeros((24, 32), "u4")
BAD[3:5, 6:9] = 1
COUNTS = np.where(BAD, 60_000, np.arange(24 * 32).reshape(24, 32)).astype("u2")
COLORS = np.stack([COUNTS % 200, COUNTS % 7, COUNTS % 99], axis=-1).astype("u1")


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (COUNTS[None], COUNTS),
        (np.stack([COUNTS, 2 * COUNTS]), COUNTS),
        (np.stack([COUNTS, COUNTS])[:, None], COUNTS),
        (COUNTS * np.exp(0.3j), COUNTS),
        (COLORS, COLORS.mean(axis=-1)),
        (COLORS.transpose(2, 0, 1), COLORS.mean(axis=-1)),
    ],
)
@pytest.mark.parametrize("mask", [None, BAD, np.stack([0 * BAD, BAD, 0 * BAD, 0 * BAD])])
def test_frames_are_previewed_as_the_window_shows_them_without_what_the_files_mask_leaves_out(
    tmp_path: Path, frame: np.ndarray, expected: np.ndarray, mask: np.ndarray | None
) -> None:
    with h5py.File(tmp_path / "a.h5", "w", libver="v110") as file:
        detector = file.create_group("entry/instrument/detector")
        file["entry"].attrs["NX_class"], detector.attrs["NX_class"] = "NXentry", "NXdetector"
        detector["data"] = np.stack([0 * frame, frame, frame, frame])
        file["keys"] = np.array([0, 5, 6, 7], "i4")
        if mask is not None:
            detector["pixel_mask"] = mask
    request = FollowRequest(str(tmp_path / "a.h5"), ("/keys",), ("/entry/instrument/detector/data",))
    found = read_first_frame(request)
    small, is_bad = found.thumbnail, BAD != 0 if mask is not None else BAD > 1
    assert (found.index, small.shape) == (1, frame.shape)
    np.testing.assert_allclose(small.array(), np.where(is_bad, np.nan, expected), rtol=1e-6)
    assert small.n_masked == is_bad.sum()
    assert small.maximum == pytest.approx(expected[~is_bad].max())
    if COLORS.size == frame.size:
        assert np.array_equal(np.frombuffer(small.colors, np.uint8).reshape(24, 32, 3), COLORS)
    else:
        assert small.colors == b""


def test_a_mask_that_cannot_be_used_keeps_no_preview_away(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w", libver="v110") as file:
        file["entry/data"], file["keys"] = COUNTS[None], np.array([1], "i4")
        file["entry/pixel_mask"] = h5py.ExternalLink("not-there.h5", "/mask")
    small = read_first_frame(FollowRequest(str(tmp_path / "a.h5"), ("/keys",), ("/entry/data",))).thumbnail
    assert (small.n_masked, small.maximum) == (0, 60_000)


def test_no_complete_frame_is_never_a_frame_of_fill(tmp_path: Path) -> None:
    request = write(tmp_path / "a.h5", np.ones((3, 4, 4)), [0, 0, 0])
    with pytest.raises(FrameNotWrittenError, match="the file is closed"):
        read_first_frame(request)
    with pytest.raises(PathError, match="No data set was named"):
        read_first_frame(replace(request, data_paths=()))


def test_errors_are_answers_in_text(tmp_path: Path) -> None:
    request = write(tmp_path / "a.h5", np.ones((3, 4, 4)), [1, 1, 1])
    with Listener() as listener:
        for changes, kind in (
            ({"path": str(tmp_path / "b.h5")}, FailureKind.FILE_NOT_THERE),
            ({"data_paths": ("/nothing",)}, FailureKind.PATH_NOT_THERE),
            ({"key_paths": ("/data",), "data_paths": ("/keys",)}, FailureKind.SHAPE),
        ):
            answer = preview_of(listener, replace(request, **changes))
            assert (answer.thumbnail, answer.kind) == (None, kind)
            assert answer.message


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals, makes named pipes")
def test_a_frame_that_kills_the_reader_twice_is_answered_and_the_next_one_is_read(tmp_path: Path) -> None:
    request = FollowRequest(str(broken.write_hanging_frame(tmp_path, n=2, hangs=0)), (broken.KEYS,), (broken.DATA,))
    with Listener(stuck_after_s=STUCK_S) as listener:
        answer = preview_of(listener, request)
        assert (answer.thumbnail, answer.kind) == (None, FailureKind.FILE_BROKEN)
        assert "ended the reader 2 times" in answer.message
        assert len(listener.all_of(ReaderReplaced)) == 2
        whole = tmp_path / "whole"
        whole.mkdir()
        good = replace(request, path=str(broken.write_hanging_frame(whole, n=2, hangs=-1)))
        first = preview_of(listener, good)
        assert first.thumbnail is not None
        assert np.array_equal(first.thumbnail.array(), broken.pixels(0).astype(np.float32))


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_a_reader_that_is_killed_once_is_asked_again(tmp_path: Path) -> None:
    request = write(tmp_path / "a.h5", np.full((3, 4, 4), 7), [1, 1, 1])
    with Listener() as listener:
        listener.supervisor.inspect(request.path)
        listener.until(lambda event: isinstance(event, Inspected))
        os.kill(listener.pid, signal.SIGSTOP)
        listener.supervisor.preview(request)
        os.kill(listener.pid, signal.SIGKILL)
        answer = listener.until_a(Previewed)
        assert answer.thumbnail is not None
        assert np.array_equal(answer.thumbnail.array(), np.full((4, 4), 7, np.float32))
