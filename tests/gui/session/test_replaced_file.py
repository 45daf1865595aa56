"""A file whose name was used again: said with the time, offered, and nothing of it taken for the scan before."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.scan_model.state import StateKind
from tests.gui.fakes import FakeSupervisor, picture
from tests.live.reused_names import DATA, KEYS, NEW, OLD, ReusedNames

LEFT = Qt.MouseButton.LeftButton
AT = datetime(2026, 5, 4, 14, 2, 11).timestamp()
WAIT_MS = 60_000


def say_replaced(reader: FakeSupervisor, *, in_place: bool, ended: bool = True) -> None:
    path = "/data/scan.nxs"
    reader.say(m.FileReplaced(reader.generation, path, f"{path} was replaced: it was written anew.", in_place, AT))
    if ended:
        reader.say(m.Ended(reader.generation, "file_replaced", 3, 20, at=AT))


@pytest.mark.parametrize("in_place", [True, False])
def test_the_window_says_that_and_when_and_offers_the_new_one(
    following: Callable[..., Assembly], reader: FakeSupervisor, qtbot: QtBot, in_place: bool
) -> None:
    viewer = following()
    session, window = viewer.session, viewer.window
    reader.say_keys((4, 5), (0, 3))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 2, (4, 5))
    with qtbot.waitSignal(session.finished):
        say_replaced(reader, in_place=in_place)
    assert session.scan.state.kind is StateKind.REPLACED
    assert session.scan.state.text == "File replaced at 14:02:11"
    assert ("cannot be read any more" in session.scan.state.detail) == in_place
    assert window.control_bar.state_line.text.text() == "File replaced at 14:02:11"
    assert not session.scan.can_resume
    assert not window.control_bar.live.isChecked()
    assert not window.termination_bar.resume.isVisible()
    assert session.scan.shown is not None  # what was read before stays
    bar = window.error_bar
    assert "14:02:11" in bar.message.text()
    before = reader.generation
    qtbot.mouseClick(bar.act, LEFT)
    assert reader.generation == before + 1
    assert reader.sent(FollowRequest)[-1].path == "/data/scan.nxs"
    assert session.scan.replaced is None
    assert not bar.isVisible()


def test_after_an_end_the_end_stays_what_it_was(following: Callable[..., Assembly], reader: FakeSupervisor, qtbot: QtBot) -> None:
    viewer = following()
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(reader.generation, "finished_flag", 20, 20, at=AT))
    with qtbot.waitSignal(viewer.session.file_replaced):
        say_replaced(reader, in_place=True, ended=False)
    assert viewer.session.scan.ended is not None
    assert viewer.session.scan.ended.reason == "finished_flag"
    assert viewer.session.scan.state.text == "File replaced at 14:02:11"


def test_news_of_an_earlier_request_are_dropped(following: Callable[..., Assembly], reader: FakeSupervisor, qtbot: QtBot) -> None:
    viewer = following()
    event = m.FileReplaced(reader.generation, "/data/scan.nxs", "It was replaced.", True, AT)
    viewer.session.open(FollowRequest("/data/next.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say(event)
        reader.say_opened((4, 5))
    assert viewer.session.scan.replaced is None


@pytest.mark.live
@pytest.mark.skipif(os.name == "nt", reason="an open file is not renamed over there")
def test_a_real_scan_is_replaced_and_the_new_one_followed_by_a_click(
    live_viewer: Callable[..., Assembly], qtbot: QtBot, tmp_path: Path
) -> None:
    path, aside = tmp_path / "scan.h5", tmp_path / "scan.new"
    with ReusedNames() as writer:
        writer.begin(path)
        writer.frames(path, 0, 4)
        viewer = live_viewer(path, key_paths=(KEYS,), data_paths=(DATA,))
        session = viewer.session
        qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.shown.index == 3, timeout=WAIT_MS)
        assert session.scan.shown is not None
        assert np.all(session.scan.shown.raw == OLD + 3)
        writer.begin(aside, NEW)
        writer.frames(aside, 0, 2)
        os.replace(aside, path)
        qtbot.waitUntil(lambda: session.scan.is_over, timeout=WAIT_MS)
        assert session.scan.ended is not None
        assert session.scan.ended.reason == "file_replaced"
        session.pin(1)  # the one before can still be looked at
        qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.shown.index == 1, timeout=WAIT_MS)
        assert np.all(session.scan.shown.raw == OLD + 1)
        qtbot.mouseClick(viewer.window.error_bar.act, LEFT)
        qtbot.waitUntil(
            lambda: session.scan.shown is not None and session.scan.generation == session.scan.shown.generation, timeout=WAIT_MS
        )
        assert np.all(session.scan.shown.raw == NEW + session.scan.shown.index)
