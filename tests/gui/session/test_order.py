"""Going from frame to frame as they were taken: by steps, to the ends, by playing; and what is said where nobody knows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.ranges import runs_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from swmr_viewer.reader.messages import FollowRequest, OrderSource
from swmr_viewer.simulator.orders import snake
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
SHAPE = (2, 3)
VISITS = snake(SHAPE).tolist()


@pytest.fixture
def viewer(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """A scan that is over: all frames are there, the last index is shown."""
    found = following(SHAPE)
    with qtbot.waitSignal(found.session.frames_completed):
        reader.say_keys(SHAPE, (0, 6))
    show(qtbot, found, reader, 5, live=True)
    return found


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, index: int, *, live: bool = False) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), index, SHAPE, live=live)


def tell(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, source: OrderSource = OrderSource.KEYS) -> None:
    indices = np.arange(6) if source is not OrderSource.ARRIVAL else np.empty(0, np.int64)
    values = np.argsort(VISITS) + 1.0
    with qtbot.waitSignal(viewer.session.order_changed):
        reader.say(m.OrderRead(reader.generation, source, runs_of(indices), values[indices], SHAPE, True))


def step(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, key: Qt.Key) -> int:
    QTest.keyClick(viewer.window, key)
    wanted = viewer.session.scan.wanted_index
    assert wanted is not None
    if viewer.session.scan.shows_stale_picture:
        show(qtbot, viewer, reader, wanted)
    return wanted


def switch(viewer: Assembly) -> None:
    QTest.keyClick(viewer.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)


def test_the_arrows_go_as_the_frames_were_taken_once_that_is_switched_on(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    assert not reader.sent(m.SendOrder), "nobody wants it yet"
    assert step(qtbot, viewer, reader, Qt.Key.Key_Left) == 4
    switch(viewer)
    assert reader.sent(m.SendOrder) == [m.SendOrder(1)]
    tell(qtbot, viewer, reader)
    qtbot.waitUntil(lambda: len(reader.sent(m.AcknowledgeOrder)) == 1)
    walked = [step(qtbot, viewer, reader, Qt.Key.Key_Home)]
    walked += [step(qtbot, viewer, reader, Qt.Key.Key_Right) for _ in range(5)]
    assert walked == VISITS
    assert step(qtbot, viewer, reader, Qt.Key.Key_Right) == VISITS[-1], "there is none behind the last"
    assert [step(qtbot, viewer, reader, Qt.Key.Key_Left) for _ in range(5)] == VISITS[-2::-1]
    switch(viewer)
    assert [step(qtbot, viewer, reader, Qt.Key.Key_Right) for _ in range(5)] == [1, 2, 3, 4, 5]


def test_playing_goes_in_the_same_order(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    switch(viewer)
    tell(qtbot, viewer, reader)
    viewer.session.pin_first()
    show(qtbot, viewer, reader, VISITS[0])
    playback = viewer.window.edge.playback
    playback.set_rate(60.0)
    playback.play(+1)
    walked = []
    for _ in range(5):
        qtbot.waitUntil(lambda: viewer.session.scan.shows_stale_picture)
        assert viewer.session.scan.wanted_index is not None
        walked.append(viewer.session.scan.wanted_index)
        show(qtbot, viewer, reader, walked[-1])
    assert walked == VISITS[1:]
    playback.stop()


def test_where_the_file_tells_nothing_that_is_said_once(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    said: list[str] = []
    viewer.session.noted.connect(said.append)
    switch(viewer)
    assert not said, "the reader has not answered yet"
    for _ in range(2):
        tell(qtbot, viewer, reader, OrderSource.ARRIVAL)
    assert len(said) == 1
    assert "does not tell" in said[0]
    assert step(qtbot, viewer, reader, Qt.Key.Key_Left) == 4


def test_it_holds_for_the_next_file_and_the_next_start(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    switch(viewer)
    viewer.session.open(FollowRequest("/data/next.nxs"))
    assert reader.sent(m.SendOrder) == [m.SendOrder(1), m.SendOrder(2)]
    assert viewer.session.scan.walks_in_order
    assert viewer.session.scan.order.source is OrderSource.INDEX
    later_reader = FakeSupervisor()
    later = Assembly(later_reader)
    assert later.session.scan.walks_in_order
    assert later.window.edge.actions.in_order.isChecked()
    later.session.open(FollowRequest("/data/later.nxs"))
    assert later_reader.sent(m.SendOrder)[-1] == m.SendOrder(1)
    later.close()
