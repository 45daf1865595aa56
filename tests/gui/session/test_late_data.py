"""Data sets that are not there yet: said in a sentence, a grey tab meanwhile, a tab and frames when they come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor, picture

EIGER, DIODE = "/entry/eiger/data", "/entry/diode/data"
NOWHERE = "its link leads nowhere yet"
Following = Callable[..., Assembly]


def say_joined(reader: FakeSupervisor, path: str, frame: tuple[int, ...] = (64, 48)) -> None:
    reader.say(m.DataJoined(reader.generation, (m.DataDescription(path, frame, "<u4"),)), m.DataAwaited(reader.generation, ()))


def tabs(viewer: Assembly):
    from swmr_viewer.gui.picture.data_tabs import DataTabs

    return viewer.window.findChild(DataTabs)


def test_without_any_data_yet_the_window_says_what_it_waits_for_and_shows_the_first_that_comes(
    following: Following, reader: FakeSupervisor, qtbot: QtBot
) -> None:
    viewer = following(data_paths=())
    session = viewer.session
    with qtbot.waitSignal(session.data_joined):
        reader.say(m.DataAwaited(reader.generation, ((EIGER, NOWHERE),)))
    sentence = f"Waiting for {EIGER}: {NOWHERE}."
    assert sentence in session.scan.state.detail
    assert session.scan.shown is None
    with qtbot.waitSignal(session.data_changed):
        say_joined(reader, EIGER)
    assert session.scan.data_path == EIGER
    qtbot.waitUntil(lambda: sentence not in session.scan.state.detail)
    reader.say_keys((4, 5), (0, 3))
    pixels = picture()
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(pixels, 2, (4, 5), data_path=EIGER)
    assert session.scan.shown is not None
    assert (session.scan.shown.index, int(session.scan.shown.raw.sum())) == (2, int(pixels.sum()))
    assert not tabs(viewer).isVisible()  # one data set needs none


def test_a_second_detector_has_a_grey_tab_that_can_be_clicked_once_it_is_there(
    following: Following, reader: FakeSupervisor, qtbot: QtBot
) -> None:
    viewer = following(data_paths=(EIGER,))
    session, bar = viewer.session, tabs(viewer)
    with qtbot.waitSignal(session.data_joined):
        reader.say(m.DataAwaited(reader.generation, ((DIODE, NOWHERE),)))
    assert [(bar.tabText(n), bar.isTabEnabled(n)) for n in range(bar.count())] == [("eiger", True), ("diode", False)]
    assert NOWHERE in bar.tabToolTip(1)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    assert session.scan.data_path == EIGER
    say_joined(reader, DIODE, (10, 12))
    qtbot.waitUntil(lambda: bar.isTabEnabled(1))
    assert session.scan.data_path == EIGER  # what is looked at stays
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    assert session.scan.data_path == DIODE
    assert reader.sent(m.ShowLive)[-1].data_path == DIODE


def test_it_is_measured_when_it_joins(following: Following, reader: FakeSupervisor, qtbot: QtBot) -> None:
    viewer = following(data_paths=())
    viewer.session.want_quantities("test", ("total",))
    assert reader.sent(m.Measure) == []
    with qtbot.waitSignal(viewer.session.data_changed):
        say_joined(reader, EIGER)
    assert reader.sent(m.Measure)[-1].data_path == EIGER


@pytest.mark.parametrize("what", ["joined", "awaited"])
def test_news_of_an_earlier_file_are_dropped(following: Following, reader: FakeSupervisor, qtbot: QtBot, what: str) -> None:
    viewer = following(data_paths=(EIGER,))
    old = reader.generation
    viewer.session.open(FollowRequest("/data/next.nxs"))
    event = m.DataJoined(old, (m.DataDescription(DIODE, (4, 4), "<u4"),)) if what == "joined" else m.DataAwaited(old, ((DIODE, NOWHERE),))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say(event)
        reader.say_opened((4, 5), data_paths=(EIGER,))
    assert viewer.session.scan.description is not None
    assert viewer.session.scan.description.data_paths == (EIGER,)
    assert viewer.session.scan.awaited == ()
