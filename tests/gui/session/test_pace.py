"""What is said beside the picture is told after it, at most twenty times a second, and the last of it always."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look import turns
from tests.gui.fakes import FakeSupervisor, picture


def test_frames_are_drawn_each_and_told_at_a_pace_the_last_one_always(
    qtbot: QtBot, told_at_once: None, monkeypatch: pytest.MonkeyPatch, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    session = following((4, 5)).session
    order: list[tuple[str, int]] = []

    def note(what: str) -> Callable[[], None]:
        return lambda: order.append((what, -1 if session.scan.shown is None else session.scan.shown.index))

    for signal, what in ((session.frame_changed, "drawn"), (session.frame_settled, "told"), (session.settled, "settled")):
        signal.connect(note(what))
    monkeypatch.setattr(turns, "PACE_S", 0.4)  # loaded machines show a frame in less
    for index in range(12):
        with qtbot.waitSignal(session.frame_changed):
            reader.say_frame(picture((8, 6), seed=index), index, (4, 5))
    qtbot.waitUntil(lambda: not session.is_settling)
    assert [index for what, index in order if what == "drawn"] == list(range(12))
    told = [index for what, index in order if what == "told"]
    assert told[-1] == 11
    assert len(told) < 12
    assert [index for what, index in order if what == "settled"][-1] == 11
    assert order.index(("drawn", told[0])) < order.index(("told", told[0])) < order.index(("settled", told[0]))


def test_keys_are_told_of_after_the_frame_that_they_announce_or_a_little_later_where_none_comes(
    qtbot: QtBot, told_at_once: None, monkeypatch: pytest.MonkeyPatch, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    session = following((4, 5)).session
    with qtbot.waitSignal(session.frame_settled):
        reader.say_frame(picture((8, 6)), 0, (4, 5))
    order: list[str] = []
    session.frame_changed.connect(lambda: order.append("drawn"))
    session.progress_settled.connect(lambda: order.append("told"))
    monkeypatch.setattr(turns, "PACE_S", 0.001)
    monkeypatch.setattr("swmr_viewer.gui.session.session.FRAME_FOLLOWS_S", 60.0)
    with qtbot.waitSignal(session.progress_changed):
        reader.say_keys((4, 5), (0, 2))
    with qtbot.waitSignal(session.settled):
        reader.say_frame(picture((8, 6)), 1, (4, 5))
    assert order == ["drawn", "told"]
    monkeypatch.setattr("swmr_viewer.gui.session.session.FRAME_FOLLOWS_S", 0.03)
    with qtbot.waitSignal(session.progress_settled):
        reader.say_keys((4, 5), (2, 3))
    assert order == ["drawn", "told", "told"]
