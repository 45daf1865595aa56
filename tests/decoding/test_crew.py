"""Work is shared with helping threads, and over when the call returns."""

from __future__ import annotations

import _thread
import contextlib
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from swmr_viewer.decoding import crew, share

MOMENT_S = 20.0
"""Longest wait for what happens at once."""


@pytest.fixture(autouse=True)
def two_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swmr_viewer.decoding.crew._n_helpers", lambda: 2)


def test_each_unit_is_run_once() -> None:
    ran: list[int] = []
    share((partial(ran.append, number) for number in range(1000)), 2)
    assert sorted(ran) == list(range(1000))


def test_units_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3)
    share([partial(meeting.wait, MOMENT_S)] * 3, 2)
    assert not meeting.broken


def test_without_helpers_units_run_here_and_in_order() -> None:
    ran: list[tuple[int, threading.Thread]] = []
    share((lambda n=number: ran.append((n, threading.current_thread())) for number in range(3)), 0)
    assert ran == [(number, threading.current_thread()) for number in range(3)]


def test_helpers_that_are_busy_are_not_waited_for() -> None:
    is_free, meeting = threading.Event(), threading.Barrier(4)

    def be_busy() -> None:
        meeting.wait(MOMENT_S)
        is_free.wait(MOMENT_S)

    other = threading.Thread(target=share, args=([be_busy] * 3, 2))
    other.start()
    meeting.wait(MOMENT_S)
    ran: list[int] = []
    share([partial(ran.append, 1)] * 3, 2)
    assert ran == [1, 1, 1]
    assert _what_a_failure_holds() is None, "work that nobody came to holds the caller's memory"
    is_free.set()
    other.join()


class Held:
    pass


def _what_a_failure_holds() -> Held | None:
    def units(held: Held) -> Iterator[Callable[[], object]]:
        yield lambda: 1 // 0
        yield lambda: held

    held = Held()
    is_there = weakref.ref(held)
    with contextlib.suppress(ZeroDivisionError):
        share(units(held), 2)
    del held
    return is_there()


def test_a_forked_process_finds_helpers_of_its_own() -> None:
    share([lambda: None] * 3, 2)
    crew._start_anew()
    meeting = threading.Barrier(3)
    share([partial(meeting.wait, MOMENT_S)] * 3, 2)
    assert not meeting.broken


def test_the_first_error_is_raised_and_nothing_more_is_taken() -> None:
    taken: list[int] = []

    def units() -> Iterator[Callable[[], None]]:
        for number in range(1000):
            taken.append(number)
            yield partial(fail, number)

    def fail(number: int) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError, match=r"[012]"):
        share(units(), 2)
    assert len(taken) <= 3


def test_an_error_in_taking_is_raised() -> None:
    def units() -> Iterator[Callable[[], None]]:
        yield lambda: None
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        share(units(), 2)


def test_an_interruption_waits_for_helpers() -> None:
    """Or else they write to memory that is somebody else's by then."""
    meeting, done = threading.Barrier(2), threading.Event()

    def interrupt() -> None:
        meeting.wait(MOMENT_S)
        if threading.current_thread() is not threading.main_thread():
            _thread.interrupt_main()
            time.sleep(0.05)
            done.set()

    with pytest.raises(KeyboardInterrupt):
        share([interrupt] * 2, 1)
    assert done.is_set()
