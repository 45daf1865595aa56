"""A thread that waits for connections goes on when it is woken, and only then."""

from __future__ import annotations

import os
import signal
import sys
import threading
from multiprocessing.connection import wait

import pytest

from swmr_viewer.core.waker import Waker

LONGEST_S = 30.0


def test_who_waits_goes_on() -> None:
    waker = Waker()
    assert not waker.was_woken()
    thread = threading.Thread(target=waker.wake)
    thread.start()
    assert wait([waker.source], LONGEST_S) == [waker.source]
    assert waker.was_woken()
    thread.join()
    assert not waker.was_woken()


def test_a_wake_before_the_wait_counts_and_many_count_as_one() -> None:
    waker = Waker()
    for _ in range(100_000):  # more than a pipe holds
        waker.wake()
    assert wait([waker.source], 0) == [waker.source]
    assert waker.was_woken()
    assert not waker.was_woken()


def test_no_wake_is_lost_between_threads() -> None:
    waker, asked, seen = Waker(), 0, 0

    def ask() -> None:
        nonlocal asked
        for _ in range(5_000):
            asked += 1
            waker.wake()

    thread = threading.Thread(target=ask)
    thread.start()
    while seen < 5_000:
        assert wait([waker.source], LONGEST_S), "it waits in vain"
        waker.was_woken()
        seen = asked
    thread.join()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_from_a_signal_handler() -> None:
    waker = Waker()
    before = signal.signal(signal.SIGUSR1, lambda *_: waker.wake())
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        assert wait([waker.source], LONGEST_S)
        assert waker.was_woken()
    finally:
        signal.signal(signal.SIGUSR1, before)
