"""Nothing that a window calls waits for a reader that dies: it may take a second, and longer where storage is dead."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from swmr_viewer.core.conditions import AllKeys, FileClosed, Timeout
from swmr_viewer.reader.messages import (
    Ended,
    Failed,
    FollowRequest,
    FrameReady,
    Inspected,
    KeysChanged,
    ReaderReplaced,
    SetConditions,
    ShowIndex,
)
from swmr_viewer.reader.supervision import current_reader, slots
from tests.reader import broken
from tests.reader.listening import WAIT_S, Listener

pytestmark = [pytest.mark.live, pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")]

SCAN = {"keys": broken.KEYS, "data": broken.DATA, "conditions": (FileClosed(), Timeout(60.0))}


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return broken.write_hanging_frame(tmp_path, n=5, hangs=-1)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener(releases=False) as made:
        yield made


class Held:
    """A call that does not return until it is told to."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.began = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        self.began.set()
        assert self.go_on.wait(WAIT_S)
        return self._call(*arguments)


def listen_in_a_thread(listener: Listener, is_so: Callable[[object], bool]) -> threading.Thread:
    thread = threading.Thread(target=listener.until, args=(is_so,), daemon=True)
    thread.start()
    return thread


def supervise_until_closed(listener: Listener) -> threading.Thread:
    supervisor = listener.supervisor

    def supervise() -> None:
        while not supervisor._current.is_closed:
            supervisor.wait(WAIT_S)

    thread = threading.Thread(target=supervise, daemon=True)
    thread.start()
    return thread


def test_every_call_returns_while_the_death_of_a_reader_is_waited_for(scan, listener, monkeypatch):
    generation = listener.follow(scan, **SCAN)
    frame = listener.until_a(FrameReady)
    reader = listener.supervisor._current.process
    assert reader is not None
    dying = Held(reader._process.join)
    monkeypatch.setattr(reader._process, "join", dying)
    os.kill(listener.pid, signal.SIGKILL)
    listening = listen_in_a_thread(listener, lambda event: isinstance(event, ReaderReplaced))
    assert dying.began.wait(WAIT_S)
    returned: list[str] = []

    def call_everything() -> None:
        supervisor = listener.supervisor
        supervisor.send(ShowIndex(generation, 2))
        supervisor.send(SetConditions(generation, (AllKeys(),)))
        supervisor.pixels(frame)
        supervisor.release(frame)
        supervisor.inspect(str(scan))
        supervisor.wake()
        supervisor.follow(FollowRequest(str(scan), (broken.KEYS,), (broken.DATA,), conditions=(AllKeys(),)))
        returned.append("all")

    calling = threading.Thread(target=call_everything, daemon=True)
    calling.start()
    calling.join(WAIT_S)
    assert returned == ["all"]  # and the reader is still not gone
    assert not dying.go_on.is_set()
    dying.go_on.set()
    listening.join(WAIT_S)
    # What was asked for meanwhile is not lost.
    ended = listener.until_a(Ended)
    assert (ended.generation, ended.reason, ended.complete) == (generation + 1, "all_keys", 5)


def test_every_call_returns_while_a_reader_is_started(scan, listener, monkeypatch):
    starting = Held(current_reader.ReaderProcess)
    monkeypatch.setattr(current_reader, "ReaderProcess", starting)
    supervisor = listener.supervisor
    listening = listen_in_a_thread(listener, lambda event: isinstance(event, Ended))

    def ask() -> None:
        supervisor.inspect(str(scan))
        assert starting.began.wait(WAIT_S)
        supervisor.follow(FollowRequest(str(scan), (broken.KEYS,), (broken.DATA,), conditions=(AllKeys(),)))
        supervisor.send(SetConditions(supervisor._current.generation, (AllKeys(),)))
        starting.go_on.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(WAIT_S)
    assert not asking.is_alive()
    listening.join(WAIT_S)
    # What was asked for meanwhile is not lost, and asked once.
    assert [event.inspection is not None for event in listener.all_of(Inspected)] == [True]
    assert [(ended.reason, ended.complete) for ended in listener.all_of(Ended)] == [("all_keys", 5)]


def test_a_reader_that_cannot_be_started_is_said_and_the_next_request_tries_again(scan, listener, monkeypatch):
    def no_more(stuck_after_s: float) -> Any:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with monkeypatch.context() as limited:
        limited.setattr(current_reader, "ReaderProcess", no_more)
        listener.follow(scan, **SCAN)
        failed = listener.until_a(Failed, failing=True)
        assert "cannot be started" in failed.message
        assert os.strerror(errno.EAGAIN) in failed.message
    listener.follow(scan, **{**SCAN, "conditions": (AllKeys(),)})
    assert listener.until_a(Ended).complete == 5


def test_calls_return_while_memory_is_reserved_for_frames(scan, listener, monkeypatch):
    reserving = Held(slots.create_block)
    monkeypatch.setattr(slots, "create_block", reserving)
    generation = listener.follow(scan, **SCAN)
    listening = listen_in_a_thread(listener, lambda event: isinstance(event, FrameReady))
    assert reserving.began.wait(WAIT_S)
    calling = threading.Thread(target=listener.supervisor.send, args=(ShowIndex(generation, 2),), daemon=True)
    calling.start()
    calling.join(WAIT_S)
    assert not calling.is_alive()
    reserving.go_on.set()
    listening.join(WAIT_S)
    assert listener.frames


def test_slots_that_are_made_when_it_is_over_are_taken_away(scan, listener, monkeypatch):
    reserving = Held(slots.create_block)
    monkeypatch.setattr(slots, "create_block", reserving)
    listener.follow(scan, **SCAN)
    listening = supervise_until_closed(listener)
    assert reserving.began.wait(WAIT_S)
    listener.supervisor.close()
    reserving.go_on.set()
    listening.join(WAIT_S)
    assert not listener.supervisor._slots.names


def test_a_reader_that_dies_while_it_is_closed_is_waited_for_once(scan, listener, monkeypatch):
    listener.follow(scan, **SCAN)
    listener.until_a(KeysChanged)
    reader = listener.supervisor._current.process
    assert reader is not None
    dying = Held(reader._process.join)
    monkeypatch.setattr(reader._process, "join", dying)
    os.kill(listener.pid, signal.SIGKILL)
    listening = supervise_until_closed(listener)
    assert dying.began.wait(WAIT_S)
    closing = threading.Thread(target=listener.supervisor.close, daemon=True)
    closing.start()
    dying.go_on.set()
    closing.join(WAIT_S)
    listening.join(WAIT_S)
    assert not closing.is_alive()
    assert reader.connection.closed
    assert listener.supervisor._current.process is None
