"""Links to data that lead somewhere only after the scan was opened: every frame, each right, and what is waited for is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
import pytest

from swmr_viewer.core.conditions import AllKeys, FinishedFlag, Timeout
from swmr_viewer.reader.messages import (
    DataAwaited,
    DataJoined,
    Ended,
    Event,
    Fault,
    FrameMeasured,
    FrameReady,
    KeysChanged,
    Measure,
    Measured,
    Opened,
    ReaderReplaced,
    ShowLive,
)
from tests.live.detector_files import FRAME_SHAPE, DetectorFiles, value_of
from tests.reader.listening import WAIT_S, Listener

pytestmark = pytest.mark.live

N = 12
E = TypeVar("E")
ENDS = (FinishedFlag(), AllKeys(), Timeout(WAIT_S))
EIGER, DIODE = "/entry/eiger/data", "/entry/diode/data"
NOWHERE = "its link leads nowhere yet"


@pytest.fixture
def files() -> Iterator[DetectorFiles]:
    with DetectorFiles() as writer:
        yield writer


def heard(reader: Listener, is_so: Callable[[Event], object]) -> Event:
    """Return the first event that is what is waited for; it may have come with others already."""
    return next((event for event in reader.events if is_so(event)), None) or reader.until(is_so)


def first(reader: Listener, kind: type[E]) -> E:
    found = heard(reader, lambda event: isinstance(event, kind))
    assert isinstance(found, kind)
    return found


def waits(*paths: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, DataAwaited) and event.waits == tuple((path, NOWHERE) for path in paths)


def joined(path: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, DataJoined) and [one.path for one in event.data] == [path]


def newest(index: int, path: str = EIGER) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, FrameReady) and (event.index, event.data_path) == (index, path)


def check_pixels(reader: Listener, detectors: tuple[str, ...] = (EIGER,)) -> int:
    """Compare every frame that came, and return how many there are."""
    for event, raw, _ in reader.frames:
        assert np.all(raw == value_of(detectors.index(event.data_path), event.index))
    return len(reader.frames)


@pytest.mark.parametrize("data", ["", EIGER], ids=["found", "named"])
def test_a_detector_that_starts_after_its_scan_is_shown_as_soon_as_it_does(files: DetectorFiles, tmp_path: Path, data: str) -> None:
    files.master(tmp_path / "scan.nxs", ["eiger"], N)
    with Listener() as reader:
        reader.follow(tmp_path / "scan.nxs", data=data, conditions=ENDS)
        assert first(reader, Opened).data == ()
        heard(reader, waits(EIGER))
        files.detector("eiger", swmr=False)  # half made: nothing may touch it yet
        files.swmr("eiger")
        files.frames("eiger", 0, 3)
        joining = heard(reader, joined(EIGER))
        assert isinstance(joining, DataJoined)
        assert [(one.path, one.frame_shape) for one in joining.data] == [(EIGER, FRAME_SHAPE)]
        heard(reader, newest(2))
        assert reader.all_of(DataAwaited)[-1].waits == ()
        for index in range(3, N):
            files.frames("eiger", index, index + 1)
            heard(reader, newest(index))
        assert first(reader, Ended).reason == "all_keys"
        assert reader.announced == list(range(N))
        assert check_pixels(reader) >= N - 2
        assert reader.all_of(Fault) == []


def test_one_of_two_detectors_is_late_and_the_other_is_shown_meanwhile(files: DetectorFiles, tmp_path: Path) -> None:
    files.master(tmp_path / "scan.nxs", ["eiger", "diode"], N, keys="own")
    files.detector("eiger")
    with Listener() as reader:
        generation = reader.follow(tmp_path / "scan.nxs", conditions=ENDS)
        assert first(reader, Opened).data_paths == (EIGER,)
        heard(reader, waits(DIODE))
        files.frames("eiger", 0, 4)
        files.keys(0, 4)
        heard(reader, newest(3))
        reader.supervisor.send(ShowLive(generation, DIODE))  # its tab was chosen before
        reader.supervisor.send(Measure(generation, 1, DIODE))
        files.detector("diode", frame=(40, 60))  # larger: the slots have to grow
        files.frames("diode", 0, 4)
        heard(reader, joined(DIODE))
        heard(reader, newest(3, DIODE))
        assert reader.all_of(DataAwaited)[-1].waits == ()
        files.frames("eiger", 4, N)
        files.frames("diode", 4, N)
        files.keys(4, N)
        heard(reader, newest(N - 1, DIODE))
        reader.until(lambda _: sum(len(one.indices) for one in reader.all_of(Measured)) == N)
        totals = {int(i): float(t) for one in reader.all_of(Measured) for i, t in zip(one.indices, one.values[:, 0], strict=True)}
        assert totals == {index: 2400.0 * value_of(1, index) for index in range(N)}
        assert check_pixels(reader, (EIGER, DIODE)) >= 3


def test_a_detector_that_comes_after_the_end_is_shown_all_the_same(files: DetectorFiles, tmp_path: Path) -> None:
    files.master(tmp_path / "scan.nxs", ["eiger"], N, keys="own")
    with Listener() as reader:
        reader.follow(tmp_path / "scan.nxs", conditions=ENDS)
        first(reader, Opened)
        files.keys(0, N)
        files.finish()
        assert first(reader, Ended).reason in ("all_keys", "finished_flag")
        files.detector("eiger")
        files.frames("eiger", 0, N)
        heard(reader, newest(N - 1))
        assert check_pixels(reader) >= 1


def test_a_reader_that_takes_another_s_place_waits_on_and_tells_nothing_twice(files: DetectorFiles, tmp_path: Path) -> None:
    files.master(tmp_path / "scan.nxs", ["eiger", "diode", "third"], N, keys="own")
    files.detector("diode")
    with Listener() as reader:
        reader.follow(tmp_path / "scan.nxs", conditions=ENDS)
        assert first(reader, Opened).data_paths == (DIODE,)
        files.detector("eiger")
        heard(reader, joined(EIGER))
        psutil.Process(reader.pid).kill()
        first(reader, ReaderReplaced)
        files.detector("third")
        heard(reader, joined("/entry/third/data"))
        for name in ("eiger", "diode", "third"):
            files.frames(name, 0, 3)
        files.keys(0, 3)
        heard(reader, newest(2, DIODE))  # still what was shown before, though the new reader lists another first
        assert len(reader.all_of(Opened)) == 1
        assert [one.path for event in reader.all_of(DataJoined) for one in event.data] == [EIGER, "/entry/third/data"]
        assert check_pixels(reader, (EIGER, DIODE)) >= 1


def measured(reader: Listener, detector: int = 0, path: str = EIGER) -> list[int]:
    """Return the frames that were told of with this data set, after comparing each."""
    found = [event for event in reader.all_of(FrameMeasured) if path in event.data]
    for event in found:
        assert {event.data[path]["min"], event.data[path]["max"]} == {value_of(detector, event.index)}
    return [event.index for event in found]


@pytest.mark.parametrize("keys", ["linked", "own"])
def test_every_frame_is_measured_once_the_detector_is_there(files: DetectorFiles, tmp_path: Path, keys: str) -> None:
    files.master(tmp_path / "scan.nxs", ["eiger"], N, keys=keys)
    with Listener() as reader:
        reader.follow(tmp_path / "scan.nxs", data=EIGER, conditions=ENDS, every_frame=True, wait_s=0)
        first(reader, Opened)
        if keys == "own":
            files.keys(0, N)
            files.finish()  # the keys are all there before the first pixel: frames are still owed
        files.detector("eiger")
        files.frames("eiger", 0, N)
        files.finish()
        assert first(reader, Ended).complete == N
        assert measured(reader) == list(range(N))
        assert reader.all_of(Fault) == []


def test_what_never_comes_is_said_and_holds_up_nothing_for_ever(files: DetectorFiles, tmp_path: Path) -> None:
    files.master(tmp_path / "scan.nxs", ["eiger", "diode"], N, keys="own")
    files.detector("eiger")
    files.frames("eiger", 0, N)
    files.keys(0, 4)
    with Listener() as reader:
        reader.follow(tmp_path / "scan.nxs", conditions=ENDS, every_frame=True)
        assert DIODE in first(reader, Fault).message
        heard(reader, lambda event: isinstance(event, FrameMeasured) and event.index == 3)
        files.detector("diode")
        files.frames("diode", 0, N)
        heard(reader, joined(DIODE))
        files.keys(4, N)
        first(reader, Ended)
        assert measured(reader) == list(range(N))
        assert measured(reader, 1, DIODE) == list(range(4, N))
        assert len(reader.all_of(Fault)) == 1
        assert reader.all_of(KeysChanged) == []
