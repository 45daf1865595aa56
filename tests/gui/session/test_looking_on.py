"""After a timeout the window says that it still looks, and goes on by itself when keys come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.controls.notify import Notifier
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.state import StateKind
from tests.gui.fakes import Clock, FakeSupervisor
from tests.gui.waiting import WAIT_MS, wait_complete, wait_shown
from tests.live.writers import LiveWriter

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton


def pause(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, complete: int = 2) -> None:
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(1, "timeout", complete, 20, still_following=True), m.PhaseChanged(1, m.Phase.ENDED, "timeout"))


def go_on(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    reader.say(m.Resumed(1), m.PhaseChanged(1, m.Phase.FOLLOWING))
    qtbot.waitUntil(lambda: viewer.session.scan.ended is None and viewer.session.scan.phase is m.Phase.FOLLOWING)


def test_a_timeout_says_that_keys_are_still_looked_for(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> None:
    viewer = following((4, 5))
    session, bar, line = viewer.session, viewer.window.termination_bar, viewer.window.control_bar.state_line
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), (0, 2), at_s=clock())
    clock.now_s += 10.0
    pause(qtbot, reader, viewer)
    assert (session.scan.state.kind, session.scan.state.text) == (StateKind.LOOKING, "Paused: no key for 10 s, still looking")
    clock.now_s += 5.0
    session.tick()
    assert line.text.text() == "Paused: no key for 15 s, still looking"
    assert "timeout in" not in line.rate.text()
    assert bar.stop.isVisible()
    assert bar.stop.isEnabled()
    assert not bar.resume.isVisible()
    assert not viewer.window.actions_.resume.isEnabled()
    assert not session.scan.is_over
    assert not viewer.window.control_bar.live.isChecked(), "nothing comes"
    assert viewer.window.map_panel.legend.missing.text() == "not yet"
    go_on(qtbot, reader, viewer)
    assert session.scan.state.kind is StateKind.QUIET
    assert viewer.window.control_bar.live.isChecked()
    with qtbot.waitSignal(session.frames_completed):
        reader.say_keys((4, 5), (2, 3), at_s=clock())
    assert session.scan.state.kind is StateKind.LIVE
    assert session.scan.seconds_left == 10.0
    assert reader.sent(m.Resume) == []


def test_it_can_be_stopped_and_resumed_while_it_looks(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    session, bar = viewer.session, viewer.window.termination_bar
    pause(qtbot, reader, viewer)
    qtbot.mouseClick(bar.stop, LEFT)
    assert reader.sent(m.Stop) == [m.Stop(1)]
    with qtbot.waitSignal(session.finished):
        reader.say(m.Ended(1, "stopped", 2, 20))
    assert session.scan.state.kind is StateKind.STOPPED
    qtbot.mouseClick(bar.resume, LEFT)
    assert reader.sent(m.Resume) == [m.Resume(1)]
    assert not session.scan.is_over


def test_an_end_after_a_pause_is_told_and_a_pause_of_another_request_is_not(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    viewer = following((4, 5))
    pause(qtbot, reader, viewer)
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(1, "finished_flag", 20, 20))
    assert viewer.session.scan.state.text.startswith("Ended: finished flag")
    assert not viewer.window.termination_bar.resume.isVisible(), "nothing more can come"
    viewer.session.open(m.FollowRequest("/data/another.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say(m.Resumed(1))
        reader.say_opened((4, 5))
    qtbot.waitUntil(lambda: viewer.session.scan.phase is not None)
    assert viewer.session.scan.state.kind is StateKind.LIVE


def test_pauses_of_a_slow_scan_beep_once_and_one_after_a_lively_time_again(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following
) -> None:
    viewer = following((4, 5))
    beeps: list[int] = []
    notifier = Notifier(viewer.session, beep=lambda: beeps.append(1))
    notifier.set_beeps(True)
    for n_pauses in range(1, 5):
        clock.now_s += 10.0
        pause(qtbot, reader, viewer, n_pauses)
        clock.now_s += 5.0
        go_on(qtbot, reader, viewer)
    assert beeps == [1]
    clock.now_s += 600.0
    pause(qtbot, reader, viewer, 9)
    assert beeps == [1, 1]
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(1, "all_keys", 20, 20))
    assert beeps == [1, 1, 1]
    notifier.deleteLater()


@pytest.mark.live
def test_a_real_scan_that_paused_longer_than_the_timeout_is_shown_to_its_end(
    qtbot: QtBot, live_viewer: Callable[..., Assembly], live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer()
    assembly = live_viewer(scan.path, conditions=(Timeout(0.3),))
    session = assembly.session
    for n_frames in (2, 4):
        newest = max(scan.step(2))
        wait_complete(qtbot, assembly, n_frames)
        assert (wait_shown(qtbot, assembly, newest) == scan.expected(newest)).all()
        qtbot.waitUntil(lambda: session.scan.state.kind is StateKind.LOOKING, timeout=WAIT_MS)
