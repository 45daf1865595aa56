"""Names that are used again while a scan is followed: the end says so, and no pixel of another scan is ever shown for the one before."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.conditions import FileClosed, Timeout
from swmr_viewer.core.errors import FileReplacedError
from swmr_viewer.reader.messages import Ended, Event, Fault, FileReplaced, FrameMeasured, FrameReady, Opened, ShowIndex
from tests.live.detector_files import DetectorFiles, value_of
from tests.live.reused_names import DATA, KEYS, NEW, OLD, ReusedNames
from tests.reader.listening import WAIT_S, Listener

pytestmark = pytest.mark.live

ENDS = (FileClosed(), Timeout(WAIT_S))
N = 6
NO_RENAME = pytest.mark.skipif(os.name == "nt", reason="an open file is neither renamed, replaced nor removed there")
Replace = Callable[[Path], None]


@pytest.fixture
def old() -> Iterator[ReusedNames]:
    with ReusedNames() as writer:
        yield writer


@pytest.fixture
def new() -> Iterator[ReusedNames]:
    with ReusedNames() as writer:
        yield writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scan.h5"


def heard(reader: Listener, is_so: Callable[[Event], object]) -> Event:
    return next((event for event in reader.events if is_so(event)), None) or reader.until(is_so)


def ended(reader: Listener) -> str:
    found = heard(reader, lambda event: isinstance(event, Ended))
    assert isinstance(found, Ended)
    return found.reason


def replaced(reader: Listener) -> FileReplaced:
    found = heard(reader, lambda event: isinstance(event, FileReplaced))
    assert isinstance(found, FileReplaced)
    return found


def shown(index: int, live: bool = True) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, FrameReady) and (event.index, event.live) == (index, live)


def check_pixels(reader: Listener) -> int:
    """Compare every frame that came with the scan before, and return how many there are."""
    for event, raw, _ in reader.frames:
        assert np.all(raw == OLD + event.index), f"frame {event.index} is another scan's: {np.unique(raw)}"
    return len(reader.frames)


def replace_in_place(path: Path, old: ReusedNames, new: ReusedNames, how: str) -> None:
    if how == "killed":
        old.kill()
    else:
        old.close(path)
    new.begin(path, NEW, None if how != "full keys" else 50)


@pytest.mark.parametrize("how", ["killed", "closed"])
def test_written_anew_in_place_is_the_end_and_what_was_there_is_gone(path: Path, old: ReusedNames, new: ReusedNames, how: str) -> None:
    old.begin(path)
    old.frames(path, 0, N)
    with Listener() as reader:
        generation = reader.follow(path, KEYS, DATA, conditions=(Timeout(WAIT_S),))
        heard(reader, shown(N - 1))
        replace_in_place(path, old, new, how)
        new.frames(path, 0, N - 1)  # as many as before, and nothing tells a reader that slept meanwhile: core/files/identity.py
        assert replaced(reader).in_place
        new.frames(path, N - 1, N + 1)
        assert ended(reader) == "file_replaced"
        reader.supervisor.send(ShowIndex(generation, 1))
        gone = heard(reader, lambda event: isinstance(event, Fault) and event.index == 1)
        assert isinstance(gone, Fault)
        assert str(path) in gone.message
        assert check_pixels(reader) >= 1


def test_after_its_end_a_look_back_shows_nothing_of_the_next_scan(path: Path, old: ReusedNames, new: ReusedNames) -> None:
    old.begin(path)
    old.frames(path, 0, N)
    old.close(path)
    with Listener() as reader:
        generation = reader.follow(path, KEYS, DATA, conditions=ENDS)
        assert ended(reader) == "file_closed"
        reader.supervisor.send(ShowIndex(generation, 1))
        heard(reader, shown(1, live=False))
        new.begin(path, NEW)
        new.frames(path, 0, N - 1)
        assert replaced(reader).in_place
        reader.supervisor.send(ShowIndex(generation, 2))
        heard(reader, lambda event: isinstance(event, Fault) and event.index == 2)
        assert check_pixels(reader) >= 2
        assert len(reader.all_of(Ended)) == 1  # it had ended, and how stays true


def rename_over(path: Path, old: ReusedNames, new: ReusedNames) -> None:
    aside = path.with_suffix(".new")
    new.begin(aside, NEW)
    new.frames(aside, 0, N)
    os.replace(aside, path)


def turn_link(path: Path, old: ReusedNames, new: ReusedNames) -> None:
    other = path.with_name("other.h5")
    new.begin(other, NEW)
    new.frames(other, 0, N)
    turned = path.with_name("turned.h5")
    turned.symlink_to(other)
    os.replace(turned, path)


def move_away_and_begin_again(path: Path, old: ReusedNames, new: ReusedNames) -> None:
    os.rename(path, path.with_suffix(".old"))
    new.begin(path, NEW)
    new.frames(path, 0, N)


@NO_RENAME
@pytest.mark.parametrize("way", [rename_over, turn_link, move_away_and_begin_again])
def test_another_file_under_the_name_is_the_end_and_the_one_before_can_still_be_looked_at(
    path: Path, old: ReusedNames, new: ReusedNames, way: Callable[[Path, ReusedNames, ReusedNames], None]
) -> None:
    real = path
    if way is turn_link:
        real = path.with_name("real.h5")
        path.symlink_to(real)
    old.begin(real)
    old.frames(real, 0, N)
    with Listener() as reader:
        generation = reader.follow(path, KEYS, DATA, conditions=ENDS)
        heard(reader, shown(N - 1))
        way(path, old, new)
        assert not replaced(reader).in_place
        assert ended(reader) == "file_replaced"
        reader.supervisor.send(ShowIndex(generation, 1))
        heard(reader, shown(1, live=False))
        assert check_pixels(reader) >= 2
        reader.follow(path, KEYS, DATA, conditions=ENDS)  # the offer is taken
        seen = reader.until(lambda event: isinstance(event, FrameReady) and event.generation == generation + 1)
        assert np.all(reader.frames[-1][1] == NEW + reader.frames[-1][0].index)
        assert seen


@NO_RENAME
@pytest.mark.parametrize("way", [os.remove, lambda path: os.rename(path, path.with_suffix(".old"))], ids=["deleted", "moved away"])
def test_a_file_that_is_gone_is_said_and_followed_on(path: Path, old: ReusedNames, way: Replace) -> None:
    old.begin(path)
    old.frames(path, 0, 2)
    with Listener() as reader:
        reader.follow(path, KEYS, DATA, conditions=ENDS)
        heard(reader, shown(1))
        way(path)
        heard(reader, lambda event: isinstance(event, Fault) and "gone" in event.message)
        old.frames(path, 2, N)
        heard(reader, shown(N - 1))
        assert check_pixels(reader) >= 2
        assert reader.all_of(FileReplaced) == []


@pytest.mark.parametrize("way", [replace_in_place, rename_over])
def test_a_reader_that_takes_another_s_place_does_not_go_on_with_the_next_scan(
    path: Path, old: ReusedNames, new: ReusedNames, way: Callable[..., None]
) -> None:
    old.begin(path)
    old.frames(path, 0, N)
    with Listener() as reader:
        reader.follow(path, KEYS, DATA, conditions=ENDS)
        heard(reader, shown(N - 1))
        process = psutil.Process(reader.pid)
        process.suspend()  # it sees nothing of what happens now
        old.kill()
        new.begin(path, NEW) if way is replace_in_place else rename_over(path, old, new)
        process.kill()
        assert replaced(reader).path == str(path)
        assert ended(reader) == "file_replaced"
        assert check_pixels(reader) >= 1
        assert len(reader.all_of(Opened)) == 1


def test_a_detector_s_file_that_is_replaced_ends_the_scan_as_well(tmp_path: Path) -> None:
    with DetectorFiles() as files, DetectorFiles() as others:
        files.master(tmp_path / "scan.nxs", ["eiger"], 10, keys="own")
        files.detector("eiger")
        files.frames("eiger", 0, N)
        files.keys(0, N)
        with Listener() as reader:
            reader.follow(tmp_path / "scan.nxs", conditions=ENDS)
            heard(reader, shown(N - 1))
            others.master(tmp_path / "another.nxs", ["eiger"], 10, keys="own")
            others.detector("eiger")
            os.replace(tmp_path / "another-eiger.h5", tmp_path / "scan-eiger.h5")
            assert replaced(reader).path == str(tmp_path / "scan-eiger.h5")
            assert ended(reader) == "file_replaced"
            assert [int(raw[0, 0]) for event, raw, _ in reader.frames] == [value_of(0, event.index) for event, _, _ in reader.frames]


@pytest.mark.parametrize("in_place", [True, False])
def test_every_frame_delivered_is_the_old_scan_s(path: Path, old: ReusedNames, new: ReusedNames, in_place: bool) -> None:
    old.begin(path)
    old.frames(path, 0, N)
    with Listener() as reader:
        reader.follow(path, KEYS, DATA, conditions=(Timeout(WAIT_S),), every_frame=True)
        heard(reader, lambda event: isinstance(event, FrameMeasured) and event.index == N - 1)
        replace_in_place(path, old, new, "killed") if in_place else rename_over(path, old, new)
        assert ended(reader) == "file_replaced"
        found = reader.all_of(FrameMeasured)
        assert [event.index for event in found] == list(range(N))
        assert all(event.data[DATA]["max"] == OLD + event.index for event in found)


@pytest.mark.parametrize("n_points", [None, 50], ids=["growing", "full extent"])
def test_a_script_is_told_why_and_reads_no_mixture(path: Path, old: ReusedNames, new: ReusedNames, n_points: int | None) -> None:
    old.begin(path, OLD, n_points)
    old.frames(path, 0, N)
    with open_swmr(path) as file:
        follower = Follower(file, KEYS, WAIT_S)
        grabber = FrameGrabber(file, DATA, scan_shape=follower.scan_shape)
        assert [int(grabber.grab(next(follower))[0, 0]) for _ in range(N)] == [OLD + index for index in range(N)]
        old.kill()
        new.begin(path, NEW, n_points)
        assert list(follower) == []
        assert follower.reason == "file_replaced"
        with pytest.raises(FileReplacedError, match="written anew in place"):
            grabber.grab(0)


def test_keys_that_begin_anew_tell_it_where_the_size_does_not(path: Path, old: ReusedNames, new: ReusedNames) -> None:
    old.begin(path, OLD, 50)
    old.frames(path, 0, N)
    with open_swmr(path) as file:
        follower = Follower(file, KEYS, WAIT_S)
        assert [next(follower) for _ in range(N)] == list(range(N))
        old.kill()
        new.begin(path, NEW, 50)
        with path.open("ab") as longer:  # as a file that is reserved whole at once
            longer.truncate(1 << 20)
        new.frames(path, 0, 0)
        assert list(follower) == []
        assert follower.reason == "file_replaced"


@NO_RENAME
def test_a_scan_that_is_waited_for_after_a_timeout_ends_for_good_when_its_detector_s_file_is_replaced(tmp_path: Path) -> None:
    with DetectorFiles() as files, DetectorFiles() as others:
        files.master(tmp_path / "scan.nxs", ["eiger"], 10, keys="own")
        files.detector("eiger")
        files.frames("eiger", 0, N)
        files.keys(0, N)
        with Listener() as reader:
            reader.follow(tmp_path / "scan.nxs", conditions=(Timeout(0.2),))
            heard(reader, lambda event: isinstance(event, Ended) and event.still_following)
            heard(reader, shown(N - 1))
            others.master(tmp_path / "another.nxs", ["eiger"], 10, keys="own")
            others.detector("eiger")
            os.replace(tmp_path / "another-eiger.h5", tmp_path / "scan-eiger.h5")
            heard(reader, lambda event: isinstance(event, Ended) and event.reason == "file_replaced")
            assert not reader.all_of(Ended)[-1].still_following
