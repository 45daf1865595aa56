"""The thread between window and process: one batch at a time, nothing of an earlier run, gone within a bound."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.reductions.reduction_thread import ReductionThread
from swmr_viewer.reducing.messages import Described, Noted, ReduceRequest, ReductionChoice, ReductionEvent
from tests.gui.reductions.fake_process import FakeProcess

REQUEST = ReduceRequest("/data/scan.h5", ReductionChoice("radial"))


@pytest.fixture
def process() -> FakeProcess:
    return FakeProcess({})


@pytest.fixture
def thread(qtbot: QtBot, process: FakeProcess) -> Iterator[ReductionThread]:
    made = ReductionThread(lambda: process)
    yield made
    assert made.stop_thread()
    assert process.is_closed
    made.deleteLater()


def begin(qtbot: QtBot, thread: ReductionThread, process: FakeProcess) -> None:
    n = len(process.requests)
    thread.start_reduction(REQUEST)
    qtbot.waitUntil(lambda: len(process.requests) == n + 1)


def test_nothing_more_is_read_before_what_came_was_taken(qtbot: QtBot, thread: ReductionThread, process: FakeProcess) -> None:
    begin(qtbot, thread, process)
    with qtbot.waitSignal(thread.came):
        process.say(Noted("1"))
    for number in range(2, 100):
        process.say(Noted(str(number)))
    qtbot.wait(50)
    taken: list[ReductionEvent] = []
    thread.came.connect(lambda: taken.extend(thread.take()))  # before the first is taken: the thread may tell at once
    assert thread.take() == [Noted("1")]
    qtbot.waitUntil(lambda: len(taken) == 98)
    assert taken == [Noted(str(number)) for number in range(2, 100)]


def test_nothing_of_an_earlier_run_is_told_but_what_reductions_say_of_themselves(
    qtbot: QtBot, thread: ReductionThread, process: FakeProcess
) -> None:
    begin(qtbot, thread, process)
    with qtbot.waitSignal(thread.came):
        process.say(Noted("of the first"), Described("x"))
    thread.start_reduction(REQUEST)
    assert thread.take() == [Described("x")]
    qtbot.waitUntil(lambda: len(process.requests) == 2)
    with qtbot.waitSignal(thread.came):
        process.say(Noted("of the second"))
    assert thread.take() == [Noted("of the second")]


def test_what_a_run_tells_at_once_is_told_although_it_was_started_just_before_the_thread_waited(
    qtbot: QtBot, thread: ReductionThread, process: FakeProcess
) -> None:
    """On a busy machine all of a short run may come in that one batch: without it the reduction would get ready for ever."""
    begin(qtbot, thread, process)
    about_to_wait, is_started = threading.Event(), threading.Event()

    def start_meanwhile() -> None:
        about_to_wait.set()
        assert is_started.wait(30.0)

    process.before_wait = start_meanwhile
    process.wake()
    assert about_to_wait.wait(30.0)
    thread.start_reduction(REQUEST)
    process.say_once_begun(Noted("of the second"))
    with qtbot.waitSignal(thread.came):
        is_started.set()
    assert thread.take() == [Noted("of the second")]


def test_it_ends_while_nobody_takes_what_came(qtbot: QtBot, thread: ReductionThread, process: FakeProcess) -> None:
    begin(qtbot, thread, process)
    with qtbot.waitSignal(thread.came):
        process.say(Noted("never taken"))
    assert thread.stop_thread(5.0)
    assert process.is_closed


def test_one_that_was_never_used_ends_as_well(thread: ReductionThread) -> None:
    assert not thread.isRunning()
