"""Work that can wait is done in line, a few milliseconds of it in each turn of the event loop."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.look import turns
from swmr_viewer.gui.look.turns import TURN_S, Later, Paced
from tests.gui.fakes import Clock


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


def test_long_pieces_have_turns_of_their_own_and_none_is_passed_over(qtbot: QtBot, owner: QObject) -> None:
    done: list[str] = []

    def work(name: str) -> None:
        done.append(name)
        time.sleep(1.5 * TURN_S)
        if name == "a" and done.count("a") == 1:
            first.start()

    first, second = Later(lambda: work("a"), owner), Later(lambda: work("b"), owner, interval_ms=1)
    between = QTimer(owner, interval=0)
    between.timeout.connect(lambda: done.append("turn"))
    between.start()
    for _ in range(3):
        first.start()
        second.start()
    assert first.is_active
    qtbot.waitUntil(lambda: done.count("a") == 2 and done.count("b") == 1)
    between.stop()
    works = [number for number, name in enumerate(done) if name != "turn"]
    assert done[works[0]] == "a"
    assert all("turn" in done[before:behind] for before, behind in pairwise(works)), done
    assert not first.is_active
    assert not second.is_active


def test_what_was_stopped_or_is_gone_is_not_done_and_what_fails_holds_nothing_up(qtbot: QtBot, owner: QObject) -> None:
    done: list[str] = []
    stopped, last = Later(lambda: done.append("stopped"), owner), Later(lambda: done.append("last"), owner)
    gone = QObject()
    failing, left = Later(lambda: [][0], owner), Later(lambda: done.append("gone"), gone)
    for later in (stopped, failing, left, last):
        later.start()
    stopped.stop()
    gone.deleteLater()
    with qtbot.captureExceptions() as failures:
        qtbot.waitUntil(lambda: done == ["last"])
    assert [kind for kind, *_ in failures] == [IndexError]


def test_what_is_paced_is_done_once_for_what_is_asked_meanwhile_and_always_in_the_end(
    qtbot: QtBot, owner: QObject, told_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PACE_S", 0.05)
    asked, done, clock = [0], list[int](), Clock()
    paced = Paced(lambda: done.append(asked[0]), owner, clock=clock)
    for number in range(1, 31):
        asked[0] = number
        paced.start()
        assert not done, "it is done after what is done now"
        if number % 10 == 0:
            qtbot.waitUntil(lambda: bool(done))
            assert done == [number]
            assert not paced.is_active
            done.clear()
    paced.start()
    paced.stop()
    paced.do()
    assert done == [30]
    assert not paced.is_active
