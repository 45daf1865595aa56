"""Frames that read as fill in a chunk that is still written to: refused alike one by one, in rows and in blocks; taken in the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, FrameGrabber
from swmr_viewer.core import frame_access
from swmr_viewer.core.data import kept
from swmr_viewer.core.errors import FrameDoubtfulError
from swmr_viewer.decoding import chunk_reader, decoding_alone
from tests.core.stepping_writer import SteppingWriter, stepping_writer

FRAME = {"image": (6, 5), "spectrum": (7,)}
DARK, UNTOUCHED = 1, 2
"""Of four frames that share a chunk, the one that is truly all fill, and the one that nobody has written; all keys are set."""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SteppingWriter]:
    with stepping_writer(tmp_path / "scan.h5") as started:
        yield started


def write(writer: SteppingWriter, frame: tuple[int, ...], fill: float = 0, rows: int = 2, compression: str | None = None) -> None:
    chunk = (1, 4, *frame)
    writer.do("f = h5py.File(path, 'w', libver='v110')")
    writer.do(f"k = f.create_dataset('keys/a', ({rows}, 4), 'i4', chunks=(1, 4))")
    writer.do(f"d = f.create_dataset('d', {(rows, 4, *frame)}, 'f8', chunks={chunk}, fillvalue={fill}, compression={compression!r})")
    writer.do("f.swmr_mode = True")
    for index in range(4):
        if index != UNTOUCHED:
            writer.do(f"d[0, {index}] = {fill if index == DARK else index + 1}")
    writer.do("d.flush(); k[0] = 1; k.flush()")


def opened(path: Path) -> h5py.File:
    return h5py.File(path, "r", swmr=True, locking=False)


@pytest.mark.parametrize("kind", FRAME)
@pytest.mark.parametrize("fill", [0, -1, "np.nan"])
def test_one_by_one_and_in_blocks(writer: SteppingWriter, tmp_path: Path, kind: str, fill: Any) -> None:
    write(writer, FRAME[kind], fill)
    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4)) as grabber:
        assert [int(grabber.grab(index).max()) for index in (0, 3)] == [1, 4]
        for index in (DARK, UNTOUCHED):
            with pytest.raises(FrameDoubtfulError, match="reads as fill"):
                grabber.grab(index)
            with pytest.raises(FrameDoubtfulError, match="reads as fill"):
                grabber.grab_block((slice(0, 1), slice(index, index + 1)))
            assert np.array_equal(grabber.grab(index, as_it_is=True), np.full(FRAME[kind], float(eval(str(fill)))), equal_nan=True)
        with pytest.raises(FrameDoubtfulError):
            grabber.grab_block((slice(0, 1), slice(0, 4)))
        block = grabber.grab_block((slice(0, 1), slice(0, 4)), as_it_is=True)
        assert block.shape == (1, 4, *FRAME[kind])
        assert [int(block[0, index].max()) for index in (0, 3)] == [1, 4]


def test_a_frame_that_comes_while_it_is_waited_for(writer: SteppingWriter, tmp_path: Path) -> None:
    write(writer, (6, 5))

    def written_meanwhile(seconds: float) -> None:
        writer.do(f"d[0, {UNTOUCHED}] = 3; d.flush()")

    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4), sleep=written_meanwhile) as grabber:
        assert (grabber.grab(UNTOUCHED, wait_s=60) == 3).all()


def test_what_is_known_after_a_frame_was_read_makes_no_measurement_of_its_fill(
    writer: SteppingWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one thread decodes, the frame comes, writing goes past its chunk, and another thread refreshes."""
    write(writer, (6, 5), compression="gzip")
    is_first = [True]
    others = []

    @contextmanager
    def given_back() -> Iterator[None]:
        if is_first:
            is_first.clear()
            writer.do(f"d[0, {UNTOUCHED}] = 3; d[1] = 5; d.flush(); k[1] = 1; k.flush()")
            others.append(grabber.grab((1, 0)))
        yield

    monkeypatch.setattr(chunk_reader, "given_back", given_back)
    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4)) as grabber, decoding_alone(threading.Lock()):
        assert (grabber.grab(UNTOUCHED) == 3).all()
    (other,) = others
    assert (other == 5).all()


def test_a_dark_part_of_a_frame_is_no_reason_to_refuse_it(writer: SteppingWriter, tmp_path: Path) -> None:
    write(writer, (6, 5))
    writer.do("d[0, 0, :3] = 0; d.flush()")
    part = (slice(0, 2), slice(0, 5))
    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4)) as grabber:
        assert not grabber.grab(0, part).any()
        with pytest.raises(FrameDoubtfulError):
            grabber.grab(UNTOUCHED, part)


def test_single_numbers_are_never_in_doubt(writer: SteppingWriter, tmp_path: Path) -> None:
    write(writer, ())
    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4)) as grabber:
        assert [float(grabber.grab(index)) for index in range(4)] == [1, 0, 0, 4]
        assert grabber.grab_block((slice(0, 1), slice(0, 4))).tolist() == [[1, 0, 0, 4]]


@pytest.mark.parametrize("how", ["left", "closed"])
def test_a_dark_frame_is_handed_out_once_it_can_be_told(writer: SteppingWriter, tmp_path: Path, how: str) -> None:
    write(writer, (6, 5))
    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4)) as grabber:
        with pytest.raises(FrameDoubtfulError):
            grabber.grab(DARK)
        writer.do("d[1, 0] = 5; d.flush()" if how == "left" else "f.close()")
        assert not grabber.grab(DARK).any()
        assert not grabber.grab_block((slice(0, 1), slice(0, 4)))[0, DARK].any()


def test_dark_frames_of_a_format_without_swmr_are_handed_out_at_once(tmp_path: Path) -> None:
    path = tmp_path / "old.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("d", data=np.zeros((4, 6, 5)), chunks=(4, 6, 5))
    with h5py.File(path, "r", locking=False) as file, FrameGrabber(file, "d") as grabber:
        assert sum(not grabber.grab(index).any() for index in range(4)) == 4


@pytest.mark.parametrize("how", [{}, {"rows": True}, {"chunks": True}], ids=str)
def test_sets_of_frames_come_when_they_have_been_waited_for_and_a_fault_says_so(
    writer: SteppingWriter, tmp_path: Path, how: dict[str, Any]
) -> None:
    write(writer, (6, 5))
    now = [0.0]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    options: Any = {"wait_s": 5.0, "clock": lambda: now[0], "sleep": sleep, **how}
    with opened(tmp_path / "scan.h5") as file, DataSource(file, "keys", "d", 1.0, **options) as source:
        found = next(source)["d"]
        faults, waited_s = source.take_faults(), sum(waits)
        frames = [np.asarray(found), *(np.asarray(rest["d"]) for rest in source)]
        faults += source.take_faults()
    firsts = np.concatenate([frame.reshape(-1, 30)[:, 0] for frame in frames])
    assert firsts.tolist() == [1, 0, 0, 4]
    assert all("as it is" in fault for fault in faults)
    assert len(faults) == (1 if how else 2)
    assert waited_s >= (5 if how else 0)


def test_frames_that_come_while_their_block_is_looked_at_are_in_it(
    writer: SteppingWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(writer, (6, 5))
    find = frame_access.fill_offsets

    def written_meanwhile(*block: Any) -> Iterator[tuple[int, ...]]:
        writer.do(f"d[0, {UNTOUCHED}] = 3; d[0, {DARK}] = 2; d.flush()")
        yield from find(*block)

    monkeypatch.setattr(frame_access, "fill_offsets", written_meanwhile)
    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4)) as grabber:
        block = grabber.grab_block((slice(0, 1), slice(0, 4)), (slice(0, 2),))
    assert [int(frame.min()) for frame in block[0]] == [1, 2, 3, 4]


def test_a_part_of_a_frame_that_comes_while_it_is_looked_at_is_not_taken_for_dark(
    writer: SteppingWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(writer, (600, 600))
    is_in_doubt = frame_access.may_be_unwritten

    def written_meanwhile(*part: Any) -> bool:
        found = is_in_doubt(*part)
        writer.do(f"d[0, {UNTOUCHED}] = 3; d.flush()")
        return found

    monkeypatch.setattr(frame_access, "may_be_unwritten", written_meanwhile)
    monkeypatch.setattr(kept, "_CHEAP_BYTES", 0)  # as of a larger chunk
    with opened(tmp_path / "scan.h5") as file, FrameGrabber(file, "d", scan_shape=(2, 4)) as grabber:
        assert grabber.grab(UNTOUCHED, (slice(0, 2), slice(1, 5)), wait_s=60).min() == 3
