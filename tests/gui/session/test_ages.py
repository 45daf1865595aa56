"""Ages are of the file's times; where there are none it is said when something was read. Latency is that of what just came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.core.number_text import moment_text, seconds_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.session.session import RESTING_TICK_MS, TICK_MS
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.state import Problem
from tests.gui.fakes import Clock, FakeSupervisor, picture, ranges
from tests.gui.waiting import WAIT_MS, wait_shown

Following = Callable[..., Assembly]
NOW = datetime(2026, 3, 4, 14, 3, 7, 240_000)
SHAPE = (4, 5)


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (None, "read 2.0 s ago"),
        (NOW.timestamp() - 0.5, "taken 14:03:06.7   0.5 s ago"),
        (NOW.timestamp() - 3 * 3600, "taken 11:03:07.2   3 h ago"),
        (datetime(2024, 3, 4, 9, 8, 7).timestamp(), "taken 2024-03-04 09:08:07   730 days ago"),
        (NOW.timestamp() + 30.0, "taken 14:03:37.2   read 2.0 s ago"),
    ],
)
def test_the_age_of_a_frame_is_that_of_its_time_in_the_file(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following, taken: float | None, words: str
) -> None:
    viewer = following(SHAPE)
    viewer.window.resize(1700, 900)
    viewer.window.frame_header._now = NOW.timestamp
    reader.frame_time = taken
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 7, SHAPE, at_s=clock() - 60.0)
    clock.now_s += 2.0
    viewer.session.tick()
    assert viewer.window.frame_header.words.endswith(words)


def test_the_session_ticks_slowly_while_no_tenth_of_a_second_is_told(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following
) -> None:
    session = following(SHAPE).session
    session.set_conditions((Timeout(600.0),))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 7, SHAPE, at_s=clock())
    session.tick()
    assert session._ticker.interval() == TICK_MS
    clock.now_s += 11.0
    session.tick()  # it turns quiet now: that is told
    clock.now_s += 11.0
    session.tick()
    assert session._ticker.interval() == RESTING_TICK_MS
    with qtbot.waitSignal(session.progress_changed):
        reader.say_keys(SHAPE, (7, 8), at_s=clock())
    assert session._ticker.interval() == TICK_MS, "at once, not with the next tick"
    clock.now_s += 580.0
    session.tick()
    clock.now_s += 12.0
    session.tick()
    assert session._ticker.interval() == TICK_MS, "the countdown's last seconds are told in tenths"


def test_moments_and_long_times_in_text() -> None:
    now_s = NOW.timestamp()
    assert moment_text(now_s, now_s) == "14:03:07.2"
    assert moment_text(datetime(2026, 3, 3, 23, 59, 59).timestamp(), now_s) == "2026-03-03 23:59:59"
    assert [seconds_text(s) for s in (47 * 3600, 48 * 3600, 730 * 86_400)] == ["47 h", "2 days", "730 days"]


def test_keys_that_were_there_are_read_and_those_that_come_are_the_last(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following
) -> None:
    viewer = following(SHAPE)
    age = viewer.window.control_bar.state_line.age

    def keys(start: int, stop: int, *, came: bool) -> None:
        with qtbot.waitSignal(viewer.session.frames_completed):
            reader.say(m.KeysChanged(1, SHAPE, (ranges((start, stop)),), False, clock(), came, ranges((start, stop))))
        clock.now_s += 3.0
        viewer.session.tick()

    keys(0, 2, came=False)
    assert age.text() == "keys read 3.0 s ago"
    assert viewer.session.scan.frames_per_second is None
    keys(2, 3, came=True)
    assert age.text() == "last key 3.0 s ago"


def test_latency_is_that_of_frames_that_just_came(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> None:
    viewer = following(SHAPE)
    session, words = viewer.session, viewer.window.readout.latency
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys(SHAPE, (0, 9), at_s=clock())
    painted: list[object] = []
    viewer.window.frame_view.image.painted.connect(lambda: painted.append(session.scan.shown))

    def show(index: int, *, live: bool, is_new: bool, waited_s: float) -> None:
        with qtbot.waitSignal(session.frame_changed):
            reader.say_frame(picture(seed=index), index, SHAPE, live=live, at_s=clock() - waited_s, is_new=is_new)
        qtbot.waitUntil(lambda: bool(painted) and painted[-1] is session.scan.shown)
        viewer.session.tick()

    show(8, live=True, is_new=False, waited_s=50.0)
    assert session.scan.counts.latency_s is None
    assert words.text() == ""
    show(5, live=True, is_new=True, waited_s=0.125)
    assert session.scan.counts.latency_s == 0.125
    session.pin(3)
    show(3, live=False, is_new=False, waited_s=9.0)
    assert session.scan.counts.latency_s == 0.125


def write_with_times(path: Path, times: np.ndarray, **attrs: str) -> Path:
    """Write a scan that is over, with these times."""
    with h5py.File(path, "w", libver="v110") as file:
        for name, nx_class in (("entry", "NXentry"), ("entry/instrument", "NXinstrument"), ("entry/instrument/detector", "NXdetector")):
            file.require_group(name).attrs["NX_class"] = nx_class
        detector = file["entry/instrument/detector"]
        detector.create_dataset("data", data=np.ones((4, 60, 80), "u2"), chunks=(1, 60, 80), maxshape=(None, 60, 80))
        file.create_dataset("entry/instrument/NDAttributes/NDArrayUniqueId", data=np.arange(1, 5, dtype="i4"), maxshape=(None,))
        name = "frame_time" if attrs else "NDAttributes/NDArrayTimeStamp"
        where = detector if attrs else file["entry/instrument"]
        where.create_dataset(name, data=times, maxshape=(None,)).attrs.update(attrs)
    return path


@pytest.mark.live
@pytest.mark.parametrize(
    ("times", "attrs"),
    [
        (np.full(4, 1e300), {}),
        (12_345.6 + np.arange(4), {}),
        (np.arange(4.0), {"start": "9999-12-31T23:59:59", "units": "s"}),
        (np.arange(4.0), {"start": "yesterday", "units": "s"}),
    ],
    ids=["huge", "uptime", "year 9999", "no date"],
)
def test_a_time_that_cannot_be_one_is_said_once_and_the_snapshot_is_written(
    qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path, times: np.ndarray, attrs: dict[str, str]
) -> None:
    assembly = live_viewer(write_with_times(tmp_path / "scan.h5", times, **attrs), conditions=(AllKeys(), Timeout(600.0)))
    problems: list[Problem] = []
    assembly.session.problem_reported.connect(problems.append)
    wait_shown(qtbot, assembly, 3)
    assembly.session.pin(1)
    wait_shown(qtbot, assembly, 1)
    with qtbot.waitSignals([assembly.session.ticked] * 3):
        pass
    assert "taken" not in assembly.window.frame_header.words
    assert "read" in assembly.window.frame_header.words
    assert len(problems) == 1
    assert "left out" in problems[0].message
    folder = tmp_path / "snapshots"
    folder.mkdir()
    assembly.window.snapshots.set_settings(SnapshotSettings(folder, formats=("png", "json")))
    assembly.window.actions_.snapshot.trigger()
    qtbot.waitUntil(lambda: len(list(folder.iterdir())) == 2, timeout=WAIT_MS)
    assert len(problems) == 1
