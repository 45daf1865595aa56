"""The session: what is shown, held and said, as the reader speaks."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import FrameCount, Timeout, default_conditions
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.state import StateKind
from tests.gui.fakes import Clock, FakeSupervisor, picture

Following = Callable[..., Assembly]


def test_live_frames_follow_one_another_and_give_their_slots_back(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    slots = []
    for index in range(3):
        with qtbot.waitSignal(session.frame_changed):
            slots.append(reader.say_frame(picture(seed=index), index, (4, 5)))
        assert session.scan.shown is not None
        assert session.scan.shown.index == index
        np.testing.assert_array_equal(session.scan.shown.raw, picture(seed=index))
    assert reader.released == slots[:2]


def test_a_pinned_frame_stays_while_the_scan_goes_on(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), (0, 6))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 5, (4, 5))
    session.pin(2)
    assert session.scan.shows_stale_picture
    assert reader.sent(m.ShowIndex) == [m.ShowIndex(1, 2, None, (4, 5))]
    late = reader.say_frame(picture(), 4, (4, 5))  # a live one that was on its way
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(seed=2), 2, (4, 5), live=False)
    assert session.scan.shown is not None
    assert session.scan.shown.index == 2
    assert late in reader.released
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), (6, 9))
    assert session.scan.shown.index == 2
    assert session.scan.progress is not None
    assert session.scan.progress.n_complete == 9
    session.follow_live()
    assert session.scan.is_live
    assert reader.sent(m.ShowLive) == [m.ShowLive(1, None)]


def test_steps_pass_over_gaps_and_incomplete_frames_are_not_pinned(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), [(0, 3), (5, 7)])
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 6, (4, 5))
    session.pin(4)
    assert session.scan.is_live
    session.step(-1)
    session.step(-1)
    assert session.scan.wanted_index == 2
    session.step(+1)
    assert session.scan.wanted_index == 5
    session.pin_nearest(3)
    assert session.scan.wanted_index == 2
    session.pin_last()
    assert session.scan.wanted_index == 6
    session.pin_first()
    assert session.scan.wanted_index == 0


def test_the_next_keys_are_asked_for_only_when_the_last_were_taken(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    for stop in (1, 2, 3):
        with qtbot.waitSignal(session.frames_completed):
            reader.say_keys((4, 5), (stop - 1, stop))
    assert reader.sent(m.AcknowledgeProgress) == [m.AcknowledgeProgress(1)] * 3


def test_quiet_is_not_finished_and_a_timeout_can_be_resumed(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following
) -> None:
    session = following((4, 5)).session
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), (0, 2), at_s=clock())
    qtbot.waitUntil(lambda: session.scan.state.kind is StateKind.LIVE)
    clock.now_s += 4
    session.tick()
    assert session.scan.state.kind is StateKind.QUIET
    assert session.scan.seconds_left == 6.0
    with qtbot.waitSignal(session.finished):
        reader.say(m.Ended(1, "timeout", 2, 20))
    assert session.scan.state.kind is StateKind.FINISHED
    assert session.scan.seconds_left is None
    session.resume()
    assert not session.scan.is_over
    assert reader.sent(m.Resume) == [m.Resume(1)]
    assert session.scan.seconds_left == 10.0


def test_conditions_are_sent_while_following(reader: FakeSupervisor, following: Following) -> None:
    session = following().session
    assert session.scan.conditions == default_conditions()
    session.set_conditions((Timeout(3.0), FrameCount(7)))
    session.set_conditions((Timeout(3.0), FrameCount(7)))
    assert reader.sent(m.SetConditions) == [m.SetConditions(1, (Timeout(3.0), FrameCount(7)))]


def test_what_an_earlier_request_said_is_dropped(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    stale = m.Failed(1, "old", "", "", FailureKind.PATH)
    session.open(m.FollowRequest("/data/other.nxs"))
    slot = reader.say_frame(picture(), 0, (4, 5))
    assert reader.generation == 2
    reader.say(stale)
    with qtbot.waitSignal(session.opened):
        reader.say_opened((2, 2))
    assert session.scan.failed is None
    qtbot.waitUntil(lambda: session.scan.shown is not None)
    session.open(m.FollowRequest("/data/third.nxs"))
    assert session.scan.shown is None
    assert slot in reader.released


def test_skipped_frames_and_latency_are_counted(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> None:
    session = following((4, 5)).session
    for keys, index in (((0, 1), 0), ((1, 5), 4), ((5, 6), 5)):
        with qtbot.waitSignal(session.frames_completed):
            reader.say_keys((4, 5), keys, at_s=clock())
        with qtbot.waitSignal(session.frame_changed):
            reader.say_frame(picture(), index, (4, 5), at_s=clock() - 0.25)
    assert session.scan.counts.n_skipped == 3
    qtbot.waitUntil(lambda: session.scan.counts.latency_s == 0.25)


def test_a_failure_offers_to_wait(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    session, bar = viewer.session, viewer.window.error_bar
    session.open(m.FollowRequest("/data/none.nxs", wait_s=0.0))
    with qtbot.waitSignal(session.finished):
        reader.say(m.Failed(1, "There is no file /data/none.nxs.", "Start the scan.", "trace", FailureKind.FILE_NOT_THERE))
    assert session.scan.state.kind is StateKind.FAILED
    assert bar.isVisible()
    assert bar.act.text() == "Wait for it"
    bar.act.click()
    assert reader.requests[-1] == m.FollowRequest("/data/none.nxs", wait_s=None, conditions=default_conditions())
    assert not bar.isVisible()


def test_a_pinned_frame_that_cannot_be_read_says_so(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    session, header = viewer.session, viewer.window.frame_header
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), (0, 6))
    session.pin(3)
    assert header.words.startswith("being read")
    with qtbot.waitSignal(session.problem_reported):
        reader.say(m.Fault(1, "Frame 3 is broken.", 3))
    assert header.words == "cannot be read"
    assert viewer.window.error_bar.message.text() == "Frame 3 is broken. Following goes on without it."
    session.pin(4)
    assert header.words.startswith("being read")


def test_a_frame_is_never_shown_before_its_keys_are_counted(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    session._thread.progress_changed.disconnect(session._arrivals._further_keys.start)  # as if the signal waited behind the frame
    reader.say_keys((4, 5), (0, 9))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 8, (4, 5))
    assert session.scan.progress is not None
    assert session.scan.progress.is_complete(8)
    session.pin_nearest(3)
    assert session.scan.wanted_index == 3


def test_a_path_names_the_same_file_from_anywhere(viewer: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    viewer.session.open(m.FollowRequest("scan.nxs"))
    assert viewer.session.scan.request is not None
    assert viewer.session.scan.request.path == str(tmp_path / "scan.nxs")
    assert str(tmp_path) in viewer.window.top_bar.paths_text


def test_with_every_frame_none_is_shown_out_of_turn(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 0, (4, 5))
    late = reader.say_frame(picture(), 4, (4, 5))  # the newest when it was sent: on its way while E is pressed
    session.set_every_frame(True)
    assert reader.sent(m.SetEveryFrame) == [m.SetEveryFrame(1, True, shown=(0, 0))]
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 1, (4, 5))
    assert session.scan.shown is not None
    assert session.scan.shown.index == 1
    assert late in reader.released
    session.set_every_frame(False)
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 9, (4, 5))
    session.set_every_frame(True)
    session.open(m.FollowRequest("/data/another.nxs"))  # nobody asks for every frame of this one
    with qtbot.waitSignal(session.opened):
        reader.say_opened((4, 5))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 3, (4, 5))


def test_frames_are_handled_one_after_another_and_painting_has_its_turn(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    session = following((4, 5)).session
    reader.n_slots = 12
    session.set_every_frame(True)
    handled: list[int] = []
    depths: list[int] = []

    def note() -> None:
        if session.scan.shown is not None:
            handled.append(session.scan.shown.index)
            depths.append(sum(frame.function == "_show_frame" for frame in inspect.stack()))

    session.frame_changed.connect(note)
    reader.say_keys((4, 5), (0, 12))
    for index in range(12):
        reader.say_frame(picture(), index, (4, 5))
    qtbot.waitUntil(lambda: len(handled) == 12)
    assert handled == list(range(12))
    assert depths == [1] * 12
